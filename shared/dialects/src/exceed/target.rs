use roster_domain::{Code, User, UserId};

use super::{Error, Received, format::without_extension, parameters::CodeParameter};
use crate::http::Request;

/// The user that a request is for: named by the id in the path, by a code, or by both.
#[derive(Debug)]
pub struct Target {
    /// The segment of the path, without its extension.
    id: Option<String>,
    code: Option<CodeParameter>,
}

impl Target {
    /// The user that the path names.
    #[must_use]
    pub fn by_id(request: &Request) -> Self {
        Self { id: request.variable("id").map(without_extension).map(str::to_owned), code: None }
    }

    /// The user that a code names; where none is sent, the one that the path names.
    #[must_use]
    pub fn by_code_or_id(request: &Request, received: &Received) -> Self {
        match received.code() {
            Some(code) => Self { id: None, code: Some(code) },
            None => Self::by_id(request),
        }
    }

    /// The user that path and code name.
    #[must_use]
    pub fn by_code_and_id(request: &Request, received: &Received) -> Self {
        Self { code: received.code(), ..Self::by_id(request) }
    }

    /// The id, if a user can have it.
    #[must_use]
    pub fn id(&self) -> Option<UserId> {
        self.id.as_deref().and_then(UserId::parse)
    }

    /// The code, if a user can have it.
    #[must_use]
    pub fn code(&self) -> Option<&Code> {
        self.code.as_ref().and_then(|parameter| parameter.code.as_ref())
    }

    /// The one user of those that were found by code and by id.
    ///
    /// # Errors
    /// None was found, or two different ones were; or the body, which may name one, could not be read.
    pub fn resolve<U: AsRef<User>>(
        self,
        received: &Received,
        by_code: Option<U>,
        by_id: Option<U>,
    ) -> Result<U, Error> {
        if self.id.is_none() && self.code.is_none() {
            received.check()?;
        }
        match (by_code, by_id) {
            (Some(by_code), Some(by_id)) if by_code.as_ref().id != by_id.as_ref().id => {
                received.check()?;
                Err(Error::code_does_not_match_id())
            }
            (Some(user), _) | (None, Some(user)) => Ok(user),
            (None, None) => Err(match (self.id, self.code) {
                (Some(id), _) => Error::UserNotFound { by: "id", value: id },
                (None, Some(code)) => Error::UserNotFound { by: "code", value: code.text },
                (None, None) => Error::NoTarget,
            }),
        }
    }
}
