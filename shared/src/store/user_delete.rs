//! Users deleted: user, claims, tombstone and census change in one transaction.

use aws_sdk_dynamodb::types::{AttributeValue, Delete, ReturnValuesOnConditionCheckFailure, TransactWriteItem};

use super::{Retry, Store, StoreError, transaction::Transacted, user::claims, user_item};
use crate::domain::{Timestamp, User};

/// What became of a deletion.
#[derive(Debug)]
pub enum UserDelete {
    /// The user is gone, and there is a tombstone.
    Done,
    /// It was gone already; nothing is written.
    Gone,
    /// It has changed since it was read, and stands like this; nothing is written.
    Stale(Box<User>),
}

impl Store {
    /// Deletes `user`, as it was read, with the answers that are kept for it, frees its claims and
    /// leaves a tombstone, which holds nothing personal, and tells the census.
    ///
    /// # Errors
    /// The store does not answer within `retry`, or refuses.
    pub(crate) async fn user_delete(
        &self,
        user: &User,
        now: Timestamp,
        retry: &mut Retry,
    ) -> Result<UserDelete, StoreError> {
        let delete = Delete::builder()
            .table_name(&self.tables.users)
            .set_key(Some(user_item::key(user.account, user.id)))
            .condition_expression("rev = :read")
            .expression_attribute_values(":read", AttributeValue::N(user.rev.to_string()))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .build()?;
        let mut actions = vec![
            TransactWriteItem::builder().delete(delete).build(),
            self.tombstone_put(user, now)?,
            self.census_delete(user.account, user.id, true)?,
        ];
        for claim in claims(user) {
            actions.push(self.claim_delete(&claim, user.id)?);
        }
        // What is over is the cleanup's; under its key another's answer may stand by now.
        for (key, _) in user.kept_answers.iter().filter(|(_, end)| now < *end) {
            actions.push(self.answer_delete(key)?);
        }
        let mut failed = match self.transact(actions, retry).await? {
            Transacted::Done => return Ok(UserDelete::Done),
            Transacted::Failed(failed) => failed,
        };
        match failed.first_mut().and_then(Option::take) {
            Some(first) => {
                let stands = first.item.map_or(Ok(None), |item| user_item::read(user.account, item))?;
                Ok(stands.map_or(UserDelete::Gone, |user| UserDelete::Stale(Box::new(user))))
            }
            None => Err(StoreError::Unavailable("claims and user disagree".to_owned())),
        }
    }
}
