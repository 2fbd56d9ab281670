use std::future::Future;

use roster_domain::{Account, AccountChange, AccountId, ApiKeyRecord, Plan};

use super::StoreError;

/// Accounts.
pub trait AccountStore {
    /// An account, if there is one with this id.
    fn account_get(&self, id: AccountId) -> impl Future<Output = Result<Option<Account>, StoreError>> + Send;

    /// All accounts, by id.
    fn account_list(&self) -> impl Future<Output = Result<Vec<Account>, StoreError>> + Send;

    /// The highest account id so far; 0 in an empty directory.
    fn account_last(&self) -> impl Future<Output = Result<u64, StoreError>> + Send;

    /// Writes a new account, whose id must be the next one; `false` where it is not, and nothing is written.
    fn account_create(&self, account: &Account) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Writes the first account of an empty directory together with a plan and keys of its own; `false` where it is not
    /// empty, and nothing is written.
    fn account_bootstrap(
        &self,
        account: &Account,
        plan: &Plan,
        keys: &[ApiKeyRecord],
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Changes an account's settings; `false` where there is no such account.
    fn account_update(
        &self,
        id: AccountId,
        change: &AccountChange,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;
}
