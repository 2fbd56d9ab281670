//! Administrators signing in, and the sessions they hold.

use roster_domain::{
    AccountId, AuthenticateError, Caller, Failure, Login, LoginError, LoginTries, LoginTriesKey, Password, PhcString,
    Place, Role, Session, SessionToken, User, UserId,
};
use tokio::time::Instant;

use crate::{
    Directory, clock,
    ports::{Store, StoredTries, StoredUser},
    timeouts::{LOGIN_PAUSE, LOGIN_QUEUE, REJECTED_LOGIN, SESSION},
    usage,
};

/// An id that no account and no user has.
const NO_ID: u64 = 0;

/// The name under which attempts are counted, and this attempt.
struct Attempt {
    key: LoginTriesKey,
    id: String,
}

impl<S: Store> Directory<S> {
    /// Signs an active administrator in.
    ///
    /// Every rejection makes the same requests to the store, and takes one second from `began` on. An attempt takes one
    /// of three slots before anything is hashed, so that concurrent attempts cannot exceed the limit of [`LoginTries`].
    /// Attempts are counted per `source`, so that an administrator cannot be locked out from another address.
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
        if matches!(signed_in, Err(LoginError::InvalidCredentials)) {
            let _waiting = usage::in_pause();
            tokio::time::sleep_until(began + REJECTED_LOGIN).await;
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
        let account = account.unwrap_or(AccountId::new(NO_ID));
        let login = Login::parse_any(username);
        let name = login.as_ref().map_or(username, Login::key);
        let address = LoginTriesKey::of_address(source);
        let claimed = async {
            match &login {
                Some(login) => self.store.user_find_by_login(account, login).await,
                None => Ok(None),
            }
        };
        let (claimed, of_address) =
            tokio::try_join!(claimed, self.store.login_tries_get(&address)).map_err(Failure::from)?;
        let now = clock::now();
        if let Some(until) = of_address.as_ref().and_then(|stored| stored.tries.address_is_rejected(now)) {
            return Err(LoginError::TooManyAttempts(now.seconds_until(until)));
        }
        let attempt = Attempt { key: LoginTriesKey::new(account, name, source), id: uuid::Uuid::new_v4().to_string() };
        let id = claimed.unwrap_or(UserId::new(NO_ID));
        let reading =
            async { self.store.user_get_with_password(account, id).await.map_err(|error| Failure::from(error).into()) };
        let (held, found) = tokio::try_join!(self.login_place(&attempt), reading)?;
        let (user, hash) = found.map_or((None, None), |(user, hash)| (Some(user), hash));
        // A hash from another system is replaced by one of ours at the first successful login.
        let outdated = hash.clone().filter(|hash| self.hasher.is_outdated(hash)).zip(password.clone());
        let is_right = self.password_verify(password, hash).await?;
        let has_name = |user: &User| login.as_ref().is_some_and(|login| user.login.key() == login.key());
        let user = user.filter(|user| is_right && user.active && user.role == Role::Administrator && has_name(user));
        let Some(user) = user else {
            self.login_failed(&attempt, held, &address, of_address).await?;
            return Err(LoginError::InvalidCredentials);
        };
        let token = SessionToken::random(account, user.id);
        let session = Session {
            account,
            owner: user.id,
            digest: token.digest(),
            epoch: user.session_epoch,
            expires_at: clock::now().saturating_add(SESSION),
        };
        let opening = self.store.session_create(token.id(), &session);
        let succeeded = |tries: &mut LoginTries| tries.succeed(&attempt.id);
        let ending = self.store.login_tries_update(&attempt.key, held, clock::now(), succeeded);
        let opening = async { tokio::try_join!(opening, ending).map_err(Failure::from) };
        tokio::try_join!(opening, self.password_rehash(&user, outdated))?;
        Ok((token, user.user))
    }

    /// Takes a slot for an attempt; waits for attempts in progress.
    async fn login_place(&self, attempt: &Attempt) -> Result<Option<StoredTries>, LoginError> {
        let end = Instant::now() + LOGIN_QUEUE;
        // The first try does not read: most names have no attempts.
        let mut stored = None;
        loop {
            let now = clock::now();
            let take = |tries: &mut LoginTries| tries.take(&attempt.id, now);
            let (place, held) =
                self.store.login_tries_update(&attempt.key, stored, now, take).await.map_err(Failure::from)?;
            match place {
                Place::Taken => return Ok(held),
                Place::Refused(until) => return Err(LoginError::TooManyAttempts(now.seconds_until(until))),
                Place::Busy if Instant::now() >= end => return Err(LoginError::TooManyAttempts(1)),
                Place::Busy => {
                    let _waiting = usage::in_pause();
                    tokio::time::sleep(LOGIN_PAUSE.mul_f64(rand::random())).await;
                }
            }
            stored = self.store.login_tries_get(&attempt.key).await.map_err(Failure::from)?;
        }
    }

    /// Counts a failed attempt, of its name and of its address.
    async fn login_failed(
        &self,
        attempt: &Attempt,
        held: Option<StoredTries>,
        address: &LoginTriesKey,
        of_address: Option<StoredTries>,
    ) -> Result<(), Failure> {
        let now = clock::now();
        let fail = |tries: &mut LoginTries| tries.fail(&attempt.id, now);
        let failing = self.store.login_tries_update(&attempt.key, held, now, fail);
        let counting = self.store.login_tries_update(address, of_address, now, |all| all.address_fails(now));
        tokio::try_join!(failing, counting)?;
        Ok(())
    }

    /// Replaces a hash, unless the password was changed meanwhile.
    async fn password_rehash(&self, user: &User, outdated: Option<(PhcString, Password)>) -> Result<(), Failure> {
        let Some((old, password)) = outdated else { return Ok(()) };
        let new = self.hasher.hash(password).await?;
        if let Err(error) = self.store.user_rehash(user.account, user.id, &old, &new).await {
            tracing::warn!(%error, "a hash was not replaced; the next login does it");
        }
        Ok(())
    }

    async fn password_verify(&self, password: Option<Password>, hash: Option<PhcString>) -> Result<bool, Failure> {
        let is_possible = password.is_some();
        let password = password.unwrap_or_else(Password::random);
        Ok(self.hasher.verify(password, hash).await? && is_possible)
    }

    /// Verifies a session: the token's, not expired, and of an active administrator whose sessions have not been ended
    /// since.
    ///
    /// # Errors
    /// See [`AuthenticateError`].
    pub async fn session_authenticate(&self, token: &SessionToken) -> Result<Caller, AuthenticateError> {
        let reads = (self.store.session_get(token.id()), self.store.user_get(token.account(), token.owner()));
        let (session, owner) = tokio::try_join!(reads.0, reads.1).map_err(Failure::from)?;
        let (Some(session), Some(owner)) = (session, owner) else { return Err(AuthenticateError::InvalidKey) };
        if !is_good(&session, token, &owner) {
            return Err(AuthenticateError::InvalidKey);
        }
        let name = format!("session of user {}", owner.id);
        Ok(Caller { account: session.account, is_administrator: true, name, unrecorded_use: None })
    }
}

fn is_good(session: &Session, token: &SessionToken, owner: &StoredUser) -> bool {
    let is_own =
        session.digest == token.digest() && session.account == token.account() && session.owner == token.owner();
    let is_alive = clock::now() < session.expires_at && session.epoch == owner.session_epoch;
    is_own && is_alive && owner.active && owner.role == Role::Administrator
}
