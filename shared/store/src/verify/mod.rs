//! Checks and repairs the invariants between the tables.
//!
//! A first pass reads everything and collects candidates; concurrent writers cause some of them. After a pause, each is
//! checked again with its own strongly consistent reads. Only violations that remain are reported.

mod block;
mod claim;
mod counter;
mod index;
mod key;
mod read;
mod user;

use std::collections::BTreeSet;

use futures_util::TryStreamExt as _;
use roster_directory::{
    ports::{AccountStore as _, DeletionStore as _, Repair, StoreError, Verified, Violation},
    timeouts::VERIFY_PAUSE,
};
use roster_domain::{AccountId, UserId};

use super::DynamoDbStore;

/// A possible violation.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Candidate {
    /// A user with its claims, derived attributes and plans.
    User(AccountId, UserId),
    Claim(String),
    /// A block of the census.
    Block(AccountId, u64),
    Counter(AccountId),
    /// An import that keeps ids.
    Importing(AccountId),
    /// An API key, a session or a stored response.
    Key(String),
    /// An entry of an index: the index, its key, its sort key (perhaps empty), and the user.
    Index(&'static str, String, String, AccountId, UserId),
}

/// A verification in progress.
struct Verification<'a> {
    store: &'a DynamoDbStore,
    only: Option<AccountId>,
    repairs: bool,
    verified: Verified,
    candidates: BTreeSet<Candidate>,
    violations: Vec<Violation>,
    /// Users whose items cannot be read. Nothing that depends on them is changed.
    unreadable: BTreeSet<(AccountId, UserId)>,
}

impl DynamoDbStore {
    /// [`roster_directory::ports::TransferStore::verify`]
    pub(super) async fn verify_tables(
        &self,
        only: Option<AccountId>,
        repairs: bool,
    ) -> Result<(Verified, Vec<Violation>), StoreError> {
        let accounts = self.account_list().await?.into_iter().map(|account| account.id);
        let accounts: Vec<_> = accounts.filter(|id| only.is_none_or(|only| only == *id)).collect();
        let mut verification = Verification {
            store: self,
            only,
            repairs,
            verified: Verified::default(),
            candidates: BTreeSet::new(),
            violations: Vec::new(),
            unreadable: BTreeSet::new(),
        };
        // The order matters: a repaired user decides which claims and counts are right.
        for account in &accounts {
            verification.users(*account).await?;
        }
        verification.recheck().await?;
        verification.claims().await?;
        verification.recheck().await?;
        for account in &accounts {
            if !verification.unreadable.iter().any(|(of, _)| of == account) {
                verification.blocks(*account).await?;
            }
        }
        verification.recheck().await?;
        verification.keys(&accounts).await?;
        verification.indexes().await?;
        verification.recheck().await?;
        Ok((verification.verified, verification.violations))
    }
}

impl Verification<'_> {
    fn candidate(&mut self, suspect: Candidate) {
        self.candidates.insert(suspect);
    }

    /// Checks the candidates again, and repairs.
    async fn recheck(&mut self) -> Result<(), StoreError> {
        if self.candidates.is_empty() {
            return Ok(());
        }
        tokio::time::sleep(VERIFY_PAUSE).await;
        for suspect in std::mem::take(&mut self.candidates) {
            match suspect {
                Candidate::User(account, id) => self.recheck_user(account, id).await?,
                Candidate::Claim(key) => self.recheck_claim(&key).await?,
                Candidate::Block(account, block) => self.recheck_block(account, block).await?,
                Candidate::Counter(account) => self.recheck_counter(account).await?,
                Candidate::Importing(account) => self.recheck_importing(account).await?,
                Candidate::Key(key) => self.recheck_key(&key).await?,
                Candidate::Index(index, key, sort, account, id) => {
                    self.recheck_index(index, &key, &sort, account, id).await?;
                }
            }
        }
        Ok(())
    }

    fn report(&mut self, rule: &'static str, table: &'static str, key: impl Into<String>, repair: Repair) {
        let key = key.into();
        // One violation per item is enough.
        if !self.violations.iter().any(|other| other.table == table && other.key == key) {
            self.violations.push(Violation { rule, table, key, repair });
        }
    }

    /// Reports a violation that has exactly one correct repair. With `--repair`, `repair` is written first.
    async fn repair(
        &mut self,
        rule: &'static str,
        table: &'static str,
        key: impl Into<String>,
        repair: impl Future<Output = Result<bool, StoreError>>,
    ) -> Result<(), StoreError> {
        let repair = if self.repairs && repair.await? { Repair::Done } else { Repair::Possible };
        self.report(rule, table, key, repair);
        Ok(())
    }

    fn concerns(&self, account: AccountId) -> bool {
        self.only.is_none_or(|only| only == account)
    }

    /// The ids of all tombstones of an account.
    async fn tombstones(&mut self, account: AccountId) -> Result<BTreeSet<u64>, StoreError> {
        let mut batches = self.store.deletion_stream(account, None, UserId::new(0), 1_000);
        let mut ids = BTreeSet::new();
        while let Some(batch) = batches.try_next().await? {
            ids.extend(batch.found.iter().map(|deletion| deletion.id.get()));
        }
        Ok(ids)
    }
}
