//! The state of imports, in the table of keys.

use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue};
use roster_directory::{
    Retry,
    ports::{ImportJob, ImportJobStore, StoreError},
};
use roster_domain::{AccountId, Timestamp};
use serde::{Deserialize, Serialize};

use super::{DynamoDbStore, error::sdk_error, expiry, expression::Update, item, write::write};

#[derive(Serialize, Deserialize)]
struct JobItem {
    key: String,
    #[serde(flatten)]
    job: ImportJob,
    /// The worker that took it over last.
    worker: String,
    expires_at: Timestamp,
    expiry: String,
}

fn key(account: AccountId, id: &str) -> String {
    format!("import#{account}#{id}")
}

impl ImportJobStore for DynamoDbStore {
    async fn import_take(
        &self,
        account: AccountId,
        id: &str,
        worker: &str,
        end: Timestamp,
        restart: bool,
    ) -> Result<ImportJob, StoreError> {
        let key = key(account, id);
        let mut update = Update::default();
        update.set("worker", AttributeValue::S(worker.to_owned()));
        update.set("expires_at", AttributeValue::S(end.to_string()));
        update.set("expiry", AttributeValue::S(expiry::partition(&key)));
        if restart {
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
        let stored = request.send().await.map_err(sdk_error)?.attributes.unwrap_or_default();
        let stored: JobItem = item::from_item(stored)?;
        Ok(stored.job)
    }

    async fn import_put(
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
            .set_item(Some(item::to_item(item)?))
            .condition_expression("worker = :worker")
            .expression_attribute_values(":worker", AttributeValue::S(worker.to_owned()));
        Ok(write(&mut Retry::start(), || put.clone().send()).await?.is_ok())
    }

    async fn import_delete(&self, account: AccountId, id: &str, worker: &str) -> Result<(), StoreError> {
        let delete = self
            .client
            .delete_item()
            .table_name(&self.tables.keys)
            .key("key", AttributeValue::S(key(account, id)))
            .condition_expression("worker = :worker")
            .expression_attribute_values(":worker", AttributeValue::S(worker.to_owned()));
        write(&mut Retry::start(), || delete.clone().send()).await.map(|_| ())
    }

    async fn import_get(&self, account: AccountId, id: &str) -> Result<Option<ImportJob>, StoreError> {
        let item = self.key_item(key(account, id)).await?;
        let item: Option<JobItem> = item.map(item::from_item).transpose()?;
        Ok(item.map(|item| item.job))
    }
}

impl DynamoDbStore {
    /// When the state of an import expires, measured from its last write.
    pub(super) async fn import_expiry(&self, account: AccountId, id: &str) -> Result<Option<Timestamp>, StoreError> {
        let item = self.key_item(key(account, id)).await?;
        let item: Option<JobItem> = item.map(item::from_item).transpose()?;
        Ok(item.map(|item| item.expires_at))
    }
}
