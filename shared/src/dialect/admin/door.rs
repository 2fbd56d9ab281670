use std::future::Future;

use super::{Paging, Refusal};
use crate::{
    Directory,
    directory::{Caller, Failure, UserPage},
    domain::{
        AccountId, ApiKey, Fingerprint, IdempotencyKey, MalformedIdempotencyKey, Scope, SessionToken, User, UserId,
    },
    http::Call,
};

pub use crate::dialect::Access;
use crate::dialect::{Holder, Once, verified_once, verified_while};

/// What a call comes with. It claims an account and proves nothing yet.
#[derive(Debug)]
pub enum Credential {
    /// An API key.
    Key(ApiKey),
    /// An administrator's session.
    Session(SessionToken),
}

impl Credential {
    /// The account it claims to open.
    #[must_use]
    pub const fn account(&self) -> AccountId {
        match self {
            Self::Key(key) => key.account(),
            Self::Session(token) => token.account(),
        }
    }
}

impl Holder for Credential {
    fn request_key(&self, given: &[u8]) -> Result<IdempotencyKey, MalformedIdempotencyKey> {
        match self {
            Self::Key(key) => key.request_key(given),
            Self::Session(token) => token.request_key(given),
        }
    }

    fn fingerprint(&self, parts: &[&[u8]]) -> Fingerprint {
        match self {
            Self::Key(key) => key.fingerprint(parts),
            Self::Session(token) => token.fingerprint(parts),
        }
    }
}

/// The credential a call comes with.
///
/// # Errors
/// The body is too large, or there is no well-formed key or token.
pub fn credential(call: &Call) -> Result<Credential, Refusal> {
    if call.is_too_large() {
        return Err(Refusal::TooLarge);
    }
    let token = call.bearer().ok_or(Refusal::Unauthenticated)?;
    let key = ApiKey::parse(token).ok().map(Credential::Key);
    key.or_else(|| SessionToken::parse(token).map(Credential::Session)).ok_or(Refusal::Unauthenticated)
}

/// Verifies the credential. To be called before anything is written.
///
/// # Errors
/// It is no good, or does not open this dialect, or not for this.
pub async fn authorize(
    call: &Call,
    directory: &Directory,
    credential: &Credential,
    access: Access,
) -> Result<Caller, Refusal> {
    let caller = match credential {
        Credential::Key(key) => directory.api_key_authorize(key, Scope::Admin, access == Access::Write).await?,
        Credential::Session(token) => directory.session_authorize(token).await?,
    };
    call.admit(directory, &caller);
    Ok(caller)
}

/// As [`authorize`], while `reading`, which must not write, goes on beside it.
///
/// # Errors
/// As [`authorize`], then as `reading`.
pub async fn authorize_while<T>(
    call: &Call,
    directory: &Directory,
    credential: &Credential,
    access: Access,
    reading: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Refusal> {
    verified_while(authorize(call, directory, credential, access), reading).await.map(|(_, read)| read)
}

/// As [`authorize_while`], for a write that is to have its effect once, if the call says so.
///
/// # Errors
/// As [`authorize`], then as `reading`; then that the call was carried out before, and its answer.
pub async fn authorize_once<T>(
    call: &Call,
    directory: &Directory,
    credential: &Credential,
    once: &Once,
    reading: impl Future<Output = Result<T, Failure>>,
) -> Result<(Caller, T), Refusal> {
    verified_once(directory, once, authorize(call, directory, credential, Access::Write), reading).await
}

/// The page of users that a list is asked for.
///
/// # Errors
/// See [`Failure`].
pub async fn users(
    call: &Call,
    directory: &Directory,
    account: AccountId,
    paging: Paging,
) -> Result<UserPage, Failure> {
    directory.user_page(account, paging.offset(), paging.per_page, call.admitted()).await
}

/// The user whom the path names, if there is one.
///
/// # Errors
/// See [`Failure`].
pub async fn path_user(call: &Call, directory: &Directory, account: AccountId) -> Result<Option<User>, Failure> {
    match call.path("id").and_then(UserId::parse) {
        Some(id) => directory.user_get(account, id).await,
        None => Ok(None),
    }
}

/// The account that a login is meant for: the header's, or the only one there is. `None` where
/// there is no telling.
///
/// # Errors
/// See [`Failure`].
pub async fn login_account(call: &Call, directory: &Directory) -> Result<Option<AccountId>, Failure> {
    match call.header("x-account-id") {
        Some(id) => Ok(AccountId::parse(id.trim())),
        None => directory.account_only().await,
    }
}
