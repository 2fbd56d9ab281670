use std::future::Future;

use roster_domain::{
    Access, AccountId, ApiKey, AuthenticateError, Caller, Fingerprint, IdempotencyKey, MalformedIdempotencyKey, Scope,
    SessionToken,
};
use roster_lambda::Directory;

/// The credentials of a request. They claim an account, and prove nothing before they are authenticated.
pub trait Credentials: Sync {
    /// The account that they claim to give access to.
    fn account(&self) -> AccountId;

    /// Verifies them for an access.
    fn authenticate(
        &self,
        directory: &Directory,
        access: Access,
    ) -> impl Future<Output = Result<Caller, AuthenticateError>> + Send;

    /// The idempotency key of a request with these credentials. Other credentials never get the same key.
    ///
    /// # Errors
    /// The key is malformed.
    fn idempotency_key(&self, key: &[u8]) -> Result<IdempotencyKey, MalformedIdempotencyKey>;

    /// The fingerprint of a request with these parts.
    fn fingerprint(&self, parts: &[&[u8]]) -> Fingerprint;
}

/// An API key, and the scope that it must have.
#[derive(Clone, Debug)]
pub struct ScopedKey {
    /// The key.
    pub key: ApiKey,
    /// The dialect that it must give access to.
    pub scope: Scope,
}

impl Credentials for ScopedKey {
    fn account(&self) -> AccountId {
        self.key.account()
    }

    async fn authenticate(&self, directory: &Directory, access: Access) -> Result<Caller, AuthenticateError> {
        directory.api_key_authenticate(&self.key, self.scope, access).await
    }

    fn idempotency_key(&self, key: &[u8]) -> Result<IdempotencyKey, MalformedIdempotencyKey> {
        IdempotencyKey::parse(self.key.account(), self.key.id().as_str(), key)
    }

    fn fingerprint(&self, parts: &[&[u8]]) -> Fingerprint {
        self.key.fingerprint(parts)
    }
}

impl Credentials for SessionToken {
    fn account(&self) -> AccountId {
        Self::account(self)
    }

    async fn authenticate(&self, directory: &Directory, _: Access) -> Result<Caller, AuthenticateError> {
        directory.session_authenticate(self).await
    }

    fn idempotency_key(&self, key: &[u8]) -> Result<IdempotencyKey, MalformedIdempotencyKey> {
        IdempotencyKey::parse(Self::account(self), self.id(), key)
    }

    fn fingerprint(&self, parts: &[&[u8]]) -> Fingerprint {
        Self::fingerprint(self, parts)
    }
}
