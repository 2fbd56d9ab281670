//! API keys made, checked and taken back.

use std::time::Duration;

use super::{Directory, Failure};
use crate::{
    clock,
    domain::{AccountId, ApiKey, ApiKeyId, ApiKeyRecord, Scope, Timestamp},
    store::ApiKeyInsert,
};

/// Who is asking, once the key has been verified.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The account whose data it may see.
    pub account: AccountId,
    /// Whether it has administrator privileges, whatever door it comes through.
    pub administers: bool,
    /// The key's public part, or whose session it is: for the log.
    pub name: String,
    /// The key and the hour of its use that is yet to be noted, with
    /// [`Directory::api_key_note_use`].
    pub unnoted: Option<(ApiKeyId, String)>,
}

/// Why a key does not open a door.
#[derive(Debug, thiserror::Error)]
pub enum AuthorizeError {
    /// Unknown, revoked, expired, or its secret is wrong.
    #[error("bad key")]
    BadKey,
    /// A good key, but not for this dialect, or only for looking.
    #[error("not allowed")]
    NotAllowed,
    /// See [`Failure`].
    #[error(transparent)]
    Failed(#[from] Failure),
}

/// What a new key shall open.
#[derive(Clone, Debug)]
pub struct NewApiKey {
    /// The dialects it opens.
    pub scopes: Vec<Scope>,
    /// Whether it may only look.
    pub read_only: bool,
    /// How long it is good; `None`: until it is revoked.
    pub expires_in: Option<Duration>,
}

/// Why no key was made.
#[derive(Debug, thiserror::Error)]
pub enum CreateApiKeyError {
    /// There is no such account.
    #[error("there is no account {0}; `roster account create` makes one")]
    NoAccount(AccountId),
    /// See [`Failure`].
    #[error(transparent)]
    Failed(#[from] Failure),
}

impl Directory {
    /// Verifies a key and that it opens `scope`, for writing too if `writes`.
    ///
    /// # Errors
    /// See [`AuthorizeError`].
    pub async fn api_key_authorize(&self, key: &ApiKey, scope: Scope, writes: bool) -> Result<Caller, AuthorizeError> {
        let now = clock::now();
        let record = self.store.api_key_read(key.id()).await.map_err(Failure::from)?;
        let record = record.filter(|record| record.admits(key, now)).ok_or(AuthorizeError::BadKey)?;
        if !record.scopes.contains(&scope) || (writes && record.read_only) {
            return Err(AuthorizeError::NotAllowed);
        }
        let hour = now.hour();
        let due = record.last_used.is_none_or(|last| last < hour);
        let unnoted = due.then(|| (record.id.clone(), hour));
        let administers = record.scopes.contains(&Scope::Admin);
        Ok(Caller { account: record.account, administers, name: record.id.to_string(), unnoted })
    }

    /// Notes the hour of a key's use. Nothing fails because it could not be noted.
    pub async fn api_key_note_use(&self, key: &ApiKeyId, hour: &str) {
        if let Err(error) = self.store.api_key_stamp(key, hour).await {
            tracing::warn!(%error, %key, "the use of a key was not noted");
        }
    }

    /// Makes a key. Only what is returned ever shows its secret.
    ///
    /// # Errors
    /// See [`CreateApiKeyError`].
    pub async fn api_key_create(
        &self,
        account: AccountId,
        new: NewApiKey,
    ) -> Result<(ApiKey, ApiKeyRecord), CreateApiKeyError> {
        let (key, record) = made(account, new);
        match self.store.api_key_insert(&record).await.map_err(Failure::from)? {
            ApiKeyInsert::Done => Ok((key, record)),
            ApiKeyInsert::NoAccount => Err(CreateApiKeyError::NoAccount(account)),
        }
    }

    /// All keys of an account, the oldest first, revoked and expired ones included.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn api_key_list(&self, account: AccountId) -> Result<Vec<ApiKeyRecord>, Failure> {
        Ok(self.store.api_key_list(account).await?)
    }

    /// Refuses a key from the next request on. Tells since when, or `None` where the account has
    /// no such key.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn api_key_revoke(&self, account: AccountId, id: &ApiKeyId) -> Result<Option<Timestamp>, Failure> {
        Ok(self.store.api_key_revoke(account, id, clock::now()).await?)
    }
}

/// A new key, and what is kept of it.
pub(super) fn made(account: AccountId, new: NewApiKey) -> (ApiKey, ApiKeyRecord) {
    let key = ApiKey::random(account);
    let now = clock::now();
    let mut scopes = new.scopes;
    scopes.sort_unstable();
    scopes.dedup();
    let record = ApiKeyRecord {
        id: key.id().clone(),
        account,
        digest: key.digest(),
        scopes,
        read_only: new.read_only,
        created_at: now,
        expires_at: new.expires_in.map(|span| now.saturating_add(span)),
        last_used: None,
        revoked_at: None,
    };
    (key, record)
}
