//! Administrators signing in, and the sessions they hold.

use std::time::Duration;

use super::{AuthorizeError, Caller, Directory, Failure, Hasher};
use crate::{
    clock,
    domain::{AccountId, Login, Password, PhcString, Role, Session, SessionToken, User, UserId},
    store::{Counted, TriesKey},
};

/// How long a session lives.
const SESSION: Duration = Duration::from_secs(12 * 60 * 60);
/// Tries of one name from one address within [`WINDOW`] of the first.
const TRIES: u32 = 3;
const WINDOW: Duration = Duration::from_secs(10 * 60);
/// Stands where no account or user is meant: nobody has this id.
const NOBODY: u64 = 0;

/// Why nobody is signed in.
#[derive(Debug, thiserror::Error)]
pub enum LoginError {
    /// Wrong name, wrong password, inactive, no administrator, unknown account: not told apart.
    #[error("invalid credentials")]
    Refused,
    /// Too many tries; the next is looked at after this many seconds.
    #[error("too many tries")]
    TooManyTries(u32),
    /// See [`Failure`].
    #[error(transparent)]
    Failed(#[from] Failure),
}

impl Directory {
    /// The one account of a directory that has only one.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn account_only(&self) -> Result<Option<AccountId>, Failure> {
        Ok((self.store.account_last().await? == 1).then_some(AccountId::new(1)))
    }

    /// Signs an active administrator in.
    ///
    /// Every refusal takes the same trips and the same hash, whatever is wrong. The try is counted
    /// before anything is hashed, so that no number of tries at once gets past the limit; `source`
    /// is part of the count, so that nobody can lock an administrator out from elsewhere.
    ///
    /// # Errors
    /// See [`LoginError`].
    pub async fn login(
        &self,
        account: Option<AccountId>,
        username: &str,
        password: Option<Password>,
        source: &str,
    ) -> Result<(SessionToken, User), LoginError> {
        let account = account.unwrap_or(AccountId::new(NOBODY));
        let login = Login::parse_any(username);
        let name = login.as_ref().map_or(username, Login::key);
        let tries = TriesKey::new(account, name, source);
        let now = clock::now();
        let counting = async { self.store.login_try(&tries, TRIES, now, now.saturating_add(WINDOW)).await };
        let claimed = async {
            match &login {
                Some(login) => self.store.user_claim_login(account, login).await,
                None => Ok(None),
            }
        };
        let (counted, claimed) = tokio::try_join!(counting, claimed).map_err(Failure::from)?;
        if let Counted::Refused(until) = counted {
            return Err(LoginError::TooManyTries(now.seconds_until(until)));
        }
        let id = claimed.unwrap_or(UserId::new(NOBODY));
        let found = self.store.user_credential(account, id).await.map_err(Failure::from)?;
        let (user, hash) = found.map_or((None, None), |(user, hash)| (Some(user), hash));
        // Kept for a hash from elsewhere, which is replaced by one of ours at the first good login.
        let renewed = hash.clone().filter(Hasher::is_foreign).zip(password.clone());
        let right = self.password_verify(password, hash).await?;
        let named = |user: &User| login.as_ref().is_some_and(|login| user.login.key() == login.key());
        let admitted = user.filter(|user| right && user.active && user.role == Role::Administrator && named(user));
        let user = admitted.ok_or(LoginError::Refused)?;
        let token = SessionToken::random(account, user.id);
        let session = Session {
            account,
            owner: user.id,
            digest: token.digest(),
            auth: user.auth,
            expires_at: clock::now().saturating_add(SESSION),
        };
        let opening = self.store.session_insert(token.id(), &session);
        let opening = async { tokio::try_join!(opening, self.store.login_tries_clear(&tries)).map_err(Failure::from) };
        tokio::try_join!(opening, self.renew_hash(&user, renewed))?;
        Ok((token, user))
    }

    /// Replaces a hash, unless the password was changed meanwhile.
    async fn renew_hash(&self, user: &User, renewed: Option<(PhcString, Password)>) -> Result<(), Failure> {
        let Some((old, password)) = renewed else { return Ok(()) };
        let new = self.hasher.hash(password).await?;
        if let Err(error) = self.store.user_rehash(user.account, user.id, &old, &new).await {
            tracing::warn!(%error, "a hash was not renewed; the next login does it");
        }
        Ok(())
    }

    async fn password_verify(&self, password: Option<Password>, hash: Option<PhcString>) -> Result<bool, Failure> {
        let possible = password.is_some();
        let password = password.unwrap_or_else(Password::random);
        Ok(self.hasher.verify(password, hash).await? && possible)
    }

    /// Verifies a session: the token's, not expired, and of an active administrator whom nothing
    /// has signed out since.
    ///
    /// # Errors
    /// See [`AuthorizeError`].
    pub async fn session_authorize(&self, token: &SessionToken) -> Result<Caller, AuthorizeError> {
        let reading = (self.store.session_read(token.id()), self.store.user_read(token.account(), token.owner()));
        let (session, owner) = tokio::try_join!(reading.0, reading.1).map_err(Failure::from)?;
        let (Some(session), Some(owner)) = (session, owner) else { return Err(AuthorizeError::BadKey) };
        let own =
            session.digest == token.digest() && session.account == token.account() && session.owner == token.owner();
        let alive = clock::now() < session.expires_at && session.auth == owner.auth;
        if !(own && alive && owner.active && owner.role == Role::Administrator) {
            return Err(AuthorizeError::BadKey);
        }
        let name = format!("session of user {}", owner.id);
        Ok(Caller { account: session.account, administers: true, name, unnoted: None })
    }
}
