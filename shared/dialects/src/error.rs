//! Errors that all dialects share.

use ::http::StatusCode;
use roster_domain::{Failure, Replay};

use crate::http::{Request, Response};

/// The last page that can be requested: JSON clients read numbers as doubles.
pub const MAX_PAGE: u64 = roster_domain::MAX_ID;

/// The error of a dialect.
pub trait ErrorResponse: From<Failure> {
    /// The internal failure, if it is one; its reason belongs in the log.
    fn failure(&self) -> Option<&Failure>;

    /// The error as the dialect writes it.
    fn into_response(self, request: &Request) -> Response;
}

/// Why a request with an `Idempotency-Key` is not carried out.
#[derive(Debug)]
pub enum IdempotencyError {
    /// It was carried out before; this was the response.
    Replayed(Response),
    /// The key was used for a different request.
    DifferentRequest,
    /// The key does not have 1 to 255 visible characters.
    MalformedKey,
}

impl TryFrom<Replay> for IdempotencyError {
    type Error = Failure;

    fn try_from(replay: Replay) -> Result<Self, Failure> {
        match replay {
            Replay::DifferentRequest => Ok(Self::DifferentRequest),
            Replay::Response(stored) => Response::from_bytes(&stored)
                .map(Self::Replayed)
                .ok_or_else(|| Failure::Internal("a stored response cannot be read".to_owned())),
        }
    }
}

impl IdempotencyError {
    /// The first response again, or status and text of the error.
    pub(crate) fn into_response(self) -> Result<Response, (StatusCode, &'static str)> {
        match self {
            Self::Replayed(response) => Ok(response),
            Self::DifferentRequest => {
                Err((StatusCode::UNPROCESSABLE_ENTITY, "The Idempotency-Key has been used for another request."))
            }
            Self::MalformedKey => {
                Err((StatusCode::BAD_REQUEST, "The Idempotency-Key must have 1 to 255 visible characters."))
            }
        }
    }
}

/// The text about a body beyond the limit.
pub(crate) const TOO_LARGE: &str = "The request body is larger than 256 KiB.";

/// An internal failure, before a dialect renders it.
pub(crate) struct Outage {
    pub(crate) status: StatusCode,
    pub(crate) text: String,
    /// Seconds after which the client may try again.
    pub(crate) retry_after: Option<u32>,
}

impl Outage {
    /// The message of a failure for the client; it does not contain the reason.
    pub(crate) fn of(request: &Request, failure: &Failure) -> Self {
        match failure {
            Failure::Unavailable(_) => Self {
                status: StatusCode::SERVICE_UNAVAILABLE,
                text: "The service is temporarily unavailable. Please try again.".to_owned(),
                retry_after: Some(1),
            },
            Failure::Internal(_) => Self {
                status: StatusCode::INTERNAL_SERVER_ERROR,
                text: format!("Internal server error. Request id: {}", request.id),
                retry_after: None,
            },
        }
    }
}

/// The conversions that the error of every dialect has.
macro_rules! error_from {
    ($error:ident) => {
        impl From<roster_domain::Failure> for $error {
            fn from(failure: roster_domain::Failure) -> Self {
                Self::Failed(failure)
            }
        }

        impl From<$crate::http::BadBody> for $error {
            fn from(bad: $crate::http::BadBody) -> Self {
                Self::BadBody(bad)
            }
        }

        impl From<$crate::IdempotencyError> for $error {
            fn from(error: $crate::IdempotencyError) -> Self {
                Self::Idempotency(error)
            }
        }

        impl From<roster_domain::Replay> for $error {
            fn from(replay: roster_domain::Replay) -> Self {
                $crate::IdempotencyError::try_from(replay).map_or_else(Self::Failed, Self::Idempotency)
            }
        }

        impl From<$crate::Errors> for $error {
            fn from(errors: $crate::Errors) -> Self {
                Self::Invalid(errors)
            }
        }
    };
}

pub(crate) use error_from;
