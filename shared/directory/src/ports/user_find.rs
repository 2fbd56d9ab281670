use std::future::Future;

use roster_domain::{AccountId, Code, Email, Login, UserId};

use super::StoreError;

/// Users by a value that no two of an account share.
pub trait UserFindStore {
    /// The id of the user with an address, by an index. It may lag: the caller reads the user.
    fn user_find_by_email_index(
        &self,
        account: AccountId,
        email: &Email,
    ) -> impl Future<Output = Result<Option<UserId>, StoreError>> + Send;

    /// The id of the user with a code, by an index. It may lag: the caller reads the user.
    fn user_find_by_code_index(
        &self,
        account: AccountId,
        code: &Code,
    ) -> impl Future<Output = Result<Option<UserId>, StoreError>> + Send;

    /// The id of the user that claims an address.
    fn user_find_by_email(
        &self,
        account: AccountId,
        email: &Email,
    ) -> impl Future<Output = Result<Option<UserId>, StoreError>> + Send;

    /// The id of the user that claims a code.
    fn user_find_by_code(
        &self,
        account: AccountId,
        code: &Code,
    ) -> impl Future<Output = Result<Option<UserId>, StoreError>> + Send;

    /// The id of the user that claims a login.
    fn user_find_by_login(
        &self,
        account: AccountId,
        login: &Login,
    ) -> impl Future<Output = Result<Option<UserId>, StoreError>> + Send;
}
