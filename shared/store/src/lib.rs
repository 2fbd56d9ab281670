//! The directory's store on DynamoDB: keys, items, conditions and retries. No other crate knows the SDK.
//!
//! Every read that a decision depends on is strongly consistent. An index is only a hint: the item that it finds is
//! read itself. A user and its claims change only in one transaction.

mod account;
mod api_key;
mod capacity;
mod census;
mod claim;
mod connect;
mod copy;
mod cursor;
mod deletion;
mod error;
mod expiry;
mod expression;
mod import_job;
mod item;
mod login;
mod plan;
mod query;
mod response;
mod tables;
mod tls;
mod transaction;
mod user;
mod user_changes;
mod user_counter;
mod user_delete;
mod user_filter;
mod user_find;
mod user_item;
mod user_list;
mod verify;
mod write;

use std::sync::Arc;

use aws_sdk_dynamodb::Client;
pub use connect::{config, from_environment, variable};
use item::Item;
use roster_directory::ports::{AccountStore as _, Store};
pub use tables::{TABLE_VARIABLES, Tables};

/// The five tables behind one client. Cheap to clone.
#[derive(Clone, Debug)]
pub struct DynamoDbStore {
    client: Client,
    tables: Arc<Tables>,
}

impl DynamoDbStore {
    /// Uses these tables through this client.
    #[must_use]
    pub fn new(client: Client, tables: Tables) -> Self {
        Self { client, tables: Arc::new(tables) }
    }
}

impl Store for DynamoDbStore {
    async fn prewarm(&self) {
        // One harmless read opens the connection.
        if let Err(error) = self.account_get(roster_domain::AccountId::new(1)).await {
            tracing::warn!(%error, "the prewarming read failed; the first request opens the connection");
        }
    }
}
