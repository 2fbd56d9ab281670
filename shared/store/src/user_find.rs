//! Users by a value that no two of an account share: by an index, which may lag, or by the claim.

use aws_sdk_dynamodb::types::{AttributeValue, Select};
use roster_directory::ports::{StoreError, UserFindStore};
use roster_domain::{AccountId, Code, Email, Login, UserId};

use super::{
    DynamoDbStore,
    claim::Claim,
    error::sdk_error,
    tables::{CODE_INDEX, EMAIL_INDEX},
    user_item,
};

impl UserFindStore for DynamoDbStore {
    async fn user_find_by_login(&self, account: AccountId, login: &Login) -> Result<Option<UserId>, StoreError> {
        self.claim_read(&Claim::login(account, login)).await
    }

    async fn user_find_by_email_index(&self, account: AccountId, email: &Email) -> Result<Option<UserId>, StoreError> {
        self.user_index(EMAIL_INDEX, "email_key", user_item::email_key(account, email)).await
    }

    async fn user_find_by_code_index(&self, account: AccountId, code: &Code) -> Result<Option<UserId>, StoreError> {
        self.user_index(CODE_INDEX, "code_key", user_item::code_key(account, code)).await
    }

    async fn user_find_by_email(&self, account: AccountId, email: &Email) -> Result<Option<UserId>, StoreError> {
        self.claim_read(&Claim::email(account, email)).await
    }

    async fn user_find_by_code(&self, account: AccountId, code: &Code) -> Result<Option<UserId>, StoreError> {
        self.claim_read(&Claim::code(account, code)).await
    }
}

impl DynamoDbStore {
    async fn user_index(&self, index: &str, attribute: &str, key: String) -> Result<Option<UserId>, StoreError> {
        let answer = self
            .client
            .query()
            .table_name(&self.tables.users)
            .index_name(index)
            .key_condition_expression("#key = :key")
            .expression_attribute_names("#key", attribute)
            .expression_attribute_values(":key", AttributeValue::S(key))
            .select(Select::AllProjectedAttributes)
            .limit(1)
            .send()
            .await
            .map_err(sdk_error)?;
        let id = answer.items().first().and_then(|item| item.get("id")).and_then(|id| id.as_n().ok());
        Ok(id.and_then(|id| UserId::parse(id)))
    }
}
