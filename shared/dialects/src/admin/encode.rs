//! From values of the domain to the documents of the dialect.

use ::http::StatusCode;
#[cfg(feature = "openapi")]
use roster_domain::MAX_ID;
use roster_domain::{CountryId, Email, Gender, Role, SessionToken, User, UserId, UserPage};
use serde::Serialize;

use super::Paging;
use crate::http::Response;

/// A user.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema), schemars(rename = "AdminUser"))]
pub struct UserView<'a> {
    user_id: UserId,
    username: &'a str,
    first_name: &'a str,
    last_name: &'a str,
    email: Option<&'a str>,
    #[cfg_attr(feature = "openapi", schemars(extend("enum" = ["male", "female", null])))]
    gender: Option<&'static str>,
    #[cfg_attr(feature = "openapi", schemars(extend("format" = "date")))]
    birthday: Option<String>,
    #[cfg_attr(feature = "openapi", schemars(range(min = 1, max = MAX_ID)))]
    country_id: Option<u64>,
    #[cfg_attr(feature = "openapi", schemars(extend("enum" = ["active", "inactive"])))]
    user_status: &'static str,
    #[cfg_attr(feature = "openapi", schemars(range(min = 1, max = 2)))]
    role_id: u8,
}

impl<'a> From<&'a User> for UserView<'a> {
    fn from(user: &'a User) -> Self {
        Self {
            user_id: user.id,
            username: user.login.as_str(),
            first_name: user.first_name.as_str(),
            last_name: user.last_name.as_str(),
            email: user.email.as_ref().map(Email::as_str),
            gender: user.attributes.gender.map(Gender::as_str),
            birthday: user.attributes.birthday.map(|date| date.to_string()),
            country_id: user.attributes.country_id.map(CountryId::get),
            user_status: if user.active { "active" } else { "inactive" },
            role_id: match user.role {
                Role::Administrator => 1,
                Role::Regular => 2,
            },
        }
    }
}

/// A document alone.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema), schemars(rename = "{T}Answer"))]
pub struct Data<T> {
    data: T,
}

/// A document with a message.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema), schemars(rename = "{T}Told"))]
pub struct MessageAndData<T> {
    message: &'static str,
    data: T,
}

/// The body of a delete.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema), schemars(rename = "AdminDeleted"))]
pub struct Deleted {
    message: &'static str,
}

/// A page of users.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema), schemars(rename = "AdminUsers"))]
pub struct UserList<'a> {
    data: Vec<UserView<'a>>,
    meta: Meta,
}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema), schemars(rename = "AdminMeta"))]
struct Meta {
    current_page: u64,
    per_page: u64,
    total: u64,
}

/// A new session.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema), schemars(rename = "AdminSession"))]
pub struct SessionView<'a> {
    token: String,
    user: UserView<'a>,
}

/// The response to a list.
#[must_use]
pub fn users_listed(page: &UserPage, paging: Paging) -> Response {
    let meta = Meta { current_page: paging.page, per_page: paging.per_page, total: page.total };
    Response::json(StatusCode::OK, &UserList { data: page.users.iter().map(UserView::from).collect(), meta })
}

/// The response to a get.
#[must_use]
pub fn user_shown(user: &User) -> Response {
    Response::json(StatusCode::OK, &Data { data: UserView::from(user) })
}

/// The response to a create.
#[must_use]
pub fn user_created(user: &User) -> Response {
    Response::json(
        StatusCode::CREATED,
        &MessageAndData { message: "User created successfully", data: UserView::from(user) },
    )
}

/// The response to an update.
#[must_use]
pub fn user_updated(user: &User) -> Response {
    Response::json(StatusCode::OK, &MessageAndData { message: "User updated successfully", data: UserView::from(user) })
}

/// The response to a delete.
#[must_use]
pub fn user_deleted() -> Response {
    Response::json(StatusCode::OK, &Deleted { message: "User deleted successfully" })
}

/// The response to a login, the only time the token is shown.
#[must_use]
pub fn signed_in(token: &SessionToken, user: &User) -> Response {
    let data = SessionView { token: token.reveal(), user: UserView::from(user) };
    Response::json(StatusCode::OK, &MessageAndData { message: "Login successful", data })
}
