//! Login tries, counted where every function instance sees them.

use aws_sdk_dynamodb::{
    operation::update_item::UpdateItemError,
    types::{AttributeValue, ReturnValuesOnConditionCheckFailure},
};
use sha2::{Digest, Sha256};

use super::{Item, Retry, Store, StoreError, expiry, write::write};
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
        // A window that is over is replaced, on condition that nobody else has done so.
        let mut over: Option<Timestamp> = None;
        loop {
            let Some(standing) = self.login_try_once(key, allowed, now, end, over, &mut retry).await? else {
                return Ok(Counted::Allowed);
            };
            let until = standing
                .get("expires_at")
                .and_then(|value| value.as_s().ok())
                .and_then(|text| Timestamp::try_from(text.clone()).ok());
            let until = until.ok_or_else(|| StoreError::Unreadable("login tries without an end".to_owned()))?;
            if until > now {
                return Ok(Counted::Refused(until));
            }
            over = Some(until);
            if !retry.again().await {
                return Err(StoreError::Unavailable("login tries keep changing".to_owned()));
            }
        }
    }

    /// One attempt: `None` when the try is counted, else what stands.
    async fn login_try_once(
        &self,
        key: &TriesKey,
        allowed: u32,
        now: Timestamp,
        end: Timestamp,
        over: Option<Timestamp>,
        retry: &mut Retry,
    ) -> Result<Option<Item>, StoreError> {
        let update = self
            .client
            .update_item()
            .table_name(&self.tables.keys)
            .key("key", AttributeValue::S(key.0.clone()))
            .expression_attribute_values(":one", AttributeValue::N("1".to_owned()))
            .expression_attribute_values(":end", AttributeValue::S(end.to_string()))
            .expression_attribute_values(":expiry", AttributeValue::S(expiry::partition(&key.0)))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        let update = match over {
            Some(over) => update
                .update_expression("SET tries = :one, expires_at = :end, expiry = :expiry")
                .condition_expression("attribute_not_exists(tries) OR expires_at = :over")
                .expression_attribute_values(":over", AttributeValue::S(over.to_string())),
            None => update
                .update_expression(
                    "SET tries = if_not_exists(tries, :none) + :one, expires_at = if_not_exists(expires_at, :end), expiry = :expiry",
                )
                .condition_expression("attribute_not_exists(tries) OR (expires_at > :now AND tries < :allowed)")
                .expression_attribute_values(":none", AttributeValue::N("0".to_owned()))
                .expression_attribute_values(":now", AttributeValue::S(now.to_string()))
                .expression_attribute_values(":allowed", AttributeValue::N(allowed.to_string())),
        };
        match write(retry, || update.clone().send()).await? {
            Ok(_) => Ok(None),
            Err(UpdateItemError::ConditionalCheckFailedException(failed)) => Ok(Some(failed.item.unwrap_or_default())),
            Err(_) => Ok(Some(Item::new())),
        }
    }

    /// Forgets the tries made so far.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn login_tries_clear(&self, key: &TriesKey) -> Result<(), StoreError> {
        self.client
            .delete_item()
            .table_name(&self.tables.keys)
            .key("key", AttributeValue::S(key.0.clone()))
            .send()
            .await?;
        Ok(())
    }
}
