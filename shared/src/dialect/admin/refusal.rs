//! Everything the dialect answers when it does not do as asked.

use lambda_http::http::StatusCode;
use serde::Serialize;

pub use crate::dialect::laravel::failed;
use crate::{
    dialect::{
        self, Errors, Repeat,
        laravel::{self, text},
    },
    directory::{AuthorizeError, CreateUserError, DeleteUserError, Failure, LoginError, UpdateUserError},
    domain::Unique,
    http::{Answer, BadBody, Call},
};

/// Why a call is refused.
#[derive(Debug)]
pub enum Refusal {
    /// No key or token, or a bad one.
    Unauthenticated,
    /// A good key, but without administrator privileges, or a read-only one for a write.
    Unauthorized,
    /// No user has the id.
    UserNotFound,
    /// Nobody is signed in by this name and password.
    InvalidCredentials,
    /// Too many tries; the next is looked at after this many seconds.
    TooManyTries(u32),
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
#[cfg_attr(feature = "contract", derive(schemars::JsonSchema), schemars(rename = "AdminInvalid"))]
pub(super) struct Invalid<'a> {
    message: String,
    errors: &'a Errors,
}

/// The answer to a call: what the endpoint says, or its refusal on the wire.
pub fn answer(call: &Call, outcome: Result<Answer, Refusal>) -> Answer {
    outcome.unwrap_or_else(|refusal| refuse(call, refusal))
}

fn refuse(call: &Call, refusal: Refusal) -> Answer {
    let message = laravel::message;
    match refusal {
        Refusal::Unauthenticated => message(StatusCode::UNAUTHORIZED, "Unauthenticated."),
        Refusal::Unauthorized => message(StatusCode::FORBIDDEN, "This action is unauthorized."),
        Refusal::UserNotFound => message(StatusCode::NOT_FOUND, "User not found"),
        Refusal::InvalidCredentials => message(StatusCode::UNAUTHORIZED, "Invalid credentials."),
        Refusal::TooManyTries(seconds) => {
            let text = "Too many login attempts. Please try again in 10 minutes.";
            message(StatusCode::TOO_MANY_REQUESTS, text).retry_after(seconds)
        }
        Refusal::TooLarge => laravel::too_large(),
        Refusal::BadBody(bad) => message(StatusCode::BAD_REQUEST, &bad.to_string()),
        Refusal::Invalid(errors) => {
            Answer::json(StatusCode::UNPROCESSABLE_ENTITY, &Invalid { message: errors.summary(), errors: &errors })
        }
        Refusal::Repeat(repeat) => repeat.answer().unwrap_or_else(|(status, text)| laravel::message(status, text)),
        Refusal::Failed(failure) => failed(call, &failure),
    }
}

pub(super) fn taken(taken: &[Unique]) -> Refusal {
    let mut errors = Errors::default();
    for (unique, field) in [(Unique::Login, "username"), (Unique::Email, "email")] {
        if taken.contains(&unique) {
            errors.add(field, vec![text::taken(field)]);
        }
    }
    Refusal::Invalid(errors)
}

dialect::refusal_from!(Refusal);

impl From<AuthorizeError> for Refusal {
    fn from(error: AuthorizeError) -> Self {
        match error {
            AuthorizeError::BadKey => Self::Unauthenticated,
            AuthorizeError::NotAllowed => Self::Unauthorized,
            AuthorizeError::Failed(failure) => Self::Failed(failure),
        }
    }
}

impl From<LoginError> for Refusal {
    fn from(error: LoginError) -> Self {
        match error {
            LoginError::Refused => Self::InvalidCredentials,
            LoginError::TooManyTries(seconds) => Self::TooManyTries(seconds),
            LoginError::Failed(failure) => Self::Failed(failure),
        }
    }
}

impl From<CreateUserError> for Refusal {
    fn from(error: CreateUserError) -> Self {
        match error {
            CreateUserError::Taken(unique) => taken(&unique),
            CreateUserError::Repeated(repeat) => repeat.into(),
            CreateUserError::IdTaken => Self::Failed(Failure::Internal("a new id is another's".to_owned())),
            CreateUserError::Failed(failure) => Self::Failed(failure),
        }
    }
}

impl From<DeleteUserError> for Refusal {
    fn from(error: DeleteUserError) -> Self {
        match error {
            // Deletions of this dialect are meant for all users.
            DeleteUserError::Gone | DeleteUserError::OtherRole => Self::UserNotFound,
            DeleteUserError::Failed(failure) => Self::Failed(failure),
        }
    }
}

impl From<UpdateUserError> for Refusal {
    fn from(error: UpdateUserError) -> Self {
        match error {
            // Changes of this dialect are meant for everybody.
            UpdateUserError::Gone | UpdateUserError::OtherRole => Self::UserNotFound,
            UpdateUserError::Taken(unique) => taken(&unique),
            UpdateUserError::Repeated(repeat) => repeat.into(),
            UpdateUserError::Failed(failure) => Self::Failed(failure),
        }
    }
}
