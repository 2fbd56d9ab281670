//! Tombstones removed, and how far the cleanup has come.

use std::time::Duration;

use aws_sdk_dynamodb::types::{AttributeValue, ConditionCheck, Delete, TransactWriteItem, Update};
use serde::{Deserialize, Serialize};

use super::{
    Retry, Store, StoreError,
    account::{SETTINGS, row_key, settings_part},
    census::{BLOCK, counts_part, gone_attribute, sort},
    transaction::Transacted,
};
use crate::domain::{AccountId, UserId};

/// Tombstones that one transaction removes, together with what their block counts of them.
pub(crate) const TOMBSTONES: usize = 98;

const PART: &str = "cleanup";
const SORT: &str = "cursor";

/// Where the next cleanup goes on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct CleanupCursor {
    /// Accounts before this one are done with.
    pub(crate) account: u64,
    /// Tombstones of that account before this id are.
    pub(crate) tombstone: u64,
}

impl Store {
    /// Removes tombstones of one [`super::GONE_PART`] of ids, all or none; `false` where one of them is gone already,
    /// or fewer are counted.
    /// Nothing is removed either where the account does not keep them so long, `kept`, any more.
    pub(crate) async fn tombstones_delete(
        &self,
        account: AccountId,
        ids: &[UserId],
        kept: Duration,
    ) -> Result<bool, StoreError> {
        let Some(first) = ids.first() else { return Ok(true) };
        let count = AttributeValue::N(ids.len().to_string());
        let update = Update::builder()
            .table_name(&self.tables.accounts)
            .set_key(Some(row_key(&counts_part(account), &sort(first.get() / BLOCK))))
            .update_expression("SET #gone = #gone - :many ADD rev :one")
            .condition_expression("#gone >= :many")
            .expression_attribute_names("#gone", gone_attribute(first.get()))
            .expression_attribute_values(":many", count)
            .expression_attribute_values(":one", AttributeValue::N("1".to_owned()))
            .build()?;
        let settings = ConditionCheck::builder()
            .table_name(&self.tables.accounts)
            .set_key(Some(row_key(&settings_part(account), SETTINGS)))
            .condition_expression("deletions_kept = :kept")
            .expression_attribute_values(":kept", AttributeValue::N(kept.as_secs().to_string()))
            .build()?;
        let mut actions = vec![
            TransactWriteItem::builder().update(update).build(),
            TransactWriteItem::builder().condition_check(settings).build(),
        ];
        for id in ids {
            let delete = Delete::builder()
                .table_name(&self.tables.deletions)
                .key("account", AttributeValue::N(account.to_string()))
                .key("id", AttributeValue::N(id.to_string()))
                .condition_expression("attribute_exists(id)")
                .build()?;
            actions.push(TransactWriteItem::builder().delete(delete).build());
        }
        Ok(matches!(self.transact(actions, &mut Retry::start()).await?, Transacted::Done))
    }

    /// Where the last cleanup stopped.
    pub(crate) async fn cleanup_cursor(&self) -> Result<CleanupCursor, StoreError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.tables.accounts)
            .set_key(Some(row_key(PART, SORT)))
            .consistent_read(true)
            .send()
            .await?;
        let cursor = answer.item.map(serde_dynamo::aws_sdk_dynamodb_1::from_item).transpose()?;
        Ok(cursor.unwrap_or_default())
    }

    /// Keeps where this cleanup stopped.
    pub(crate) async fn cleanup_cursor_write(&self, cursor: CleanupCursor) -> Result<(), StoreError> {
        let mut item: super::Item = serde_dynamo::aws_sdk_dynamodb_1::to_item(cursor)?;
        item.extend(row_key(PART, SORT));
        self.client.put_item().table_name(&self.tables.accounts).set_item(Some(item)).send().await?;
        Ok(())
    }
}
