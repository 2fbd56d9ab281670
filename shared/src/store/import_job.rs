//! How far an import has come, so that it can go on after any end.

use std::time::Duration;

use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue};
use serde::{Deserialize, Serialize};

use super::{Retry, Store, StoreError, expiry, expression::Update, write::write};
use crate::domain::{AccountId, Timestamp, UserId};

/// An import that nobody goes on with is forgotten after this time.
pub(crate) const FORGOTTEN: Duration = Duration::from_secs(30 * 86_400);

/// An import under way.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportJob {
    /// Rows that are done with.
    #[serde(default)]
    pub rows: u64,
    /// What was read of them, as a hash.
    #[serde(default)]
    pub digest: String,
    /// How many of them had which verdict.
    #[serde(default)]
    pub verdicts: Vec<u64>,
    /// The rows in hand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ahead: Option<Ahead>,
}

/// Rows that an import has in hand, and the ids that it has for them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ahead {
    /// The last of the rows.
    pub until: u64,
    /// What was read up to their end, as a hash.
    pub digest: String,
    /// The first of the ids, which are in a row; none where rows bring theirs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first: Option<UserId>,
    /// The rows that they are for, in order; none where each of the rows in hand has one.
    pub rows: Vec<u64>,
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
    /// Takes an import over from whoever has it, and tells what stands of it; with `anew`, nothing does.
    pub(crate) async fn import_take(
        &self,
        account: AccountId,
        id: &str,
        worker: &str,
        end: Timestamp,
        anew: bool,
    ) -> Result<ImportJob, StoreError> {
        let key = key(account, id);
        let mut update = Update::default();
        update.set("worker", AttributeValue::S(worker.to_owned()));
        update.set("expires_at", AttributeValue::S(end.to_string()));
        update.set("expiry", AttributeValue::S(expiry::partition(&key)));
        if anew {
            for attribute in ["rows", "digest", "verdicts", "ahead"] {
                update.remove(attribute);
            }
        }
        let request = self
            .client
            .update_item()
            .table_name(&self.tables.keys)
            .key("key", AttributeValue::S(key))
            .update_expression(update.text())
            .set_expression_attribute_names(Some(update.names))
            .set_expression_attribute_values(Some(update.values))
            .return_values(ReturnValue::AllNew);
        let stands = request.send().await?.attributes.unwrap_or_default();
        let stands: JobItem = serde_dynamo::aws_sdk_dynamodb_1::from_item(stands)?;
        Ok(stands.job)
    }

    /// Notes how far an import has come; `false` where somebody else has it.
    pub(crate) async fn import_write(
        &self,
        account: AccountId,
        id: &str,
        worker: &str,
        job: &ImportJob,
        end: Timestamp,
    ) -> Result<bool, StoreError> {
        let key = key(account, id);
        let expiry = expiry::partition(&key);
        let item = JobItem { key, job: job.clone(), worker: worker.to_owned(), expires_at: end, expiry };
        let put = self
            .client
            .put_item()
            .table_name(&self.tables.keys)
            .set_item(Some(serde_dynamo::aws_sdk_dynamodb_1::to_item(item)?))
            .condition_expression("worker = :worker")
            .expression_attribute_values(":worker", AttributeValue::S(worker.to_owned()));
        Ok(write(&mut Retry::start(), || put.clone().send()).await?.is_ok())
    }

    /// Forgets an import, unless somebody else has it.
    pub(crate) async fn import_delete(&self, account: AccountId, id: &str, worker: &str) -> Result<(), StoreError> {
        let delete = self
            .client
            .delete_item()
            .table_name(&self.tables.keys)
            .key("key", AttributeValue::S(key(account, id)))
            .condition_expression("worker = :worker")
            .expression_attribute_values(":worker", AttributeValue::S(worker.to_owned()));
        write(&mut Retry::start(), || delete.clone().send()).await.map(|_| ())
    }

    /// What stands of an import, for a look.
    pub(crate) async fn import_read(&self, account: AccountId, id: &str) -> Result<Option<ImportJob>, StoreError> {
        let item = self.key_item(key(account, id)).await?;
        let item: Option<JobItem> = item.map(serde_dynamo::aws_sdk_dynamodb_1::from_item).transpose()?;
        Ok(item.map(|item| item.job))
    }

    /// Until when an import is remembered: a while after it was last at work.
    pub(crate) async fn import_remembered(
        &self,
        account: AccountId,
        id: &str,
    ) -> Result<Option<Timestamp>, StoreError> {
        let item = self.key_item(key(account, id)).await?;
        let item: Option<JobItem> = item.map(serde_dynamo::aws_sdk_dynamodb_1::from_item).transpose()?;
        Ok(item.map(|item| item.expires_at))
    }
}
