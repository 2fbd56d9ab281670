use std::future::Future;

use roster_domain::{IdempotencyKey, StoredResponse, Timestamp};

use super::StoreError;

/// Responses that are stored for requests that are sent again.
pub trait ResponseStore {
    /// The response that is stored under a key, if it has not expired.
    fn response_get(
        &self,
        key: &IdempotencyKey,
        now: Timestamp,
    ) -> impl Future<Output = Result<Option<StoredResponse>, StoreError>> + Send;
}
