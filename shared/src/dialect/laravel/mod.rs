//! What the two dialects of Laravel's world share: how bodies are read, how field errors read and
//! how single messages look.

mod errors;
mod form;
pub(crate) mod text;

use lambda_http::http::StatusCode;
use serde::Serialize;

pub use errors::Errors;
pub(crate) use form::{Form, password};

use crate::{
    directory::Failure,
    http::{Answer, Call},
};

/// `{"message": …}`
#[derive(Serialize)]
pub(crate) struct Message<'a> {
    message: &'a str,
}

pub(crate) fn message(status: StatusCode, message: &str) -> Answer {
    Answer::json(status, &Message { message })
}

pub(crate) fn too_large() -> Answer {
    message(StatusCode::PAYLOAD_TOO_LARGE, "The request body is larger than 256 KiB.")
}

/// The answer to a call that we cannot answer otherwise. Its reason goes to the log alone.
pub fn failed(call: &Call, failure: &Failure) -> Answer {
    match failure {
        Failure::Unavailable(_) => {
            tracing::warn!(%failure, "refused");
            let text = "The service is temporarily unavailable. Please try again.";
            message(StatusCode::SERVICE_UNAVAILABLE, text).retry_after(1)
        }
        Failure::Internal(_) => {
            tracing::error!(%failure, "refused");
            let text = format!("Internal server error. Request id: {}", call.request_id());
            message(StatusCode::INTERNAL_SERVER_ERROR, &text)
        }
    }
}

/// What every refusal of these dialects is made from in the same way.
macro_rules! refusal_from {
    ($refusal:ident) => {
        impl From<$crate::directory::Failure> for $refusal {
            fn from(failure: $crate::directory::Failure) -> Self {
                Self::Failed(failure)
            }
        }

        impl From<$crate::http::BadBody> for $refusal {
            fn from(bad: $crate::http::BadBody) -> Self {
                Self::BadBody(bad)
            }
        }

        impl From<$crate::dialect::laravel::Errors> for $refusal {
            fn from(errors: $crate::dialect::laravel::Errors) -> Self {
                Self::Invalid(errors)
            }
        }
    };
}

pub(crate) use refusal_from;
