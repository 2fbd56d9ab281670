//! From the directory's values to the documents of the dialect.

use lambda_http::http::StatusCode;
use serde::Serialize;

use super::{Paging, Refusal};
use crate::{
    directory::UserPage,
    domain::{CountryId, Email, Gender, Role, SessionToken, User, UserId},
    http::Answer,
};

#[derive(Serialize)]
#[cfg_attr(feature = "contract", derive(schemars::JsonSchema), schemars(rename = "AdminUser"))]
pub(super) struct Shown<'a> {
    user_id: UserId,
    username: &'a str,
    first_name: &'a str,
    last_name: &'a str,
    email: Option<&'a str>,
    #[cfg_attr(feature = "contract", schemars(extend("enum" = ["male", "female", null])))]
    gender: Option<&'static str>,
    #[cfg_attr(feature = "contract", schemars(extend("format" = "date")))]
    birthday: Option<String>,
    #[cfg_attr(feature = "contract", schemars(range(min = 1, max = 1_u64 << 53)))]
    country_id: Option<u64>,
    #[cfg_attr(feature = "contract", schemars(extend("enum" = ["active", "inactive"])))]
    user_status: &'static str,
    #[cfg_attr(feature = "contract", schemars(range(min = 1, max = 2)))]
    role_id: u8,
}

impl<'a> From<&'a User> for Shown<'a> {
    fn from(user: &'a User) -> Self {
        Self {
            user_id: user.id,
            username: user.login.as_str(),
            first_name: user.first_name.as_str(),
            last_name: user.last_name.as_str(),
            email: user.email.as_ref().map(Email::as_str),
            gender: user.gender.map(Gender::as_str),
            birthday: user.birthday.map(|date| date.to_string()),
            country_id: user.country_id.map(CountryId::get),
            user_status: if user.active { "active" } else { "inactive" },
            role_id: match user.role {
                Role::Administrator => 1,
                Role::Regular => 2,
            },
        }
    }
}

#[derive(Serialize)]
#[cfg_attr(feature = "contract", derive(schemars::JsonSchema), schemars(rename = "{T}Answer"))]
pub(super) struct Data<T> {
    data: T,
}

#[derive(Serialize)]
#[cfg_attr(feature = "contract", derive(schemars::JsonSchema), schemars(rename = "{T}Told"))]
pub(super) struct Told<T> {
    message: &'static str,
    data: T,
}

#[derive(Serialize)]
#[cfg_attr(feature = "contract", derive(schemars::JsonSchema), schemars(rename = "AdminDeleted"))]
pub(super) struct Deleted {
    message: &'static str,
}

#[derive(Serialize)]
#[cfg_attr(feature = "contract", derive(schemars::JsonSchema), schemars(rename = "AdminUsers"))]
pub(super) struct Listed<'a> {
    data: Vec<Shown<'a>>,
    meta: Meta,
}

#[derive(Serialize)]
#[cfg_attr(feature = "contract", derive(schemars::JsonSchema), schemars(rename = "AdminMeta"))]
struct Meta {
    current_page: u64,
    per_page: u64,
    total: u64,
}

#[derive(Serialize)]
#[cfg_attr(feature = "contract", derive(schemars::JsonSchema), schemars(rename = "AdminSession"))]
pub(super) struct SignedIn<'a> {
    token: String,
    user: Shown<'a>,
}

/// The answer to a list.
#[must_use]
pub fn users_listed(page: &UserPage, paging: Paging) -> Answer {
    let meta = Meta { current_page: paging.page, per_page: paging.per_page, total: page.total };
    Answer::json(StatusCode::OK, &Listed { data: page.users.iter().map(Shown::from).collect(), meta })
}

/// The answer to a get.
///
/// # Errors
/// The user is absent.
pub fn user_shown(user: Option<&User>) -> Result<Answer, Refusal> {
    let user = user.ok_or(Refusal::UserNotFound)?;
    Ok(Answer::json(StatusCode::OK, &Data { data: Shown::from(user) }))
}

/// The answer to a create.
#[must_use]
pub fn user_created(user: &User) -> Answer {
    Answer::json(StatusCode::CREATED, &Told { message: "User created successfully", data: Shown::from(user) })
}

/// The answer to an update.
#[must_use]
pub fn user_updated(user: &User) -> Answer {
    Answer::json(StatusCode::OK, &Told { message: "User updated successfully", data: Shown::from(user) })
}

/// The answer to a delete.
#[must_use]
pub fn user_deleted() -> Answer {
    Answer::json(StatusCode::OK, &Deleted { message: "User deleted successfully" })
}

/// The answer to a login, the one time the token is shown.
#[must_use]
pub fn signed_in(token: &SessionToken, user: &User) -> Answer {
    let data = SignedIn { token: token.reveal(), user: Shown::from(user) };
    Answer::json(StatusCode::OK, &Told { message: "Login successful", data })
}
