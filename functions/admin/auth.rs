//! The credentials of requests of the admin dialect.

use roster_dialects::{admin::Error, http::Request};
use roster_domain::{
    Access, AccountId, ApiKey, AuthenticateError, Caller, Fingerprint, IdempotencyKey, MalformedIdempotencyKey, Scope,
    SessionToken,
};
use roster_lambda::Directory;

use crate::request::{Credentials, ScopedKey};

/// An API key, or the session of an administrator.
#[derive(Debug)]
pub enum BearerToken {
    /// An API key.
    Key(ScopedKey),
    /// A session.
    Session(SessionToken),
}

impl Credentials for BearerToken {
    fn account(&self) -> AccountId {
        match self {
            Self::Key(key) => key.account(),
            Self::Session(token) => token.account(),
        }
    }

    async fn authenticate(&self, directory: &Directory, access: Access) -> Result<Caller, AuthenticateError> {
        match self {
            Self::Key(key) => key.authenticate(directory, access).await,
            Self::Session(token) => token.authenticate(directory, access).await,
        }
    }

    fn idempotency_key(&self, key: &[u8]) -> Result<IdempotencyKey, MalformedIdempotencyKey> {
        match self {
            Self::Key(own) => own.idempotency_key(key),
            Self::Session(token) => token.idempotency_key(key),
        }
    }

    fn fingerprint(&self, parts: &[&[u8]]) -> Fingerprint {
        match self {
            Self::Key(key) => key.fingerprint(parts),
            Self::Session(token) => token.fingerprint(parts),
        }
    }
}

/// The key or token of a request.
///
/// # Errors
/// The body is too large, or there is no well-formed key or token.
pub fn token(request: &Request) -> Result<BearerToken, Error> {
    if request.is_too_large() {
        return Err(Error::TooLarge);
    }
    let token = request.bearer_token().ok_or(Error::Unauthenticated)?;
    if let Ok(key) = ApiKey::parse(token) {
        return Ok(BearerToken::Key(ScopedKey { key, scope: Scope::Admin }));
    }
    SessionToken::parse(token).map(BearerToken::Session).ok_or(Error::Unauthenticated)
}
