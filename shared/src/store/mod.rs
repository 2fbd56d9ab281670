//! Keys, items, conditions and retries: all that Roster knows of DynamoDB.
//!
//! Every read that decides something is strongly consistent; an index only shortens the way to
//! an item that is then read itself. User and claims change in one transaction and in no other
//! way.

mod account;
mod api_key;
mod batch;
mod census;
mod claim;
mod cleanup;
mod connect;
mod copy;
mod deletion;
mod error;
mod expired;
mod expiry;
mod expression;
mod idempotency;
mod import_job;
mod kept_ids;
mod login_tries;
mod meter;
mod plan;
mod query;
mod retry;
mod session;
mod tables;
mod transaction;
mod trust;
mod user;
mod user_changes;
mod user_delete;
mod user_filter;
mod user_item;
mod user_list;
mod verify;
mod walk;
mod write;

use aws_sdk_dynamodb::Client;

pub use account::AccountInsert;
pub use api_key::ApiKeyInsert;
pub use connect::{config, from_environment, variable};
pub use error::StoreError;
pub use import_job::{Ahead, ImportJob};
pub(crate) use login_tries::StoredTries;
pub use login_tries::TriesKey;
pub use plan::PlanInsert;
pub use tables::{TABLE_VARIABLES, Tables};
pub use user::{UserEdit, UserInsert, UserWrite};
pub use user_delete::UserDelete;
pub use verify::{Mending, Verified, Violation};

pub(crate) use batch::Batch;
pub(crate) use census::PART as GONE_PART;
pub(crate) use cleanup::{CleanupCursor, TOMBSTONES};
pub(crate) use expired::Expiring;
pub(crate) use expiry::PARTITIONS as EXPIRY_PARTITIONS;
pub(crate) use import_job::FORGOTTEN;
pub(crate) use retry::Retry;
pub(crate) use user::TOGETHER;
pub(crate) use user_item::BLOCK as PARTITION;
pub(crate) use walk::{Place, Point, WalkKey};

/// An item as the SDK hands it over.
type Item = std::collections::HashMap<String, aws_sdk_dynamodb::types::AttributeValue>;

/// The five tables behind one client. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Store {
    client: Client,
    tables: std::sync::Arc<Tables>,
}

impl Store {
    /// Uses these tables through this client.
    #[must_use]
    pub fn new(client: Client, tables: Tables) -> Self {
        Self { client, tables: std::sync::Arc::new(tables) }
    }

    /// One harmless read, so that the first request finds the connection open. What becomes of
    /// it does not matter.
    pub async fn warm(&self) {
        if let Err(error) = self.account_read(crate::domain::AccountId::new(1)).await {
            tracing::warn!(%error, "the warming read failed; the first request opens the connection");
        }
    }
}
