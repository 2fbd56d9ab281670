use std::future::Future;

use roster_domain::{AccountId, PhcString, User, UserId};

use super::{ResultStream, StoreError, StoredUser};

/// Many users in order of their ids.
pub trait UserListStore {
    /// The users with these ids, which are in order; those that do not exist (any more) are left out.
    fn user_get_many(
        &self,
        account: AccountId,
        ids: &[UserId],
    ) -> impl Future<Output = Result<Vec<User>, StoreError>> + Send;

    /// All users of an account in order of their ids, with the hashes of their passwords. Users that are created or
    /// deleted meanwhile may be among them or not.
    fn user_stream(&self, account: AccountId) -> ResultStream<Vec<(StoredUser, Option<PhcString>)>>;
}
