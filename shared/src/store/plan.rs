//! Plans of an account, and who is subscribed to them.

use aws_sdk_dynamodb::{
    operation::put_item::PutItemError,
    types::{AttributeValue, Put, ReturnValuesOnConditionCheckFailure, TransactWriteItem},
};
use serde::{Deserialize, Serialize};

use super::{
    Item, Store, StoreError,
    account::{row_key, settings_part},
    retry::Retry,
    user_item,
    write::write,
};
use crate::domain::{AccountId, Plan, PlanId, Slug, UserId};

/// What became of a new plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlanInsert {
    /// It is there.
    Done,
    /// The account has a plan of this slug; nothing is written.
    Taken,
}

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

/// Sort key of the counter of plans, beside the account's settings.
const COUNTER: &str = "plan-counter";

pub(super) fn plans_part(account: AccountId) -> String {
    format!("{account}#plans")
}

fn item(account: AccountId, plan: &Plan) -> Result<Item, StoreError> {
    let item = PlanItem {
        part: plans_part(account),
        sort: plan.slug.as_str().to_owned(),
        plan: plan.id.get(),
        name: plan.name.clone(),
        sku: plan.sku.clone(),
        mobile_push_enabled: plan.mobile_push_enabled,
    };
    Ok(serde_dynamo::aws_sdk_dynamodb_1::to_item(item)?)
}

impl Store {
    /// What writes the first plan of a new account, its number counted.
    pub(super) fn plan_first(&self, account: AccountId, plan: &Plan) -> Result<Vec<TransactWriteItem>, StoreError> {
        let mut counter = row_key(&settings_part(account), COUNTER);
        counter.insert("leased".to_owned(), AttributeValue::N(plan.id.to_string()));
        let put = |item| {
            let put = Put::builder().table_name(&self.tables.accounts).set_item(Some(item)).build()?;
            Ok(TransactWriteItem::builder().put(put).build())
        };
        [counter, item(account, plan)?].into_iter().map(put).collect()
    }

    /// The next number of a plan in an account. A number that is not used leaves a gap.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn plan_lease(&self, account: AccountId) -> Result<PlanId, StoreError> {
        self.count(&settings_part(account), COUNTER).await.map(PlanId::new)
    }

    /// Writes a new plan.
    ///
    /// # Errors
    /// The store does not answer, or refuses.
    pub async fn plan_insert(&self, account: AccountId, plan: &Plan) -> Result<PlanInsert, StoreError> {
        let put = self
            .client
            .put_item()
            .table_name(&self.tables.accounts)
            .set_item(Some(item(account, plan)?))
            .condition_expression("attribute_not_exists(part)")
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        let stands = match write(&mut Retry::start(), || put.clone().send()).await? {
            Ok(_) => return Ok(PlanInsert::Done),
            Err(PutItemError::ConditionalCheckFailedException(failed)) => failed.item,
            Err(_) => None,
        };
        // A plan's id is leased once: the one that stands there was written by an attempt whose
        // answer was lost.
        let own = stands.as_ref().and_then(|item| item.get("plan")).and_then(|id| id.as_n().ok())
            == Some(&plan.id.to_string());
        Ok(if own { PlanInsert::Done } else { PlanInsert::Taken })
    }

    /// The plan of a slug, if the account has one.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn plan_read(&self, account: AccountId, slug: &Slug) -> Result<Option<Plan>, StoreError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.tables.accounts)
            .key("part", AttributeValue::S(plans_part(account)))
            .key("sort", AttributeValue::S(slug.as_str().to_owned()))
            .consistent_read(true)
            .send()
            .await?;
        let item: Option<PlanItem> = answer.item.map(serde_dynamo::aws_sdk_dynamodb_1::from_item).transpose()?;
        Ok(item.map(Plan::from))
    }

    /// All plans of an account, by id.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn plan_list(&self, account: AccountId) -> Result<Vec<Plan>, StoreError> {
        let items = self.account_rows(plans_part(account)).await?;
        let items: Vec<PlanItem> = serde_dynamo::aws_sdk_dynamodb_1::from_items(items)?;
        let mut plans: Vec<_> = items.into_iter().map(Plan::from).collect();
        plans.sort_by_key(|plan| plan.id);
        Ok(plans)
    }

    /// Subscribes a user to a plan, or ends the subscription; `false` when there is no such user.
    /// The user's own attributes stay untouched, its time of change included.
    ///
    /// # Errors
    /// The store does not answer, or refuses.
    pub async fn subscription_write(
        &self,
        account: AccountId,
        user: UserId,
        plan: PlanId,
        subscribed: bool,
    ) -> Result<bool, StoreError> {
        let update = self
            .client
            .update_item()
            .table_name(&self.tables.users)
            .set_key(Some(user_item::key(account, user)))
            .update_expression(if subscribed { "ADD plans :plan" } else { "DELETE plans :plan" })
            .condition_expression("attribute_exists(rev)")
            .expression_attribute_values(":plan", AttributeValue::Ns(vec![plan.to_string()]));
        Ok(write(&mut Retry::start(), || update.clone().send()).await?.is_ok())
    }
}
