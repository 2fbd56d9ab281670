use std::future::Future;

use roster_domain::{AccountId, Plan, PlanId, Slug, UserId};

use super::StoreError;

/// Plans of an account, and the users that are subscribed to them.
pub trait PlanStore {
    /// The plan of a slug, if the account has one.
    fn plan_get(
        &self,
        account: AccountId,
        slug: &Slug,
    ) -> impl Future<Output = Result<Option<Plan>, StoreError>> + Send;

    /// All plans of an account, by id.
    fn plan_list(&self, account: AccountId) -> impl Future<Output = Result<Vec<Plan>, StoreError>> + Send;

    /// Reserves the next plan id of an account. One that is not used leaves a gap.
    fn plan_reserve_id(&self, account: AccountId) -> impl Future<Output = Result<PlanId, StoreError>> + Send;

    /// Writes a new plan; `false` where the account has one with this slug, and nothing is written.
    fn plan_create(&self, account: AccountId, plan: &Plan) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Subscribes a user to a plan, or ends the subscription; `false` where there is no such user. The user's own fields
    /// stay as they are, also the time of its last update.
    fn subscription_update(
        &self,
        account: AccountId,
        user: UserId,
        plan: PlanId,
        is_subscribed: bool,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;
}
