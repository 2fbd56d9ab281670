use std::future::Future;

use roster_domain::Timestamp;
use serde::{Deserialize, Serialize};

use super::{ResultStream, StoreError};

/// Expired items, and the position of the cleanup.
pub trait ExpiryStore {
    /// The items that expired before `now`, batch by batch. It may lag, so [`ExpiryStore::expired_delete`] checks
    /// again.
    fn expired_stream(&self, now: Timestamp) -> ResultStream<Vec<Expired>>;

    /// Removes an expired item, unless its expiry was extended meanwhile; returns whether it did.
    fn expired_delete(&self, expired: &Expired) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Where the last cleanup stopped.
    fn cleanup_cursor_get(&self) -> impl Future<Output = Result<CleanupCursor, StoreError>> + Send;

    /// Stores where this cleanup stopped.
    fn cleanup_cursor_put(&self, cursor: CleanupCursor) -> impl Future<Output = Result<(), StoreError>> + Send;
}

/// The kinds of items that expire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// An API key.
    ApiKey,
    /// A session.
    Session,
    /// Attempts to sign in.
    LoginTries,
    /// A position in a list.
    Cursor,
    /// The state of an import.
    ImportJob,
    /// A stored response.
    Response,
}

/// An expired item.
#[derive(Clone, Debug)]
pub struct Expired {
    /// Its kind.
    pub kind: Kind,
    /// When it expired.
    pub expires_at: Timestamp,
    /// Its key in the store.
    pub key: String,
}

/// Where the next cleanup continues.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CleanupCursor {
    /// Accounts before this one are done.
    pub account: u64,
    /// Tombstones of that account before this id are done.
    pub tombstone: u64,
}
