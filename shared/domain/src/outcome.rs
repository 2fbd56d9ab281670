//! What comes of an operation of the directory: what it returns, and why it may not be carried out.

use super::{AccountId, ApiKeyId, IdempotentRequest, StoredResponse, Unique, User, UserId};

/// Why the directory cannot do what it otherwise could. Says nothing of the data.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Failure {
    /// It cannot at the moment; the same request may succeed later.
    #[error("unavailable: {0}")]
    Unavailable(String),
    /// A defect or a wrong set-up of ours.
    #[error("internal: {0}")]
    Internal(String),
}

/// What a request needs of its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// A read-only key is enough.
    Read,
    /// A read-only key is rejected.
    Write,
}

/// Who sent a request, once its key or token has been verified.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The account whose data it may see.
    pub account: AccountId,
    /// Whether it has administrator privileges, in every dialect.
    pub is_administrator: bool,
    /// The key's public part, or whose session it is: for the log.
    pub name: String,
    /// The key and the hour of its use, where that hour has not been recorded yet.
    pub unrecorded_use: Option<(ApiKeyId, String)>,
}

/// Why a key or token is not accepted.
#[derive(Debug, thiserror::Error)]
pub enum AuthenticateError {
    /// Unknown, revoked, expired, or its secret is wrong.
    #[error("invalid key")]
    InvalidKey,
    /// A good key, but not for this dialect, or a read-only one for a write.
    #[error("not allowed")]
    NotAllowed,
    /// See [`Failure`].
    #[error(transparent)]
    Failed(#[from] Failure),
}

/// Why a write is not carried out again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Replay {
    /// It was carried out before; this was the response.
    Response(Vec<u8>),
    /// The idempotency key was used for a different request.
    DifferentRequest,
}

impl Replay {
    /// What a response that is stored under the key of a request means for that request.
    #[must_use]
    pub fn of(request: &IdempotentRequest, stored: StoredResponse) -> Self {
        if stored.request.fingerprint == request.fingerprint {
            Self::Response(stored.response)
        } else {
            Self::DifferentRequest
        }
    }
}

/// Why no user was created. Nothing is written then.
#[derive(Debug, thiserror::Error)]
pub enum CreateUserError {
    /// Other users of the account hold these values.
    #[error("taken")]
    Taken(Vec<Unique>),
    /// The request was carried out before, or its key was used for a different one.
    #[error("the request came before")]
    Replayed(Replay),
    /// The id that the user brings is another user's, or was voided.
    #[error("the id is taken")]
    IdTaken,
    /// See [`Failure`].
    #[error(transparent)]
    Failed(#[from] Failure),
}

/// Why a user was not updated. Nothing is written then.
#[derive(Debug, thiserror::Error)]
pub enum UpdateUserError {
    /// The request was carried out before, or its key was used for a different one.
    #[error("the request came before")]
    Replayed(Replay),
    /// The user with this id was deleted meanwhile.
    #[error("no such user")]
    NotFound(UserId),
    /// The user has a role that the update is not meant for.
    #[error("the user has another role")]
    OtherRole,
    /// Other users of the account hold these values.
    #[error("taken")]
    Taken(Vec<Unique>),
    /// See [`Failure`].
    #[error(transparent)]
    Failed(#[from] Failure),
}

/// Why a user was not deleted. Nothing is written then.
#[derive(Debug, thiserror::Error)]
pub enum DeleteUserError {
    /// The user with this id was deleted already.
    #[error("no such user")]
    NotFound(UserId),
    /// The user has a role that the deletion is not meant for.
    #[error("the user has another role")]
    OtherRole,
    /// See [`Failure`].
    #[error(transparent)]
    Failed(#[from] Failure),
}

/// Why an administrator is not signed in.
#[derive(Debug, thiserror::Error)]
pub enum LoginError {
    /// Wrong name, wrong password, inactive, no administrator, unknown account: callers cannot tell which.
    #[error("invalid credentials")]
    InvalidCredentials,
    /// Too many failed attempts; the next one is checked after this many seconds.
    #[error("too many attempts")]
    TooManyAttempts(u32),
    /// See [`Failure`].
    #[error(transparent)]
    Failed(#[from] Failure),
}

/// Why a list has no page.
#[derive(Debug, thiserror::Error)]
pub enum ListError {
    /// There was not enough time. The position that was reached is stored, so the same request continues from it.
    #[error("out of time")]
    OutOfTime,
    /// See [`Failure`].
    #[error(transparent)]
    Failed(#[from] Failure),
}

/// A page of an account's users, and the number of users in all. Both are of one set.
#[derive(Clone, Debug)]
pub struct UserPage {
    /// The users of the page, in order of their ids.
    pub users: Vec<User>,
    /// All users of the account.
    pub total: u64,
}
