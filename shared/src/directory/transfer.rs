//! Users brought in and out by the thousand: what goes through all of them, and what lets an import go
//! on after any end.

use std::collections::BTreeSet;

use futures_util::{
    StreamExt as _, TryStreamExt as _,
    stream::{self, BoxStream},
};

use super::{Directory, Failure};
use crate::{
    clock,
    domain::{AccountId, PhcString, PlanId, User, UserId},
    store::{FORGOTTEN, ImportJob, PARTITION, Verified, Violation},
};

/// Partitions of users read ahead.
const AHEAD: usize = 3;

/// A user, and the hash of its password, if it has one.
pub type UserAndHash = (User, Option<PhcString>);

/// An import, and what stands of it.
#[derive(Debug)]
pub struct ImportBegun {
    account: AccountId,
    id: String,
    worker: String,
    /// Where it goes on; the default for one that begins.
    pub job: ImportJob,
}

/// Why users cannot be brought with their ids.
#[derive(Debug, thiserror::Error)]
pub enum KeepIdsError {
    /// Ids were given out in the account, or another import keeps its ids there.
    #[error(
        "the account has had users of its own: ids can only be kept in a new account (an import that was broken off goes \
         on with the very same file; where there is none, `roster verify --repair` ends it)"
    )]
    NotEmpty,
    /// See [`Failure`].
    #[error(transparent)]
    Failed(#[from] Failure),
}

impl Directory {
    /// All users of an account in order of their ids, with the hashes of their passwords, some at a time.
    /// Whoever is made or deleted meanwhile may be among them or not.
    pub fn user_stream(&self, account: AccountId) -> BoxStream<'_, Result<Vec<UserAndHash>, Failure>> {
        let partitions = async move {
            let counter = self.store.user_counter(account).await?;
            let numbers = counter.lowest / PARTITION..=counter.leased / PARTITION;
            let reads = numbers
                .map(move |number| async move { Ok::<_, Failure>(self.store.user_read_block(account, number).await?) });
            Ok::<_, Failure>(stream::iter(reads).buffered(AHEAD))
        };
        stream::once(partitions).try_flatten().boxed()
    }

    /// Copies an account into a directory that has none, so that what would become of it can be tried
    /// out: settings, plans and users.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn account_copy(&self, account: AccountId, to: &Self) -> Result<(), Failure> {
        Ok(self.store.account_copy(account, &to.store).await?)
    }

    /// Looks at what must hold between the tables, in one account or in all; with `repairs`, what has one
    /// right answer is written. Others may be writing meanwhile.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn verify(&self, only: Option<AccountId>, repairs: bool) -> Result<(Verified, Vec<Violation>), Failure> {
        Ok(self.store.verify(only, repairs).await?)
    }

    /// Whether this very hash is kept of a user's password.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn user_has_hash(&self, user: &User, hash: &PhcString) -> Result<bool, Failure> {
        let found = self.store.user_credential(user.account, user.id).await?;
        Ok(found.is_some_and(|(_, own)| own.as_ref() == Some(hash)))
    }

    /// Subscribes `user` to these plans and to no other; whether that changed anything.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn user_plans_set(&self, user: &User, plans: &BTreeSet<PlanId>) -> Result<bool, Failure> {
        let changes: Vec<_> = plans.symmetric_difference(&user.plans).copied().collect();
        for plan in &changes {
            self.store.subscription_write(user.account, user.id, *plan, plans.contains(plan)).await?;
        }
        Ok(!changes.is_empty())
    }

    /// What stands of the import of this name, for a look.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn import_standing(&self, account: AccountId, id: &str) -> Result<Option<ImportJob>, Failure> {
        Ok(self.store.import_read(account, id).await?)
    }

    /// Begins an import, or goes on with what stands of it, unless it is to begin `anew`. Whoever else is
    /// at it is stopped.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn import_begin(&self, account: AccountId, id: &str, anew: bool) -> Result<ImportBegun, Failure> {
        let worker = uuid::Uuid::new_v4().to_string();
        let end = clock::now().saturating_add(FORGOTTEN);
        let job = self.store.import_take(account, id, &worker, end, anew).await?;
        Ok(ImportBegun { account, id: id.to_owned(), worker, job })
    }

    /// Notes how far an import has come; `false` where somebody else has taken it over.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn import_note(&self, begun: &ImportBegun) -> Result<bool, Failure> {
        let ImportBegun { account, id, worker, job } = begun;
        let end = clock::now().saturating_add(FORGOTTEN);
        Ok(self.store.import_write(*account, id, worker, job, end).await?)
    }

    /// Forgets an import that is through.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn import_end(&self, begun: ImportBegun) -> Result<(), Failure> {
        Ok(self.store.import_delete(begun.account, &begun.id, &begun.worker).await?)
    }

    /// Reserves ids for users who bring theirs; the same import may do it again.
    ///
    /// # Errors
    /// See [`KeepIdsError`].
    pub async fn user_ids_keep(
        &self,
        account: AccountId,
        lowest: UserId,
        highest: UserId,
        import: &str,
    ) -> Result<(), KeepIdsError> {
        let kept = self.store.user_ids_keep(account, lowest, highest, import).await.map_err(Failure::from)?;
        if kept { Ok(()) } else { Err(KeepIdsError::NotEmpty) }
    }

    /// Says that all users are there whom an import brought with their ids, and seals them: nobody can get
    /// an id between theirs any more.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn user_ids_kept(&self, account: AccountId, import: &str) -> Result<(), Failure> {
        Ok(self.store.user_ids_kept(account, import).await?)
    }
}
