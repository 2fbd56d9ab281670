//! Users made and changed.

use std::time::Duration;

use futures_util::{StreamExt as _, TryStreamExt as _, future::try_join_all, stream};
use tokio::time::Instant;

use super::{Directory, Failure, Once, Repeat};
use crate::{
    clock,
    domain::{
        AccountId, Among, Code, Credential, Kept, KeptAnswers, NewUser, PhcString, Profile, Role, Unique, User,
        UserChange, UserId,
    },
    store::{Retry, TOGETHER, UserDelete, UserEdit, UserInsert, UserWrite},
};

/// The last attempt of a create begins within this time of the first. A function's store gives an attempt up
/// after 8 s, so all end within 20 s, and none is in flight when the gateway has given up on it.
const CREATE: Duration = Duration::from_secs(12);

/// Transactions of one import under way at a time.
const AT_ONCE: usize = 4;

/// A user to be written under the id that was leased for it.
struct Leased {
    user: User,
    /// The code that was given; otherwise it is made of the id.
    code: Option<Code>,
    password: Option<PhcString>,
    /// Whether its times were given too, and its id is no other's to give.
    kept: bool,
    /// Whether an attempt that nobody remembers may have written it before.
    again: bool,
}

/// Why no user was made. Nothing is written then.
#[derive(Debug, thiserror::Error)]
pub enum CreateUserError {
    /// Other users of the account hold these values.
    #[error("taken")]
    Taken(Vec<Unique>),
    /// The request was carried out before, or another one under its key.
    #[error("the request came before")]
    Repeated(Repeat),
    /// The id that it brings is another's, or was given up.
    #[error("the id is another's")]
    IdTaken,
    /// See [`Failure`].
    #[error(transparent)]
    Failed(#[from] Failure),
}

/// Why a user was not changed. Nothing is written then.
#[derive(Debug, thiserror::Error)]
pub enum UpdateUserError {
    /// The request was carried out before, or another one under its key.
    #[error("the request came before")]
    Repeated(Repeat),
    /// The user was deleted meanwhile.
    #[error("no such user")]
    Gone,
    /// The user is not among those the change is meant for.
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
    /// The user is gone already.
    #[error("no such user")]
    Gone,
    /// The user is not among those the deletion is meant for.
    #[error("the user has another role")]
    OtherRole,
    /// See [`Failure`].
    #[error(transparent)]
    Failed(#[from] Failure),
}

impl Directory {
    /// The user with an id, if the account has one.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn user_get(&self, account: AccountId, id: UserId) -> Result<Option<User>, Failure> {
        Ok(self.store.user_read(account, id).await?)
    }

    /// Makes a user. The id is leased while the password is hashed; user and claims are then
    /// written in one transaction; with the answer, where the request is to have its effect once.
    ///
    /// # Errors
    /// [`CreateUserError::Taken`] names every value that is taken.
    pub async fn user_create(
        &self,
        account: AccountId,
        new: NewUser,
        once: Option<Once<'_>>,
    ) -> Result<User, CreateUserError> {
        let end = Instant::now() + CREATE;
        let mut new = new;
        let password = new.password.take();
        let code = new.code.take();
        let lease = async { self.store.user_lease(account).await.map_err(Failure::from) };
        let (id, password) = tokio::try_join!(lease, self.hash(password))?;
        let kept = new.kept.is_some();
        let user = user(account, id, new, code.clone());
        self.user_settle(Leased { user, code, password, kept, again: false }, once.as_ref(), end).await
    }

    /// Makes many users, in this order of ids. What can be written together is; so nothing else is
    /// promised of all of them than is of each. For imports: a refused one leaves a gap.
    ///
    /// # Errors
    /// See [`Failure`]; some of the users may have been made then.
    pub async fn user_create_many(
        &self,
        account: AccountId,
        new: Vec<NewUser>,
    ) -> Result<Vec<Result<User, CreateUserError>>, Failure> {
        let ids = self.user_lease_many(account, new.len() as u64).await?;
        self.user_create_leased(account, ids.zip(new).collect(), false).await
    }

    /// Takes the next `many` ids of an account out of all others' hands.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn user_lease_many(
        &self,
        account: AccountId,
        many: u64,
    ) -> Result<impl Iterator<Item = UserId> + use<>, Failure> {
        let first = if many == 0 { UserId::new(1) } else { self.store.user_lease_many(account, many).await? };
        let take = usize::try_from(many).unwrap_or(usize::MAX);
        Ok((first.get()..).map(UserId::new).take(take))
    }

