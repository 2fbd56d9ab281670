use std::future::Future;

use roster_domain::{
    AccountId, PhcString, RoleGuard, StoredResponse, StoredResponses, Timestamp, Unique, User, UserChange, UserId,
};

use super::StoreError;
use crate::Retry;

/// Single users, with the claims of their unique values and the responses that are stored with them.
pub trait UserStore {
    /// Users that one transaction can write.
    const MAX_PER_TRANSACTION: usize;

    /// The user with an id, if there is one.
    fn user_get(
        &self,
        account: AccountId,
        id: UserId,
    ) -> impl Future<Output = Result<Option<StoredUser>, StoreError>> + Send;

    /// The user with an id and the hash of its password.
    fn user_get_with_password(
        &self,
        account: AccountId,
        id: UserId,
    ) -> impl Future<Output = Result<Option<(StoredUser, Option<PhcString>)>, StoreError>> + Send;

    /// Writes a new user with its claims and the response that is stored, within `retry`.
    fn user_create(
        &self,
        insert: UserInsert<'_>,
        response: Option<&StoredResponse>,
        retry: &mut Retry,
    ) -> impl Future<Output = Result<UserInserted, StoreError>> + Send;

    /// Writes up to [`UserStore::MAX_PER_TRANSACTION`] new users with their claims in one transaction, within `retry`.
    /// Returns `false` if that is not possible for all of them. Then nothing is written (or all of them exist since an
    /// attempt whose response was lost), and each must be written by itself.
    fn user_create_together(
        &self,
        inserts: &[UserInsert<'_>],
        retry: &mut Retry,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Voids an id that no user has, so that no user will ever have it, within `retry`; `false` if a user has it.
    fn user_void_id(
        &self,
        account: AccountId,
        id: UserId,
        retry: &mut Retry,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Updates a user, as it was read, with its claims and the response that is stored, within `retry`.
    fn user_update(
        &self,
        user: &StoredUser,
        edit: UserEdit<'_>,
        response: Option<&StoredResponse>,
        retry: &mut Retry,
    ) -> impl Future<Output = Result<UserUpdated, StoreError>> + Send;

    /// Replaces the hash `old` by `new`, a hash of the same password, unless `old` was replaced meanwhile.
    fn user_rehash(
        &self,
        account: AccountId,
        id: UserId,
        old: &PhcString,
        new: &PhcString,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Deletes a user, as it was read, with its claims and stored responses, and leaves a tombstone, within `retry`.
    fn user_delete(
        &self,
        user: &StoredUser,
        now: Timestamp,
        retry: &mut Retry,
    ) -> impl Future<Output = Result<UserDeleted, StoreError>> + Send;
}

/// A user with the other data that the store has of it.
#[derive(Clone, Debug)]
pub struct StoredUser {
    /// The user.
    pub user: User,
    /// Raised by every update: what later writes depend on.
    pub version: u64,
    /// Raised by what ends the user's sessions: a new password, loss of the role, deactivation.
    pub session_epoch: u64,
    /// The responses that are stored for requests that are sent again. They are deleted with the user.
    pub responses: StoredResponses,
}

impl StoredUser {
    /// A new user, as it is first stored.
    #[must_use]
    pub fn new(user: User) -> Self {
        Self { user, version: 1, session_epoch: 0, responses: StoredResponses::default() }
    }
}

impl std::ops::Deref for StoredUser {
    type Target = User;

    fn deref(&self) -> &User {
        &self.user
    }
}

impl AsRef<User> for StoredUser {
    fn as_ref(&self) -> &User {
        &self.user
    }
}

/// A new user to be written.
#[derive(Clone, Copy, Debug)]
pub struct UserInsert<'a> {
    /// The user.
    pub user: &'a StoredUser,
    /// The hash of its password, if it has one.
    pub password: Option<&'a PhcString>,
    /// Whether an attempt that was lost may have written it before.
    pub is_repeated: bool,
}

/// The result of writing a new user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UserInserted {
    /// It is written, with its claims.
    Done,
    /// Its id was voided meanwhile, or is another user's; nothing is written.
    Voided,
    /// An attempt before wrote it, and it was deleted since; nothing is written.
    Deleted,
    /// Other users hold these values; nothing is written.
    Taken(Vec<Unique>),
    /// A response is stored under the key of the request; nothing is written.
    Replayed(Box<StoredResponse>),
}

/// An update to be written.
#[derive(Clone, Copy, Debug)]
pub struct UserEdit<'a> {
    /// What it changes.
    pub change: &'a UserChange,
    /// The hash of a new password.
    pub password: Option<&'a PhcString>,
    /// Which users it is meant for.
    pub guard: RoleGuard,
    /// When.
    pub now: Timestamp,
}

impl UserEdit<'_> {
    /// What `user` is after it.
    #[must_use]
    pub fn applied_to(&self, user: &StoredUser) -> StoredUser {
        let changed = if self.is_empty() { user.user.clone() } else { self.change.applied_to(user, self.now) };
        StoredUser { user: changed, version: user.version + 1, ..user.clone() }
    }

    /// Whether it changes nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.change.is_empty() && self.password.is_none()
    }
}

/// The result of an update.
#[derive(Debug)]
pub enum UserUpdated {
    /// It is written, and this is the user.
    Done(Box<StoredUser>),
    /// There is no such user; nothing is written.
    NotFound,
    /// The user has changed since it was read, and this is the user; nothing is written.
    Stale(Box<StoredUser>),
    /// Other users hold these values; nothing is written.
    Taken(Vec<Unique>),
    /// A response is stored under the key of the request; nothing is written.
    Replayed(Box<StoredResponse>),
}

/// The result of a deletion.
#[derive(Debug)]
pub enum UserDeleted {
    /// The user is deleted, and there is a tombstone.
    Done,
    /// It was deleted already; nothing is written.
    NotFound,
    /// The user has changed since it was read, and this is the user; nothing is written.
    Stale(Box<StoredUser>),
}
