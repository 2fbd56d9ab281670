//! Sessions of administrators, and attempts to sign in. They are in the table of keys, so every function instance sees
//! them.

use aws_sdk_dynamodb::{
    operation::{delete_item::DeleteItemError, put_item::PutItemError},
    types::{AttributeValue, ReturnValuesOnConditionCheckFailure},
};
use roster_directory::{
    Retry,
    ports::{LoginStore, StoreError, StoredTries},
};
use roster_domain::{AccountId, LoginTries, LoginTriesKey, SecretDigest, Session, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use serde_bytes::ByteArray;

use super::{DynamoDbStore, Item, error::sdk_error, expiry, item, write::write};

#[derive(Serialize, Deserialize)]
struct SessionItem {
    key: String,
    account: u64,
    owner: u64,
    digest: ByteArray<32>,
    /// [`Session::epoch`]
    auth: u64,
    expires_at: Timestamp,
    expiry: String,
}

fn session_key(id: &str) -> String {
    format!("session#{id}")
}

fn tries_key(key: &LoginTriesKey) -> String {
    format!("tries#{}", key.as_str())
}

#[derive(Serialize, Deserialize)]
struct TriesItem {
    key: String,
    expiry: String,
    /// Identifies the last write, so that a writer recognizes its own.
    version: String,
    #[serde(flatten)]
    tries: LoginTries,
}

impl LoginStore for DynamoDbStore {
    async fn session_get(&self, id: &str) -> Result<Option<Session>, StoreError> {
        let item = self.key_item(session_key(id)).await?;
        let item: Option<SessionItem> = item.map(item::from_item).transpose()?;
        Ok(item.map(|item| Session {
            account: AccountId::new(item.account),
            owner: UserId::new(item.owner),
            digest: SecretDigest::stored(item.digest.into_array()),
            epoch: item.auth,
            expires_at: item.expires_at,
        }))
    }

    async fn session_create(&self, id: &str, session: &Session) -> Result<(), StoreError> {
        let item = SessionItem {
            key: session_key(id),
            account: session.account.get(),
            owner: session.owner.get(),
            digest: ByteArray::new(session.digest.bytes()),
            auth: session.epoch,
            expires_at: session.expires_at,
            expiry: expiry::partition(id),
        };
        let item = item::to_item(item)?;
        self.client.put_item().table_name(&self.tables.keys).set_item(Some(item)).send().await.map_err(sdk_error)?;
        Ok(())
    }

    async fn login_tries_get(&self, key: &LoginTriesKey) -> Result<Option<StoredTries>, StoreError> {
        self.key_item(tries_key(key)).await?.map(read).transpose()
    }

    async fn login_tries_update<T: Send>(
        &self,
        key: &LoginTriesKey,
        mut stored: Option<StoredTries>,
        now: Timestamp,
        change: impl Fn(&mut LoginTries) -> T + Send + Sync,
    ) -> Result<(T, Option<StoredTries>), StoreError> {
        let mut retry = Retry::start();
        loop {
            let before = stored.as_ref().map(|stored| &stored.tries);
            let mut tries = before.cloned().unwrap_or_else(|| LoginTries::new(now));
            let result = change(&mut tries);
            if before.map_or(tries.is_empty(), |before| *before == tries) {
                return Ok((result, stored));
            }
            let version = uuid::Uuid::new_v4().to_string();
            let written = match (&stored, tries.is_empty()) {
                (Some(stored), true) => self.login_tries_delete(key, &stored.version, &mut retry).await?,
                (stored, _) => {
                    let expected = stored.as_ref().map(|stored| stored.version.as_str());
                    let key = tries_key(key);
                    let expiry = expiry::partition(&key);
                    let item = TriesItem { key, expiry, version: version.clone(), tries: tries.clone() };
                    self.login_tries_put(item, expected, &mut retry).await?
                }
            };
            let Err(existing) = written else {
                let stored = (!tries.is_empty()).then_some(StoredTries { tries, version });
                return Ok((result, stored));
            };
            stored = existing.map(read).transpose()?;
            // A response was lost: this write was stored by an earlier attempt.
            if stored.as_ref().is_some_and(|stored| stored.version == version) {
                return Ok((result, stored));
            }
            if !retry.at_once() && !retry.again().await {
                return Err(StoreError::Unavailable("login attempts keep changing".to_owned()));
            }
        }
    }
}

impl DynamoDbStore {
    /// On a failed condition, returns the item that is stored instead, if any.
    async fn login_tries_put(
        &self,
        item: TriesItem,
        expected: Option<&str>,
        retry: &mut Retry,
    ) -> Result<Result<(), Option<Item>>, StoreError> {
        let put = self
            .client
            .put_item()
            .table_name(&self.tables.keys)
            .set_item(Some(item::to_item(item)?))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        let put = match expected {
            None => put.condition_expression("attribute_not_exists(#key)").expression_attribute_names("#key", "key"),
            Some(version) => put
                .condition_expression("version = :version")
                .expression_attribute_values(":version", AttributeValue::S(version.to_owned())),
        };
        match write(retry, || put.clone().send()).await? {
            Ok(_) => Ok(Ok(())),
            Err(PutItemError::ConditionalCheckFailedException(failed)) => Ok(Err(failed.item)),
            Err(_) => Err(StoreError::Rejected("login tries: not a condition".to_owned())),
        }
    }

    async fn login_tries_delete(
        &self,
        key: &LoginTriesKey,
        version: &str,
        retry: &mut Retry,
    ) -> Result<Result<(), Option<Item>>, StoreError> {
        let delete = self
            .client
            .delete_item()
            .table_name(&self.tables.keys)
            .key("key", AttributeValue::S(tries_key(key)))
            .condition_expression("version = :version")
            .expression_attribute_values(":version", AttributeValue::S(version.to_owned()))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        match write(retry, || delete.clone().send()).await? {
            Ok(_) => Ok(Ok(())),
            Err(DeleteItemError::ConditionalCheckFailedException(failed)) => Ok(Err(failed.item)),
            Err(_) => Err(StoreError::Rejected("login tries: not a condition".to_owned())),
        }
    }
}

fn read(item: Item) -> Result<StoredTries, StoreError> {
    let item: TriesItem = item::from_item(item)?;
    Ok(StoredTries { tries: item.tries, version: item.version })
}
