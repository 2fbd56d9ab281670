//! Plans of an account, and who is subscribed to them.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use serde::{Deserialize, Serialize};

use super::{Store, StoreError, account::settings_part, error::if_condition_held, user_item};
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

fn plans_part(account: AccountId) -> String {
    format!("{account}#plans")
}

impl Store {
    /// The next number of a plan in an account. A number that is not used leaves a gap.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn plan_lease(&self, account: AccountId) -> Result<PlanId, StoreError> {
        self.count(&settings_part(account), "plan-counter").await.map(PlanId::new)
    }

    /// Writes a new plan.
    ///
    /// # Errors
    /// The store does not answer, or refuses.
    pub async fn plan_insert(&self, account: AccountId, plan: &Plan) -> Result<PlanInsert, StoreError> {
        let item = PlanItem {
            part: plans_part(account),
            sort: plan.slug.as_str().to_owned(),
            plan: plan.id.get(),
            name: plan.name.clone(),
            sku: plan.sku.clone(),
            mobile_push_enabled: plan.mobile_push_enabled,
        };
        let written = self
            .client
            .put_item()
            .table_name(&self.tables.accounts)
            .set_item(Some(serde_dynamo::aws_sdk_dynamodb_1::to_item(item)?))
            .condition_expression("attribute_not_exists(part)")
            .send()
            .await;
        Ok(if_condition_held(written)?.map_or(PlanInsert::Taken, |_| PlanInsert::Done))
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
        let mut plans = Vec::new();
        let mut start: Option<HashMap<String, AttributeValue>> = None;
        loop {
            let answer = self
                .client
                .query()
                .table_name(&self.tables.accounts)
                .key_condition_expression("part = :part")
                .expression_attribute_values(":part", AttributeValue::S(plans_part(account)))
                .consistent_read(true)
                .set_exclusive_start_key(start)
                .send()
                .await?;
            let items: Vec<PlanItem> = serde_dynamo::aws_sdk_dynamodb_1::from_items(answer.items.unwrap_or_default())?;
            plans.extend(items.into_iter().map(Plan::from));
            start = answer.last_evaluated_key;
            if start.is_none() {
                plans.sort_by_key(|plan| plan.id);
                return Ok(plans);
            }
        }
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
        let written = self
            .client
            .update_item()
            .table_name(&self.tables.users)
            .set_key(Some(user_item::key(account, user)))
            .update_expression(if subscribed { "ADD plans :plan" } else { "DELETE plans :plan" })
            .condition_expression("attribute_exists(rev)")
            .expression_attribute_values(":plan", AttributeValue::Ns(vec![plan.to_string()]))
            .send()
            .await;
        if_condition_held(written).map(|done| done.is_some())
    }
}
