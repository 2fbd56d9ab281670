//! What the two dialects of Laravel's world share: how field errors read and how single messages
//! look.

use lambda_http::http::StatusCode;
use serde::{Serialize, Serializer};

use crate::{
    directory::Failure,
    http::{Answer, Call},
};

/// The standard texts of field errors. A field's name is shown with spaces for underscores.
pub mod text {
    fn label(field: &str) -> String {
        field.replace('_', " ")
    }

    pub(crate) fn required(field: &str) -> String {
        format!("The {} field is required.", label(field))
    }

    pub(crate) fn string(field: &str) -> String {
        format!("The {} field must be a string.", label(field))
    }

    pub(crate) fn max(field: &str, characters: u64) -> String {
        format!("The {} field must not be greater than {characters} characters.", label(field))
    }

    pub(crate) fn number(field: &str) -> String {
        format!("The {} field must be a number.", label(field))
    }

    pub(crate) fn boolean(field: &str) -> String {
        format!("The {} field must be true or false.", label(field))
    }

    pub(crate) fn email(field: &str) -> String {
        format!("The {} field must be a valid email address.", label(field))
    }

    pub(crate) fn format(field: &str) -> String {
        format!("The {} field format is invalid.", label(field))
    }

    pub(crate) fn taken(field: &str) -> String {
        format!("The {} has already been taken.", label(field))
    }
}

/// Field errors, in the order in which they were found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Errors(Vec<(&'static str, Vec<String>)>);

impl Errors {
    /// Notes what is wrong with a field; nothing where `texts` is empty.
    pub(crate) fn add(&mut self, field: &'static str, texts: Vec<String>) {
        if !texts.is_empty() {
            self.0.push((field, texts));
        }
    }

    /// `value` where nothing was noted.
    pub(crate) fn or<T>(self, value: T) -> Result<T, Self> {
        if self.0.is_empty() { Ok(value) } else { Err(self) }
    }
}

/// An object of arrays.
impl Serialize for Errors {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(field, texts)| (field, texts)))
    }
}

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
