//! Rows turned into users, in the order of the file as far as anybody can tell.

use std::collections::HashSet;

use anyhow::Context as _;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use roster_shared::{
    Directory,
    directory::{CreateUserError, UpdateUserError},
    domain::{AccountId, Among, Credential, Email, Login, NewUser, Patch, User, UserId},
};

use super::{external::ExternalIds, verdict::Verdict};
use crate::record::Record;

/// Look-ups and updates under way at a time.
const AT_ONCE: usize = 8;

/// By what a row finds the user that it speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
#[value(rename_all = "snake_case")]
pub(crate) enum Key {
    Email,
    Login,
    Code,
    ExternalId,
}

/// Where rows are handed in.
pub(super) struct Desk {
    pub(super) directory: Directory,
    pub(super) account: AccountId,
    /// Whether users keep the times of the file.
    pub(super) keeps: bool,
    /// Whether everything happens on a copy, for which no password is hashed.
    pub(super) is_trial: bool,
    pub(super) external: Option<ExternalIds>,
}

/// A row that can be handed in, by its place in the batch.
type Placed<T> = (usize, T);

impl Desk {
    /// The user that a row makes.
    pub(super) fn new_user(&self, record: Record) -> Result<NewUser, String> {
        let mut new = record.into_new(self.keeps)?;
        if self.is_trial {
            new.password = None;
        }
        Ok(new)
    }

    /// Makes users under ids that are theirs. Of two who want one value, the first has it.
    pub(super) async fn create(&self, new: Vec<Placed<(UserId, NewUser)>>) -> anyhow::Result<Vec<Placed<Verdict>>> {
        let mut verdicts = Vec::new();
        let mut group = Vec::new();
        let mut wanted = HashSet::new();
        for (place, (id, new)) in new {
            let wants = new_values(&new);
            if wants.iter().any(|value| wanted.contains(value)) {
                verdicts.extend(self.create_group(std::mem::take(&mut group)).await?);
                wanted.clear();
            }
            wanted.extend(wants);
            group.push((place, (id, new)));
        }
        verdicts.extend(self.create_group(group).await?);
        Ok(verdicts)
    }

    async fn create_group(&self, group: Vec<Placed<(UserId, NewUser)>>) -> anyhow::Result<Vec<Placed<Verdict>>> {
        let (places, group): (Vec<usize>, Vec<_>) = group.into_iter().unzip();
        let made = self.directory.user_create_leased(self.account, group).await?;
        let verdict = |made: Result<User, CreateUserError>| match made {
            Ok(user) => {
                if let (Some(ids), Some(external)) = (&self.external, &user.external_id) {
                    ids.add(external, user.id)?;
                }
                Ok(Verdict::Created(user.id))
            }
            Err(CreateUserError::Taken(taken)) => Ok(Verdict::taken(&taken)),
            Err(CreateUserError::Failed(failure)) => Err(failure.into()),
        };
        let verdicts: Vec<_> = made.into_iter().map(verdict).collect::<anyhow::Result<_>>()?;
        Ok(places.into_iter().zip(verdicts).collect())
    }

    /// Makes users or changes those that the rows find.
    pub(super) async fn upsert(&self, key: Key, rows: Vec<Placed<Record>>) -> anyhow::Result<Vec<Placed<Verdict>>> {
        let mut verdicts = Vec::new();
        let mut group: Vec<Placed<Record>> = Vec::new();
        let mut wanted = HashSet::new();
        for (place, record) in rows {
            let wants = record_values(&record);
            if wants.iter().any(|value| wanted.contains(value)) {
                verdicts.extend(self.upsert_group(key, std::mem::take(&mut group)).await?);
                wanted.clear();
            }
            wanted.extend(wants);
            group.push((place, record));
        }
        verdicts.extend(self.upsert_group(key, group).await?);
        Ok(verdicts)
    }

    /// Rows of which no two want one value.
    async fn upsert_group(&self, key: Key, group: Vec<Placed<Record>>) -> anyhow::Result<Vec<Placed<Verdict>>> {
        let finding = group.iter().map(|(_, record)| self.find(key, record));
        let found: Vec<_> = stream::iter(finding.collect::<Vec<_>>()).buffered(AT_ONCE).try_collect().await?;
        let wanted: HashSet<_> = group.iter().flat_map(|(_, record)| record_values(record)).collect();
        let frees = |(row, found): (&Placed<Record>, &Result<Option<User>, String>)| match found {
            Ok(Some(user)) => freed_values(&row.1, user).iter().any(|value| wanted.contains(value)),
            _ => false,
        };
        // What one gives up another may want: then it matters who comes first.
        if group.iter().zip(&found).any(frees) {
            let mut verdicts = Vec::new();
            for (place, record) in group {
                let found = self.find(key, &record).await?;
                verdicts.extend(self.settle(vec![(place, record, found)]).await?);
            }
            return Ok(verdicts);
        }
        self.settle(group.into_iter().zip(found).map(|((place, record), found)| (place, record, found)).collect()).await
    }

