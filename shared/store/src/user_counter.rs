//! The ids of an account's users.

use aws_sdk_dynamodb::types::AttributeValue;
use roster_directory::{
    Retry,
    ports::{StoreError, UserCounter, UserCounterStore},
};
use roster_domain::{AccountId, UserId};
use serde::Deserialize;

use super::{
    DynamoDbStore,
    account::{COUNTER, row_key, user_counter_part},
    error::sdk_error,
    item,
    write::write,
};

/// [`UserCounter`], in the attributes of its row.
#[derive(Deserialize)]
struct CounterItem {
    #[serde(default)]
    leased: u64,
    #[serde(default)]
    lowest: u64,
    #[serde(default)]
    highest: u64,
    importing: Option<String>,
}

impl UserCounterStore for DynamoDbStore {
    async fn user_counter(&self, account: AccountId) -> Result<UserCounter, StoreError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.tables.accounts)
            .set_key(Some(row_key(&user_counter_part(account), COUNTER)))
            .consistent_read(true)
            .send()
            .await
            .map_err(sdk_error)?;
        let Some(item) = answer.item else { return Ok(UserCounter::default()) };
        let CounterItem { leased, lowest, highest, importing } = item::from_item(item)?;
        Ok(UserCounter { reserved: leased, lowest, highest, importing })
    }

    async fn user_reserve_ids(&self, account: AccountId, count: u64) -> Result<UserId, StoreError> {
        let last = self.counter_add(&user_counter_part(account), COUNTER, count).await?;
        if last > UserId::LAST.get() {
            return Err(StoreError::Rejected("the account has no more ids".to_owned()));
        }
        Ok(UserId::new((last + 1).saturating_sub(count)))
    }

    async fn import_reserve_ids(
        &self,
        account: AccountId,
        lowest: UserId,
        highest: UserId,
        import: &str,
    ) -> Result<bool, StoreError> {
        let update = self
            .client
            .update_item()
            .table_name(&self.tables.accounts)
            .set_key(Some(row_key(&user_counter_part(account), COUNTER)))
            // Users created meanwhile have higher ids, and the counter keeps those.
            .update_expression(
                "SET leased = if_not_exists(leased, :highest), lowest = :lowest, highest = :highest, importing = :import",
            )
            .condition_expression(
                "attribute_not_exists(leased) OR (importing = :import AND lowest = :lowest AND highest = :highest)",
            )
            .expression_attribute_values(":highest", AttributeValue::N(highest.to_string()))
            .expression_attribute_values(":lowest", AttributeValue::N(lowest.to_string()))
            .expression_attribute_values(":import", AttributeValue::S(import.to_owned()));
        Ok(write(&mut Retry::start(), || update.clone().send()).await?.is_ok())
    }

    async fn import_release_ids(&self, account: AccountId, import: &str) -> Result<(), StoreError> {
        let update = self
            .client
            .update_item()
            .table_name(&self.tables.accounts)
            .set_key(Some(row_key(&user_counter_part(account), COUNTER)))
            .update_expression("REMOVE importing")
            .condition_expression("importing = :import")
            .expression_attribute_values(":import", AttributeValue::S(import.to_owned()));
        write(&mut Retry::start(), || update.clone().send()).await.map(|_| ())
    }
}
