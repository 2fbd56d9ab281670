//! Batch reads of items and scans of whole tables, without interpreting the items.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::{AttributeValue, KeysAndAttributes};

use roster_directory::{Retry, ports::StoreError};
use roster_domain::{AccountId, UserId};

use super::super::{
    DynamoDbStore, Item,
    claim::holder,
    error::{build_error, sdk_error},
    user_item,
};

/// Items that one request reads.
const MAX_PER_BATCH: usize = 100;

impl DynamoDbStore {
    /// The users that hold these claims; a claim that no user holds is left out.
    pub(super) async fn raw_holders(&self, claims: Vec<String>) -> Result<HashMap<String, UserId>, StoreError> {
        let key = |claim: String| Item::from([("claim".to_owned(), AttributeValue::S(claim))]);
        let items = self.read_all(&self.tables.claims, claims.into_iter().map(key).collect()).await?;
        let held = |item: Item| {
            let claim = item.get("claim").and_then(|claim| claim.as_s().ok()).cloned().unwrap_or_default();
            Ok((claim, holder(&item)?))
        };
        items.into_iter().map(held).collect()
    }

    /// The items of these users; those that do not exist are left out.
    pub(super) async fn raw_users_of(
        &self,
        ids: impl IntoIterator<Item = (AccountId, UserId)>,
    ) -> Result<Vec<Item>, StoreError> {
        let keys = ids.into_iter().map(|(account, id)| user_item::key(account, id));
        self.read_all(&self.tables.users, keys.collect()).await
    }

    /// Reads items by their keys, which must be distinct.
    async fn read_all(&self, table: &str, keys: Vec<Item>) -> Result<Vec<Item>, StoreError> {
        let mut found = Vec::new();
        for keys in keys.chunks(MAX_PER_BATCH) {
            let mut left = Some(keys.to_vec());
            let mut retry = Retry::start();
            while let Some(keys) = left.take() {
                let wanted = KeysAndAttributes::builder()
                    .set_keys(Some(keys))
                    .consistent_read(true)
                    .build()
                    .map_err(build_error)?;
                let answer =
                    self.client.batch_get_item().request_items(table, wanted).send().await.map_err(sdk_error)?;
                found.extend(answer.responses.unwrap_or_default().remove(table).unwrap_or_default());
                left = answer.unprocessed_keys.unwrap_or_default().remove(table).map(|left| left.keys);
                if left.is_some() && !retry.again().await {
                    return Err(StoreError::Unavailable("items keep being left unread".to_owned()));
                }
            }
        }
        Ok(found)
    }

    /// One page of a scan of a table or of one of its indexes, and the key from which the scan continues.
    #[expect(clippy::disallowed_methods, reason = "an operator asks for everything; no request does")]
    pub(super) async fn raw_scan(
        &self,
        table: &str,
        index: Option<&str>,
        start: Option<Item>,
    ) -> Result<(Vec<Item>, Option<Item>), StoreError> {
        let answer = self
            .client
            .scan()
            .table_name(table)
            .set_index_name(index.map(str::to_owned))
            // An index supports only eventually consistent reads.
            .consistent_read(index.is_none())
            .set_exclusive_start_key(start)
            .send()
            .await
            .map_err(sdk_error)?;
        Ok((answer.items.unwrap_or_default(), answer.last_evaluated_key))
    }
}

/// A text of an item.
pub(super) fn text<'a>(item: &'a Item, attribute: &str) -> &'a str {
    item.get(attribute).and_then(|value| value.as_s().ok()).map_or("", String::as_str)
}

/// A number of an item.
pub(super) fn number(item: &Item, attribute: &str) -> Option<u64> {
    item.get(attribute).and_then(|value| value.as_n().ok()).and_then(|number| number.parse().ok())
}

/// The account with which a key begins.
pub(super) fn account_of(key: &str) -> Option<AccountId> {
    key.split_once('#').and_then(|(account, _)| AccountId::parse(account))
}