    async fn settle(
        &self,
        rows: Vec<(usize, Record, Result<Option<User>, String>)>,
    ) -> anyhow::Result<Vec<Placed<Verdict>>> {
        let (mut verdicts, mut new, mut changes) = (Vec::new(), Vec::new(), Vec::new());
        for (place, record, found) in rows {
            match found {
                Err(reason) => verdicts.push((place, Verdict::Refused(reason))),
                Ok(Some(user)) => changes.push((place, record, user)),
                Ok(None) => match self.new_user(record) {
                    Ok(user) => new.push((place, user)),
                    Err(reason) => verdicts.push((place, Verdict::Refused(reason))),
                },
            }
        }
        let ids = self.directory.user_lease_many(self.account, new.len() as u64).await?;
        let new = new.into_iter().zip(ids).map(|((place, user), id)| (place, (id, user)));
        verdicts.extend(self.create_group(new.collect()).await?);
        let changing = changes.into_iter().map(|(place, record, user)| async move {
            Ok::<_, anyhow::Error>((place, self.change(record, user).await?))
        });
        let changed: Vec<_> = stream::iter(changing).buffer_unordered(AT_ONCE).try_collect().await?;
        verdicts.extend(changed);
        Ok(verdicts)
    }

    async fn change(&self, mut record: Record, user: User) -> anyhow::Result<Verdict> {
        let (id, plans) = (user.id, record.plans.take());
        let (change, password) = match record.into_change(&user) {
            Ok(change) => change,
            Err(reason) => return Ok(Verdict::Refused(reason)),
        };
        let password = match password {
            // A hash that stands there already would sign the user out for nothing.
            Some(Credential::Hash(hash)) if self.directory.user_has_hash(&user, &hash).await? => None,
            password => password.filter(|_| !self.is_trial),
        };
        let mut changed = !change.is_empty() || password.is_some();
        let user = match self.directory.user_update(user, change, password, Among::Everybody).await {
            Ok(user) => user,
            Err(UpdateUserError::Taken(taken)) => return Ok(Verdict::taken(&taken)),
            Err(UpdateUserError::Failed(failure)) => return Err(failure.into()),
            Err(gone @ (UpdateUserError::Gone | UpdateUserError::OtherRole)) => {
                return Ok(Verdict::Refused(gone.to_string()));
            }
        };
        if let Some(plans) = plans {
            changed |= self.directory.user_plans_set(&user, &plans).await?;
        }
        Ok(if changed { Verdict::Updated(id) } else { Verdict::Unchanged(id) })
    }

    /// The user that a row speaks of, or why there is no telling.
    async fn find(&self, key: Key, record: &Record) -> anyhow::Result<Result<Option<User>, String>> {
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
                let Patch::Set(external) = &record.external_id else { return lacks("external_id") };
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

/// A value that no two users share, or by which a row finds its user.
type Value = (&'static str, String);

fn email_value(email: &Email) -> Value {
    ("email", email.key().to_owned())
}

fn login_value(login: &Login) -> Value {
    ("login", login.key().to_owned())
}

fn new_values(new: &NewUser) -> Vec<Value> {
    let email = new.email.as_ref().map(email_value);
    let code = new.code.as_ref().map(|code| ("code", code.as_str().to_owned()));
    email.into_iter().chain([login_value(&new.login)]).chain(code).collect()
}

fn record_values(record: &Record) -> Vec<Value> {
    let email = match &record.email {
        Patch::Set(email) => Some(email_value(email)),
        Patch::Keep | Patch::Clear => None,
    };
    let external = match &record.external_id {
        Patch::Set(external) => Some(("external_id", external.as_str().to_owned())),
        Patch::Keep | Patch::Clear => None,
    };
    let login = record.new_login().map(|login| login_value(&login));
    let code = record.code.as_ref().map(|code| ("code", code.as_str().to_owned()));
    email.into_iter().chain(login).chain(code).chain(external).collect()
}

/// What `user` gives up if `record` is applied to it.
fn freed_values(record: &Record, user: &User) -> Vec<Value> {
    let own: Vec<_> = user.email.iter().map(email_value).chain([login_value(&user.login)]).collect();
    let stays = record_values(record);
    let gives_email = record.email != Patch::Keep;
    own.into_iter().filter(|value| !stays.contains(value) && (value.0 == "login" || gives_email)).collect()
}
