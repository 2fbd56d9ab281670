//! Everything the dialect answers when it does not do as asked.

use lambda_http::http::StatusCode;

use super::decode::{self, TAKEN};
use crate::{
    dialect::{self, Errors, Repeat},
    directory::{AuthorizeError, CreateUserError, DeleteUserError, Failure, UpdateUserError},
    domain::{Unique, UserId, is_refused},
    http::{Answer, BadBody, Call},
};

/// Why a call is refused.
#[derive(Debug)]
pub enum Refusal {
    /// No key, a bad one, one for other dialects, a read-only one for a write.
    Unauthorized,
    /// The API has no such path.
    UnknownPath,
    /// No user has the id or code.
    UserNotFound {
        /// `id` or `code`.
        by: &'static str,
        /// What was asked for.
        value: String,
    },
    /// Neither an id nor a code says whom the call is meant for.
    NobodyNamed,
    /// The body is larger than allowed.
    TooLarge,
    /// The answer is larger than what a function may give.
    AnswerTooLarge,
    /// The body holds no parameters.
    BadBody(BadBody),
    /// Attributes are missing, invalid or taken.
    Invalid(Errors),
    /// There was not enough time for this filter.
    TooSlow,
    /// The call was carried out before, or cannot be told from others.
    Repeat(Repeat),
    /// We cannot.
    Failed(Failure),
}

/// A refusal as it is written, in either format.
pub(super) struct Refused {
    pub(super) status: StatusCode,
    pub(super) body: RefusedBody,
    pub(super) retry_after: Option<u32>,
}

pub(super) enum RefusedBody {
    Error(String),
    Errors(Errors),
}

/// Characters of what was asked for that are told again.
const ECHO: usize = 255;

impl Refusal {
    /// Path and code name two different users.
    pub(super) fn code_does_not_match_id() -> Self {
        let mut errors = Errors::default();
        errors.add("code", vec!["does not match id".to_owned()]);
        Self::Invalid(errors)
    }

    /// Status and words; the first answer, where the call was carried out before.
    pub(super) fn refused(self, call: &Call) -> Result<Refused, Answer> {
        let (status, text) = match self {
            Self::Unauthorized => {
                (StatusCode::UNAUTHORIZED, "Invalid Request: API Key has not been setup or does not match".to_owned())
            }
            Self::UnknownPath => (StatusCode::NOT_FOUND, "Not Found".to_owned()),
            Self::UserNotFound { by, value } => {
                let value: String = value.chars().filter(|c| !is_refused(*c)).take(ECHO).collect();
                (StatusCode::NOT_FOUND, format!("Couldn't find User with '{by}'={value}"))
            }
            Self::NobodyNamed => (StatusCode::NOT_FOUND, "Couldn't find User without an ID".to_owned()),
            Self::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, dialect::TOO_LARGE.to_owned()),
            Self::AnswerTooLarge => (
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
            Self::Invalid(errors) => {
                let body = RefusedBody::Errors(errors);
                return Ok(Refused { status: StatusCode::UNPROCESSABLE_ENTITY, body, retry_after: None });
            }
            Self::TooSlow => {
                let text = "The filter could not be answered in time. What was read is kept for a while, so try \
                            again; filters on id, code, login, email and updated_on are always quick.";
                let body = RefusedBody::Error(text.to_owned());
                return Ok(Refused { status: StatusCode::SERVICE_UNAVAILABLE, body, retry_after: Some(1) });
            }
            Self::Failed(failure) => {
                let outage = dialect::outage(call, &failure);
                let body = RefusedBody::Error(outage.text);
                return Ok(Refused { status: outage.status, body, retry_after: outage.retry_after });
            }
            Self::Repeat(repeat) => match repeat.answer() {
                Ok(answer) => return Err(answer),
                Err((status, text)) => (status, text.to_owned()),
            },
        };
        Ok(Refused { status, body: RefusedBody::Error(text), retry_after: None })
    }
}

pub(super) fn taken(taken: &[Unique]) -> Refusal {
    let mut errors = Errors::default();
    for (unique, name) in [(Unique::Code, "code"), (Unique::Email, "email"), (Unique::Login, "login")] {
        if taken.contains(&unique) {
            errors.add(name, vec![TAKEN.to_owned()]);
        }
    }
    Refusal::Invalid(errors)
}

dialect::refusal_from!(Refusal);

impl From<AuthorizeError> for Refusal {
    fn from(error: AuthorizeError) -> Self {
        match error {
            AuthorizeError::BadKey | AuthorizeError::NotAllowed => Self::Unauthorized,
            AuthorizeError::Failed(failure) => Self::Failed(failure),
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

impl Refusal {
    /// Why an update of the user with an id was not done.
    #[must_use]
    pub fn of_update(error: UpdateUserError, id: UserId) -> Self {
        match error {
            UpdateUserError::Gone => Self::gone(id),
            UpdateUserError::OtherRole => Self::Invalid(decode::not_allowed()),
            UpdateUserError::Taken(unique) => taken(&unique),
            UpdateUserError::Repeated(repeat) => repeat.into(),
            UpdateUserError::Failed(failure) => Self::Failed(failure),
        }
    }

    /// Why a user was not deleted.
    #[must_use]
    pub fn of_delete(error: DeleteUserError, id: UserId) -> Self {
        match error {
            DeleteUserError::Gone => Self::gone(id),
            DeleteUserError::OtherRole => Self::Invalid(decode::not_allowed()),
            DeleteUserError::Failed(failure) => Self::Failed(failure),
        }
    }

    /// The user was deleted meanwhile.
    #[must_use]
    pub fn gone(id: UserId) -> Self {
        Self::UserNotFound { by: "id", value: id.to_string() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_that_is_too_slow_is_told_which_are_quick() {
        let call = Call::new(lambda_http::Request::default());
        let refused = Refusal::TooSlow.refused(&call).unwrap();
        assert_eq!((refused.status, refused.retry_after), (StatusCode::SERVICE_UNAVAILABLE, Some(1)));
        let RefusedBody::Error(text) = refused.body else { panic!("no text") };
        for quick in ["id", "code", "login", "email", "updated_on"] {
            assert!(text.contains(quick), "{quick} in {text}");
        }
    }
}
