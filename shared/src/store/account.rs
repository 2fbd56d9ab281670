//! Accounts: settings, the counter of user ids, the list of accounts. Each under a partition key
//! of its own, since the counter is hot.

use std::{collections::HashMap, time::Duration};

use aws_sdk_dynamodb::types::{AttributeValue, Put, ReturnValue, TransactWriteItem, Update};
use serde::{Deserialize, Serialize};

use super::{Item, Retry, Store, StoreError, expression, query::all, transaction::Transacted};
use crate::domain::{
    Account, AccountChange, AccountId, AccountSettings, ApiKeyRecord, Plan, TimeZone, Timestamp, UserId,
};

/// What became of a new account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountInsert {
    /// It is there.
    Done,
    /// Its id is not the next one any more; nothing is written.
    NotNext,
}

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

/// Partition and sort key of the counter of accounts; a user counter stands under its account.
const ACCOUNTS_COUNTER: &str = "accounts#counter";
pub(super) const COUNTER: &str = "counter";
pub(super) const SETTINGS: &str = "settings";

pub(super) fn row_key(part: &str, sort: &str) -> HashMap<String, AttributeValue> {
    HashMap::from([
        ("part".to_owned(), AttributeValue::S(part.to_owned())),
        ("sort".to_owned(), AttributeValue::S(sort.to_owned())),
    ])
}

pub(super) fn leased(item: &Item) -> Result<u64, StoreError> {
    let number = item.get("leased").and_then(|value| value.as_n().ok()).and_then(|number| number.parse().ok());
    number.ok_or_else(|| StoreError::Unreadable("counter without a number".to_owned()))
}

pub(super) fn user_counter_part(account: AccountId) -> String {
    format!("{account}#counter")
}

/// An account's counter of users.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct UserCounter {
    /// The highest id that was leased; nobody may have it.
    #[serde(default)]
    pub(crate) leased: u64,
    /// The lowest and the highest id, where users were brought over with theirs.
    #[serde(default)]
    pub(crate) lowest: u64,
    #[serde(default)]
    pub(crate) highest: u64,
    /// Names the import that brings them, while it does.
    pub(crate) importing: Option<String>,
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

impl Store {
    /// An account's settings, if there is such an account.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn account_read(&self, id: AccountId) -> Result<Option<Account>, StoreError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.tables.accounts)
            .set_key(Some(row_key(&settings_part(id), SETTINGS)))
            .consistent_read(true)
            .send()
            .await?;
        let item: Option<AccountItem> = answer.item.map(serde_dynamo::aws_sdk_dynamodb_1::from_item).transpose()?;
        Ok(item.map(Account::from))
    }

    /// All accounts, by id.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn account_list(&self) -> Result<Vec<Account>, StoreError> {
        let rows = self.account_rows(ACCOUNTS.to_owned()).await?;
        let items: Vec<AccountItem> = serde_dynamo::aws_sdk_dynamodb_1::from_items(rows)?;
        Ok(items.into_iter().map(Account::from).collect())
    }

    /// Changes an account's settings, in both places where they stand; `false` where there is no such
    /// account.
    ///
    /// # Errors
    /// The store does not answer, or refuses.
    pub async fn account_update(&self, id: AccountId, change: &AccountChange) -> Result<bool, StoreError> {
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
                .build()?;
            actions.push(TransactWriteItem::builder().update(update).build());
        }
        Ok(matches!(self.transact(actions, &mut Retry::start()).await?, Transacted::Done))
    }

    /// The highest account id so far; 0 in an empty directory.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn account_last(&self) -> Result<u64, StoreError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.tables.accounts)
            .set_key(Some(row_key(ACCOUNTS_COUNTER, COUNTER)))
            .consistent_read(true)
            .send()
            .await?;
        answer.item().map_or(Ok(0), leased)
    }

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

    /// How far the ids of an account's users go.
    ///
    /// # Errors
    /// The store does not answer.
    pub(crate) async fn user_counter(&self, account: AccountId) -> Result<UserCounter, StoreError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.tables.accounts)
            .set_key(Some(row_key(&user_counter_part(account), COUNTER)))
            .consistent_read(true)
            .send()
            .await?;
        let counter = answer.item.map(serde_dynamo::aws_sdk_dynamodb_1::from_item).transpose()?;
        Ok(counter.unwrap_or_default())
    }

    /// The next number of a user in an account. A number that is not used leaves a gap.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn user_lease(&self, account: AccountId) -> Result<UserId, StoreError> {
        self.user_lease_many(account, 1).await
    }

    /// The next `many` numbers of users in an account: the first of them.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn user_lease_many(&self, account: AccountId, many: u64) -> Result<UserId, StoreError> {
        let last = self.count_on(&user_counter_part(account), COUNTER, many).await?;
        if last > UserId::LAST.get() {
            return Err(StoreError::Refused("the account has no more ids".to_owned()));
        }
        Ok(UserId::new((last + 1).saturating_sub(many)))
    }

    /// Adds 1 to a counter and tells what it stands at.
    pub(super) async fn count(&self, part: &str, sort: &str) -> Result<u64, StoreError> {
        self.count_on(part, sort, 1).await
    }

    async fn count_on(&self, part: &str, sort: &str, many: u64) -> Result<u64, StoreError> {
        let answer = self
            .client
            .update_item()
            .table_name(&self.tables.accounts)
            .set_key(Some(row_key(part, sort)))
            .update_expression("ADD leased :many")
            .expression_attribute_values(":many", AttributeValue::N(many.to_string()))
            .return_values(ReturnValue::UpdatedNew)
            .send()
            .await?;
        answer.attributes().map_or(Ok(0), leased)
    }

    /// Writes a new account, whose id must be the next, and lists it.
    ///
    /// # Errors
    /// The store does not answer, or refuses.
    pub async fn account_insert(&self, account: &Account) -> Result<AccountInsert, StoreError> {
        self.account_insert_with(account, Vec::new()).await
    }

    /// Writes the first account of an empty store together with a plan and keys of its own.
    ///
    /// # Errors
    /// The store does not answer, or refuses.
    pub async fn account_found(
        &self,
        account: &Account,
        plan: &Plan,
        keys: &[ApiKeyRecord],
    ) -> Result<AccountInsert, StoreError> {
        let mut actions = self.plan_first(account.id, plan)?;
        for key in keys {
            actions.extend(self.api_key_put(key)?);
        }
        self.account_insert_with(account, actions).await
    }

    async fn account_insert_with(
        &self,
        account: &Account,
        more: Vec<TransactWriteItem>,
    ) -> Result<AccountInsert, StoreError> {
        let listed = self.account_put(account, ACCOUNTS.to_owned(), listed_sort(account.id))?;
        let settings = self.account_put(account, settings_part(account.id), SETTINGS.to_owned())?;
        let actions = [self.account_count(account.id)?, settings, listed].into_iter().chain(more).collect();
        match self.transact(actions, &mut Retry::start()).await? {
            Transacted::Done => Ok(AccountInsert::Done),
            Transacted::Failed(_) => Ok(AccountInsert::NotNext),
        }
    }

    /// Moves the counter of accounts on to `id`, from the one before.
    fn account_count(&self, id: AccountId) -> Result<TransactWriteItem, StoreError> {
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
        Ok(TransactWriteItem::builder().update(counter.build()?).build())
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
            .set_item(Some(serde_dynamo::aws_sdk_dynamodb_1::to_item(item)?))
            .condition_expression("attribute_not_exists(part)")
            .build()?;
        Ok(TransactWriteItem::builder().put(put).build())
    }
}
