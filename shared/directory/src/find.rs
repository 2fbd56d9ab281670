//! Users found by a value that no two of them share.

use std::future::Future;

use roster_domain::{AccountId, Code, Email, Failure, Login, User, UserId};

use crate::{
    Directory, Retry,
    ports::{Store, StoreError, StoredUser},
};

impl<S: Store> Directory<S> {
    /// The user of the account with an address.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn user_find_by_email(&self, account: AccountId, email: &Email) -> Result<Option<StoredUser>, Failure> {
        let indexed = self.store.user_find_by_email_index(account, email).await?;
        let carries = |user: &User| user.email.as_ref().is_some_and(|own| own.key() == email.key());
        let claimed = || self.store.user_find_by_email(account, email);
        self.user_find(account, indexed, claimed, carries).await
    }

    /// The user of the account with a code. For a default code, the user with the id in it is read directly.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn user_find_by_code(&self, account: AccountId, code: &Code) -> Result<Option<StoredUser>, Failure> {
        let carries = |user: &User| user.code == *code;
        let likely = async {
            match code.default_of() {
                Some(id) => self.store.user_get(account, id).await,
                None => Ok(None),
            }
        };
        let (likely, indexed) = tokio::try_join!(likely, self.store.user_find_by_code_index(account, code))?;
        let hit = likely.filter(|user| carries(user));
        if hit.is_some() {
            return Ok(hit);
        }
        self.user_find(account, indexed, || self.store.user_find_by_code(account, code), carries).await
    }

    /// The user of the account with a login.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn user_find_by_login(&self, account: AccountId, login: &Login) -> Result<Option<StoredUser>, Failure> {
        let carries = |user: &User| user.login.key() == login.key();
        self.user_find(account, None, || self.store.user_find_by_login(account, login), carries).await
    }

    /// The user that `carries` a unique value.
    ///
    /// The index is only a hint: a user is found only if it has the value, and only the claim can confirm a miss. If
    /// the claim names a user that does not (yet) have the value, another writer's transaction is half visible, and
    /// both are read again.
    async fn user_find<F: Future<Output = Result<Option<UserId>, StoreError>>>(
        &self,
        account: AccountId,
        indexed: Option<UserId>,
        claimed: impl Fn() -> F,
        carries: impl Fn(&User) -> bool,
    ) -> Result<Option<StoredUser>, Failure> {
        if let Some(id) = indexed {
            let hit = self.store.user_get(account, id).await?.filter(|user| carries(user));
            if hit.is_some() {
                return Ok(hit);
            }
        }
        let mut retry = Retry::start();
        loop {
            let Some(id) = claimed().await? else { return Ok(None) };
            let hit = self.store.user_get(account, id).await?.filter(|user| carries(user));
            if hit.is_some() {
                return Ok(hit);
            }
            if !retry.again().await {
                return Err(Failure::Unavailable("a claim and its user keep changing".to_owned()));
            }
        }
    }
}
