use std::{future::Future, time::Duration};

use roster_domain::{AccountId, Deletion, Timestamp, UserId};

use super::{BatchStream, StoreError};

/// Tombstones, in order of the ids of the deleted users.
pub trait DeletionStore {
    /// The deletions of an account from the id `start` on, those at or after `since` if it is given. The first batch
    /// looks at `wanted` of them, each further one at twice as many.
    fn deletion_stream(
        &self,
        account: AccountId,
        since: Option<Timestamp>,
        start: UserId,
        wanted: u64,
    ) -> BatchStream<Deletion>;

    /// A position before the deletion that comes after `offset` others: how many come before it, and its id.
    fn deletion_position(
        &self,
        account: AccountId,
        offset: u64,
    ) -> impl Future<Output = Result<(u64, UserId), StoreError>> + Send;

    /// Removes the tombstones of these ids, which are in order, unless the account keeps them longer than `retention` by
    /// now; how many were removed. Where another cleanup was first, some stay until the next run.
    fn deletion_purge(
        &self,
        account: AccountId,
        ids: &[UserId],
        retention: Duration,
    ) -> impl Future<Output = Result<u64, StoreError>> + Send;
}
