//! The use cases of a user directory, for every dialect and command. No HTTP here, and no DynamoDB.
//!
//! [`Directory`] implements the use cases. [`ports`] defines the contracts of the store; `roster-store` implements them
//! on DynamoDB. Lists are based on the [`census`], which is pure.

mod account;
mod api_key;
pub mod census;
mod cleanup;
pub mod clock;
mod cursor;
mod deletion;
mod filter;
mod find;
mod hasher;
mod idempotency;
mod login;
mod page;
mod plan;
pub mod ports;
mod retry;
pub mod timeouts;
mod transfer;
pub mod usage;
mod user;

use std::sync::Arc;

pub use account::Bootstrap;
pub use api_key::{CreateApiKeyError, NewApiKey, Rotated, Rotation};
pub use cleanup::Cleaned;
pub use filter::PAGE;
pub use hasher::{Argon2Hasher, PasswordHasher, UnusableHash};
pub use idempotency::Idempotency;
pub use plan::{CreatePlanError, NewPlan, SubscribeError};
use ports::Store;
pub use retry::Retry;
pub use transfer::{Import, ReserveIdsError, UserWithHash, seal_imported_ids};

/// The directory behind every dialect. Cheap to clone.
#[derive(Clone)]
pub struct Directory<S> {
    store: S,
    hasher: Arc<dyn PasswordHasher>,
}

impl<S: Store> Directory<S> {
    /// Stores its data in `store`; hashes passwords with `hasher`.
    #[must_use]
    pub fn new(store: S, hasher: impl PasswordHasher + 'static) -> Self {
        Self { store, hasher: Arc::new(hasher) }
    }

    /// Opens the store's connection before the first request needs it.
    pub async fn prewarm_store(&self) {
        self.store.prewarm().await;
    }

    /// Allocates the memory of a hash before the first hash needs it.
    pub async fn prewarm_hasher(&self) {
        self.hasher.prewarm().await;
    }
}

impl<S> std::fmt::Debug for Directory<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Directory")
    }
}
