//! What the two dialects of Laravel's world share: how bodies are read, how field errors read and
//! how single messages look.

#[cfg(feature = "contract")]
pub(crate) mod contract;
mod form;
pub(crate) mod text;

use lambda_http::http::StatusCode;
use serde::Serialize;

#[cfg(feature = "contract")]
pub(crate) use form::MAX_PASSWORD;
pub(crate) use form::{Form, password};

use crate::{
    dialect,
    directory::Failure,
    http::{Answer, Call},
};

/// `{"message": …}`
#[derive(Serialize)]
#[cfg_attr(feature = "contract", derive(schemars::JsonSchema), schemars(rename = "Message"))]
pub(crate) struct Message<'a> {
    message: &'a str,
}

pub(crate) fn message(status: StatusCode, message: &str) -> Answer {
    Answer::json(status, &Message { message })
}

pub(crate) fn too_large() -> Answer {
    message(StatusCode::PAYLOAD_TOO_LARGE, dialect::TOO_LARGE)
}

/// The answer to a call of something that there is not.
#[must_use]
pub fn not_found() -> Answer {
    message(StatusCode::NOT_FOUND, "Not Found")
}

/// The answer to a call that we cannot answer otherwise.
pub fn failed(call: &Call, failure: &Failure) -> Answer {
    let outage = dialect::outage(call, failure);
    let answer = message(outage.status, &outage.text);
    match outage.retry_after {
        Some(seconds) => answer.retry_after(seconds),
        None => answer,
    }
}
