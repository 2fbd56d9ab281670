//! Finds expired items without reading all keys, removes them, and stores the position of the cleanup.

use aws_sdk_dynamodb::types::{AttributeValue, Delete, TransactWriteItem};
use futures_util::{StreamExt as _, stream};
use roster_directory::{
    Retry,
    ports::{CleanupCursor, Expired, ExpiryStore, Kind, ResultStream, StoreError},
};
use roster_domain::{AccountId, Timestamp};
use serde::Deserialize;

use super::{
    DynamoDbStore, Item,
    account::row_key,
    api_key,
    error::{build_error, sdk_error},
    item,
    tables::EXPIRY_INDEX,
    transaction::Transacted,
    write::write,
};

/// Partitions of `expiry-index`: one would cap what expires at 1,000 writes a second.
const PARTITIONS: u32 = 8;
/// Entries of the index that one query reads.
const BATCH: i32 = 500;

/// The key of the cleanup's cursor.
const CLEANUP_PART: &str = "cleanup";
const CURSOR_SORT: &str = "cursor";

/// The partition of `expiry-index` that contains an item of the table of keys. Only items that expire have one.
pub(super) fn partition(key: &str) -> String {
    partition_name(crc32fast::hash(key.as_bytes()) % PARTITIONS)
}

fn partition_name(number: u32) -> String {
    format!("expiry#{number}")
}

/// The kind of an item, by its key.
fn kind(key: &str) -> Option<Kind> {
    let (kind, _) = key.split_once('#')?;
    Some(match kind {
        "api-key" => Kind::ApiKey,
        "session" => Kind::Session,
        "tries" => Kind::LoginTries,
        "walk" => Kind::Cursor,
        "import" => Kind::ImportJob,
        "idempotency" => Kind::Response,
        _ => return None,
    })
}

#[derive(Deserialize)]
struct IndexItem {
    key: String,
    expires_at: Timestamp,
}

impl ExpiryStore for DynamoDbStore {
    fn expired_stream(&self, now: Timestamp) -> ResultStream<Vec<Expired>> {
        let query = self
            .client
            .query()
            .table_name(&self.tables.keys)
            .index_name(EXPIRY_INDEX)
            .key_condition_expression("expiry = :expiry AND expires_at < :now")
            .expression_attribute_values(":now", AttributeValue::S(now.to_string()))
            .limit(BATCH);
        // The partition, and the key after which the next query in it starts.
        let first = (0, None::<Item>);
        let batches = stream::try_unfold(first, move |(number, start)| {
            let query = query.clone();
            async move {
                if number == PARTITIONS {
                    return Ok(None);
                }
                let answer = query
                    .expression_attribute_values(":expiry", AttributeValue::S(partition_name(number)))
                    .set_exclusive_start_key(start)
                    .send()
                    .await
                    .map_err(sdk_error)?;
                let items: Vec<IndexItem> = item::from_items(answer.items.unwrap_or_default())?;
                let expired = |item: IndexItem| {
                    let kind = kind(&item.key)?;
                    Some(Expired { kind, expires_at: item.expires_at, key: item.key })
                };
                let next = match answer.last_evaluated_key {
                    Some(last) => (number, Some(last)),
                    None => (number + 1, None),
                };
                Ok(Some((items.into_iter().filter_map(expired).collect(), next)))
            }
        });
        batches.boxed()
    }

    async fn expired_delete(&self, expired: &Expired) -> Result<bool, StoreError> {
        if expired.kind == Kind::ApiKey {
            return self.expired_api_key_delete(expired).await;
        }
        let delete = self
            .client
            .delete_item()
            .table_name(&self.tables.keys)
            .key("key", AttributeValue::S(expired.key.clone()))
            .condition_expression("expires_at = :read")
            .expression_attribute_values(":read", AttributeValue::S(expired.expires_at.to_string()));
        Ok(write(&mut Retry::start(), || delete.clone().send()).await?.is_ok())
    }

    async fn cleanup_cursor_get(&self) -> Result<CleanupCursor, StoreError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.tables.accounts)
            .set_key(Some(row_key(CLEANUP_PART, CURSOR_SORT)))
            .consistent_read(true)
            .send()
            .await
            .map_err(sdk_error)?;
        let cursor = answer.item.map(item::from_item).transpose()?;
        Ok(cursor.unwrap_or_default())
    }

    async fn cleanup_cursor_put(&self, cursor: CleanupCursor) -> Result<(), StoreError> {
        let mut item: Item = item::to_item(cursor)?;
        item.extend(row_key(CLEANUP_PART, CURSOR_SORT));
        self.client
            .put_item()
            .table_name(&self.tables.accounts)
            .set_item(Some(item))
            .send()
            .await
            .map_err(sdk_error)?;
        Ok(())
    }
}

impl DynamoDbStore {
    /// Removes an API key together with its row in the account's list.
    async fn expired_api_key_delete(&self, expired: &Expired) -> Result<bool, StoreError> {
        let item = self.key_item(expired.key.clone()).await?;
        let account = item.as_ref().and_then(|item| item.get("account")).and_then(|account| account.as_n().ok());
        let Some(account) = account.and_then(|account| AccountId::parse(account)) else { return Ok(false) };
        let key = Delete::builder()
            .table_name(&self.tables.keys)
            .key("key", AttributeValue::S(expired.key.clone()))
            .condition_expression("expires_at = :read")
            .expression_attribute_values(":read", AttributeValue::S(expired.expires_at.to_string()))
            .build()
            .map_err(build_error)?;
        let id = expired.key.split_once('#').map_or("", |(_, id)| id);
        let row = Delete::builder()
            .table_name(&self.tables.accounts)
            .set_key(Some(row_key(&api_key::list_part(account), id)))
            .build()
            .map_err(build_error)?;
        let actions = [key, row].map(|delete| TransactWriteItem::builder().delete(delete).build());
        Ok(matches!(self.transact(actions.into(), &mut Retry::start()).await?, Transacted::Done))
    }
}
