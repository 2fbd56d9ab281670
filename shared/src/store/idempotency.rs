//! Answers that are kept for whoever sends a request again, in the table of keys.

use aws_sdk_dynamodb::types::{AttributeValue, Delete, Put, ReturnValuesOnConditionCheckFailure, TransactWriteItem};
use serde::{Deserialize, Serialize};
use serde_bytes::{ByteArray, ByteBuf};

use super::{Item, Store, StoreError, expiry};
use crate::domain::{AccountId, Fingerprint, Idempotency, IdempotencyKey, KeptAnswer, Timestamp, UserId};

#[derive(Serialize, Deserialize)]
struct KeptAnswerItem {
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

/// The answer in an item.
pub(super) fn read(item: Item) -> Result<KeptAnswer, StoreError> {
    let item: KeptAnswerItem = serde_dynamo::aws_sdk_dynamodb_1::from_item(item)?;
    let key = item.key.strip_prefix(PREFIX).unwrap_or_default().to_owned();
    Ok(KeptAnswer {
        request: Idempotency {
            key: IdempotencyKey::stored(key),
            fingerprint: Fingerprint::stored(item.fingerprint.into_array()),
        },
        account: AccountId::new(item.account),
        user: item.user,
        answer: item.answer.into_vec(),
        expires_at: item.expires_at,
    })
}

impl Store {
    /// The answer that is kept under a key, if it is still good.
    pub(crate) async fn answer_read(
        &self,
        request: &IdempotencyKey,
        now: Timestamp,
    ) -> Result<Option<KeptAnswer>, StoreError> {
        let kept = self.key_item(key(request)).await?.map(read).transpose()?;
        Ok(kept.filter(|kept| now < kept.expires_at))
    }

    /// What keeps an answer, unless one is kept under its key.
    pub(super) fn answer_put(&self, kept: &KeptAnswer, now: Timestamp) -> Result<TransactWriteItem, StoreError> {
        let key = key(&kept.request.key);
        let item = KeptAnswerItem {
            expiry: expiry::partition(&key),
            key,
            account: kept.account.get(),
            user: kept.user,
            fingerprint: ByteArray::new(kept.request.fingerprint.octets()),
            answer: ByteBuf::from(kept.answer.clone()),
            expires_at: kept.expires_at,
        };
        let put = Put::builder()
            .table_name(&self.tables.keys)
            .set_item(Some(serde_dynamo::aws_sdk_dynamodb_1::to_item(item)?))
            .condition_expression("attribute_not_exists(#key) OR expires_at <= :now")
            .expression_attribute_names("#key", "key")
            .expression_attribute_values(":now", AttributeValue::S(now.to_string()))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .build()?;
        Ok(TransactWriteItem::builder().put(put).build())
    }

    /// What removes an answer, if it is there.
    pub(super) fn answer_delete(&self, request: &IdempotencyKey) -> Result<TransactWriteItem, StoreError> {
        let delete =
            Delete::builder().table_name(&self.tables.keys).key("key", AttributeValue::S(key(request))).build()?;
        Ok(TransactWriteItem::builder().delete(delete).build())
    }
}
