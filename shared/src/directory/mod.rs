//! What a user directory does, whoever asks: no HTTP here, and no DynamoDB.

mod accounts;
mod api_keys;
mod cleanup;
mod deletions;
mod filter;
mod find;
mod hasher;
mod once;
mod pages;
mod plans;
mod sessions;
mod transfer;
mod users;
mod walk;

pub use accounts::Founding;
pub use api_keys::{AuthorizeError, Caller, CreateApiKeyError, NewApiKey, Rotated, Rotation};
pub use cleanup::Cleaned;
pub use hasher::{Hasher, UnusableHash};
pub use once::{Answering, Once, Repeat};
pub use pages::UserPage;
pub use plans::{CreatePlanError, NewPlan, SubscribeError};
pub use sessions::LoginError;
pub use transfer::{ImportBegun, KeepIdsError, UserAndHash};
pub use users::{CreateUserError, DeleteUserError, UpdateUserError};
pub use walk::{PAGE, Walked};

use crate::store::{Store, StoreError};

/// The one directory behind every dialect. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Directory {
    store: Store,
    hasher: Hasher,
}

/// Why the directory cannot do what it otherwise could. Says nothing of the data.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Failure {
    /// It cannot at the moment; the same request may succeed later.
    #[error("unavailable: {0}")]
    Unavailable(String),
    /// A defect or a wrong set-up of ours.
    #[error("internal: {0}")]
    Internal(String),
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable(_) => Self::Unavailable(error.to_string()),
            StoreError::Refused(_) | StoreError::Unreadable(_) => Self::Internal(error.to_string()),
        }
    }
}

impl Directory {
    /// Keeps its data in `store`; hashes passwords with `hasher`.
    #[must_use]
    pub fn new(store: Store, hasher: Hasher) -> Self {
        Self { store, hasher }
    }

    /// One harmless read, so that the first request finds the store's connection open.
    pub async fn warm_store(&self) {
        self.store.warm().await;
    }

    /// Takes the memory of a hash, so that the first one finds its pages.
    pub async fn warm_hash(&self) {
        self.hasher.warm().await;
    }
}
