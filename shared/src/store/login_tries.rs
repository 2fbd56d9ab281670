//! Login tries, counted where every function instance sees them.

use aws_sdk_dynamodb::{
    operation::update_item::{UpdateItemError, builders::UpdateItemFluentBuilder},
    types::{AttributeValue, ReturnValuesOnConditionCheckFailure},
};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::{Retry, Store, StoreError, expiry, write::write};
use crate::domain::{AccountId, Timestamp};

/// What one try is counted under. Holds no name and no address: only their hash.
#[derive(Clone, Debug)]
pub struct TriesKey(String);

impl TriesKey {
    /// The count of an account, a compared login and a source address.
    #[must_use]
    pub fn new(account: AccountId, login: &str, source: &str) -> Self {
        let mut hash = Sha256::new();
        for part in [&account.to_string(), login, source] {
            hash.update(part.len().to_be_bytes());
            hash.update(part);
        }
        let octets: [u8; 32] = hash.finalize().into();
        Self(octets.iter().fold("tries#".to_owned(), |key, octet| key + &format!("{octet:02x}")))
    }
}

/// The count as it stands.
#[derive(Deserialize)]
struct Tries {
    tries: u32,
    /// When the window ends that its first try opened.
    expires_at: Timestamp,
    last_try: String,
}

/// What became of a try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counted {
    /// It is one of those allowed.
    Allowed,
    /// All are used up until then.
    Refused(Timestamp),
}

impl Store {
    /// Counts one try, if fewer than `allowed` were made since the first of a window, which ends at
    /// `end` if this is the first. Refused tries are not counted.
    ///
    /// # Errors
    /// The store does not answer, or refuses.
    pub async fn login_try(
        &self,
        key: &TriesKey,
        allowed: u32,
        now: Timestamp,
        end: Timestamp,
    ) -> Result<Counted, StoreError> {
        let mut retry = Retry::start();
        // Tells this try from others where an answer was lost and the count is sent again.
        let nonce = uuid::Uuid::new_v4().to_string();
        // A window that is over is replaced, on condition that nobody else has done so.
        let mut over: Option<Timestamp> = None;
        loop {
            let update = self.login_try_update(key, allowed, now, end, over, &nonce);
            let failed = match write(&mut retry, || update.clone().send()).await? {
                Ok(_) => return Ok(Counted::Allowed),
                Err(UpdateItemError::ConditionalCheckFailedException(failed)) => failed,
                Err(_) => return Err(StoreError::Refused("login tries: not a condition".to_owned())),
            };
            over = None;
            if let Some(item) = failed.item {
                let standing: Tries = serde_dynamo::aws_sdk_dynamodb_1::from_item(item)?;
                if standing.last_try == nonce {
                    return Ok(Counted::Allowed);
                }
                if standing.expires_at <= now {
                    over = Some(standing.expires_at);
                } else if standing.tries >= allowed {
                    return Ok(Counted::Refused(standing.expires_at));
                }
            }
            if !retry.again().await {
                return Err(StoreError::Unavailable("login tries keep changing".to_owned()));
            }
        }
    }

    fn login_try_update(
        &self,
        key: &TriesKey,
        allowed: u32,
        now: Timestamp,
        end: Timestamp,
        over: Option<Timestamp>,
        nonce: &str,
    ) -> UpdateItemFluentBuilder {
        let update = self
            .client
            .update_item()
            .table_name(&self.tables.keys)
            .key("key", AttributeValue::S(key.0.clone()))
            .expression_attribute_values(":one", AttributeValue::N("1".to_owned()))
            .expression_attribute_values(":end", AttributeValue::S(end.to_string()))
            .expression_attribute_values(":expiry", AttributeValue::S(expiry::partition(&key.0)))
            .expression_attribute_values(":nonce", AttributeValue::S(nonce.to_owned()))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        match over {
            Some(over) => update
                .update_expression("SET tries = :one, expires_at = :end, expiry = :expiry, last_try = :nonce")
                .condition_expression("expires_at = :over AND last_try <> :nonce")
                .expression_attribute_values(":over", AttributeValue::S(over.to_string())),
            None => update
                .update_expression(
                    "SET tries = if_not_exists(tries, :none) + :one, expires_at = if_not_exists(expires_at, :end), \
                     expiry = :expiry, last_try = :nonce",
                )
                .condition_expression(
                    "attribute_not_exists(tries) OR (expires_at > :now AND tries < :allowed AND last_try <> :nonce)",
                )
                .expression_attribute_values(":none", AttributeValue::N("0".to_owned()))
                .expression_attribute_values(":now", AttributeValue::S(now.to_string()))
                .expression_attribute_values(":allowed", AttributeValue::N(allowed.to_string())),
        }
    }

    /// Forgets the tries made so far.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn login_tries_clear(&self, key: &TriesKey) -> Result<(), StoreError> {
        self.key_delete(key.0.clone()).await
    }
}
