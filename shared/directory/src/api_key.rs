use std::time::Duration;

use roster_domain::{
    Access, AccountId, ApiKey, ApiKeyId, ApiKeyRecord, AuthenticateError, Caller, Failure, Scope, Timestamp,
};

use crate::{Directory, clock, ports::Store};

/// The settings of a new key.
#[derive(Clone, Debug)]
pub struct NewApiKey {
    /// The dialects it gives access to.
    pub scopes: Vec<Scope>,
    /// Whether it is read-only.
    pub read_only: bool,
    /// How long it is valid; `None` means until it is revoked.
    pub expires_in: Option<Duration>,
}

/// The result of a rotation.
#[derive(Debug)]
pub enum Rotation {
    /// There is a new key.
    Done(Box<Rotated>),
    /// Another key had replaced it already.
    Replaced(ApiKeyId),
    /// The account has no such key, or it is revoked or expired.
    NotGood,
}

/// A key that has replaced another.
#[derive(Debug)]
pub struct Rotated {
    /// The new key. It is never shown again.
    pub key: ApiKey,
    /// What is stored of it.
    pub record: ApiKeyRecord,
    /// Until when the old key is valid.
    pub old_expires_at: Timestamp,
}

/// Why no key was created.
#[derive(Debug, thiserror::Error)]
pub enum CreateApiKeyError {
    /// There is no such account.
    #[error("there is no account {0}")]
    NoAccount(AccountId),
    /// See [`Failure`].
    #[error(transparent)]
    Failed(#[from] Failure),
}

impl<S: Store> Directory<S> {
    /// Verifies a key, and that it permits this access to `scope`.
    ///
    /// # Errors
    /// See [`AuthenticateError`].
    pub async fn api_key_authenticate(
        &self,
        key: &ApiKey,
        scope: Scope,
        access: Access,
    ) -> Result<Caller, AuthenticateError> {
        let now = clock::now();
        let record = self.store.api_key_get(key.id()).await.map_err(Failure::from)?;
        let record = record.filter(|record| record.allows(key, now)).ok_or(AuthenticateError::InvalidKey)?;
        if !record.scopes.contains(&scope) || (access == Access::Write && record.read_only) {
            return Err(AuthenticateError::NotAllowed);
        }
        let hour = now.hour();
        let is_due = record.last_used.is_none_or(|last| last < hour);
        let unrecorded_use = is_due.then(|| (record.id.clone(), hour));
        let is_administrator = record.scopes.contains(&Scope::Admin);
        Ok(Caller { account: record.account, is_administrator, name: record.id.to_string(), unrecorded_use })
    }

    /// Records the hour of a key's use. A failure to record it is ignored.
    pub async fn api_key_record_use(&self, key: &ApiKeyId, hour: &str) {
        if let Err(error) = self.store.api_key_record_use(key, hour).await {
            tracing::warn!(%error, %key, "the use of a key was not recorded");
        }
    }

    /// Creates a key. Only the returned value contains its secret.
    ///
    /// # Errors
    /// See [`CreateApiKeyError`].
    pub async fn api_key_create(
        &self,
        account: AccountId,
        new: NewApiKey,
    ) -> Result<(ApiKey, ApiKeyRecord), CreateApiKeyError> {
        let (key, record) = generate(account, new);
        if self.store.api_key_create(&record).await.map_err(Failure::from)? {
            Ok((key, record))
        } else {
            Err(CreateApiKeyError::NoAccount(account))
        }
    }

    /// Creates a key that replaces another, for the same dialects and the same lifetime. The old key stays valid for
    /// `overlap` from now on, or until it expires, if that is earlier.
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
        let is_good = |old: &ApiKeyRecord| {
            old.account == account && old.revoked_at.is_none() && old.expires_at.is_none_or(|end| now < end)
        };
        let Some(old) = self.store.api_key_get(id).await?.filter(is_good) else { return Ok(Rotation::NotGood) };
        if let Some(new) = old.replaced_by {
            return Ok(Rotation::Replaced(new));
        }
        let expires_in = old.expires_at.map(|end| end.since(old.created_at));
        let new = NewApiKey { scopes: old.scopes.clone(), read_only: old.read_only, expires_in };
        let (key, record) = generate(account, new);
        let end = now.saturating_add(overlap);
        let old_expires_at = old.expires_at.map_or(end, |own| own.min(end));
        let is_replaced = self.store.api_key_replace(&old, &record, old_expires_at).await?;
        Ok(if is_replaced {
            Rotation::Done(Box::new(Rotated { key, record, old_expires_at }))
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

    /// Revokes a key from the next request on. Returns since when it is revoked, or `None` where the account has no such
    /// key.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn api_key_revoke(&self, account: AccountId, id: &ApiKeyId) -> Result<Option<Timestamp>, Failure> {
        Ok(self.store.api_key_revoke(account, id, clock::now()).await?)
    }
}

/// A new key, and what is stored of it.
pub(crate) fn generate(account: AccountId, new: NewApiKey) -> (ApiKey, ApiKeyRecord) {
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
