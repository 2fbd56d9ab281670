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

/// What became of a rotation.
#[derive(Debug)]
pub enum Rotation {
    /// There is a new key.
    Done(Box<Rotated>),
    /// Another key had taken its place already.
    Replaced(ApiKeyId),
    /// The account has no such key, or it is good no more.
    NotGood,
}

/// A key that has taken the place of another.
#[derive(Debug)]
pub struct Rotated {
    /// The new key. Nothing shows it again.
    pub key: ApiKey,
    /// What is kept of it.
    pub record: ApiKeyRecord,
    /// Until when the old one is good.
    pub old_expires_at: Timestamp,
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

    /// Makes a key in the place of another, for the same doors and as long; the old one is good for
    /// `overlap` from now on, or until its own end where that comes first.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn api_key_rotate(
        &self,
        account: AccountId,
        id: &ApiKeyId,
        overlap: Duration,
    ) -> Result<Rotation, Failure> {
        let now = clock::now();
        let good = |old: &ApiKeyRecord| {
            old.account == account && old.revoked_at.is_none() && old.expires_at.is_none_or(|end| now < end)
        };
        let Some(old) = self.store.api_key_read(id).await?.filter(good) else { return Ok(Rotation::NotGood) };
        if let Some(new) = old.replaced_by {
            return Ok(Rotation::Replaced(new));
        }
        let expires_in = old.expires_at.map(|end| end.since(old.created_at));
        let (key, new) = made(account, NewApiKey { scopes: old.scopes.clone(), read_only: old.read_only, expires_in });
        let end = now.saturating_add(overlap);
        let old_expires_at = old.expires_at.map_or(end, |own| own.min(end));
        let replaced = self.store.api_key_replace(&old, &new, old_expires_at).await?;
        Ok(if replaced {
            Rotation::Done(Box::new(Rotated { key, record: new, old_expires_at }))
        } else {
            Rotation::NotGood
        })
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
        replaced_by: None,
    };
    (key, record)
}
