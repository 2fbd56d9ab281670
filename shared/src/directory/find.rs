//! Users found by what identifies them.

use super::{Directory, Failure};
use crate::{
    domain::{AccountId, Email, User},
    store::Retry,
};

impl Directory {
    /// The user of the account who has an address.
    ///
    /// The index shortens the way to a hit; only a user that carries the address counts as one,
    /// and a miss is decided by the claim. Where the claim names a user that does not (yet) carry
    /// the address, another writer's transaction is half visible, and both are read again.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn user_find_by_email(&self, account: AccountId, email: &Email) -> Result<Option<User>, Failure> {
        let carries = |user: &User| user.email.as_ref().is_some_and(|own| own.key() == email.key());
        if let Some(id) = self.store.user_index_email(account, email).await? {
            let hit = self.store.user_read(account, id).await?.filter(carries);
            if hit.is_some() {
                return Ok(hit);
            }
        }
        let mut turns = Retry::start();
        loop {
            let Some(id) = self.store.user_claim_email(account, email).await? else {
                return Ok(None);
            };
            let hit = self.store.user_read(account, id).await?.filter(carries);
            if hit.is_some() {
                return Ok(hit);
            }
            if !turns.again().await {
                return Err(Failure::Unavailable("a claim and its user keep changing".to_owned()));
            }
        }
    }
}
