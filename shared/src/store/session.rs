//! Sessions of administrators, in the table of keys.

use serde::{Deserialize, Serialize};
use serde_bytes::ByteArray;

use super::{Store, StoreError, expiry};
use crate::domain::{AccountId, SecretDigest, Session, Timestamp, UserId};

#[derive(Serialize, Deserialize)]
struct SessionItem {
    key: String,
    account: u64,
    owner: u64,
    digest: ByteArray<32>,
    auth: u64,
    expires_at: Timestamp,
    expiry: String,
}

fn key(id: &str) -> String {
    format!("session#{id}")
}

impl Store {
    /// The session with an id, if there is one.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn session_read(&self, id: &str) -> Result<Option<Session>, StoreError> {
        let item = self.key_item(key(id)).await?;
        let item: Option<SessionItem> = item.map(serde_dynamo::aws_sdk_dynamodb_1::from_item).transpose()?;
        Ok(item.map(|item| Session {
            account: AccountId::new(item.account),
            owner: UserId::new(item.owner),
            digest: SecretDigest::stored(item.digest.into_array()),
            auth: item.auth,
            expires_at: item.expires_at,
        }))
    }

    /// Writes a new session.
    ///
    /// # Errors
    /// The store does not answer, or refuses.
    pub async fn session_insert(&self, id: &str, session: &Session) -> Result<(), StoreError> {
        let item = SessionItem {
            key: key(id),
            account: session.account.get(),
            owner: session.owner.get(),
            digest: ByteArray::new(session.digest.octets()),
            auth: session.auth,
            expires_at: session.expires_at,
            expiry: expiry::partition(id),
        };
        let item = serde_dynamo::aws_sdk_dynamodb_1::to_item(item)?;
        self.client.put_item().table_name(&self.tables.keys).set_item(Some(item)).send().await?;
        Ok(())
    }
}
