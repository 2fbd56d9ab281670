//! Accounts made and read.

use super::{Directory, Failure, NewApiKey, NewPlan, api_keys};
use crate::{
    clock,
    domain::{Account, AccountChange, AccountId, AccountSettings, ApiKey, PlanId},
    store::{AccountInsert, Retry},
};

/// What the founding of a directory hands out.
#[derive(Debug)]
pub struct Founding {
    /// The keys, in the order in which they were asked for. Nothing shows them again.
    pub keys: [ApiKey; 2],
}

impl Directory {
    /// An account, if there is one of this id.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn account_get(&self, id: AccountId) -> Result<Option<Account>, Failure> {
        Ok(self.store.account_read(id).await?)
    }

    /// All accounts, by id.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn account_list(&self) -> Result<Vec<Account>, Failure> {
        Ok(self.store.account_list().await?)
    }

    /// Changes an account's settings; the account as it then stands, or `None` where there is none.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn account_update(&self, id: AccountId, change: &AccountChange) -> Result<Option<Account>, Failure> {
        if *change != AccountChange::default() && !self.store.account_update(id, change).await? {
            return Ok(None);
        }
        self.account_get(id).await
    }

    /// Makes an account with the next id.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn account_create(&self, settings: AccountSettings) -> Result<Account, Failure> {
        let mut turns = Retry::start();
        loop {
            let next = AccountId::new(self.store.account_last().await? + 1);
            if let Some(account) = self.account_insert(next, settings.clone()).await? {
                return Ok(account);
            }
            if !turns.again().await {
                return Err(Failure::Unavailable("others keep making accounts".to_owned()));
            }
        }
    }

    /// Makes account 1 of an empty directory with a plan and keys, all or nothing; `None` where
    /// there is an account already.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn found(
        &self,
        settings: AccountSettings,
        plan: NewPlan,
        keys: [NewApiKey; 2],
    ) -> Result<Option<Founding>, Failure> {
        if self.store.account_last().await? > 0 {
            return Ok(None);
        }
        let account = Account { id: AccountId::new(1), settings, created_at: clock::now() };
        let plan = plan.with_id(PlanId::new(1));
        let keys = keys.map(|key| api_keys::made(account.id, key));
        let records: Vec<_> = keys.iter().map(|(_, record)| record.clone()).collect();
        let founded = self.store.account_found(&account, &plan, &records).await?;
        Ok((founded == AccountInsert::Done).then(|| Founding { keys: keys.map(|(key, _)| key) }))
    }

    async fn account_insert(&self, id: AccountId, settings: AccountSettings) -> Result<Option<Account>, Failure> {
        let account = Account { id, settings, created_at: clock::now() };
        let inserted = self.store.account_insert(&account).await?;
        Ok((inserted == AccountInsert::Done).then_some(account))
    }
}
