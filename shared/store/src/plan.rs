//! Plans of an account, and the subscriptions of users to them.

use aws_sdk_dynamodb::{
    operation::put_item::PutItemError,
    types::{AttributeValue, Put, ReturnValuesOnConditionCheckFailure, TransactWriteItem},
};
use roster_directory::{
    Retry,
    ports::{PlanStore, StoreError},
};
use roster_domain::{AccountId, Plan, PlanId, Slug, UserId};
use serde::{Deserialize, Serialize};

use super::{
    DynamoDbStore, Item,
    account::{row_key, settings_part},
    error::{build_error, sdk_error},
    item::{self, to_item},
    user_item,
    write::write,
};

#[derive(Serialize, Deserialize)]
struct PlanItem {
    part: String,
    /// The slug.
    sort: String,
    plan: u64,
    name: String,
    sku: String,
    mobile_push_enabled: bool,
}

impl From<PlanItem> for Plan {
    fn from(item: PlanItem) -> Self {
        Self {
            id: PlanId::new(item.plan),
            name: item.name,
            slug: Slug::stored(item.sort),
            sku: item.sku,
            mobile_push_enabled: item.mobile_push_enabled,
        }
    }
}

/// Sort key of the counter of plans, in the partition of the account's settings.
const COUNTER: &str = "plan-counter";

pub(super) fn plans_part(account: AccountId) -> String {
    format!("{account}#plans")
}

fn plan_item(account: AccountId, plan: &Plan) -> Result<Item, StoreError> {
    let item = PlanItem {
        part: plans_part(account),
        sort: plan.slug.as_str().to_owned(),
        plan: plan.id.get(),
        name: plan.name.clone(),
        sku: plan.sku.clone(),
        mobile_push_enabled: plan.mobile_push_enabled,
    };
    to_item(item)
}

impl PlanStore for DynamoDbStore {
    async fn plan_reserve_id(&self, account: AccountId) -> Result<PlanId, StoreError> {
        self.counter_add(&settings_part(account), COUNTER, 1).await.map(PlanId::new)
    }

    async fn plan_create(&self, account: AccountId, plan: &Plan) -> Result<bool, StoreError> {
        let put = self
            .client
            .put_item()
            .table_name(&self.tables.accounts)
            .set_item(Some(plan_item(account, plan)?))
            .condition_expression("attribute_not_exists(part)")
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        let existing = match write(&mut Retry::start(), || put.clone().send()).await? {
            Ok(_) => return Ok(true),
            Err(PutItemError::ConditionalCheckFailedException(failed)) => failed.item,
            Err(_) => None,
        };
        // A plan's id is reserved only once, so an earlier attempt wrote this plan, and its response was lost.
        let is_own = existing.as_ref().and_then(|item| item.get("plan")).and_then(|id| id.as_n().ok())
            == Some(&plan.id.to_string());
        Ok(is_own)
    }

    async fn plan_get(&self, account: AccountId, slug: &Slug) -> Result<Option<Plan>, StoreError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.tables.accounts)
            .key("part", AttributeValue::S(plans_part(account)))
            .key("sort", AttributeValue::S(slug.as_str().to_owned()))
            .consistent_read(true)
            .send()
            .await
            .map_err(sdk_error)?;
        let item: Option<PlanItem> = answer.item.map(item::from_item).transpose()?;
        Ok(item.map(Plan::from))
    }

    async fn plan_list(&self, account: AccountId) -> Result<Vec<Plan>, StoreError> {
        let items = self.account_rows(plans_part(account)).await?;
        let items: Vec<PlanItem> = item::from_items(items)?;
        let mut plans: Vec<_> = items.into_iter().map(Plan::from).collect();
        plans.sort_by_key(|plan| plan.id);
        Ok(plans)
    }

    async fn subscription_update(
        &self,
        account: AccountId,
        user: UserId,
        plan: PlanId,
        is_subscribed: bool,
    ) -> Result<bool, StoreError> {
        let update = self
            .client
            .update_item()
            .table_name(&self.tables.users)
            .set_key(Some(user_item::key(account, user)))
            .update_expression(if is_subscribed { "ADD plans :plan" } else { "DELETE plans :plan" })
            .condition_expression("attribute_exists(rev)")
            .expression_attribute_values(":plan", AttributeValue::Ns(vec![plan.to_string()]));
        Ok(write(&mut Retry::start(), || update.clone().send()).await?.is_ok())
    }
}

impl DynamoDbStore {
    /// The actions that write the first plan of a new account, including its counter.
    pub(super) fn plan_first(&self, account: AccountId, plan: &Plan) -> Result<Vec<TransactWriteItem>, StoreError> {
        let mut counter = row_key(&settings_part(account), COUNTER);
        counter.insert("leased".to_owned(), AttributeValue::N(plan.id.to_string()));
        let put = |item| {
            let put =
                Put::builder().table_name(&self.tables.accounts).set_item(Some(item)).build().map_err(build_error)?;
            Ok(TransactWriteItem::builder().put(put).build())
        };
        [counter, plan_item(account, plan)?].into_iter().map(put).collect()
    }
}
