//! Reads that endpoints of the member dialect share.

use roster_dialects::member::{self, Error};
use roster_directory::ports::StoredUser;
use roster_domain::{AccountId, UserId};
use roster_lambda::Context;

/// The user in the path, if this dialect shows it.
///
/// # Errors
/// There is no such user, or the directory fails.
pub async fn visible_user(context: &Context, account: AccountId) -> Result<StoredUser, Error> {
    member::visible(path_user(context, account).await?)
}

/// The user in the path, if this dialect may change it.
///
/// # Errors
/// There is no such user, it is an administrator, or the directory fails.
pub async fn writable_user(context: &Context, account: AccountId) -> Result<StoredUser, Error> {
    member::writable(path_user(context, account).await?)
}

/// The user with the address in the body, if this dialect shows it.
///
/// # Errors
/// There is no such user, the body has no address, or the directory fails.
pub async fn user_by_email(context: &Context, account: AccountId) -> Result<StoredUser, Error> {
    match member::lookup(&context.request)? {
        Some(email) => member::visible(context.directory.user_find_by_email(account, &email).await?),
        None => Err(Error::UserNotFound),
    }
}

async fn path_user(context: &Context, account: AccountId) -> Result<Option<StoredUser>, Error> {
    match context.request.variable("user_id").and_then(UserId::parse) {
        Some(id) => Ok(context.directory.user_get(account, id).await?),
        None => Ok(None),
    }
}
