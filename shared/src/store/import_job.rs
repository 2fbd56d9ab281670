//! How far an import has come, so that it can go on after any end.

use aws_sdk_dynamodb::types::AttributeValue;
use serde::{Deserialize, Serialize};

use super::{Retry, Store, StoreError, expiry, write::write};
use crate::domain::{AccountId, Timestamp, UserId};

/// An import under way.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportJob {
    /// Rows that are done with.
    pub rows: u64,
    /// What was read of them, as a hash.
    pub digest: String,
    /// How many of them had which verdict.
    pub verdicts: Vec<u64>,
    /// The rows in hand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ahead: Option<Ahead>,
}

/// Rows that an import has in hand, and the ids that it has for those of them that make users.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ahead {
    /// What was read up to their end, as a hash.
    pub digest: String,
    /// The first of the ids, which are in a row.
    pub first: UserId,
    /// How many ids there are.
    pub ids: u64,
}

#[derive(Serialize, Deserialize)]
struct JobItem {
    key: String,
    #[serde(flatten)]
    job: ImportJob,
    /// Who works on it: the last who began.
    worker: String,
    expires_at: Timestamp,
    expiry: String,
}

fn key(account: AccountId, id: &str) -> String {
    format!("import#{account}#{id}")
}

impl Store {
    /// The import of this name, if one is under way.
    pub(crate) async fn import_read(&self, account: AccountId, id: &str) -> Result<Option<ImportJob>, StoreError> {
        let item = self.key_item(key(account, id)).await?;
        let item: Option<JobItem> = item.map(serde_dynamo::aws_sdk_dynamodb_1::from_item).transpose()?;
        Ok(item.map(|item| item.job))
    }

    /// Notes how far an import has come; with `takes_over` whoever had it loses it, without, `false`
    /// where somebody else has it.
    pub(crate) async fn import_write(
        &self,
        account: AccountId,
        id: &str,
        worker: &str,
        job: &ImportJob,
        end: Timestamp,
        takes_over: bool,
    ) -> Result<bool, StoreError> {
        let key = key(account, id);
        let expiry = expiry::partition(&key);
        let item = JobItem { key, job: job.clone(), worker: worker.to_owned(), expires_at: end, expiry };
        let put = self
            .client
            .put_item()
            .table_name(&self.tables.keys)
            .set_item(Some(serde_dynamo::aws_sdk_dynamodb_1::to_item(item)?));
        let put = if takes_over {
            put
        } else {
            put.condition_expression("worker = :worker")
                .expression_attribute_values(":worker", AttributeValue::S(worker.to_owned()))
        };
        Ok(write(&mut Retry::start(), || put.clone().send()).await?.is_ok())
    }

    /// Forgets an import.
    pub(crate) async fn import_delete(&self, account: AccountId, id: &str) -> Result<(), StoreError> {
        self.key_delete(key(account, id)).await
    }
}
