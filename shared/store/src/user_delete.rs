//! Deletes users: user, claims, tombstone and census change in one transaction.

use aws_sdk_dynamodb::types::{AttributeValue, Delete, ReturnValuesOnConditionCheckFailure, TransactWriteItem};

use roster_directory::{
    Retry,
    ports::{StoreError, StoredUser, UserDeleted},
};
use roster_domain::Timestamp;

use super::{DynamoDbStore, error::build_error, transaction::Transacted, user::claims, user_item};

impl DynamoDbStore {
    /// [`roster_directory::ports::UserStore::user_delete`]
    pub(super) async fn delete_user(
        &self,
        user: &StoredUser,
        now: Timestamp,
        retry: &mut Retry,
    ) -> Result<UserDeleted, StoreError> {
        let delete = Delete::builder()
            .table_name(&self.tables.users)
            .set_key(Some(user_item::key(user.account, user.id)))
            .condition_expression("rev = :read")
            .expression_attribute_values(":read", AttributeValue::N(user.version.to_string()))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .build()
            .map_err(build_error)?;
        let mut actions = vec![
            TransactWriteItem::builder().delete(delete).build(),
            self.tombstone_put(user, now)?,
            self.census_delete(user.account, user.id, true)?,
        ];
        for claim in claims(user) {
            actions.push(self.claim_delete(&claim, user.id)?);
        }
        // Expired responses are left to the cleanup, because other responses may be stored under their keys now.
        for (key, _) in user.responses.iter().filter(|(_, end)| now < *end) {
            actions.push(self.response_delete(key)?);
        }
        let mut failed = match self.transact(actions, retry).await? {
            Transacted::Done => return Ok(UserDeleted::Done),
            Transacted::Failed(failed) => failed,
        };
        match failed.first_mut().and_then(Option::take) {
            Some(first) => {
                let existing = first.item.map_or(Ok(None), |item| user_item::read(user.account, item))?;
                Ok(existing.map_or(UserDeleted::NotFound, |user| UserDeleted::Stale(Box::new(user))))
            }
            None => Err(StoreError::Unavailable("claims and user disagree".to_owned())),
        }
    }
}
