use roster_domain::{AccountId, User};

use super::StoreError;
use crate::census::IndexStore;

/// The census of every account.
pub trait CensusStore {
    /// The rows of one account.
    type Census: IndexStore<User = User, Error = StoreError>;

    /// The census of an account.
    fn census(&self, account: AccountId) -> Self::Census;
}
