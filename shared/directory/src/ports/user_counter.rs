use std::future::Future;

use roster_domain::{AccountId, UserId};

use super::StoreError;

/// The ids of an account's users.
pub trait UserCounterStore {
    /// The counter of an account's users.
    fn user_counter(&self, account: AccountId) -> impl Future<Output = Result<UserCounter, StoreError>> + Send;

    /// Reserves the next `count` user ids of an account, at least one; the first of them. An id that is not used leaves a
    /// gap.
    fn user_reserve_ids(
        &self,
        account: AccountId,
        count: u64,
    ) -> impl Future<Output = Result<UserId, StoreError>> + Send;

    /// Reserves the ids from `lowest` to `highest` for an import, in an account in which no id was ever reserved; `false`
    /// in another. Nothing is sealed before [`UserCounterStore::import_release_ids`].
    fn import_reserve_ids(
        &self,
        account: AccountId,
        lowest: UserId,
        highest: UserId,
        import: &str,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Ends the reservation of an import, once its users are sealed.
    fn import_release_ids(
        &self,
        account: AccountId,
        import: &str,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;
}

/// An account's counter of users.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UserCounter {
    /// The highest id that was reserved; perhaps no user has it.
    pub reserved: u64,
    /// The lowest id, where users were imported with theirs.
    pub lowest: u64,
    /// The highest id, where users were imported with theirs.
    pub highest: u64,
    /// The import that brings them, while it does.
    pub importing: Option<String>,
}
