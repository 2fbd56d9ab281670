use std::future::Future;

use roster_domain::{LoginTries, LoginTriesKey, Session, Timestamp};

use super::StoreError;

/// Sessions of administrators, and the attempts to sign in that led to them or not.
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

    /// Changes the attempts of a key: from `stored`, as far as the caller knows them, and again from what others left, as
    /// often as they come in between. Returns what `change` returned last, and the attempts as they then are.
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
    /// Of the last write, by which a writer recognizes its own.
    pub version: String,
}
