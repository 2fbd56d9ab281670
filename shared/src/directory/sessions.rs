//! Administrators signing in, and the sessions they hold.

use std::time::Duration;

use tokio::time::Instant;

use super::{AuthorizeError, Caller, Directory, Failure, Hasher};
use crate::{
    clock,
    domain::{AccountId, Login, LoginTries, Password, PhcString, Place, Role, Session, SessionToken, User, UserId},
    store::{StoredTries, TriesKey},
    usage,
};

/// How long a session lives.
const SESSION: Duration = Duration::from_secs(12 * 60 * 60);
/// When a rejection is sent, after the request began. Longer than any hash takes: the time does not tell what was hashed.
const REFUSAL: Duration = Duration::from_secs(1);
/// How long a try waits for the tries of the same name that are under way.
const WAIT: Duration = Duration::from_secs(5);
/// The longest pause of one that waits.
const PAUSE: Duration = Duration::from_millis(100);
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

/// Under which name tries are counted, and this one among them.
struct Tries {
    key: TriesKey,
    id: String,
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
    /// Every rejection takes the same trips, and one second from `began` on. A
    /// try takes one of three places before anything is hashed, so that no number of tries at once gets past the limit
    /// of [`LoginTries`]; `source` is part of what is counted, so that an administrator cannot be locked out from
    /// elsewhere.
    ///
    /// # Errors
    /// See [`LoginError`].
    pub async fn login(
        &self,
        account: Option<AccountId>,
        username: &str,
        password: Option<Password>,
        source: &str,
        began: Instant,
    ) -> Result<(SessionToken, User), LoginError> {
        let signed_in = self.login_untimed(account, username, password, source).await;
        if matches!(signed_in, Err(LoginError::Refused)) {
            let _waiting = usage::in_pause();
            tokio::time::sleep_until(began + REFUSAL).await;
        }
        signed_in
    }

    async fn login_untimed(
        &self,
        account: Option<AccountId>,
        username: &str,
        password: Option<Password>,
        source: &str,
    ) -> Result<(SessionToken, User), LoginError> {
        let account = account.unwrap_or(AccountId::new(NOBODY));
        let login = Login::parse_any(username);
        let name = login.as_ref().map_or(username, Login::key);
        let address = TriesKey::of_address(source);
        let claimed = async {
            match &login {
                Some(login) => self.store.user_claim_login(account, login).await,
                None => Ok(None),
            }
        };
        let (claimed, of_address) =
            tokio::try_join!(claimed, self.store.login_tries(&address)).map_err(Failure::from)?;
        let now = clock::now();
        if let Some(until) = of_address.as_ref().and_then(|stored| stored.tries.address_is_refused(now)) {
            return Err(LoginError::TooManyTries(now.seconds_until(until)));
        }
        let tries = Tries { key: TriesKey::new(account, name, source), id: uuid::Uuid::new_v4().to_string() };
        let id = claimed.unwrap_or(UserId::new(NOBODY));
        let reading =
            async { self.store.user_credential(account, id).await.map_err(|error| Failure::from(error).into()) };
        let (held, found) = tokio::try_join!(self.login_place(&tries), reading)?;
        let (user, hash) = found.map_or((None, None), |(user, hash)| (Some(user), hash));
        // Kept for a hash from elsewhere, which is replaced by one of ours at the first good login.
        let renewed = hash.clone().filter(Hasher::is_foreign).zip(password.clone());
        let right = self.password_verify(password, hash).await?;
        let named = |user: &User| login.as_ref().is_some_and(|login| user.login.key() == login.key());
        let admitted = user.filter(|user| right && user.active && user.role == Role::Administrator && named(user));
        let Some(user) = admitted else {
            self.login_failed(&tries, held, &address, of_address).await?;
            return Err(LoginError::Refused);
        };
        let token = SessionToken::random(account, user.id);
        let session = Session {
            account,
            owner: user.id,
            digest: token.digest(),
            auth: user.auth,
            expires_at: clock::now().saturating_add(SESSION),
        };
        let opening = self.store.session_insert(token.id(), &session);
        let ended = |standing: &mut LoginTries| standing.succeed(&tries.id);
        let ending = self.store.login_tries_change(&tries.key, held, clock::now(), ended);
        let opening = async { tokio::try_join!(opening, ending).map_err(Failure::from) };
        tokio::try_join!(opening, self.renew_hash(&user, renewed))?;
        Ok((token, user))
    }

    /// Takes a place for a try, waiting for those under way.
    async fn login_place(&self, tries: &Tries) -> Result<Option<StoredTries>, LoginError> {
        let end = Instant::now() + WAIT;
        // The first attempt reads nothing: most names have no tries.
        let mut stored = None;
        loop {
            let now = clock::now();
            let taken = |standing: &mut LoginTries| standing.take(&tries.id, now);
            let (place, held) =
                self.store.login_tries_change(&tries.key, stored, now, taken).await.map_err(Failure::from)?;
            match place {
                Place::Taken => return Ok(held),
                Place::Refused(until) => return Err(LoginError::TooManyTries(now.seconds_until(until))),
                Place::Busy if Instant::now() >= end => return Err(LoginError::TooManyTries(1)),
                Place::Busy => {
                    let _waiting = usage::in_pause();
                    tokio::time::sleep(PAUSE.mul_f64(rand::random())).await;
                }
            }
            stored = self.store.login_tries(&tries.key).await.map_err(Failure::from)?;
        }
    }

    /// Counts a failed try, of its name and of its address.
    async fn login_failed(
        &self,
        tries: &Tries,
        held: Option<StoredTries>,
        address: &TriesKey,
        of_address: Option<StoredTries>,
    ) -> Result<(), Failure> {
        let now = clock::now();
        let failed = |standing: &mut LoginTries| standing.fail(&tries.id, now);
        let failing = self.store.login_tries_change(&tries.key, held, now, failed);
        let counting = self.store.login_tries_change(address, of_address, now, |all| all.address_fails(now));
        tokio::try_join!(failing, counting)?;
        Ok(())
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
