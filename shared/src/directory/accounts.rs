//! Accounts made and read.

use super::{Directory, Failure};
use crate::{
    clock,
    domain::{Account, AccountId, AccountSettings},
    store::AccountInsert,
};

/// Why no account was made.
#[derive(Debug, thiserror::Error)]
pub enum CreateAccountError {
    /// An account has this id already.
    #[error("there is an account {0} already")]
    Taken(AccountId),
    /// See [`Failure`].
    #[error(transparent)]
    Failed(#[from] Failure),
}

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
    /// See [`CreateAccountError`].
    pub async fn account_create(&self, settings: AccountSettings) -> Result<Account, CreateAccountError> {
        let id = self.store.account_lease().await.map_err(Failure::from)?;
        let account = Account { id, settings, created_at: clock::now() };
        match self.store.account_insert(&account).await.map_err(Failure::from)? {
            AccountInsert::Done => Ok(account),
            AccountInsert::Taken => Err(CreateAccountError::Taken(id)),
        }
    }
}
