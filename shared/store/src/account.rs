//! Accounts: settings, the counter of user ids, the list of accounts. Each has its own partition key, because the
//! counter is hot.

use std::{collections::HashMap, time::Duration};

use aws_sdk_dynamodb::types::{AttributeValue, Put, ReturnValue, TransactWriteItem, Update};
use roster_directory::{
    Retry,
    ports::{AccountStore, StoreError},
};
use roster_domain::{Account, AccountChange, AccountId, AccountSettings, ApiKeyRecord, Plan, TimeZone, Timestamp};
use serde::{Deserialize, Serialize};

use super::{
    DynamoDbStore, Item,
    error::{build_error, sdk_error},
    expression, item,
    query::all,
    transaction::Transacted,
};

#[derive(Serialize, Deserialize)]
struct AccountItem {
    part: String,
    sort: String,
    account: u64,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    site_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    site_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    time_zone: Option<String>,
    /// Seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    deletions_kept: Option<u64>,
    created_at: Timestamp,
}

impl From<AccountItem> for Account {
    fn from(item: AccountItem) -> Self {
        Self {
            id: AccountId::new(item.account),
            settings: AccountSettings {
                name: item.name,
                site_url: item.site_url,
                site_name: item.site_name,
                time_zone: item.time_zone.map(TimeZone::stored),
                deletions_kept: item.deletions_kept.map(Duration::from_secs),
            },
            created_at: item.created_at,
        }
    }
}

/// The partition that lists all accounts.
const ACCOUNTS: &str = "accounts";

/// Partition and sort key of the counter of accounts. A user counter has a partition key of its account.
const ACCOUNTS_COUNTER: &str = "accounts#counter";
pub(super) const COUNTER: &str = "counter";
pub(super) const SETTINGS: &str = "settings";

pub(super) fn row_key(part: &str, sort: &str) -> HashMap<String, AttributeValue> {
    HashMap::from([
        ("part".to_owned(), AttributeValue::S(part.to_owned())),
        ("sort".to_owned(), AttributeValue::S(sort.to_owned())),
    ])
}

pub(super) fn counter_value(item: &Item) -> Result<u64, StoreError> {
    let number = item.get("leased").and_then(|value| value.as_n().ok()).and_then(|number| number.parse().ok());
    number.ok_or_else(|| StoreError::Unreadable("counter without a number".to_owned()))
}

pub(super) fn user_counter_part(account: AccountId) -> String {
    format!("{account}#counter")
}

/// Zero-padded, so that the list is in order of ids.
fn listed_sort(id: AccountId) -> String {
    format!("{:020}", id.get())
}

fn settings_update(change: &AccountChange) -> expression::Update {
    let mut update = expression::Update::default();
    let text = |text: &String| AttributeValue::S(text.clone());
    if let Some(name) = &change.name {
        update.set("name", text(name));
    }
    update.patch("site_url", &change.site_url, text);
    update.patch("site_name", &change.site_name, text);
    update.patch("time_zone", &change.time_zone, |zone| AttributeValue::S(zone.as_str().to_owned()));
    update.patch("deletions_kept", &change.deletions_kept, |span| AttributeValue::N(span.as_secs().to_string()));
    update
}

pub(super) fn settings_part(account: AccountId) -> String {
    format!("{account}#settings")
}

