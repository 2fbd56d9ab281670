use roster_domain::{Account, AccountChange, AccountId, AccountSettings, ApiKey, Failure, PlanId};

use crate::{Directory, NewApiKey, NewPlan, Retry, api_key::generate, clock, ports::Store};

/// The first account of a new directory.
#[derive(Debug)]
pub struct Bootstrap {
    /// The keys, in the order in which they were requested. They are never shown again.
    pub keys: [ApiKey; 2],
}

impl<S: Store> Directory<S> {
    /// An account, if there is one with this id.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn account_get(&self, id: AccountId) -> Result<Option<Account>, Failure> {
        Ok(self.store.account_get(id).await?)
    }

    /// All accounts, by id.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn account_list(&self) -> Result<Vec<Account>, Failure> {
        Ok(self.store.account_list().await?)
    }

    /// The one account of a directory that has only one.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn account_only(&self) -> Result<Option<AccountId>, Failure> {
        Ok((self.store.account_last().await? == 1).then_some(AccountId::new(1)))
    }

    /// Changes an account's settings; the account after that, or `None` where there is none.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn account_update(&self, id: AccountId, change: &AccountChange) -> Result<Option<Account>, Failure> {
        if *change != AccountChange::default() && !self.store.account_update(id, change).await? {
            return Ok(None);
        }
        self.account_get(id).await
    }

    /// Creates an account with the next id.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn account_create(&self, settings: AccountSettings) -> Result<Account, Failure> {
        let mut retry = Retry::start();
        loop {
            let id = AccountId::new(self.store.account_last().await? + 1);
            let account = Account { id, settings: settings.clone(), created_at: clock::now() };
            if self.store.account_create(&account).await? {
                return Ok(account);
            }
            if !retry.again().await {
                return Err(Failure::Unavailable("other writers keep creating accounts".to_owned()));
            }
        }
    }

    /// Creates account 1 of an empty directory with a plan and keys, all or nothing; `None` where there is an account
    /// already.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn bootstrap(
        &self,
        settings: AccountSettings,
        plan: NewPlan,
        keys: [NewApiKey; 2],
    ) -> Result<Option<Bootstrap>, Failure> {
        if self.store.account_last().await? > 0 {
            return Ok(None);
        }
        let account = Account { id: AccountId::new(1), settings, created_at: clock::now() };
        let plan = plan.with_id(PlanId::new(1));
        let keys = keys.map(|key| generate(account.id, key));
        let records: Vec<_> = keys.iter().map(|(_, record)| record.clone()).collect();
        let is_created = self.store.account_bootstrap(&account, &plan, &records).await?;
        Ok(is_created.then(|| Bootstrap { keys: keys.map(|(key, _)| key) }))
    }
}
