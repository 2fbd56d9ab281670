use std::{future::Future, ops::RangeInclusive};

use roster_domain::{AccountId, Span, Timestamp, User, UserFilter, UserId};

use super::{BatchStream, StoreError};

/// Users that match a filter.
pub trait UserFilterStore {
    /// The users that match `filter`, in a range of ids. No more is read ahead than `wanted` of them are likely to need.
    fn user_match(
        &self,
        account: AccountId,
        filter: &UserFilter,
        ids: RangeInclusive<UserId>,
        wanted: u64,
    ) -> BatchStream<User>;

    /// As [`UserFilterStore::user_match`], their ids alone.
    fn user_match_ids(
        &self,
        account: AccountId,
        filter: &UserFilter,
        ids: RangeInclusive<UserId>,
        wanted: u64,
    ) -> BatchStream<UserId>;

    /// The ids of the users that were last updated within `span`, in order; `None` where there are more than `max`. It
    /// may lag: the caller reads the users.
    fn user_changed_ids(
        &self,
        account: AccountId,
        span: &Span<Timestamp>,
        max: usize,
    ) -> impl Future<Output = Result<Option<Vec<UserId>>, StoreError>> + Send;
}
