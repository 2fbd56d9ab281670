//! Tombstones, in order of the ids of the deleted users.

use std::time::Duration;

use aws_sdk_dynamodb::types::{AttributeValue, ConditionCheck, Delete, Put, TransactWriteItem, Update};
use futures_util::{StreamExt as _, stream};
use roster_directory::{
    Retry,
    ports::{Batch, BatchStream, DeletionStore, StoreError},
};
use roster_domain::{AccountId, Code, Deletion, Timestamp, User, UserId};
use serde::{Deserialize, Serialize};

use super::{
    DynamoDbStore, Item,
    account::{SETTINGS, row_key, settings_part},
    census,
    error::{build_error, sdk_error},
    item,
    transaction::Transacted,
    user_item,
};

/// The maximum number of tombstones that one transaction removes. It also updates the count of their section, and
/// checks the settings of the account.
const MAX_PURGED_PER_TRANSACTION: usize = 98;

/// As small as possible: a page of a list reads a thousand of these items.
#[derive(Serialize, Deserialize)]
struct Tombstone {
    account: u64,
    id: UserId,
    /// Absent if it is the default code of the id.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    /// Milliseconds since 1970.
    deleted_at: i64,
}

impl DeletionStore for DynamoDbStore {
    fn deletion_stream(
        &self,
        account: AccountId,
        since: Option<Timestamp>,
        start: UserId,
        wanted: u64,
    ) -> BatchStream<Deletion> {
        let mut query = self
            .client
            .query()
            .table_name(&self.tables.deletions)
            .key_condition_expression("account = :account AND id >= :start")
            .expression_attribute_values(":account", AttributeValue::N(account.to_string()))
            .expression_attribute_values(":start", AttributeValue::N(start.to_string()))
            .consistent_read(true);
        if let Some(since) = since {
            query = query
                .filter_expression("deleted_at >= :since")
                .expression_attribute_values(":since", AttributeValue::N(since.as_millisecond().to_string()));
        }
        // The id after which the next query starts, and how many entries it reads; `None` once all is read.
        let first = Some((None, i32::try_from(wanted).unwrap_or(i32::MAX).max(1)));
        let reading = stream::try_unfold(first, move |next: Option<(Option<Item>, i32)>| {
            let query = query.clone();
            async move {
                let Some((after, limit)) = next else { return Ok(None) };
                let answer = query.set_exclusive_start_key(after).limit(limit).send().await.map_err(sdk_error)?;
                let found = read(answer.items.unwrap_or_default())?;
                let last = answer.last_evaluated_key;
                let next = match &last {
                    Some(last) => user_item::id(last)?.next(),
                    None => UserId::LAST,
                };
                let further = last.map(|last| (Some(last), limit.saturating_mul(2)));
                Ok::<_, StoreError>(Some((Batch { found, next }, further)))
            }
        });
        reading.boxed()
    }

    async fn deletion_position(&self, account: AccountId, offset: u64) -> Result<(u64, UserId), StoreError> {
        let (mut before, mut position) = (0, (0, UserId::new(0)));
        for (block, counts) in self.deletion_counts(account).await? {
            for (section, count) in (0..).zip(counts) {
                // Beyond the last section, the last one that has tombstones decides whether there are more.
                if count > 0 && before <= offset && before > 0 {
                    position = (before, census::section_start(block, section));
                }
                before += count;
            }
        }
        Ok(position)
    }

    async fn deletion_purge(&self, account: AccountId, ids: &[UserId], retention: Duration) -> Result<u64, StoreError> {
        let mut purged = 0;
        let sections = ids.chunk_by(|a, b| census::section(*a) == census::section(*b));
        for ids in sections.flat_map(|ids| ids.chunks(MAX_PURGED_PER_TRANSACTION)) {
            if self.tombstones_delete(account, ids, retention).await? {
                purged += ids.len() as u64;
            }
        }
        Ok(purged)
    }
}

impl DynamoDbStore {
    /// Removes tombstones of one section of a block, all or none. Returns `false` if one of them is missing, if fewer
    /// are counted, or if the retention of the account is no longer `retention`.
    async fn tombstones_delete(
        &self,
        account: AccountId,
        ids: &[UserId],
        retention: Duration,
    ) -> Result<bool, StoreError> {
        let Some(first) = ids.first() else { return Ok(true) };
        let count = AttributeValue::N(ids.len().to_string());
        let update = Update::builder()
            .table_name(&self.tables.accounts)
            .set_key(Some(row_key(&census::counts_part(account), &census::sort(first.get() / census::BLOCK))))
            .update_expression("SET #count = #count - :removed ADD rev :one")
            .condition_expression("#count >= :removed")
            .expression_attribute_names("#count", census::section_attribute(first.get()))
            .expression_attribute_values(":removed", count)
            .expression_attribute_values(":one", AttributeValue::N("1".to_owned()))
            .build()
            .map_err(build_error)?;
        let settings = ConditionCheck::builder()
            .table_name(&self.tables.accounts)
            .set_key(Some(row_key(&settings_part(account), SETTINGS)))
            .condition_expression("deletions_kept = :retention")
            .expression_attribute_values(":retention", AttributeValue::N(retention.as_secs().to_string()))
            .build()
            .map_err(build_error)?;
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
                .build()
                .map_err(build_error)?;
            actions.push(TransactWriteItem::builder().delete(delete).build());
        }
        Ok(matches!(self.transact(actions, &mut Retry::start()).await?, Transacted::Done))
    }

    /// The action that writes a tombstone of `user`.
    pub(super) fn tombstone_put(&self, user: &User, now: Timestamp) -> Result<TransactWriteItem, StoreError> {
        let tombstone = Tombstone {
            account: user.account.get(),
            id: user.id,
            code: (user.code != default_code(user.id)).then(|| user.code.as_str().to_owned()),
            deleted_at: now.as_millisecond(),
        };
        let put = Put::builder()
            .table_name(&self.tables.deletions)
            .set_item(Some(item::to_item(tombstone)?))
            .build()
            .map_err(build_error)?;
        Ok(TransactWriteItem::builder().put(put).build())
    }

    /// The check that there is no tombstone of `user`.
    pub(super) fn tombstone_absent(&self, user: &User) -> Result<TransactWriteItem, StoreError> {
        let check = ConditionCheck::builder()
            .table_name(&self.tables.deletions)
            .key("account", AttributeValue::N(user.account.to_string()))
            .key("id", AttributeValue::N(user.id.to_string()))
            .condition_expression("attribute_not_exists(id)")
            .build()
            .map_err(build_error)?;
        Ok(TransactWriteItem::builder().condition_check(check).build())
    }
}

fn read(items: Vec<Item>) -> Result<Vec<Deletion>, StoreError> {
    let tombstones: Vec<Tombstone> = item::from_items(items)?;
    let deletion = |tombstone: Tombstone| Deletion {
        account: AccountId::new(tombstone.account),
        id: tombstone.id,
        code: tombstone.code.map_or_else(|| default_code(tombstone.id), Code::stored),
        deleted_at: Timestamp::from_millisecond(tombstone.deleted_at),
    };
    Ok(tombstones.into_iter().map(deletion).collect())
}

fn default_code(id: UserId) -> Code {
    Code::default_for(id, 1)
}
