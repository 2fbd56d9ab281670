use roster_domain::{AccountId, Email, Failure, Plan, PlanId, Slug, User};

use crate::{Directory, ports::Store};

/// The data of a new plan; the directory adds the id.
#[derive(Clone, Debug)]
pub struct NewPlan {
    /// See [`Plan::name`].
    pub name: String,
    /// See [`Plan::slug`].
    pub slug: Slug,
    /// See [`Plan::sku`].
    pub sku: String,
    /// See [`Plan::mobile_push_enabled`].
    pub mobile_push_enabled: bool,
}

impl NewPlan {
    pub(crate) fn with_id(self, id: PlanId) -> Plan {
        let Self { name, slug, sku, mobile_push_enabled } = self;
        Plan { id, name, slug, sku, mobile_push_enabled }
    }
}

/// Why no plan was created.
#[derive(Debug, thiserror::Error)]
pub enum CreatePlanError {
    /// There is no such account.
    #[error("there is no account {0}")]
    NoAccount(AccountId),
    /// The account has a plan with this slug.
    #[error("the account has a plan '{0}' already")]
    Taken(String),
    /// See [`Failure`].
    #[error(transparent)]
    Failed(#[from] Failure),
}

/// Why a subscription did not change.
#[derive(Debug, thiserror::Error)]
pub enum SubscribeError {
    /// No user of the account has this address.
    #[error("no user of the account has this e-mail address")]
    NoUser,
    /// The account has no plan with this slug.
    #[error("the account has no plan '{0}'")]
    NoPlan(String),
    /// See [`Failure`].
    #[error(transparent)]
    Failed(#[from] Failure),
}

impl<S: Store> Directory<S> {
    /// Creates a plan with the account's next plan id.
    ///
    /// # Errors
    /// See [`CreatePlanError`].
    pub async fn plan_create(&self, account: AccountId, new: NewPlan) -> Result<Plan, CreatePlanError> {
        if self.account_get(account).await?.is_none() {
            return Err(CreatePlanError::NoAccount(account));
        }
        let id = self.store.plan_reserve_id(account).await.map_err(Failure::from)?;
        let plan = new.with_id(id);
        if self.store.plan_create(account, &plan).await.map_err(Failure::from)? {
            Ok(plan)
        } else {
            Err(CreatePlanError::Taken(plan.slug.as_str().to_owned()))
        }
    }

    /// All plans of an account, by id.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn plan_list(&self, account: AccountId) -> Result<Vec<Plan>, Failure> {
        Ok(self.store.plan_list(account).await?)
    }

    /// Subscribes the user with an address to a plan, or ends the subscription. It is not an error if nothing changes.
    ///
    /// # Errors
    /// See [`SubscribeError`].
    pub async fn subscription_update(
        &self,
        account: AccountId,
        email: &Email,
        plan: &Slug,
        is_subscribed: bool,
    ) -> Result<User, SubscribeError> {
        let user = async { self.user_find_by_email(account, email).await };
        let found = async { self.store.plan_get(account, plan).await.map_err(Failure::from) };
        let (user, found) = tokio::try_join!(user, found)?;
        let user = user.ok_or(SubscribeError::NoUser)?;
        let found = found.ok_or_else(|| SubscribeError::NoPlan(plan.as_str().to_owned()))?;
        let written = self.store.subscription_update(account, user.id, found.id, is_subscribed).await;
        if written.map_err(Failure::from)? { Ok(user.user) } else { Err(SubscribeError::NoUser) }
    }
}
