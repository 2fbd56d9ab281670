use std::future::Future;

use roster_domain::{AccountId, Failure, UserPage};

use crate::{
    Directory, Retry,
    census::{self, Sealing},
    store::Store,
};

impl<S: Store> Directory<S> {
    /// The page of an account's users that begins after `offset` of them and has at most `limit`.
    ///
    /// A write that was answered before this began is in it; one that overlaps is in it or not. Once `authenticated` is
    /// done, it may write what makes later lists cheaper.
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

    /// Seals an account's users as far as possible, so that lists need not read them all; how many rounds that took. A
    /// list does one round itself where there is need; this is for what creates many users at once.
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
                // The writer that keeps being first does the same.
                Sealing::Lost => return Ok(rounds),
            }
        }
    }
}
