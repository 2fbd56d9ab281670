//! The ports of the store: the contracts that the directory depends on.
//!
//! Every method that a decision depends on reads strongly consistently. A method that may lag documents it. A method
//! writes completely or not at all. If a response is lost, the write may have happened: each method that can meet its
//! own write recognizes it.

mod account;
mod api_key;
mod census;
mod cursor;
mod deletion;
mod expiry;
mod import_job;
mod login;
mod plan;
mod response;
mod transfer;
mod user;
mod user_counter;
mod user_filter;
mod user_find;
mod user_list;

use std::future::Future;

pub use account::AccountStore;
pub use api_key::ApiKeyStore;
pub use census::CensusStore;
pub use cursor::{Cursor, CursorKey, CursorSlot, CursorStore};
pub use deletion::DeletionStore;
pub use expiry::{CleanupCursor, Expired, ExpiryStore, Kind};
use futures_util::stream::BoxStream;
pub use import_job::{ImportJob, ImportJobStore, Pending};
pub use login::{LoginStore, StoredTries};
pub use plan::PlanStore;
pub use response::ResponseStore;
use roster_domain::{Failure, UserId};
pub use transfer::{Repair, TransferStore, Verified, Violation};
pub use user::{StoredUser, UserDeleted, UserEdit, UserInsert, UserInserted, UserStore, UserUpdated};
pub use user_counter::{UserCounter, UserCounterStore};
pub use user_filter::UserFilterStore;
pub use user_find::UserFindStore;
pub use user_list::UserListStore;

/// A store with all its ports. Cheap to clone.
pub trait Store:
    AccountStore
    + ApiKeyStore
    + CensusStore
    + CursorStore
    + DeletionStore
    + ExpiryStore
    + ImportJobStore
    + LoginStore
    + PlanStore
    + ResponseStore
    + TransferStore
    + UserStore
    + UserCounterStore
    + UserFilterStore
    + UserFindStore
    + UserListStore
    + Clone
    + Send
    + Sync
    + 'static
{
    /// Opens the connection before the first request needs it. A failure is logged and ignored.
    fn prewarm(&self) -> impl Future<Output = ()> + Send;
}

/// The error of a store. Contains no data of users, and is one line.
#[derive(Clone, Debug, thiserror::Error)]
pub enum StoreError {
    /// The store does not respond, or is overloaded; the same request may succeed later.
    #[error("the store is unavailable: {0}")]
    Unavailable(String),
    /// The store rejects our request: a defect or a wrong configuration. Trying again does not help.
    #[error("the store rejected a request: {0}")]
    Rejected(String),
    /// An item does not have the format that we write.
    #[error("an item in the store cannot be read: {0}")]
    Unreadable(String),
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable(_) => Self::Unavailable(error.to_string()),
            StoreError::Rejected(_) | StoreError::Unreadable(_) => Self::Internal(error.to_string()),
        }
    }
}

/// A batch of a reading in order of ids.
#[derive(Debug)]
pub struct Batch<T> {
    /// The entries found.
    pub found: Vec<T>,
    /// Where the reading continues: all ids before this one have been read.
    pub next: UserId,
}

/// A reading in order of ids, batch by batch.
pub type BatchStream<T> = ResultStream<Batch<T>>;
/// Results that a store reads on demand, batch by batch.
pub type ResultStream<T> = BoxStream<'static, Result<T, StoreError>>;
