//! Results and errors of the directory's operations.

use super::{AccountId, ApiKeyId, IdempotentRequest, StoredResponse, Unique, User, UserId};

/// An internal failure of the directory. Reveals nothing about the data.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Failure {
    /// Temporarily unavailable; the same request may succeed later.
    #[error("unavailable: {0}")]
    Unavailable(String),
    /// A defect or a wrong configuration on our side.
    #[error("internal: {0}")]
    Internal(String),
}

/// The access that a request needs.
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
    /// The account whose data it may access.
    pub account: AccountId,
    /// Whether it has administrator privileges, in every dialect.
    pub is_administrator: bool,
    /// For the log: the public part of the key, or the owner of the session.
    pub name: String,
    /// The key and the hour of its use, if that hour has not been recorded yet.
    pub unrecorded_use: Option<(ApiKeyId, String)>,
}

/// Why a key or token is not accepted.
#[derive(Debug, thiserror::Error)]
pub enum AuthenticateError {
    /// It is unknown, revoked or expired, or its secret is wrong.
    #[error("invalid key")]
    InvalidKey,
    /// The key is valid, but not for this dialect; or it is read-only and the request is a write.
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
    /// The error for a request under whose key a response is stored already.
    #[must_use]
    pub fn of(request: &IdempotentRequest, stored: StoredResponse) -> Self {
        if stored.request.fingerprint == request.fingerprint {
            Self::Response(stored.response)
        } else {
            Self::DifferentRequest
        }
    }
}

/// Why no user was created. Nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum CreateUserError {
    /// Other users of the account hold these values.
    #[error("taken")]
    Taken(Vec<Unique>),
    /// The request was carried out before, or its key was used for a different one.
    #[error("the request came before")]
    Replayed(Replay),
    /// The user's own id belongs to another user, or was voided.
    #[error("the id is taken")]
    IdTaken,
    /// See [`Failure`].
    #[error(transparent)]
    Failed(#[from] Failure),
}

/// Why a user was not updated. Nothing was written.
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

/// Why a user was not deleted. Nothing was written.
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
    /// Wrong name, wrong password, inactive, not an administrator, or unknown account. The caller cannot distinguish
    /// these.
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
    /// There was not enough time. The position reached is stored, so the same request continues from there.
    #[error("out of time")]
    OutOfTime,
    /// See [`Failure`].
    #[error(transparent)]
    Failed(#[from] Failure),
}

/// A page of an account's users, and the total number of users. Both describe the same set.
#[derive(Clone, Debug)]
pub struct UserPage {
    /// The users of the page, in order of their ids.
    pub users: Vec<User>,
    /// All users of the account.
    pub total: u64,
}
