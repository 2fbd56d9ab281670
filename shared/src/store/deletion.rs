//! Tombstones, in order of the ids of those who are gone.

use aws_sdk_dynamodb::types::{AttributeValue, ConditionCheck, Put, TransactWriteItem};
use futures_util::{
    StreamExt as _,
    stream::{self, BoxStream},
};
use serde::{Deserialize, Serialize};

use super::{Item, Store, StoreError, batch::Batch};
use crate::domain::{AccountId, Code, Deletion, Timestamp, User, UserId};

/// As little as can be: a page of a list reads a thousand of them.
#[derive(Serialize, Deserialize)]
struct Tombstone {
    account: u64,
    id: UserId,
    /// Absent where it is what the id's user is given by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    /// Milliseconds since 1970.
    deleted_at: i64,
}

impl Store {
    /// What leaves a tombstone of `user`.
    pub(super) fn tombstone_put(&self, user: &User, now: Timestamp) -> Result<TransactWriteItem, StoreError> {
        let tombstone = Tombstone {
            account: user.account.get(),
            id: user.id,
            code: (user.code != default_code(user.id)).then(|| user.code.as_str().to_owned()),
            deleted_at: now.as_millisecond(),
        };
        let put = Put::builder()
            .table_name(&self.tables.deletions)
            .set_item(Some(serde_dynamo::aws_sdk_dynamodb_1::to_item(tombstone)?))
            .build()?;
        Ok(TransactWriteItem::builder().put(put).build())
    }

    /// That there is no tombstone of `user`.
    pub(super) fn tombstone_absent(&self, user: &User) -> Result<TransactWriteItem, StoreError> {
        let check = ConditionCheck::builder()
            .table_name(&self.tables.deletions)
            .key("account", AttributeValue::N(user.account.to_string()))
            .key("id", AttributeValue::N(user.id.to_string()))
            .condition_expression("attribute_not_exists(id)")
            .build()?;
        Ok(TransactWriteItem::builder().condition_check(check).build())
    }

    /// The deletions of an account from the id `start` on, those at or after `since` if it is given.
    /// The first answer looks at `wanted` of them, each further one at twice as many.
    pub(crate) fn deletions(
        &self,
        account: AccountId,
        since: Option<Timestamp>,
        start: UserId,
        wanted: u64,
    ) -> BoxStream<'static, Result<Batch<Deletion>, StoreError>> {
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
        // What the next query starts after, and how many it looks at; nothing once all is read.
        let first = Some((None, i32::try_from(wanted).unwrap_or(i32::MAX).max(1)));
        let reading = stream::try_unfold(first, move |next: Option<(Option<Item>, i32)>| {
            let query = query.clone();
            async move {
                let Some((after, limit)) = next else { return Ok(None) };
                let answer = query.set_exclusive_start_key(after).limit(limit).send().await?;
                let found = read(answer.items.unwrap_or_default())?;
                let last = answer.last_evaluated_key;
                let next = match &last {
                    Some(last) => super::user_item::id(last)?.next(),
                    None => UserId::LAST,
                };
                let further = last.map(|last| (Some(last), limit.saturating_mul(2)));
                Ok::<_, StoreError>(Some((Batch { found, next }, further)))
            }
        });
        reading.boxed()
    }
}

fn read(items: Vec<Item>) -> Result<Vec<Deletion>, StoreError> {
    let tombstones: Vec<Tombstone> = serde_dynamo::aws_sdk_dynamodb_1::from_items(items)?;
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
