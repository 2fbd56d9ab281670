//! Turns rows into users. The result is the same as if the rows were imported in the order of the file.

use std::collections::HashSet;

use anyhow::Context as _;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use roster_directory::Import;
use roster_directory::ports::StoredUser;
use roster_domain::{
    AccountId, Code, CreateUserError, Email, Login, NewUser, PasswordInput, Patch, RoleGuard, UpdateUserError, User,
    UserId, UserUpdate,
};
use roster_lambda::Directory;

use super::{external::ExternalIds, outcome::Outcome};
use crate::record::Record;

/// Look-ups and updates in progress at a time.
const CONCURRENCY: usize = 8;

/// The attribute by which the user of a row is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
#[value(rename_all = "snake_case")]
pub(crate) enum Key {
    Email,
    Login,
    Code,
    ExternalId,
}

/// Imports rows into an account.
pub(super) struct Importer {
    pub(super) directory: Directory,
    pub(super) account: AccountId,
    /// Whether users keep the ids and times of the file.
    pub(super) keeps_ids: bool,
    /// Whether this is a dry run on a copy, for which no password is hashed.
    pub(super) is_dry_run: bool,
    pub(super) external: Option<ExternalIds>,
}

/// A value for a row, with the index of the row in the batch.
pub(super) type Indexed<T> = (usize, T);

impl Importer {
    /// Stores the progress of the import.
    pub(super) async fn note(&self, import: &Import) -> anyhow::Result<()> {
        let own = self.directory.import_store(import).await?;
        anyhow::ensure!(own, "another import of the same file has taken over");
        Ok(())
    }

    /// The new user that a row describes.
    pub(super) fn new_user(&self, record: Record) -> Result<NewUser, String> {
        let mut new = record.into_new(self.keeps_ids)?;
        if self.is_dry_run {
            new.password = None;
        }
        Ok(new)
    }

    /// Creates users under their reserved ids. Where two users want the same unique value, the first one gets it.
    /// `is_repeated` where an earlier attempt may have created some of them.
    pub(super) async fn create(
        &self,
        new: Vec<Indexed<(UserId, NewUser)>>,
        is_repeated: bool,
    ) -> anyhow::Result<Vec<Indexed<Outcome>>> {
        let mut outcomes = Vec::new();
        let mut group = Vec::new();
        let mut wanted = HashSet::new();
        for (index, (id, new)) in new {
            let wants = new_values(&new, id);
            if wants.iter().any(|value| wanted.contains(value)) {
                outcomes.extend(self.create_group(std::mem::take(&mut group), is_repeated).await?);
                wanted.clear();
            }
            wanted.extend(wants);
            group.push((index, (id, new)));
        }
        outcomes.extend(self.create_group(group, is_repeated).await?);
        Ok(outcomes)
    }

    async fn create_group(
        &self,
        group: Vec<Indexed<(UserId, NewUser)>>,
        is_repeated: bool,
    ) -> anyhow::Result<Vec<Indexed<Outcome>>> {
        let (indexes, group): (Vec<usize>, Vec<_>) = group.into_iter().unzip();
        let made = self.directory.user_create_reserved(self.account, group, is_repeated).await?;
        let outcome = |made: Result<User, CreateUserError>| match made {
            Ok(user) => {
                if let (Some(ids), Some(external)) = (&self.external, &user.attributes.external_id) {
                    ids.add(external, user.id)?;
                }
                Ok(Outcome::Created(user.id))
            }
            Err(CreateUserError::Taken(taken)) => Ok(Outcome::taken(&taken)),
            Err(CreateUserError::IdTaken) => Ok(Outcome::Refused("id is another user's".to_owned())),
            Err(CreateUserError::Failed(failure)) => Err(failure.into()),
            // Imports store their own progress and use no idempotency keys.
            Err(repeated @ CreateUserError::Replayed(_)) => Err(repeated.into()),
        };
        let outcomes: Vec<_> = made.into_iter().map(outcome).collect::<anyhow::Result<_>>()?;
        Ok(indexes.into_iter().zip(outcomes).collect())
    }

    /// The user that each row is about, or why it cannot be determined.
    pub(super) async fn find_all(
        &self,
        key: Key,
        rows: &[Indexed<Record>],
    ) -> anyhow::Result<Vec<Result<Option<StoredUser>, String>>> {
        let finding = rows.iter().map(|(_, record)| self.find(key, record));
        stream::iter(finding.collect::<Vec<_>>()).buffered(CONCURRENCY).try_collect().await
    }

