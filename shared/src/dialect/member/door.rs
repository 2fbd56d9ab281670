use std::future::Future;

use super::Refusal;
use crate::{
    Directory,
    directory::{Caller, Failure},
    domain::{AccountId, ApiKey, Email, Role, Scope, User, UserId},
    http::Call,
};

pub use crate::dialect::Access;
use crate::dialect::{Once, admitted, verified_once, verified_while};

/// The key a call comes with. It claims an account and proves nothing yet.
///
/// # Errors
/// The body is too large, or there is no well-formed key.
pub fn key(call: &Call) -> Result<ApiKey, Refusal> {
    if call.is_too_large() {
        return Err(Refusal::TooLarge);
    }
    call.bearer().and_then(|token| ApiKey::parse(token).ok()).ok_or(Refusal::Forbidden)
}

/// What a call of a switched-off part of the API would have needed.
#[must_use]
pub fn access(call: &Call) -> Access {
    if call.is_get() { Access::Read } else { Access::Write }
}

/// Verifies the key. To be called before anything is written.
///
/// # Errors
/// The key does not open this dialect, or not for this.
pub async fn authorize(call: &Call, directory: &Directory, key: &ApiKey, access: Access) -> Result<Caller, Refusal> {
    Ok(admitted(call, directory, key, Scope::Member, access).await?)
}

/// As [`authorize`], while `reading`, which must not write, goes on beside it.
///
/// # Errors
/// As [`authorize`], then as `reading`.
pub async fn authorize_while<T>(
    call: &Call,
    directory: &Directory,
    key: &ApiKey,
    access: Access,
    reading: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Refusal> {
    verified_while(authorize(call, directory, key, access), reading).await.map(|(_, read)| read)
}

/// As [`authorize_while`], for a write that is to have its effect once, if the call says so.
///
/// # Errors
/// As [`authorize`], then as `reading`; then that the call was carried out before, and its answer.
pub async fn authorize_once<T>(
    call: &Call,
    directory: &Directory,
    key: &ApiKey,
    once: &Once,
    reading: impl Future<Output = Result<T, Failure>>,
) -> Result<(Caller, T), Refusal> {
    verified_once(directory, once, authorize(call, directory, key, Access::Write), reading).await
}

/// The user whom the path names, if there is one whom this dialect may see or refuse.
///
/// # Errors
/// See [`Failure`].
pub async fn path_user(call: &Call, directory: &Directory, account: AccountId) -> Result<Option<User>, Failure> {
    match call.path("user_id").and_then(UserId::parse) {
        Some(id) => directory.user_get(account, id).await,
        None => Ok(None),
    }
}

/// The user who has the address of a look-up; nobody where the look-up itself is at fault.
///
/// # Errors
/// See [`Failure`].
pub async fn email_user(
    email: &Result<Option<Email>, Refusal>,
    directory: &Directory,
    account: AccountId,
) -> Result<Option<User>, Failure> {
    match email {
        Ok(Some(email)) => directory.user_find_by_email(account, email).await,
        Ok(None) | Err(_) => Ok(None),
    }
}

/// The user a write is meant for: there, and not an administrator.
///
/// # Errors
/// The user is absent, or has backend access.
pub fn writable(user: Option<User>) -> Result<User, Refusal> {
    let user = user.ok_or(Refusal::UserNotFound)?;
    if shows(&user) { Ok(user) } else { Err(Refusal::Forbidden) }
}

/// Whether this dialect shows a user: administrators have backend access and stay hidden.
pub(super) fn shows(user: &User) -> bool {
    user.role != Role::Administrator
}
