//! Everything the dialect answers when it does not do as asked.

use lambda_http::http::StatusCode;
use serde::Serialize;

use crate::{
    dialect::{
        self, Errors, Repeat,
        laravel::{self, text},
    },
    directory::{AuthorizeError, CreateUserError, Failure, UpdateUserError},
    http::{Answer, BadBody, Call},
};

/// Why a call is refused.
#[derive(Debug)]
pub enum Refusal {
    /// No key, a bad one, one for other dialects, a read-only one for a write; or a user with
    /// backend access was to be changed.
    Forbidden,
    /// No user answers to the id or the address.
    UserNotFound,
    /// The API has no such call (any more).
    Disabled,
    /// The body is larger than allowed.
    TooLarge,
    /// The body holds no fields.
    BadBody(BadBody),
    /// Fields are missing, invalid or taken.
    Invalid(Errors),
    /// The call was carried out before, or cannot be told from others.
    Repeat(Repeat),
    /// We cannot.
    Failed(Failure),
}

#[derive(Serialize)]
#[cfg_attr(feature = "contract", derive(schemars::JsonSchema), schemars(rename = "MemberForbidden"))]
pub(super) struct Empty {}

#[derive(Serialize)]
#[cfg_attr(feature = "contract", derive(schemars::JsonSchema), schemars(rename = "MemberError"))]
pub(super) struct Error {
    error: &'static str,
}

#[derive(Serialize)]
#[cfg_attr(feature = "contract", derive(schemars::JsonSchema), schemars(rename = "MemberInvalid"))]
pub(super) struct Invalid<'a> {
    message: &'static str,
    errors: &'a Errors,
}

/// The answer to a call: what the endpoint says, or its refusal on the wire.
pub fn answer(call: &Call, outcome: Result<Answer, Refusal>) -> Answer {
    outcome.unwrap_or_else(|refusal| refuse(call, refusal))
}

/// The answer to a call that we cannot answer otherwise.
pub use laravel::failed;

fn refuse(call: &Call, refusal: Refusal) -> Answer {
    match refusal {
        Refusal::Forbidden => Answer::json(StatusCode::FORBIDDEN, &Empty {}),
        Refusal::UserNotFound => Answer::json(StatusCode::NOT_FOUND, &Error { error: "User not found" }),
        Refusal::Disabled => Answer::json(StatusCode::NOT_FOUND, &Error { error: "Not found" }),
        Refusal::TooLarge => laravel::too_large(),
        Refusal::BadBody(bad) => laravel::message(StatusCode::BAD_REQUEST, &bad.to_string()),
        Refusal::Invalid(errors) => Answer::json(
            StatusCode::UNPROCESSABLE_ENTITY,
            &Invalid { message: "The given data was invalid.", errors: &errors },
        ),
        Refusal::Repeat(repeat) => repeat.answer().unwrap_or_else(|(status, text)| laravel::message(status, text)),
        Refusal::Failed(failure) => failed(call, &failure),
    }
}

/// A user made here has its address as login, so whichever of the two is taken, the address is.
pub(super) fn taken() -> Refusal {
    let mut errors = Errors::default();
    errors.add("email", vec![text::taken("email")]);
    Refusal::Invalid(errors)
}

dialect::refusal_from!(Refusal);

impl From<AuthorizeError> for Refusal {
    fn from(error: AuthorizeError) -> Self {
        match error {
            AuthorizeError::BadKey | AuthorizeError::NotAllowed => Self::Forbidden,
            AuthorizeError::Failed(failure) => Self::Failed(failure),
        }
    }
}

impl From<CreateUserError> for Refusal {
    fn from(error: CreateUserError) -> Self {
        match error {
            CreateUserError::Taken(_) => taken(),
            CreateUserError::Repeated(repeat) => repeat.into(),
            CreateUserError::IdTaken => Self::Failed(Failure::Internal("a new id is another's".to_owned())),
            CreateUserError::Failed(failure) => Self::Failed(failure),
        }
    }
}

impl From<UpdateUserError> for Refusal {
    fn from(error: UpdateUserError) -> Self {
        match error {
            UpdateUserError::Gone => Self::UserNotFound,
            UpdateUserError::OtherRole => Self::Forbidden,
            UpdateUserError::Taken(_) => taken(),
            UpdateUserError::Repeated(repeat) => repeat.into(),
            UpdateUserError::Failed(failure) => Self::Failed(failure),
        }
    }
}
