//! Users by the time of their last change, through an index that may lag.

use aws_sdk_dynamodb::{operation::query::builders::QueryFluentBuilder, types::AttributeValue};
use futures_util::future::try_join_all;

use roster_directory::ports::StoreError;
use roster_domain::{AccountId, Span, Timestamp, UserId};

use super::{
    DynamoDbStore,
    error::sdk_error,
    tables::CHANGES_INDEX,
    user_item::{self, CHANGE_PARTITIONS},
};

impl DynamoDbStore {
    /// [`roster_directory::ports::UserFilterStore::user_changed_ids`]
    pub(super) async fn changed_ids(
        &self,
        account: AccountId,
        span: &Span<Timestamp>,
        max: usize,
    ) -> Result<Option<Vec<UserId>>, StoreError> {
        // DynamoDB rejects a range that ends before it begins.
        if span.is_empty() {
            return Ok(Some(Vec::new()));
        }
        let partitions = (0..CHANGE_PARTITIONS).map(|number| self.changes(account, number, span, max));
        let mut ids = try_join_all(partitions).await?.concat();
        ids.sort_unstable();
        // A user that changes between two pages of one query can be on both.
        ids.dedup();
        Ok((ids.len() <= max).then_some(ids))
    }

    /// The users of one partition; reading stops once there are more than `max`.
    async fn changes(
        &self,
        account: AccountId,
        number: u64,
        span: &Span<Timestamp>,
        max: usize,
    ) -> Result<Vec<UserId>, StoreError> {
        let partition = AttributeValue::S(user_item::changes(account, number));
        let query = self
            .client
            .query()
            .table_name(&self.tables.users)
            .index_name(CHANGES_INDEX)
            .expression_attribute_values(":changes", partition);
        let query = within(query, span);
        let (mut ids, mut start) = (Vec::new(), None);
        loop {
            let answer = query.clone().set_exclusive_start_key(start).send().await.map_err(sdk_error)?;
            for item in answer.items() {
                ids.push(user_item::id(item)?);
            }
            start = answer.last_evaluated_key;
            if start.is_none() || ids.len() > max {
                return Ok(ids);
            }
        }
    }
}

/// A sort key allows only one condition, so both ends are in one `BETWEEN`, which is inclusive.
fn within(query: QueryFluentBuilder, span: &Span<Timestamp>) -> QueryFluentBuilder {
    let instant = |instant: Timestamp| AttributeValue::S(instant.to_string());
    match (span.from, span.before.map(Timestamp::just_before)) {
        (Some(from), Some(last)) => query
            .key_condition_expression("changes = :changes AND updated_on BETWEEN :from AND :last")
            .expression_attribute_values(":from", instant(from))
            .expression_attribute_values(":last", instant(last)),
        (Some(from), None) => query
            .key_condition_expression("changes = :changes AND updated_on >= :from")
            .expression_attribute_values(":from", instant(from)),
        (None, Some(last)) => query
            .key_condition_expression("changes = :changes AND updated_on <= :last")
            .expression_attribute_values(":last", instant(last)),
        (None, None) => query.key_condition_expression("changes = :changes"),
    }
}
