use std::future::Future;

use roster_domain::{AccountId, ApiKeyId, ApiKeyRecord, Timestamp};

use super::StoreError;

/// API keys, and the list of them that every account has.
pub trait ApiKeyStore {
    /// The key with an id, if there is one.
    fn api_key_get(&self, id: &ApiKeyId) -> impl Future<Output = Result<Option<ApiKeyRecord>, StoreError>> + Send;

    /// All keys of an account, the oldest first.
    fn api_key_list(&self, account: AccountId) -> impl Future<Output = Result<Vec<ApiKeyRecord>, StoreError>> + Send;

    /// Writes a new key and lists it; `false` where there is no such account, and nothing is written.
    fn api_key_create(&self, record: &ApiKeyRecord) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Writes the key that replaces `old`, which ends at `end`; `false` where `old` was revoked, replaced or given
    /// another end since it was read, and nothing is written.
    fn api_key_replace(
        &self,
        old: &ApiKeyRecord,
        new: &ApiKeyRecord,
        end: Timestamp,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Revokes a key from `now` on; one that is revoked already keeps its time. Returns since when, or `None` where the
    /// account has no such key.
    fn api_key_revoke(
        &self,
        account: AccountId,
        id: &ApiKeyId,
        now: Timestamp,
    ) -> impl Future<Output = Result<Option<Timestamp>, StoreError>> + Send;

    /// Records the hour of a key's use: at most one write an hour.
    fn api_key_record_use(&self, id: &ApiKeyId, hour: &str) -> impl Future<Output = Result<(), StoreError>> + Send;
}
