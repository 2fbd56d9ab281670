//! Every response of the dialect to a request that is not carried out.

use ::http::StatusCode;
use roster_domain::{AuthenticateError, CreateUserError, Failure, Role, UpdateUserError, User};
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
    /// No key, an invalid one, one for other dialects, a read-only one for a write; or an administrator was to be changed.
    Forbidden,
    /// No user has the id or the address.
    UserNotFound,
    /// The dialect does not offer this operation (any more).
    Disabled,
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

/// `{}`
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema), schemars(rename = "MemberForbidden"))]
pub struct Empty {}

/// `{"error": …}`
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema), schemars(rename = "MemberError"))]
pub struct ErrorBody {
    error: &'static str,
}

/// `{"message": …, "errors": {…}}`
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema), schemars(rename = "MemberInvalid"))]
pub struct InvalidBody<'a> {
    message: &'static str,
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
        match self {
            Self::Forbidden => Response::json(StatusCode::FORBIDDEN, &Empty {}),
            Self::UserNotFound => Response::json(StatusCode::NOT_FOUND, &ErrorBody { error: "User not found" }),
            Self::Disabled => Response::json(StatusCode::NOT_FOUND, &ErrorBody { error: "Not found" }),
            Self::TooLarge => laravel::too_large(),
            Self::BadBody(bad) => laravel::message(StatusCode::BAD_REQUEST, &bad.to_string()),
            Self::Invalid(errors) => Response::json(
                StatusCode::UNPROCESSABLE_ENTITY,
                &InvalidBody { message: "The given data was invalid.", errors: &errors },
            ),
            Self::Idempotency(error) => {
                error.into_response().unwrap_or_else(|(status, text)| laravel::message(status, text))
            }
            Self::Failed(failure) => laravel::failed(request, &failure),
        }
    }
}

/// The error about a taken address. A user created here has its address as login, so a taken login also means a taken
/// address.
#[must_use]
pub fn taken() -> Error {
    let mut errors = Errors::default();
    errors.add("email", vec![text::taken("email")]);
    Error::Invalid(errors)
}

/// The user, if this dialect shows it: administrators have backend access and stay hidden.
///
/// # Errors
/// The user is absent, or an administrator.
pub fn visible<U: AsRef<User>>(user: Option<U>) -> Result<U, Error> {
    user.filter(|user| user.as_ref().role != Role::Administrator).ok_or(Error::UserNotFound)
}

/// The user, if this dialect may change it.
///
/// # Errors
/// The user is absent, or an administrator.
pub fn writable<U: AsRef<User>>(user: Option<U>) -> Result<U, Error> {
    let user = user.ok_or(Error::UserNotFound)?;
    visible(Some(user)).map_err(|_| Error::Forbidden)
}

error_from!(Error);

impl From<AuthenticateError> for Error {
    fn from(error: AuthenticateError) -> Self {
        match error {
            AuthenticateError::InvalidKey | AuthenticateError::NotAllowed => Self::Forbidden,
            AuthenticateError::Failed(failure) => Self::Failed(failure),
        }
    }
}

impl From<CreateUserError> for Error {
    fn from(error: CreateUserError) -> Self {
        match error {
            CreateUserError::Taken(_) => taken(),
            CreateUserError::Replayed(replay) => replay.into(),
            CreateUserError::IdTaken => Self::Failed(Failure::Internal("a new id is another user's".to_owned())),
            CreateUserError::Failed(failure) => Self::Failed(failure),
        }
    }
}

impl From<UpdateUserError> for Error {
    fn from(error: UpdateUserError) -> Self {
        match error {
            UpdateUserError::NotFound(_) => Self::UserNotFound,
            UpdateUserError::OtherRole => Self::Forbidden,
            UpdateUserError::Taken(_) => taken(),
            UpdateUserError::Replayed(replay) => replay.into(),
            UpdateUserError::Failed(failure) => Self::Failed(failure),
        }
    }
}
