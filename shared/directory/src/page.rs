use std::future::Future;

use roster_domain::{AccountId, Failure, UserPage};

use crate::{
    Directory, Retry,
    census::{self, Sealing},
    ports::Store,
};

impl<S: Store> Directory<S> {
    /// The page of an account's users that begins after `offset` of them and has at most `limit`.
    ///
    /// The page includes every write that completed before this began; a concurrent write may or may not be included.
    /// Once `authenticated` is done, this may write data that makes later lists cheaper.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn user_list(
        &self,
        account: AccountId,
        offset: u64,
        limit: u64,
        authenticated: impl Future<Output = ()> + Send,
    ) -> Result<UserPage, Failure> {
        let page = census::page(&self.store.census(account), offset, limit, authenticated).await?;
        Ok(UserPage { users: page.users, total: page.total })
    }

    /// Seals an account's users as far as possible, so that lists need not read them all; returns the number of rounds.
    /// A list does one round itself if necessary; this is for bulk creates.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn census_seal(&self, account: AccountId) -> Result<u64, Failure> {
        let census = self.store.census(account);
        let mut rounds = 0;
        let mut retry = Retry::start();
        loop {
            match census::seal(&census).await? {
                Sealing::Done => rounds += 1,
                Sealing::Idle => return Ok(rounds),
                Sealing::Lost if retry.again().await => {}
                // The other writer does the same work.
                Sealing::Lost => return Ok(rounds),
            }
        }
    }
}
