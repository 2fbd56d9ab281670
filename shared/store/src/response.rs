//! Responses that are stored for requests that are sent again, in the table of keys.

use aws_sdk_dynamodb::types::{AttributeValue, Delete, Put, ReturnValuesOnConditionCheckFailure, TransactWriteItem};
use roster_directory::ports::{ResponseStore, StoreError};
use roster_domain::{AccountId, Fingerprint, IdempotencyKey, IdempotentRequest, StoredResponse, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use serde_bytes::{ByteArray, ByteBuf};

use super::{DynamoDbStore, Item, error::build_error, expiry, item};

#[derive(Serialize, Deserialize)]
struct ResponseItem {
    key: String,
    account: u64,
    user: UserId,
    fingerprint: ByteArray<32>,
    answer: ByteBuf,
    expires_at: Timestamp,
    expiry: String,
}

pub(super) const PREFIX: &str = "idempotency#";

fn key(key: &IdempotencyKey) -> String {
    format!("{PREFIX}{}", key.as_str())
}

/// The response in an item.
pub(super) fn read(item: Item) -> Result<StoredResponse, StoreError> {
    let item: ResponseItem = item::from_item(item)?;
    let key = item.key.strip_prefix(PREFIX).map(str::to_owned);
    let key = key.ok_or_else(|| StoreError::Unreadable("stored response without a key".to_owned()))?;
    Ok(StoredResponse {
        request: IdempotentRequest {
            key: IdempotencyKey::stored(key),
            fingerprint: Fingerprint::stored(item.fingerprint.into_array()),
        },
        account: AccountId::new(item.account),
        user: item.user,
        response: item.answer.into_vec(),
        expires_at: item.expires_at,
    })
}

impl ResponseStore for DynamoDbStore {
    async fn response_get(
        &self,
        request: &IdempotencyKey,
        now: Timestamp,
    ) -> Result<Option<StoredResponse>, StoreError> {
        let stored = self.key_item(key(request)).await?.map(read).transpose()?;
        Ok(stored.filter(|stored| now < stored.expires_at))
    }
}

impl DynamoDbStore {
    /// The action that stores a response, unless one is stored under its key.
    pub(super) fn response_put(
        &self,
        stored: &StoredResponse,
        now: Timestamp,
    ) -> Result<TransactWriteItem, StoreError> {
        let key = key(&stored.request.key);
        let item = ResponseItem {
            expiry: expiry::partition(&key),
            key,
            account: stored.account.get(),
            user: stored.user,
            fingerprint: ByteArray::new(stored.request.fingerprint.bytes()),
            answer: ByteBuf::from(stored.response.clone()),
            expires_at: stored.expires_at,
        };
        let put = Put::builder()
            .table_name(&self.tables.keys)
            .set_item(Some(item::to_item(item)?))
            .condition_expression("attribute_not_exists(#key) OR expires_at <= :now")
            .expression_attribute_names("#key", "key")
            .expression_attribute_values(":now", AttributeValue::S(now.to_string()))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .build()
            .map_err(build_error)?;
        Ok(TransactWriteItem::builder().put(put).build())
    }

    /// The action that removes a response, if there is one.
    pub(super) fn response_delete(&self, request: &IdempotencyKey) -> Result<TransactWriteItem, StoreError> {
        let delete = Delete::builder()
            .table_name(&self.tables.keys)
            .key("key", AttributeValue::S(key(request)))
            .build()
            .map_err(build_error)?;
        Ok(TransactWriteItem::builder().delete(delete).build())
    }
}
