//! API keys: each has one item under its own id, and one row in the account's list of keys.

use aws_sdk_dynamodb::types::{AttributeValue, ConditionCheck, Put, ReturnValue, TransactWriteItem, Update};
use roster_directory::{
    Retry,
    ports::{ApiKeyStore, StoreError},
};
use roster_domain::{AccountId, ApiKeyId, ApiKeyRecord, Scope, SecretDigest, Timestamp};
use serde::{Deserialize, Serialize};
use serde_bytes::ByteArray;

use super::{
    DynamoDbStore, Item,
    account::{SETTINGS, row_key, settings_part},
    error::{build_error, sdk_error},
    expiry, item,
    transaction::Transacted,
    write::write,
};

#[derive(Serialize, Deserialize)]
struct ApiKeyItem {
    key: String,
    account: u64,
    digest: ByteArray<32>,
    scopes: Vec<Scope>,
    read_only: bool,
    created_at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<Timestamp>,
    /// Partition of `expiry-index`; only items that expire have one.
    #[serde(skip_serializing_if = "Option::is_none")]
    expiry: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_used: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    revoked_at: Option<Timestamp>,
    /// The id of the key that replaced it.
    #[serde(skip_serializing_if = "Option::is_none")]
    replaced_by: Option<String>,
}

const KEY_PREFIX: &str = "api-key#";

fn key(id: &ApiKeyId) -> String {
    format!("{KEY_PREFIX}{id}")
}

pub(super) fn list_part(account: AccountId) -> String {
    format!("{account}#keys")
}

fn read(item: Item) -> Result<ApiKeyRecord, StoreError> {
    let item: ApiKeyItem = item::from_item(item)?;
    let id = item.key.strip_prefix(KEY_PREFIX).and_then(ApiKeyId::parse);
    Ok(ApiKeyRecord {
        id: id.ok_or_else(|| StoreError::Unreadable("API key without an id".to_owned()))?,
        account: AccountId::new(item.account),
        digest: SecretDigest::stored(item.digest.into_array()),
        scopes: item.scopes,
        read_only: item.read_only,
        created_at: item.created_at,
        expires_at: item.expires_at,
        last_used: item.last_used,
        revoked_at: item.revoked_at,
        replaced_by: item.replaced_by.as_deref().and_then(ApiKeyId::parse),
    })
}

impl ApiKeyStore for DynamoDbStore {
    async fn api_key_get(&self, id: &ApiKeyId) -> Result<Option<ApiKeyRecord>, StoreError> {
        self.key_item(key(id)).await?.map(read).transpose()
    }

    async fn api_key_create(&self, record: &ApiKeyRecord) -> Result<bool, StoreError> {
        let account = ConditionCheck::builder()
            .table_name(&self.tables.accounts)
            .set_key(Some(row_key(&settings_part(record.account), SETTINGS)))
            .condition_expression("attribute_exists(part)")
            .build()
            .map_err(build_error)?;
        let mut actions = vec![TransactWriteItem::builder().condition_check(account).build()];
        actions.extend(self.api_key_put(record)?);
        Ok(matches!(self.transact(actions, &mut Retry::start()).await?, Transacted::Done))
    }

    async fn api_key_replace(
        &self,
        old: &ApiKeyRecord,
        new: &ApiKeyRecord,
        end: Timestamp,
    ) -> Result<bool, StoreError> {
        let update = Update::builder()
            .table_name(&self.tables.keys)
            .key("key", AttributeValue::S(key(&old.id)))
            .update_expression("SET expires_at = :end, expiry = :expiry, replaced_by = :new")
            .condition_expression(match old.expires_at {
                None => {
                    "account = :account AND attribute_not_exists(revoked_at) AND attribute_not_exists(replaced_by) AND \
                     attribute_not_exists(expires_at)"
                }
                Some(_) => {
                    "account = :account AND attribute_not_exists(revoked_at) AND attribute_not_exists(replaced_by) AND \
                     expires_at = :read"
                }
            })
            .expression_attribute_values(":new", AttributeValue::S(new.id.to_string()))
            .expression_attribute_values(":account", AttributeValue::N(old.account.to_string()))
            .expression_attribute_values(":end", AttributeValue::S(end.to_string()))
            .expression_attribute_values(":expiry", AttributeValue::S(expiry::partition(old.id.as_str())));
        let update = match old.expires_at {
            None => update,
            Some(read) => update.expression_attribute_values(":read", AttributeValue::S(read.to_string())),
        };
        let mut actions = vec![TransactWriteItem::builder().update(update.build().map_err(build_error)?).build()];
        actions.extend(self.api_key_put(new)?);
        Ok(matches!(self.transact(actions, &mut Retry::start()).await?, Transacted::Done))
    }

