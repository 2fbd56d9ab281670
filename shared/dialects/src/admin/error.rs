//! Every response of the dialect to a request that is not carried out.

use ::http::StatusCode;
use roster_domain::{
    AuthenticateError, CreateUserError, DeleteUserError, Failure, LoginError, Unique, UpdateUserError,
};
use serde::Serialize;

use crate::{
    ErrorResponse, Errors, IdempotencyError,
    error::error_from,
    http::{BadBody, Request, Response},
    laravel::{self, text},
};

/// Why a request is not carried out.
#[derive(Debug)]
pub enum Error {
    /// No key or token, or an invalid one.
    Unauthenticated,
    /// A valid key without administrator privileges, or a read-only key for a write.
    Unauthorized,
    /// No user has the id.
    UserNotFound,
    /// No administrator signs in with this name and password.
    InvalidCredentials,
    /// Too many failed attempts; the next one is checked after this many seconds.
    TooManyAttempts(u32),
    /// The body is larger than allowed.
    TooLarge,
    /// The body holds no fields.
    BadBody(BadBody),
    /// Fields are missing, invalid or taken.
    Invalid(Errors),
    /// The request was carried out before, or its `Idempotency-Key` cannot be used.
    Idempotency(IdempotencyError),
    /// An internal failure of the directory.
    Failed(Failure),
}

/// `{"message": …, "errors": {…}}`
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema), schemars(rename = "AdminInvalid"))]
pub struct InvalidBody<'a> {
    message: String,
    errors: &'a Errors,
}

impl ErrorResponse for Error {
    fn failure(&self) -> Option<&Failure> {
        match self {
            Self::Failed(failure) => Some(failure),
            _ => None,
        }
    }

    fn into_response(self, request: &Request) -> Response {
        let message = laravel::message;
        match self {
            Self::Unauthenticated => message(StatusCode::UNAUTHORIZED, "Unauthenticated."),
            Self::Unauthorized => message(StatusCode::FORBIDDEN, "This action is unauthorized."),
            Self::UserNotFound => message(StatusCode::NOT_FOUND, "User not found"),
            Self::InvalidCredentials => message(StatusCode::UNAUTHORIZED, "Invalid credentials."),
            Self::TooManyAttempts(seconds) => {
                let text = "Too many login attempts. Please try again in 10 minutes.";
                message(StatusCode::TOO_MANY_REQUESTS, text).retry_after(seconds)
            }
            Self::TooLarge => laravel::too_large(),
            Self::BadBody(bad) => message(StatusCode::BAD_REQUEST, &bad.to_string()),
            Self::Invalid(errors) => Response::json(
                StatusCode::UNPROCESSABLE_ENTITY,
                &InvalidBody { message: errors.summary(), errors: &errors },
            ),
            Self::Idempotency(error) => error.into_response().unwrap_or_else(|(status, text)| message(status, text)),
            Self::Failed(failure) => laravel::failed(request, &failure),
        }
    }
}

/// The error about values that other users hold.
#[must_use]
pub fn taken(taken: &[Unique]) -> Error {
    let mut errors = Errors::default();
    for (unique, field) in [(Unique::Login, "username"), (Unique::Email, "email")] {
        if taken.contains(&unique) {
            errors.add(field, vec![text::taken(field)]);
        }
    }
    Error::Invalid(errors)
}

error_from!(Error);

impl From<AuthenticateError> for Error {
    fn from(error: AuthenticateError) -> Self {
        match error {
            AuthenticateError::InvalidKey => Self::Unauthenticated,
            AuthenticateError::NotAllowed => Self::Unauthorized,
            AuthenticateError::Failed(failure) => Self::Failed(failure),
        }
    }
}

impl From<LoginError> for Error {
    fn from(error: LoginError) -> Self {
        match error {
            LoginError::InvalidCredentials => Self::InvalidCredentials,
            LoginError::TooManyAttempts(seconds) => Self::TooManyAttempts(seconds),
            LoginError::Failed(failure) => Self::Failed(failure),
        }
    }
}

impl From<CreateUserError> for Error {
    fn from(error: CreateUserError) -> Self {
        match error {
            CreateUserError::Taken(unique) => taken(&unique),
            CreateUserError::Replayed(replay) => replay.into(),
            CreateUserError::IdTaken => Self::Failed(Failure::Internal("a new id is another user's".to_owned())),
            CreateUserError::Failed(failure) => Self::Failed(failure),
        }
    }
}

impl From<DeleteUserError> for Error {
    fn from(error: DeleteUserError) -> Self {
        match error {
            // Deletions of this dialect apply to every role.
            DeleteUserError::NotFound(_) | DeleteUserError::OtherRole => Self::UserNotFound,
            DeleteUserError::Failed(failure) => Self::Failed(failure),
        }
    }
}

impl From<UpdateUserError> for Error {
    fn from(error: UpdateUserError) -> Self {
        match error {
            // Updates of this dialect apply to every role.
            UpdateUserError::NotFound(_) | UpdateUserError::OtherRole => Self::UserNotFound,
            UpdateUserError::Taken(unique) => taken(&unique),
            UpdateUserError::Replayed(replay) => replay.into(),
            UpdateUserError::Failed(failure) => Self::Failed(failure),
        }
    }
}
