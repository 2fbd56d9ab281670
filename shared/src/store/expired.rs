//! What has expired, found without reading all keys, and removed.

use aws_sdk_dynamodb::types::{AttributeValue, Delete, TransactWriteItem};
use serde::Deserialize;

use super::{
    Item, Retry, Store, StoreError, account::row_key, api_key, expiry, tables::EXPIRY_INDEX, transaction::Transacted,
    write::write,
};
use crate::domain::{AccountId, Timestamp};

/// What expires.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Expiring {
    ApiKey,
    Session,
    LoginTries,
    Walk,
    Import,
    Answer,
}

impl Expiring {
    /// What an item is, by its key.
    fn of(key: &str) -> Option<Self> {
        let (kind, _) = key.split_once('#')?;
        Some(match kind {
            "api-key" => Self::ApiKey,
            "session" => Self::Session,
            "tries" => Self::LoginTries,
            "walk" => Self::Walk,
            "import" => Self::Import,
            "idempotency" => Self::Answer,
            _ => return None,
        })
    }
}

/// An item that has expired, as the index tells.
#[derive(Clone, Debug)]
pub(crate) struct Expired {
    pub(crate) kind: Expiring,
    pub(crate) expires_at: Timestamp,
    key: String,
}

#[derive(Deserialize)]
struct IndexItem {
    key: String,
    expires_at: Timestamp,
}

/// Some of a partition of the index, and where the reading goes on.
pub(crate) struct ExpiredBatch {
    pub(crate) found: Vec<Expired>,
    pub(crate) further: Option<Item>,
}

impl Store {
    /// Items of one of [`expiry::PARTITIONS`] that expired before `now`, from where an earlier batch ended.
    pub(crate) async fn expired(
        &self,
        partition: u32,
        now: Timestamp,
        start: Option<Item>,
    ) -> Result<ExpiredBatch, StoreError> {
        let answer = self
            .client
            .query()
            .table_name(&self.tables.keys)
            .index_name(EXPIRY_INDEX)
            .key_condition_expression("expiry = :expiry AND expires_at < :now")
            .expression_attribute_values(":expiry", AttributeValue::S(expiry::name(partition)))
            .expression_attribute_values(":now", AttributeValue::S(now.to_string()))
            .limit(500)
            .set_exclusive_start_key(start)
            .send()
            .await?;
        let items: Vec<IndexItem> = serde_dynamo::aws_sdk_dynamodb_1::from_items(answer.items.unwrap_or_default())?;
        let expired = |item: IndexItem| {
            let kind = Expiring::of(&item.key)?;
            Some(Expired { kind, expires_at: item.expires_at, key: item.key })
        };
        Ok(ExpiredBatch { found: items.into_iter().filter_map(expired).collect(), further: answer.last_evaluated_key })
    }

    /// Removes an item, unless it has come to expire later than the index told; whether it was there.
    pub(crate) async fn expired_delete(&self, expired: &Expired) -> Result<bool, StoreError> {
        if expired.kind == Expiring::ApiKey {
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

    /// An API key goes together with its row in the account's list.
    async fn expired_api_key_delete(&self, expired: &Expired) -> Result<bool, StoreError> {
        let item = self.key_item(expired.key.clone()).await?;
        let account = item.as_ref().and_then(|item| item.get("account")).and_then(|account| account.as_n().ok());
        let Some(account) = account.and_then(|account| AccountId::parse(account)) else { return Ok(false) };
        let key = Delete::builder()
            .table_name(&self.tables.keys)
            .key("key", AttributeValue::S(expired.key.clone()))
            .condition_expression("expires_at = :read")
            .expression_attribute_values(":read", AttributeValue::S(expired.expires_at.to_string()))
            .build()?;
        let id = expired.key.split_once('#').map_or("", |(_, id)| id);
        let row = Delete::builder()
            .table_name(&self.tables.accounts)
            .set_key(Some(row_key(&api_key::list_part(account), id)))
            .build()?;
        let actions = [key, row].map(|delete| TransactWriteItem::builder().delete(delete).build());
        Ok(matches!(self.transact(actions.into(), &mut Retry::start()).await?, Transacted::Done))
    }
}
