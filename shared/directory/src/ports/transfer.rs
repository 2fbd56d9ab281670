use std::future::Future;

use roster_domain::AccountId;
use serde::Serialize;

use super::StoreError;

/// Operations on whole tables, for operators.
pub trait TransferStore: Sized {
    /// Writes an account's settings, plans, counter and users into `to`, which has none of them; no keys, deletions and
    /// census.
    fn account_copy(&self, account: AccountId, to: &Self) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Checks the invariants between the tables, in one account or in all. With `repairs`, repairs each violation that
    /// has exactly one correct repair. Returns how much was checked, and all violations.
    fn verify(
        &self,
        only: Option<AccountId>,
        repairs: bool,
    ) -> impl Future<Output = Result<(Verified, Vec<Violation>), StoreError>> + Send;
}

/// What can be done about a violation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Repair {
    /// It has exactly one correct repair, which `--repair` writes.
    Possible,
    /// The repair was written.
    Done,
    /// There is no automatic repair: an operator must decide.
    Impossible,
}

/// A violation of an invariant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Violation {
    /// The violated invariant.
    pub rule: &'static str,
    /// The table.
    pub table: &'static str,
    /// The item, by its key.
    pub key: String,
    /// See [`Repair`].
    pub repair: Repair,
}

/// How much was checked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Verified {
    /// Users.
    pub users: u64,
    /// Claims.
    pub claims: u64,
    /// Records of deletions.
    pub deletions: u64,
    /// API keys, sessions and stored responses.
    pub keys: u64,
    /// Entries of indexes.
    pub index_entries: u64,
}
