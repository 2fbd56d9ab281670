//! Claims: one item per unique value, which names the user who holds the value.

use aws_sdk_dynamodb::types::{AttributeValue, Delete, Put, ReturnValuesOnConditionCheckFailure, TransactWriteItem};

use roster_directory::ports::StoreError;
use roster_domain::{AccountId, Code, Email, Login, Unique, UserId};

use super::{
    DynamoDbStore, Item,
    error::{build_error, sdk_error},
};

/// The key of a claim.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Claim {
    pub(crate) kind: Unique,
    key: String,
}

impl Claim {
    /// The key of its item.
    pub(crate) fn key(&self) -> &str {
        &self.key
    }

    /// The claim as `user` holds it.
    pub(crate) fn item(&self, user: UserId) -> Item {
        Item::from([
            ("claim".to_owned(), AttributeValue::S(self.key.clone())),
            ("user".to_owned(), AttributeValue::N(user.to_string())),
        ])
    }

    pub(crate) fn email(account: AccountId, email: &Email) -> Self {
        Self { kind: Unique::Email, key: format!("{account}#email#{}", email.key()) }
    }

    pub(crate) fn login(account: AccountId, login: &Login) -> Self {
        Self { kind: Unique::Login, key: format!("{account}#login#{}", login.key()) }
    }

    pub(crate) fn code(account: AccountId, code: &Code) -> Self {
        Self { kind: Unique::Code, key: format!("{account}#code#{}", code.as_str()) }
    }
}

impl DynamoDbStore {
    /// The user who holds a value.
    pub(crate) async fn claim_read(&self, claim: &Claim) -> Result<Option<UserId>, StoreError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.tables.claims)
            .key("claim", AttributeValue::S(claim.key.clone()))
            .consistent_read(true)
            .send()
            .await
            .map_err(sdk_error)?;
        answer.item.map(|item| holder(&item)).transpose()
    }

    /// Takes a value for `user`, unless another user holds it.
    pub(crate) fn claim_put(&self, claim: &Claim, user: UserId) -> Result<TransactWriteItem, StoreError> {
        let put = Put::builder()
            .table_name(&self.tables.claims)
            .set_item(Some(claim.item(user)))
            .condition_expression("attribute_not_exists(claim)")
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .build()
            .map_err(build_error)?;
        Ok(TransactWriteItem::builder().put(put).build())
    }

    /// Frees a value that `user` holds.
    pub(crate) fn claim_delete(&self, claim: &Claim, user: UserId) -> Result<TransactWriteItem, StoreError> {
        let delete = Delete::builder()
            .table_name(&self.tables.claims)
            .key("claim", AttributeValue::S(claim.key.clone()))
            .condition_expression("attribute_not_exists(claim) OR #user = :user")
            .expression_attribute_names("#user", "user")
            .expression_attribute_values(":user", AttributeValue::N(user.to_string()))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .build()
            .map_err(build_error)?;
        Ok(TransactWriteItem::builder().delete(delete).build())
    }
}

/// The user that a claim names.
pub(crate) fn holder(item: &Item) -> Result<UserId, StoreError> {
    item.get("user")
        .and_then(|value| value.as_n().ok())
        .and_then(|number| UserId::parse(number))
        .ok_or_else(|| StoreError::Unreadable("claim without a user".to_owned()))
}
