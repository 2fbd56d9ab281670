//! Tries to sign in, counted where every function instance sees them.

use aws_sdk_dynamodb::{
    operation::{delete_item::DeleteItemError, put_item::PutItemError},
    types::{AttributeValue, ReturnValuesOnConditionCheckFailure},
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{Item, Retry, Store, StoreError, expiry, write::write};
use crate::domain::{AccountId, LoginTries, Timestamp, address_of};

/// What tries are counted under. Holds no name and no address: only their hash.
#[derive(Clone, Debug)]
pub struct TriesKey(String);

impl TriesKey {
    /// Those of an account, a compared login and a source address.
    #[must_use]
    pub fn new(account: AccountId, login: &str, source: &str) -> Self {
        Self::of(&[&account.to_string(), login, source])
    }

    /// Those of a source address, over all accounts and logins.
    #[must_use]
    pub fn of_address(source: &str) -> Self {
        Self::of(&["address", &address_of(source)])
    }

    fn of(parts: &[&str]) -> Self {
        let mut hash = Sha256::new();
        for part in parts {
            hash.update(part.len().to_be_bytes());
            hash.update(part);
        }
        let bytes: [u8; 32] = hash.finalize().into();
        Self(bytes.iter().fold("tries#".to_owned(), |key, byte| key + &format!("{byte:02x}")))
    }
}

#[derive(Serialize, Deserialize)]
struct TriesItem {
    key: String,
    expiry: String,
    /// Of the last write, by which a writer knows its own.
    version: String,
    #[serde(flatten)]
    tries: LoginTries,
}

/// Tries as they stand in the table, with what the next write is conditioned on.
#[derive(Clone, Debug)]
pub(crate) struct StoredTries {
    pub(crate) tries: LoginTries,
    version: String,
}

impl Store {
    /// The tries made so far, if there are any.
    ///
    /// # Errors
    /// The store does not answer.
    pub(crate) async fn login_tries(&self, key: &TriesKey) -> Result<Option<StoredTries>, StoreError> {
        self.key_item(key.0.clone()).await?.map(read).transpose()
    }

    /// Changes the tries of a key, from those that are `stored` as far as the caller knows, or as often as others come
    /// in between, from what they left. What `change` returns, and the tries as they then stand.
    ///
    /// # Errors
    /// The store does not answer, or refuses.
    pub(crate) async fn login_tries_change<T>(
        &self,
        key: &TriesKey,
        mut stored: Option<StoredTries>,
        now: Timestamp,
        change: impl Fn(&mut LoginTries) -> T,
    ) -> Result<(T, Option<StoredTries>), StoreError> {
        let mut retry = Retry::start();
        loop {
            let before = stored.as_ref().map(|stored| &stored.tries);
            let mut tries = before.cloned().unwrap_or_else(|| LoginTries::new(now));
            let outcome = change(&mut tries);
            if before.map_or(tries.is_empty(), |before| *before == tries) {
                return Ok((outcome, stored));
            }
            let version = uuid::Uuid::new_v4().to_string();
            let found = match (&stored, tries.is_empty()) {
                (Some(stored), true) => self.login_tries_delete(key, &stored.version, &mut retry).await?,
                (stored, _) => {
                    let expected = stored.as_ref().map(|stored| stored.version.as_str());
                    let item = TriesItem {
                        key: key.0.clone(),
                        expiry: expiry::partition(&key.0),
                        version: version.clone(),
                        tries: tries.clone(),
                    };
                    self.login_tries_put(item, expected, &mut retry).await?
                }
            };
            let Err(standing) = found else {
                let stored = (!tries.is_empty()).then_some(StoredTries { tries, version });
                return Ok((outcome, stored));
            };
            stored = standing.map(read).transpose()?;
            // An answer was lost: what stands is this very write.
            if stored.as_ref().is_some_and(|stored| stored.version == version) {
                return Ok((outcome, stored));
            }
            if !retry.at_once() && !retry.again().await {
                return Err(StoreError::Unavailable("login tries keep changing".to_owned()));
            }
        }
    }

    /// Fails with the item that stands there instead, if any.
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
            .set_item(Some(serde_dynamo::aws_sdk_dynamodb_1::to_item(item)?))
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
            Err(_) => Err(StoreError::Refused("login tries: not a condition".to_owned())),
        }
    }

    async fn login_tries_delete(
        &self,
        key: &TriesKey,
        version: &str,
        retry: &mut Retry,
    ) -> Result<Result<(), Option<Item>>, StoreError> {
        let delete = self
            .client
            .delete_item()
            .table_name(&self.tables.keys)
            .key("key", AttributeValue::S(key.0.clone()))
            .condition_expression("version = :version")
            .expression_attribute_values(":version", AttributeValue::S(version.to_owned()))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        match write(retry, || delete.clone().send()).await? {
            Ok(_) => Ok(Ok(())),
            Err(DeleteItemError::ConditionalCheckFailedException(failed)) => Ok(Err(failed.item)),
            Err(_) => Err(StoreError::Refused("login tries: not a condition".to_owned())),
        }
    }
}

fn read(item: Item) -> Result<StoredTries, StoreError> {
    let item: TriesItem = serde_dynamo::aws_sdk_dynamodb_1::from_item(item)?;
    Ok(StoredTries { tries: item.tries, version: item.version })
}