    /// As [`Directory::user_create_many`], under ids that were leased before. `again` where an attempt
    /// that was broken off may have made some of them: they count as made, also those who were deleted
    /// since.
    ///
    /// # Errors
    /// See [`Failure`]; some of the users may have been made then.
    pub async fn user_create_leased(
        &self,
        account: AccountId,
        new: Vec<(UserId, NewUser)>,
        again: bool,
    ) -> Result<Vec<Result<User, CreateUserError>>, Failure> {
        let hashing = new.into_iter().map(|(id, mut new)| async move {
            let code = new.code.take();
            let password = self.hash(new.password.take()).await?;
            let kept = new.kept.is_some();
            Ok::<_, Failure>(Leased { user: user(account, id, new, code.clone()), code, password, kept, again })
        });
        let leased = try_join_all(hashing).await?;
        let mut chunks = leased.into_iter().peekable();
        let chunks: Vec<Vec<Leased>> = std::iter::from_fn(|| {
            chunks.peek()?;
            Some(chunks.by_ref().take(TOGETHER).collect())
        })
        .collect();
        let written = stream::iter(chunks).map(|chunk| self.user_create_together(chunk)).buffered(AT_ONCE);
        let written: Vec<Vec<_>> = written.try_collect().await?;
        Ok(written.into_iter().flatten().collect())
    }

    async fn user_create_together(
        &self,
        mut leased: Vec<Leased>,
    ) -> Result<Vec<Result<User, CreateUserError>>, Failure> {
        // Hashing may have taken long; a user begins when it is written.
        let now = clock::now();
        for leased in leased.iter_mut().filter(|leased| !leased.kept) {
            (leased.user.created_at, leased.user.updated_at) = (now, now);
        }
        let users: Vec<_> = leased.iter().map(|leased| (leased.user.clone(), leased.password.clone())).collect();
        let again = leased.iter().any(|leased| leased.again);
        if self.store.user_insert_together(&users, again, &mut Retry::start()).await? {
            return Ok(users.into_iter().map(|(user, _)| Ok(user)).collect());
        }
        // One after the other, so that the first of several who want one value has it.
        let mut settled = Vec::with_capacity(leased.len());
        for leased in leased {
            settled.push(match self.user_settle(leased, None, Instant::now() + CREATE).await {
                Err(CreateUserError::Failed(failure)) => return Err(failure),
                settled => settled,
            });
        }
        Ok(settled)
    }

    /// Writes a user under the id that was leased for it, or, where that was given up meanwhile, under
    /// another.
    async fn user_settle(
        &self,
        leased: Leased,
        once: Option<&Once<'_>>,
        end: Instant,
    ) -> Result<User, CreateUserError> {
        let Leased { mut user, code: given_code, password, kept, again } = leased;
        let account = user.account;
        let mut code_attempt = 1;
        let mut turns = Retry::until(end);
        if let Some(once) = once {
            user.kept_answers.add(once.request.key.clone(), user.created_at);
        }
        loop {
            let answer = once.map(|once| once.kept(&user, user.created_at));
            let mut retry = Retry::until(end);
            let insert = self.store.user_insert(&user, password.as_ref(), again, answer.as_ref(), &mut retry);
            match insert.await.map_err(Failure::from)? {
                UserInsert::Done | UserInsert::Gone => return Ok(user),
                UserInsert::Repeated(earlier) => {
                    self.user_plug(account, user.id).await;
                    let repeat = Repeat::met(once, *earlier);
                    return Err(CreateUserError::Repeated(repeat));
                }
                UserInsert::Plugged if kept => return Err(CreateUserError::IdTaken),
                UserInsert::Plugged => {
                    // Somebody took the leased id for abandoned: take the next, and its code.
                    user.id = self.store.user_lease(account).await.map_err(Failure::from)?;
                    code_attempt = 1;
                }
                UserInsert::Taken(taken) if taken == [Unique::Code] && given_code.is_none() => {
                    code_attempt += 1;
                    user.code = Code::default_for(user.id, code_attempt);
                    // No other writer is in the way: the next is tried at once, until the suffix is random.
                    if code_attempt <= Code::ATTEMPTS {
                        continue;
                    }
                }
                UserInsert::Taken(mut taken) => {
                    if !kept {
                        self.user_plug(account, user.id).await;
                    }
                    taken.retain(|unique| *unique != Unique::Code || given_code.is_some());
                    return Err(CreateUserError::Taken(taken));
                }
            }
            user.code = given_code.clone().unwrap_or_else(|| Code::default_for(user.id, code_attempt));
            if !turns.again().await {
                self.user_plug(account, user.id).await;
                return Err(Failure::Unavailable("no id or code stayed free".to_owned()).into());
            }
        }
    }

