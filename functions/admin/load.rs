//! Reads that endpoints of the admin dialect share.

use roster_dialects::admin::Error;
use roster_directory::ports::StoredUser;
use roster_domain::{AccountId, UserId};
use roster_lambda::Context;

/// The user in the path.
///
/// # Errors
/// There is no such user, or the directory fails.
pub async fn user(context: &Context, account: AccountId) -> Result<StoredUser, Error> {
    match context.request.variable("id").and_then(UserId::parse) {
        Some(id) => context.directory.user_get(account, id).await?.ok_or(Error::UserNotFound),
        None => Err(Error::UserNotFound),
    }
}

/// The account of a login: the one in the header, or the only one that exists; otherwise `None`.
///
/// # Errors
/// The directory fails.
pub async fn login_account(context: &Context) -> Result<Option<AccountId>, Error> {
    match context.request.header("x-account-id") {
        Some(id) => Ok(AccountId::parse(id.trim())),
        None => Ok(context.directory.account_only().await?),
    }
}
