//! Users of an account, page by page.

use std::future::Future;

use super::{Directory, Failure};
use crate::{
    census::{self, Sealing},
    domain::{AccountId, User},
    store::Retry,
};

/// A page of an account's users, and how many there are in all. Both are of one set.
#[derive(Clone, Debug)]
pub struct UserPage {
    /// The users of the page, in order of their ids.
    pub users: Vec<User>,
    /// All users of the account.
    pub total: u64,
}

impl Directory {
    /// The page of an account's users that begins after `offset` of them and has at most `limit`.
    ///
    /// A write that was answered before this began is in it; one that overlaps is in it or not. Once
    /// `admitted` is done, it may write what makes later lists cheaper.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn user_page(
        &self,
        account: AccountId,
        offset: u64,
        limit: u64,
        admitted: impl Future<Output = ()> + Send,
    ) -> Result<UserPage, Failure> {
        let page = census::page(&self.store.ledger(account), offset, limit, admitted).await?;
        Ok(UserPage { users: page.users, total: page.total })
    }

    /// Seals an account's users as far as they can be, so that lists need not read them all; how many
    /// rounds that took. A list does one round itself where there is need; this is for what makes many
    /// users at once.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn user_seal(&self, account: AccountId) -> Result<u64, Failure> {
        let ledger = self.store.ledger(account);
        let mut rounds = 0;
        let mut turns = Retry::start();
        loop {
            match census::seal(&ledger).await? {
                Sealing::Done => rounds += 1,
                Sealing::Idle => return Ok(rounds),
                Sealing::Lost if turns.again().await => {}
                // Whoever keeps being there first does the same.
                Sealing::Lost => return Ok(rounds),
            }
        }
    }
}
