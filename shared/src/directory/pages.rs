//! Users of an account, page by page.

use super::{Directory, Failure};
use crate::domain::{AccountId, User};

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
    /// A write that was answered before this began is in it; one that overlaps is in it or not. It
    /// reads the ids of the whole account.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn user_page(&self, account: AccountId, offset: u64, limit: u64) -> Result<UserPage, Failure> {
        let mut ids = self.store.user_ids(account).await?;
        let [offset, limit] = [offset, limit].map(|number| usize::try_from(number).unwrap_or(usize::MAX));
        loop {
            let page = ids.get(offset..).unwrap_or_default();
            let page = page.get(..limit).unwrap_or(page).to_vec();
            let users = self.store.user_read_all(account, &page).await?;
            if users.len() == page.len() {
                return Ok(UserPage { users, total: ids.len() as u64 });
            }
            // Who was deleted since leaves page and total, and others move up.
            ids.retain(|id| page.binary_search(id).is_err() || users.binary_search_by_key(id, |user| user.id).is_ok());
        }
    }
}