impl AccountStore for DynamoDbStore {
    async fn account_get(&self, id: AccountId) -> Result<Option<Account>, StoreError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.tables.accounts)
            .set_key(Some(row_key(&settings_part(id), SETTINGS)))
            .consistent_read(true)
            .send()
            .await
            .map_err(sdk_error)?;
        let item: Option<AccountItem> = answer.item.map(item::from_item).transpose()?;
        Ok(item.map(Account::from))
    }

    async fn account_list(&self) -> Result<Vec<Account>, StoreError> {
        let rows = self.account_rows(ACCOUNTS.to_owned()).await?;
        let items: Vec<AccountItem> = item::from_items(rows)?;
        Ok(items.into_iter().map(Account::from).collect())
    }

    async fn account_update(&self, id: AccountId, change: &AccountChange) -> Result<bool, StoreError> {
        let rows = [(settings_part(id), SETTINGS.to_owned()), (ACCOUNTS.to_owned(), listed_sort(id))];
        let mut actions = Vec::new();
        for (part, sort) in rows {
            let mut update = settings_update(change);
            let condition = format!("attribute_exists({})", update.name("part"));
            let update = Update::builder()
                .table_name(&self.tables.accounts)
                .set_key(Some(row_key(&part, &sort)))
                .update_expression(update.text())
                .condition_expression(condition)
                .set_expression_attribute_names(Some(update.names))
                .set_expression_attribute_values(Some(update.values).filter(|values| !values.is_empty()))
                .build()
                .map_err(build_error)?;
            actions.push(TransactWriteItem::builder().update(update).build());
        }
        Ok(matches!(self.transact(actions, &mut Retry::start()).await?, Transacted::Done))
    }

    async fn account_last(&self) -> Result<u64, StoreError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.tables.accounts)
            .set_key(Some(row_key(ACCOUNTS_COUNTER, COUNTER)))
            .consistent_read(true)
            .send()
            .await
            .map_err(sdk_error)?;
        answer.item().map_or(Ok(0), counter_value)
    }

    async fn account_create(&self, account: &Account) -> Result<bool, StoreError> {
        self.account_put_all(account, Vec::new()).await
    }

    async fn account_bootstrap(
        &self,
        account: &Account,
        plan: &Plan,
        keys: &[ApiKeyRecord],
    ) -> Result<bool, StoreError> {
        let mut actions = self.plan_first(account.id, plan)?;
        for key in keys {
            actions.extend(self.api_key_put(key)?);
        }
        self.account_put_all(account, actions).await
    }
}

impl DynamoDbStore {
    /// Every row of a partition of the accounts table, in order.
    pub(super) async fn account_rows(&self, part: String) -> Result<Vec<Item>, StoreError> {
        let rows = self
            .client
            .query()
            .table_name(&self.tables.accounts)
            .key_condition_expression("part = :part")
            .expression_attribute_values(":part", AttributeValue::S(part))
            .consistent_read(true);
        all(rows).await
    }

    /// Adds to a counter, and returns its value.
    pub(super) async fn counter_add(&self, part: &str, sort: &str, count: u64) -> Result<u64, StoreError> {
        let answer = self
            .client
            .update_item()
            .table_name(&self.tables.accounts)
            .set_key(Some(row_key(part, sort)))
            .update_expression("ADD leased :count")
            .expression_attribute_values(":count", AttributeValue::N(count.to_string()))
            .return_values(ReturnValue::UpdatedNew)
            .send()
            .await
            .map_err(sdk_error)?;
        answer.attributes().map_or(Ok(0), counter_value)
    }

    async fn account_put_all(&self, account: &Account, more: Vec<TransactWriteItem>) -> Result<bool, StoreError> {
        let listed = self.account_put(account, ACCOUNTS.to_owned(), listed_sort(account.id))?;
        let settings = self.account_put(account, settings_part(account.id), SETTINGS.to_owned())?;
        let actions = [self.account_counter_raise(account.id)?, settings, listed].into_iter().chain(more).collect();
        Ok(matches!(self.transact(actions, &mut Retry::start()).await?, Transacted::Done))
    }

    /// Raises the counter of accounts to `id`, from the one before.
    fn account_counter_raise(&self, id: AccountId) -> Result<TransactWriteItem, StoreError> {
        let last = id.get() - 1;
        let counter = Update::builder()
            .table_name(&self.tables.accounts)
            .set_key(Some(row_key(ACCOUNTS_COUNTER, COUNTER)))
            .update_expression("SET leased = :id")
            .expression_attribute_values(":id", AttributeValue::N(id.to_string()));
        let counter = if last == 0 {
            counter.condition_expression("attribute_not_exists(leased)")
        } else {
            counter
                .condition_expression("leased = :last")
                .expression_attribute_values(":last", AttributeValue::N(last.to_string()))
        };
        Ok(TransactWriteItem::builder().update(counter.build().map_err(build_error)?).build())
    }

    fn account_put(&self, account: &Account, part: String, sort: String) -> Result<TransactWriteItem, StoreError> {
        let item = AccountItem {
            part,
            sort,
            account: account.id.get(),
            name: account.settings.name.clone(),
            site_url: account.settings.site_url.clone(),
            site_name: account.settings.site_name.clone(),
            time_zone: account.settings.time_zone.as_ref().map(|zone| zone.as_str().to_owned()),
            deletions_kept: account.settings.deletions_kept.map(|span| span.as_secs()),
            created_at: account.created_at,
        };
        let put = Put::builder()
            .table_name(&self.tables.accounts)
            .set_item(Some(item::to_item(item)?))
            .condition_expression("attribute_not_exists(part)")
            .build()
            .map_err(build_error)?;
        Ok(TransactWriteItem::builder().put(put).build())
    }
}
