//! Definitions that the two Laravel dialects share: decoding of bodies, texts of field errors, and the format of
//! single messages.

mod form;
pub(crate) mod text;

use ::http::StatusCode;
use roster_domain::Failure;
use serde::Serialize;

pub use form::MAX_PASSWORD;
pub(crate) use form::{Form, password};

use crate::{
    error::{Outage, TOO_LARGE},
    http::{Request, Response},
};

/// `{"message": …}`
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema), schemars(rename = "Message"))]
pub struct Message<'a> {
    message: &'a str,
}

/// A response with a message alone.
#[must_use]
pub fn message(status: StatusCode, message: &str) -> Response {
    Response::json(status, &Message { message })
}

/// The response to a body beyond the limit.
#[must_use]
pub fn too_large() -> Response {
    message(StatusCode::PAYLOAD_TOO_LARGE, TOO_LARGE)
}

/// The response to a path that does not exist.
#[must_use]
pub fn not_found() -> Response {
    message(StatusCode::NOT_FOUND, "Not Found")
}

/// The response to a request that failed for an internal reason.
#[must_use]
pub fn failed(request: &Request, failure: &Failure) -> Response {
    let outage = Outage::of(request, failure);
    let response = message(outage.status, &outage.text);
    match outage.retry_after {
        Some(seconds) => response.retry_after(seconds),
        None => response,
    }
}