    async fn hash(&self, credential: Option<Credential>) -> Result<Option<PhcString>, Failure> {
        match credential {
            Some(Credential::Password(password)) => self.hasher.hash(password).await.map(Some),
            Some(Credential::Hash(hash)) => Ok(Some(hash)),
            None => Ok(None),
        }
    }

    /// Gives up an id. Where that fails too, the id stays a gap, which harms nothing.
    async fn user_plug(&self, account: AccountId, id: UserId) {
        if let Err(error) = self.store.user_plug(account, id, &mut Retry::start()).await {
            tracing::warn!(%error, "an id was given up without a plug");
        }
    }

    /// Changes `user`, as it was read, in what `change` names, and its password if a new one is
    /// given; the user as it then stands. Writers that come in between are respected: the change is
    /// computed again from what they left. Where the request is to have its effect once, its answer is
    /// kept with the change.
    ///
    /// # Errors
    /// [`UpdateUserError::OtherRole`] when the user is no longer `among` those it is meant for.
    pub async fn user_update(
        &self,
        user: User,
        change: UserChange,
        password: Option<Credential>,
        among: Among,
        once: Option<Once<'_>>,
    ) -> Result<User, UpdateUserError> {
        let password = self.hash(password).await?;
        let mut user = user;
        let mut turns = Retry::start();
        loop {
            let edit = UserEdit { change: &change, password: password.as_ref(), among, now: clock::now() };
            if edit.is_idle() && once.is_none() {
                return Ok(user);
            }
            let answer = once.as_ref().map(|once| once.kept(&edit.applied_to(&user), edit.now));
            let written = self.store.user_update(&user, edit, answer.as_ref(), &mut Retry::start()).await;
            match written.map_err(Failure::from)? {
                UserWrite::Repeated(earlier) => {
                    let repeat = Repeat::met(once.as_ref(), *earlier);
                    return Err(UpdateUserError::Repeated(repeat));
                }
                UserWrite::Done(user) => return Ok(*user),
                UserWrite::Gone => return Err(UpdateUserError::Gone),
                UserWrite::Taken(taken) => return Err(UpdateUserError::Taken(taken)),
                UserWrite::Stale(now) if among == Among::Regular && now.role == Role::Administrator => {
                    return Err(UpdateUserError::OtherRole);
                }
                UserWrite::Stale(now) => user = *now,
            }
            if !turns.again().await {
                return Err(Failure::Unavailable("the user keeps changing".to_owned()).into());
            }
        }
    }

    /// Deletes `user`, also where it has changed since it was read. Its e-mail, login and code are free at once.
    ///
    /// # Errors
    /// [`DeleteUserError::OtherRole`] when the user is not, or no longer, `among` those it is meant for.
    pub async fn user_delete(&self, user: User, among: Among) -> Result<(), DeleteUserError> {
        let mut user = user;
        let mut turns = Retry::start();
        loop {
            if among == Among::Regular && user.role == Role::Administrator {
                return Err(DeleteUserError::OtherRole);
            }
            let deleted = self.store.user_delete(&user, clock::now(), &mut Retry::start()).await;
            match deleted.map_err(Failure::from)? {
                UserDelete::Done => return Ok(()),
                UserDelete::Gone => return Err(DeleteUserError::Gone),
                UserDelete::Stale(now) => user = *now,
            }
            if !turns.again().await {
                return Err(Failure::Unavailable("the user keeps changing".to_owned()).into());
            }
        }
    }
}

fn user(account: AccountId, id: UserId, new: NewUser, code: Option<Code>) -> User {
    let now = clock::now();
    let Kept { created_at, updated_at } = new.kept.unwrap_or(Kept { created_at: now, updated_at: now });
    let mut profile = Profile::of_new_user();
    profile.apply(&new.profile);
    User {
        account,
        id,
        email: new.email,
        login: new.login,
        code: code.unwrap_or_else(|| Code::default_for(id, 1)),
        first_name: new.first_name,
        last_name: new.last_name,
        role: new.role,
        active: new.active,
        external_id: new.external_id,
        source: new.source,
        phone_number: new.phone_number,
        live_scanner: new.live_scanner,
        gender: new.gender,
        birthday: new.birthday,
        country_id: new.country_id,
        profile,
        plans: new.plans,
        created_at,
        updated_at,
        rev: 1,
        auth: 0,
        kept_answers: KeptAnswers::default(),
    }
}
