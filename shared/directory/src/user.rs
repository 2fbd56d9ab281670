//! Users created, updated and deleted.

use futures_util::{StreamExt as _, TryStreamExt as _, future::try_join_all, stream};
use roster_domain::{
    AccountId, Code, CreateUserError, DeleteUserError, Failure, NewUser, PasswordInput, PhcString, PreservedTimestamps,
    Profile, Replay, Role, RoleGuard, Unique, UpdateUserError, User, UserId, UserUpdate,
};
use tokio::time::Instant;

use crate::{
    Directory, Idempotency, Retry, clock,
    ports::{Store, StoredUser, UserDeleted, UserEdit, UserInsert, UserInserted, UserStore, UserUpdated},
    timeouts::CREATE,
};

/// Transactions of one import in progress at a time.
const CONCURRENCY: usize = 4;

/// A user to be written under the id that is reserved for it.
struct Draft {
    user: StoredUser,
    /// The code of the user, if it has one of its own; otherwise the id decides.
    code: Option<Code>,
    password: Option<PhcString>,
    /// Whether it is imported with its times, and its id cannot be replaced by another.
    is_preserved: bool,
    /// Whether an attempt that was lost may have written it before.
    is_repeated: bool,
}

impl Draft {
    fn insert(&self) -> UserInsert<'_> {
        UserInsert { user: &self.user, password: self.password.as_ref(), is_repeated: self.is_repeated }
    }
}