    async fn api_key_list(&self, account: AccountId) -> Result<Vec<ApiKeyRecord>, StoreError> {
        let mut keys = Vec::new();
        for row in self.account_rows(list_part(account)).await? {
            let id = row.get("sort").and_then(|value| value.as_s().ok()).and_then(|id| ApiKeyId::parse(id));
            if let Some(id) = id {
                keys.extend(self.api_key_get(&id).await?);
            }
        }
        keys.sort_by(|a, b| (a.created_at, a.id.as_str()).cmp(&(b.created_at, b.id.as_str())));
        Ok(keys)
    }

    async fn api_key_revoke(
        &self,
        account: AccountId,
        id: &ApiKeyId,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, StoreError> {
        let update = self
            .client
            .update_item()
            .table_name(&self.tables.keys)
            .key("key", AttributeValue::S(key(id)))
            .update_expression("SET revoked_at = if_not_exists(revoked_at, :now)")
            .condition_expression("account = :account")
            .expression_attribute_values(":now", AttributeValue::S(now.to_string()))
            .expression_attribute_values(":account", AttributeValue::N(account.to_string()))
            .return_values(ReturnValue::AllNew);
        let Ok(answer) = write(&mut Retry::start(), || update.clone().send()).await? else { return Ok(None) };
        Ok(answer.attributes.map(read).transpose()?.and_then(|key| key.revoked_at))
    }

    async fn api_key_record_use(&self, id: &ApiKeyId, hour: &str) -> Result<(), StoreError> {
        let update = self
            .client
            .update_item()
            .table_name(&self.tables.keys)
            .key("key", AttributeValue::S(key(id)))
            .update_expression("SET last_used = :hour")
            .condition_expression(
                "attribute_exists(account) AND (attribute_not_exists(last_used) OR last_used < :hour)",
            )
            .expression_attribute_values(":hour", AttributeValue::S(hour.to_owned()));
        write(&mut Retry::start(), || update.clone().send()).await.map(|_| ())
    }
}

impl DynamoDbStore {
    /// The item of a key, a session …, if there is one.
    pub(super) async fn key_item(&self, key: String) -> Result<Option<Item>, StoreError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.tables.keys)
            .key("key", AttributeValue::S(key))
            .consistent_read(true)
            .send()
            .await
            .map_err(sdk_error)?;
        Ok(answer.item)
    }

    /// Removes the item of a key, a session …, if there is one.
    pub(super) async fn key_delete(&self, key: String) -> Result<(), StoreError> {
        let request = self.client.delete_item().table_name(&self.tables.keys).key("key", AttributeValue::S(key));
        request.send().await.map_err(sdk_error)?;
        Ok(())
    }

    /// The actions that write a key and its row in the account's list.
    pub(super) fn api_key_put(&self, record: &ApiKeyRecord) -> Result<[TransactWriteItem; 2], StoreError> {
        let item = ApiKeyItem {
            key: key(&record.id),
            account: record.account.get(),
            digest: ByteArray::new(record.digest.bytes()),
            scopes: record.scopes.clone(),
            read_only: record.read_only,
            created_at: record.created_at,
            expires_at: record.expires_at,
            expiry: record.expires_at.map(|_| expiry::partition(record.id.as_str())),
            last_used: record.last_used.clone(),
            revoked_at: record.revoked_at,
            replaced_by: record.replaced_by.as_ref().map(ToString::to_string),
        };
        let key = Put::builder()
            .table_name(&self.tables.keys)
            .set_item(Some(item::to_item(item)?))
            .build()
            .map_err(build_error)?;
        let row = Put::builder()
            .table_name(&self.tables.accounts)
            .set_item(Some(row_key(&list_part(record.account), record.id.as_str())))
            .build()
            .map_err(build_error)?;
        Ok([key, row].map(|put| TransactWriteItem::builder().put(put).build()))
    }
}