    /// Updates users from their rows, concurrently.
    pub(super) async fn change_all(
        &self,
        rows: Vec<Indexed<(Record, StoredUser)>>,
    ) -> anyhow::Result<Vec<Indexed<Outcome>>> {
        let changing = rows.into_iter().map(|(index, (record, user))| async move {
            Ok::<_, anyhow::Error>((index, self.change(record, user).await?))
        });
        stream::iter(changing).buffer_unordered(CONCURRENCY).try_collect().await
    }

    async fn change(&self, mut record: Record, user: StoredUser) -> anyhow::Result<Outcome> {
        let (id, plans) = (user.id, record.plans.take());
        let (change, password) = match record.into_change(&user) {
            Ok(change) => change,
            Err(reason) => return Ok(Outcome::Refused(reason)),
        };
        let password = match password {
            // Writing the stored hash again would sign the user out needlessly.
            Some(PasswordInput::Hash(hash)) if self.directory.user_has_hash(&user, &hash).await? => None,
            password => password.filter(|_| !self.is_dry_run),
        };
        let mut changed = !change.is_empty() || password.is_some();
        let update = UserUpdate { change, password, guard: RoleGuard::Any };
        let user = match self.directory.user_update(user, update, None).await {
            Ok(user) => user,
            Err(UpdateUserError::Taken(taken)) => return Ok(Outcome::taken(&taken)),
            Err(UpdateUserError::Failed(failure)) => return Err(failure.into()),
            Err(gone @ (UpdateUserError::NotFound(_) | UpdateUserError::OtherRole | UpdateUserError::Replayed(_))) => {
                return Ok(Outcome::Refused(gone.to_string()));
            }
        };
        if let Some(plans) = plans {
            changed |= self.directory.user_update_plans(&user, &plans).await?;
        }
        Ok(if changed { Outcome::Updated(id) } else { Outcome::Unchanged(id) })
    }

    /// The user that a row is about, or why it cannot be determined.
    async fn find(&self, key: Key, record: &Record) -> anyhow::Result<Result<Option<StoredUser>, String>> {
        let lacks = |what: &str| Ok(Err(format!("has no {what} to find its user by")));
        let account = self.account;
        Ok(Ok(match key {
            Key::Email => match &record.email {
                Patch::Set(email) => self.directory.user_find_by_email(account, email).await?,
                Patch::Keep | Patch::Clear => return lacks("email"),
            },
            Key::Login => match record.new_login() {
                Some(login) => self.directory.user_find_by_login(account, &login).await?,
                None => return lacks("login"),
            },
            Key::Code => match &record.code {
                Some(code) => self.directory.user_find_by_code(account, code).await?,
                None => return lacks("code"),
            },
            Key::ExternalId => {
                let Patch::Set(external) = &record.attributes.external_id else { return lacks("external_id") };
                let users = self.external.as_ref().context("external ids were not read")?.users(external)?;
                match users.as_slice() {
                    [] => None,
                    [one] => self.directory.user_get(account, *one).await?,
                    _ => return Ok(Err("external_id is that of several users".to_owned())),
                }
            }
        }))
    }
}

/// A value that is unique, or by which the user of a row is found.
pub(super) type Value = (&'static str, String);

fn email_value(email: &Email) -> Value {
    ("email", email.key().to_owned())
}

fn login_value(login: &Login) -> Value {
    ("login", login.key().to_owned())
}

fn new_values(new: &NewUser, id: UserId) -> Vec<Value> {
    let email = new.email.as_ref().map(email_value);
    // Without a code of its own, a user gets the default code of its id.
    let code = new.code.clone().unwrap_or_else(|| Code::default_for(id, 1));
    email.into_iter().chain([login_value(&new.login), ("code", code.as_str().to_owned())]).collect()
}

pub(super) fn record_values(record: &Record) -> Vec<Value> {
    let email = match &record.email {
        Patch::Set(email) => Some(email_value(email)),
        Patch::Keep | Patch::Clear => None,
    };
    let external = match &record.attributes.external_id {
        Patch::Set(external) => Some(("external_id", external.as_str().to_owned())),
        Patch::Keep | Patch::Clear => None,
    };
    let login = record.new_login().map(|login| login_value(&login));
    let code = record.code.as_ref().map(|code| ("code", code.as_str().to_owned()));
    email.into_iter().chain(login).chain(code).chain(external).collect()
}

/// The values that `user` frees if `record` is applied to it.
pub(super) fn freed_values(record: &Record, user: &User) -> Vec<Value> {
    let own: Vec<_> = user.email.iter().map(email_value).chain([login_value(&user.login)]).collect();
    let stays = record_values(record);
    let gives_email = record.email != Patch::Keep;
    own.into_iter().filter(|value| !stays.contains(value) && (value.0 == "login" || gives_email)).collect()
}
