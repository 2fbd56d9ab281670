use std::future::Future;

use roster_domain::{LoginTries, LoginTriesKey, Session, Timestamp};

use super::StoreError;

/// Sessions of administrators, and attempts to sign in.
pub trait LoginStore {
    /// The session with an id, if there is one.
    fn session_get(&self, id: &str) -> impl Future<Output = Result<Option<Session>, StoreError>> + Send;

    /// Writes a new session.
    fn session_create(&self, id: &str, session: &Session) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// The attempts of a key, if there are any.
    fn login_tries_get(
        &self,
        key: &LoginTriesKey,
    ) -> impl Future<Output = Result<Option<StoredTries>, StoreError>> + Send;

    /// Changes the attempts of a key. It starts from `stored`, if the caller knows them, and repeats the change
    /// whenever another writer was first. Returns the last result of `change`, and the attempts after it.
    fn login_tries_update<T: Send>(
        &self,
        key: &LoginTriesKey,
        stored: Option<StoredTries>,
        now: Timestamp,
        change: impl Fn(&mut LoginTries) -> T + Send + Sync,
    ) -> impl Future<Output = Result<(T, Option<StoredTries>), StoreError>> + Send;
}

/// Attempts as they are stored, with the version that the next write depends on.
#[derive(Clone, Debug)]
pub struct StoredTries {
    /// The attempts.
    pub tries: LoginTries,
    /// Identifies the last write, so that a writer recognizes its own.
    pub version: String,
}