impl<S: Store> Directory<S> {
    /// The user with an id, if the account has one.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn user_get(&self, account: AccountId, id: UserId) -> Result<Option<StoredUser>, Failure> {
        Ok(self.store.user_get(account, id).await?)
    }

    /// Creates a user. The id is reserved while the password is hashed; user and claims are then written in one
    /// transaction; with the response, where the request is idempotent.
    ///
    /// # Errors
    /// [`CreateUserError::Taken`] names every value that is taken.
    pub async fn user_create(
        &self,
        account: AccountId,
        new: NewUser,
        idempotency: Option<Idempotency<'_>>,
    ) -> Result<User, CreateUserError> {
        let end = Instant::now() + CREATE;
        let mut new = new;
        let password = new.password.take();
        let reserving = async { self.store.user_reserve_ids(account, 1).await.map_err(Failure::from) };
        let (id, password) = tokio::try_join!(reserving, self.hash(password))?;
        let draft = draft(account, id, new, password, false);
        self.user_write(draft, idempotency.as_ref(), end).await
    }

    /// Creates many users, in this order of ids, for imports. Users that fit into one transaction are written together,
    /// but only each single create is atomic. A rejected user leaves a gap.
    ///
    /// # Errors
    /// See [`Failure`]; some of the users may have been created then.
    pub async fn user_create_many(
        &self,
        account: AccountId,
        new: Vec<NewUser>,
    ) -> Result<Vec<Result<User, CreateUserError>>, Failure> {
        let ids = self.user_reserve_ids(account, new.len() as u64).await?;
        self.user_create_reserved(account, ids.zip(new).collect(), false).await
    }

    /// Reserves the next `count` user ids of an account.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn user_reserve_ids(
        &self,
        account: AccountId,
        count: u64,
    ) -> Result<impl Iterator<Item = UserId> + use<S>, Failure> {
        let first = if count == 0 { UserId::new(1) } else { self.store.user_reserve_ids(account, count).await? };
        let count = usize::try_from(count).expect("ids are reserved for users in memory");
        Ok((first.get()..).map(UserId::new).take(count))
    }

    /// As [`Directory::user_create_many`], under ids that were reserved before. With `is_repeated`, an interrupted
    /// attempt may have created some of them: these count as created, even if they were deleted since.
    ///
    /// # Errors
    /// See [`Failure`]; some of the users may have been created then.
    pub async fn user_create_reserved(
        &self,
        account: AccountId,
        new: Vec<(UserId, NewUser)>,
        is_repeated: bool,
    ) -> Result<Vec<Result<User, CreateUserError>>, Failure> {
        let hashing = new.into_iter().map(|(id, mut new)| async move {
            let password = self.hash(new.password.take()).await?;
            Ok::<_, Failure>(draft(account, id, new, password, is_repeated))
        });
        let mut drafts = try_join_all(hashing).await?.into_iter().peekable();
        let chunks: Vec<Vec<Draft>> = std::iter::from_fn(|| {
            drafts.peek()?;
            Some(drafts.by_ref().take(<S as UserStore>::MAX_PER_TRANSACTION).collect())
        })
        .collect();
        let written = stream::iter(chunks).map(|chunk| self.user_write_together(chunk)).buffered(CONCURRENCY);
        let written: Vec<Vec<_>> = written.try_collect().await?;
        Ok(written.into_iter().flatten().collect())
    }

    async fn user_write_together(&self, mut drafts: Vec<Draft>) -> Result<Vec<Result<User, CreateUserError>>, Failure> {
        // Hashing may have taken long; a user begins when it is written.
        let now = clock::now();
        for draft in drafts.iter_mut().filter(|draft| !draft.is_preserved) {
            let user = &mut draft.user.user;
            (user.created_at, user.updated_at) = (now, now);
        }
        let inserts: Vec<_> = drafts.iter().map(Draft::insert).collect();
        if self.store.user_create_together(&inserts, &mut Retry::start()).await? {
            return Ok(drafts.into_iter().map(|draft| Ok(draft.user.user)).collect());
        }
        // One after the other, so that the first of several with one value gets it.
        let mut written = Vec::with_capacity(drafts.len());
        for draft in drafts {
            written.push(match self.user_write(draft, None, Instant::now() + CREATE).await {
                Err(CreateUserError::Failed(failure)) => return Err(failure),
                result => result,
            });
        }
        Ok(written)
    }

    /// Writes a user under the id that is reserved for it, or, where that was voided meanwhile, under another.
    async fn user_write(
        &self,
        draft: Draft,
        idempotency: Option<&Idempotency<'_>>,
        end: Instant,
    ) -> Result<User, CreateUserError> {
        let Draft { mut user, code: given_code, password, is_preserved, is_repeated } = draft;
        let account = user.account;
        let mut code_attempt = 1;
        let mut retry = Retry::until(end);
        if let Some(idempotency) = idempotency {
            let created_at = user.created_at;
            user.responses.add(idempotency.request().key.clone(), created_at);
        }
        loop {
            let response = idempotency.map(|idempotency| idempotency.response(&user, user.created_at));
            let insert = UserInsert { user: &user, password: password.as_ref(), is_repeated };
            let written = self.store.user_create(insert, response.as_ref(), &mut Retry::until(end)).await;
            match written.map_err(Failure::from)? {
                UserInserted::Done | UserInserted::Deleted => return Ok(user.user),
                UserInserted::Replayed(earlier) => {
                    self.user_void_id(account, user.id).await;
                    return Err(CreateUserError::Replayed(Idempotency::replay(idempotency, *earlier)));
                }
                UserInserted::Voided if is_preserved => return Err(CreateUserError::IdTaken),
                UserInserted::Voided => {
                    // Another writer voided the reserved id as abandoned: take the next id, and its code.
                    user.user.id = self.store.user_reserve_ids(account, 1).await.map_err(Failure::from)?;
                    code_attempt = 1;
                }
                UserInserted::Taken(taken) if taken == [Unique::Code] && given_code.is_none() => {
                    code_attempt += 1;
                    user.user.code = Code::default_for(user.id, code_attempt);
                    // This is not a conflict with another writer, so the next code is tried without a pause, until the
                    // suffix is random.
                    if code_attempt <= Code::ATTEMPTS {
                        continue;
                    }
                }
                UserInserted::Taken(mut taken) => {
                    if !is_preserved {
                        self.user_void_id(account, user.id).await;
                    }
                    taken.retain(|unique| *unique != Unique::Code || given_code.is_some());
                    return Err(CreateUserError::Taken(taken));
                }
            }
            user.user.code = given_code.clone().unwrap_or_else(|| Code::default_for(user.id, code_attempt));
            if !retry.again().await {
                self.user_void_id(account, user.id).await;
                return Err(Failure::Unavailable("no id or code stayed free".to_owned()).into());
            }
        }
    }

    async fn hash(&self, password: Option<PasswordInput>) -> Result<Option<PhcString>, Failure> {
        match password {
            Some(PasswordInput::Password(password)) => self.hasher.hash(password).await.map(Some),
            Some(PasswordInput::Hash(hash)) => Ok(Some(hash)),
            None => Ok(None),
        }
    }

    /// Voids an id. Where that fails too, the id stays a gap, which harms nothing.
    async fn user_void_id(&self, account: AccountId, id: UserId) {
        if let Err(error) = self.store.user_void_id(account, id, &mut Retry::start()).await {
            tracing::warn!(%error, "an unused id was not voided");
        }
    }

    /// Updates `user`, as it was read; the user after that. Where other writers come in between, the update is computed
    /// again from what they left. Where the request is idempotent, its response is stored with the update.
    ///
    /// # Errors
    /// [`UpdateUserError::OtherRole`] when the user no longer has the role that the update is meant for.
    pub async fn user_update(
        &self,
        user: StoredUser,
        update: UserUpdate,
        idempotency: Option<Idempotency<'_>>,
    ) -> Result<User, UpdateUserError> {
        let UserUpdate { change, password, guard } = update;
        let password = self.hash(password).await?;
        let mut user = user;
        let mut retry = Retry::start();
        loop {
            let edit = UserEdit { change: &change, password: password.as_ref(), guard, now: clock::now() };
            if edit.is_empty() && idempotency.is_none() {
                return Ok(user.user);
            }
            let response = idempotency.as_ref().map(|once| once.response(&edit.applied_to(&user), edit.now));
            let written = self.store.user_update(&user, edit, response.as_ref(), &mut Retry::start()).await;
            match written.map_err(Failure::from)? {
                UserUpdated::Done(user) => return Ok(user.user),
                UserUpdated::Replayed(earlier) => {
                    let replay: Replay = Idempotency::replay(idempotency.as_ref(), *earlier);
                    return Err(UpdateUserError::Replayed(replay));
                }
                UserUpdated::NotFound => return Err(UpdateUserError::NotFound(user.id)),
                UserUpdated::Taken(taken) => return Err(UpdateUserError::Taken(taken)),
                UserUpdated::Stale(now) if guard == RoleGuard::RegularOnly && now.role == Role::Administrator => {
                    return Err(UpdateUserError::OtherRole);
                }
                UserUpdated::Stale(now) => user = *now,
            }
            if !retry.again().await {
                return Err(Failure::Unavailable("the user keeps changing".to_owned()).into());
            }
        }
    }

    /// Deletes `user`, even if it has changed since it was read. Its e-mail, login and code are free immediately.
    ///
    /// # Errors
    /// [`DeleteUserError::OtherRole`] when the user does not, or no longer, have the role that the deletion is meant for.
    pub async fn user_delete(&self, user: StoredUser, guard: RoleGuard) -> Result<(), DeleteUserError> {
        let mut user = user;
        let mut retry = Retry::start();
        loop {
            if guard == RoleGuard::RegularOnly && user.role == Role::Administrator {
                return Err(DeleteUserError::OtherRole);
            }
            let deleted = self.store.user_delete(&user, clock::now(), &mut Retry::start()).await;
            match deleted.map_err(Failure::from)? {
                UserDeleted::Done => return Ok(()),
                UserDeleted::NotFound => return Err(DeleteUserError::NotFound(user.id)),
                UserDeleted::Stale(now) => user = *now,
            }
            if !retry.again().await {
                return Err(Failure::Unavailable("the user keeps changing".to_owned()).into());
            }
        }
    }
}

fn draft(account: AccountId, id: UserId, new: NewUser, password: Option<PhcString>, is_repeated: bool) -> Draft {
    let now = clock::now();
    let is_preserved = new.preserved.is_some();
    let PreservedTimestamps { created_at, updated_at } =
        new.preserved.unwrap_or(PreservedTimestamps { created_at: now, updated_at: now });
    let mut profile = Profile::of_new_user();
    profile.apply(&new.profile);
    let code = new.code.clone();
    let user = User {
        account,
        id,
        email: new.email,
        login: new.login,
        code: new.code.unwrap_or_else(|| Code::default_for(id, 1)),
        first_name: new.first_name,
        last_name: new.last_name,
        role: new.role,
        active: new.active,
        attributes: new.attributes,
        profile,
        plans: new.plans,
        created_at,
        updated_at,
    };
    Draft { user: StoredUser::new(user), code, password, is_preserved, is_repeated }
}
