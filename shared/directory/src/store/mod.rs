//! What the directory needs of a store: the contracts of its ports.
//!
//! Every method that decides something reads strongly consistently; where a method may lag, its documentation says so.
//! What a method writes is written completely or not at all. A lost answer may leave a write done: each method that can
//! meet its own write recognizes it.

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
    /// Opens the connection, so that the first request finds it open. A failure is logged and ignored.
    fn prewarm(&self) -> impl Future<Output = ()> + Send;
}

/// Why a store did not do what it was asked for. Carries no data of users, and is one line.
#[derive(Clone, Debug, thiserror::Error)]
pub enum StoreError {
    /// It does not answer, or is overloaded; the same request may succeed later.
    #[error("the store is unavailable: {0}")]
    Unavailable(String),
    /// It rejects a request of ours: a defect or a wrong set-up; trying again does not help.
    #[error("the store rejected a request: {0}")]
    Rejected(String),
    /// An item does not have the shape that we write.
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

/// Some of what a reading in order of ids finds.
#[derive(Debug)]
pub struct Batch<T> {
    /// What was found.
    pub found: Vec<T>,
    /// Where the reading continues: all ids before this one have been read.
    pub next: UserId,
}

/// A reading in order of ids, batch by batch.
pub type BatchStream<T> = ResultStream<Batch<T>>;
/// What a store gives bit by bit, as it is asked.
pub type ResultStream<T> = BoxStream<'static, Result<T, StoreError>>;
