//! Accounts made and read.

use super::{Directory, Failure};
use crate::{
    clock,
    domain::{Account, AccountId, AccountSettings},
    store::{AccountInsert, Retry},
};

impl Directory {
    /// An account, if there is one of this id.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn account_get(&self, id: AccountId) -> Result<Option<Account>, Failure> {
        Ok(self.store.account_read(id).await?)
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

    /// Makes account 1 of an empty directory; `None` where there is an account already.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn account_create_first(&self, settings: AccountSettings) -> Result<Option<Account>, Failure> {
        self.account_insert(AccountId::new(1), settings).await
    }

    async fn account_insert(&self, id: AccountId, settings: AccountSettings) -> Result<Option<Account>, Failure> {
        let account = Account { id, settings, created_at: clock::now() };
        let inserted = self.store.account_insert(&account).await?;
        Ok((inserted == AccountInsert::Done).then_some(account))
    }
}
