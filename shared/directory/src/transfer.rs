//! Bulk import and export of users: reading all users, and resuming an import after any interruption.

use std::collections::BTreeSet;

use futures_util::{StreamExt as _, TryStreamExt as _, stream::BoxStream};
use roster_domain::{AccountId, Failure, PhcString, PlanId, User, UserId};

use crate::{
    Directory, Retry,
    census::{Decided, IndexStore, Sealing, rebuild},
    clock,
    ports::{ImportJob, Store, StoreError, Verified, Violation},
    timeouts::IMPORT,
};

/// A user, and the hash of its password, if it has one.
pub type UserWithHash = (User, Option<PhcString>);

/// An import that this process works on.
#[derive(Debug)]
pub struct Import {
    account: AccountId,
    id: String,
    worker: String,
    /// Its state; the default for one that begins.
    pub job: ImportJob,
}

/// Why ids cannot be reserved for users that have their own.
#[derive(Debug, thiserror::Error)]
pub enum ReserveIdsError {
    /// The account has had users already, or another import reserves ids there.
    #[error(
        "the account has had users of its own: ids can only be kept in a new account; an import that was broken off is \
         resumed with the very same file, or, where there is none, ended by a verification with repairs"
    )]
    NotEmpty,
    /// See [`Failure`].
    #[error(transparent)]
    Failed(#[from] Failure),
}

impl<S: Store> Directory<S> {
    /// All users of an account in order of their ids, with the hashes of their passwords, some at a time. Users that are
    /// created or deleted meanwhile may be among them or not.
    pub fn user_stream(&self, account: AccountId) -> BoxStream<'static, Result<Vec<UserWithHash>, Failure>> {
        let users = self.store.user_stream(account).map_err(Failure::from);
        users.map_ok(|users| users.into_iter().map(|(stored, hash)| (stored.user, hash)).collect()).boxed()
    }

    /// Copies an account into a directory that has none, so that an import can be tried there: settings, plans and users.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn account_copy(&self, account: AccountId, to: &Self) -> Result<(), Failure> {
        Ok(self.store.account_copy(account, &to.store).await?)
    }

    /// Checks the invariants between the tables, in one account or in all. With `repairs`, repairs each violation that
    /// has exactly one correct repair. Other clients may write meanwhile.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn verify(&self, only: Option<AccountId>, repairs: bool) -> Result<(Verified, Vec<Violation>), Failure> {
        Ok(self.store.verify(only, repairs).await?)
    }

    /// Whether this hash is stored for a user's password.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn user_has_hash(&self, user: &User, hash: &PhcString) -> Result<bool, Failure> {
        let found = self.store.user_get_with_password(user.account, user.id).await?;
        Ok(found.is_some_and(|(_, own)| own.as_ref() == Some(hash)))
    }

    /// Subscribes `user` to exactly these plans; returns whether that changed anything.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn user_update_plans(&self, user: &User, plans: &BTreeSet<PlanId>) -> Result<bool, Failure> {
        let changes: Vec<_> = plans.symmetric_difference(&user.plans).copied().collect();
        for plan in &changes {
            self.store.subscription_update(user.account, user.id, *plan, plans.contains(plan)).await?;
        }
        Ok(!changes.is_empty())
    }

    /// The state of an import, without taking it over.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn import_get(&self, account: AccountId, id: &str) -> Result<Option<ImportJob>, Failure> {
        Ok(self.store.import_get(account, id).await?)
    }

    /// Begins an import, or resumes it, unless it shall `restart`. Any other worker on it is stopped.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn import_begin(&self, account: AccountId, id: &str, restart: bool) -> Result<Import, Failure> {
        let worker = uuid::Uuid::new_v4().to_string();
        let end = clock::now().saturating_add(IMPORT);
        let job = self.store.import_take(account, id, &worker, end, restart).await?;
        Ok(Import { account, id: id.to_owned(), worker, job })
    }

    /// Stores the state of an import; `false` where another worker has taken it over.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn import_store(&self, import: &Import) -> Result<bool, Failure> {
        let Import { account, id, worker, job } = import;
        let end = clock::now().saturating_add(IMPORT);
        Ok(self.store.import_put(*account, id, worker, job, end).await?)
    }

    /// Removes the state of an import that is done.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn import_end(&self, import: Import) -> Result<(), Failure> {
        Ok(self.store.import_delete(import.account, &import.id, &import.worker).await?)
    }

    /// Reserves ids for users that have their own. The same import may repeat it.
    ///
    /// # Errors
    /// See [`ReserveIdsError`].
    pub async fn import_reserve_ids(
        &self,
        account: AccountId,
        lowest: UserId,
        highest: UserId,
        import: &str,
    ) -> Result<(), ReserveIdsError> {
        let is_reserved = self.store.import_reserve_ids(account, lowest, highest, import).await;
        if is_reserved.map_err(Failure::from)? { Ok(()) } else { Err(ReserveIdsError::NotEmpty) }
    }

    /// Seals the users that an import created with their own ids, once all of them exist. After that, no user can get
    /// an id between theirs.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn import_seal_ids(&self, account: AccountId, import: &str) -> Result<(), Failure> {
        Ok(seal_imported_ids(&self.store, account, import).await?)
    }
}

/// As [`Directory::import_seal_ids`], for a store's own repairs.
///
/// # Errors
/// See [`StoreError`].
pub async fn seal_imported_ids<S: Store>(store: &S, account: AccountId, import: &str) -> Result<(), StoreError> {
    let counter = store.user_counter(account).await?;
    if counter.importing.as_deref() != Some(import) {
        return Ok(());
    }
    let census = store.census(account);
    let block = |id: u64| id / <S::Census as IndexStore>::BLOCK;
    for block in block(counter.lowest)..=block(counter.highest) {
        let mut retry = Retry::start();
        let decided = || async {
            Ok(Decided { sealed_through: counter.highest, deleted: BTreeSet::new(), living: BTreeSet::new() })
        };
        while rebuild(&census, block, decided()).await? != Sealing::Done {
            if !retry.again().await {
                return Err(StoreError::Unavailable("other writers keep writing to the census".to_owned()));
            }
        }
    }
    store.import_release_ids(account, import).await
}
