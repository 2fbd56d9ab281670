//! What must hold between the tables, looked for and mended.
//!
//! A first reading goes over everything and finds suspects: whoever writes meanwhile makes some. Each is
//! looked at once more after a pause, by strongly consistent reads of its own, and only what still does
//! not hold is told.

mod block;
mod claim;
mod counter;
mod index;
mod key;
mod read;
mod user;

use std::{collections::BTreeSet, time::Duration};

use futures_util::TryStreamExt as _;
use serde::Serialize;

use super::{Store, StoreError};
use crate::domain::{AccountId, UserId};

/// Between the two looks: other writers are through by then, and indexes have caught up.
const PAUSE: Duration = Duration::from_secs(2);

/// What became of something that does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mending {
    /// It has one right answer, which `--repair` writes.
    Possible,
    /// That was written.
    Done,
    /// Somebody has to decide.
    Impossible,
}

/// Something that does not hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Violation {
    /// What should hold.
    pub rule: &'static str,
    /// The table.
    pub table: &'static str,
    /// The item, by its key.
    pub key: String,
    /// See [`Mending`].
    pub mending: Mending,
}

/// How much was looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Verified {
    /// Users.
    pub users: u64,
    /// Claims.
    pub claims: u64,
    /// Records of deletions.
    pub deletions: u64,
    /// API keys, sessions and kept answers.
    pub keys: u64,
    /// Entries of indexes.
    pub index_entries: u64,
}

/// Something that may not hold.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Suspect {
    /// A user with its claims, derived attributes and plans.
    User(AccountId, UserId),
    Claim(String),
    /// A block of the census.
    Block(AccountId, u64),
    Counter(AccountId),
    /// An import that keeps ids.
    Importing(AccountId),
    /// An API key, a session or a kept answer.
    Key(String),
    /// An entry of an index: its name, its key, that of the sort if it has one, and the user.
    Index(&'static str, String, String, AccountId, UserId),
}

/// A look at everything, under way.
struct Verification<'a> {
    store: &'a Store,
    only: Option<AccountId>,
    repairs: bool,
    verified: Verified,
    suspects: BTreeSet<Suspect>,
    violations: Vec<Violation>,
    /// Users whose items are of another shape than ours: nothing that hangs on them is touched.
    unreadable: BTreeSet<(AccountId, UserId)>,
}

impl Store {
    /// Looks at what must hold between the tables, in one account or in all; with `repairs`, what has one
    /// right answer is written. Tells how much was looked at, and everything that did not hold.
    ///
    /// # Errors
    /// The store does not answer, or an item is not ours.
    pub(crate) async fn verify(
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
            suspects: BTreeSet::new(),
            violations: Vec::new(),
            unreadable: BTreeSet::new(),
        };
        // In this order: a user that is mended first decides what becomes of claims and counts.
        for account in &accounts {
            verification.users(*account).await?;
        }
        verification.settle().await?;
        verification.claims().await?;
        verification.settle().await?;
        for account in &accounts {
            if !verification.unreadable.iter().any(|(of, _)| of == account) {
                verification.blocks(*account).await?;
            }
        }
        verification.settle().await?;
        verification.keys(&accounts).await?;
        verification.indexes().await?;
        verification.settle().await?;
        Ok((verification.verified, verification.violations))
    }
}

impl Verification<'_> {
    fn suspect(&mut self, suspect: Suspect) {
        self.suspects.insert(suspect);
    }

    /// Looks at the suspects again, and mends.
    async fn settle(&mut self) -> Result<(), StoreError> {
        if self.suspects.is_empty() {
            return Ok(());
        }
        tokio::time::sleep(PAUSE).await;
        for suspect in std::mem::take(&mut self.suspects) {
            match suspect {
                Suspect::User(account, id) => self.settle_user(account, id).await?,
                Suspect::Claim(key) => self.settle_claim(&key).await?,
                Suspect::Block(account, block) => self.settle_block(account, block).await?,
                Suspect::Counter(account) => self.settle_counter(account).await?,
                Suspect::Importing(account) => self.settle_importing(account).await?,
                Suspect::Key(key) => self.settle_key(&key).await?,
                Suspect::Index(index, key, sort, account, id) => {
                    self.settle_index(index, &key, &sort, account, id).await?;
                }
            }
        }
        Ok(())
    }

    fn tell(&mut self, rule: &'static str, table: &'static str, key: impl Into<String>, mending: Mending) {
        let key = key.into();
        // What one rule says of an item, another may say in its own words.
        if !self.violations.iter().any(|told| told.table == table && told.key == key) {
            self.violations.push(Violation { rule, table, key, mending });
        }
    }

    /// Tells of what has one right answer, after `mend` has written it, if that is wanted.
    async fn mend(
        &mut self,
        rule: &'static str,
        table: &'static str,
        key: impl Into<String>,
        mend: impl Future<Output = Result<bool, StoreError>>,
    ) -> Result<(), StoreError> {
        let mending = if self.repairs && mend.await? { Mending::Done } else { Mending::Possible };
        self.tell(rule, table, key, mending);
        Ok(())
    }

    fn concerns(&self, account: AccountId) -> bool {
        self.only.is_none_or(|only| only == account)
    }

    /// Reads all tombstones of an account: the ids.
    async fn tombstones(&mut self, account: AccountId) -> Result<BTreeSet<u64>, StoreError> {
        let mut batches = self.store.deletions(account, None, UserId::new(0), 1_000);
        let mut ids = BTreeSet::new();
        while let Some(batch) = batches.try_next().await? {
            ids.extend(batch.found.iter().map(|gone| gone.id.get()));
        }
        Ok(ids)
    }
}
