//! Every response of the dialect to a request that is not carried out.

use ::http::StatusCode;
use roster_domain::{
    AuthenticateError, CreateUserError, DeleteUserError, Failure, ListError, Unique, UpdateUserError, UserId,
    is_rejected,
};

use super::{
    decode::{TAKEN, not_allowed},
    encode::document,
    format::Format,
    json, xml,
};
use crate::{
    ErrorResponse, Errors, IdempotencyError,
    error::{Outage, TOO_LARGE, error_from},
    http::{BadBody, Request, Response},
};

/// Why a request is not carried out.
#[derive(Debug)]
pub enum Error {
    /// No key, an invalid one, one for other dialects, a read-only one for a write.
    Unauthorized,
    /// The dialect has no such path.
    UnknownPath,
    /// No user has the id or code.
    UserNotFound {
        /// `id` or `code`.
        by: &'static str,
        /// The requested value.
        value: String,
    },
    /// The request identifies no user, neither by id nor by code.
    NoTarget,
    /// The body is larger than allowed.
    TooLarge,
    /// The response is larger than a function may respond.
    ResponseTooLarge,
    /// The body holds no parameters.
    BadBody(BadBody),
    /// Attributes are missing, invalid or taken.
    Invalid(Errors),
    /// There was not enough time for this filter.
    TooSlow,
    /// The request was carried out before, or its `Idempotency-Key` cannot be used.
    Idempotency(IdempotencyError),
    /// An internal failure of the directory.
    Failed(Failure),
}

/// The body of an error.
enum ErrorBody {
    Text(String),
    Fields(Errors),
}

/// Characters of the requested value that an error repeats.
const MAX_ECHO: usize = 255;

impl Error {
    /// Path and code name two different users.
    #[must_use]
    pub fn code_does_not_match_id() -> Self {
        let mut errors = Errors::default();
        errors.add("code", vec!["does not match id".to_owned()]);
        Self::Invalid(errors)
    }

    /// The user with an id was deleted meanwhile.
    fn user_deleted(id: UserId) -> Self {
        Self::UserNotFound { by: "id", value: id.to_string() }
    }

    /// Status, body and seconds after which to try again; the first response, where the request was carried out before.
    fn into_parts(self, request: &Request) -> Result<(StatusCode, ErrorBody, Option<u32>), Response> {
        let (status, text) = match self {
            Self::Unauthorized => {
                (StatusCode::UNAUTHORIZED, "Invalid Request: API Key has not been setup or does not match".to_owned())
            }
            Self::UnknownPath => (StatusCode::NOT_FOUND, "Not Found".to_owned()),
            Self::UserNotFound { by, value } => {
                let value: String = value.chars().filter(|c| !is_rejected(*c)).take(MAX_ECHO).collect();
                (StatusCode::NOT_FOUND, format!("Couldn't find User with '{by}'={value}"))
            }
            Self::NoTarget => (StatusCode::NOT_FOUND, "Couldn't find User without an ID".to_owned()),
            Self::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, TOO_LARGE.to_owned()),
            Self::ResponseTooLarge => (
                StatusCode::PAYLOAD_TOO_LARGE,
                "The answer is too large for one response. Use the parameter 'fields' to ask for fewer attributes, \
                 or accept gzip."
                    .to_owned(),
            ),
            Self::BadBody(BadBody::UnknownType) => (
                StatusCode::BAD_REQUEST,
                "The content type must be application/json, application/xml or application/x-www-form-urlencoded."
                    .to_owned(),
            ),
            Self::BadBody(bad) => (StatusCode::BAD_REQUEST, bad.to_string()),
            Self::Invalid(errors) => return Ok((StatusCode::UNPROCESSABLE_ENTITY, ErrorBody::Fields(errors), None)),
            Self::TooSlow => {
                let text = "The filter could not be answered in time. What was read is kept for a while, so try \
                            again; filters on id, code, login, email and updated_on are always quick.";
                return Ok((StatusCode::SERVICE_UNAVAILABLE, ErrorBody::Text(text.to_owned()), Some(1)));
            }
            Self::Failed(failure) => {
                let outage = Outage::of(request, &failure);
                return Ok((outage.status, ErrorBody::Text(outage.text), outage.retry_after));
            }
            Self::Idempotency(error) => match error.into_response() {
                Ok(response) => return Err(response),
                Err((status, text)) => (status, text.to_owned()),
            },
        };
        Ok((status, ErrorBody::Text(text), None))
    }
}

impl ErrorResponse for Error {
    fn failure(&self) -> Option<&Failure> {
        match self {
            Self::Failed(failure) => Some(failure),
            _ => None,
        }
    }

    fn into_response(self, request: &Request) -> Response {
        let (status, body, retry_after) = match self.into_parts(request) {
            Ok(parts) => parts,
            Err(response) => return response,
        };
        let format = Format::of(request);
        let body = match (body, format) {
            (ErrorBody::Text(text), Format::Json) => json::error(&text),
            (ErrorBody::Text(text), Format::Xml) => xml::errors([text.as_str()]),
            (ErrorBody::Fields(errors), Format::Json) => json::errors(&errors),
            (ErrorBody::Fields(errors), Format::Xml) => {
                let texts: Vec<_> = errors.iter().map(|(name, text)| format!("{} {text}", humanize(name))).collect();
                xml::errors(texts.iter().map(String::as_str))
            }
        };
        let response = document(format, status, body);
        match retry_after {
            Some(seconds) => response.retry_after(seconds),
            None => response,
        }
    }
}

/// An attribute's name for people: spaces for underscores, no `_id` at the end, a capital first.
fn humanize(name: &str) -> String {
    let words = name.strip_suffix("_id").unwrap_or(name).replace('_', " ");
    let mut characters = words.chars();
    let first = characters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(characters).collect()
}

/// The error about values that other users hold.
#[must_use]
pub fn taken(taken: &[Unique]) -> Error {
    let mut errors = Errors::default();
    for (unique, name) in [(Unique::Code, "code"), (Unique::Email, "email"), (Unique::Login, "login")] {
        if taken.contains(&unique) {
            errors.add(name, vec![TAKEN.to_owned()]);
        }
    }
    Error::Invalid(errors)
}

error_from!(Error);

impl From<AuthenticateError> for Error {
    fn from(error: AuthenticateError) -> Self {
        match error {
            AuthenticateError::InvalidKey | AuthenticateError::NotAllowed => Self::Unauthorized,
            AuthenticateError::Failed(failure) => Self::Failed(failure),
        }
    }
}

impl From<ListError> for Error {
    fn from(error: ListError) -> Self {
        match error {
            ListError::OutOfTime => Self::TooSlow,
            ListError::Failed(failure) => Self::Failed(failure),
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

impl From<UpdateUserError> for Error {
    fn from(error: UpdateUserError) -> Self {
        match error {
            UpdateUserError::NotFound(id) => Self::user_deleted(id),
            UpdateUserError::OtherRole => Self::Invalid(not_allowed()),
            UpdateUserError::Taken(unique) => taken(&unique),
            UpdateUserError::Replayed(replay) => replay.into(),
            UpdateUserError::Failed(failure) => Self::Failed(failure),
        }
    }
}

impl From<DeleteUserError> for Error {
    fn from(error: DeleteUserError) -> Self {
        match error {
            DeleteUserError::NotFound(id) => Self::user_deleted(id),
            DeleteUserError::OtherRole => Self::Invalid(not_allowed()),
            DeleteUserError::Failed(failure) => Self::Failed(failure),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_error_about_a_slow_filter_names_the_quick_ones() {
        let response = Error::TooSlow.into_response(&Request::to("/api/v2/users"));
        assert_eq!(response.status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(response.headers.iter().any(|(name, value)| name == "retry-after" && value == "1"));
        let crate::http::Body::Text(text) = response.body else { panic!("no text") };
        for quick in ["id", "code", "login", "email", "updated_on"] {
            assert!(text.contains(quick), "{quick} in {text}");
        }
    }
}
