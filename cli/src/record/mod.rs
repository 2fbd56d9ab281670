//! A user as a line of a file, for import and export.
//!
//! The names of the columns are those of the domain. The names of every dialect are accepted too.

mod column;
mod decode;
mod encode;

use std::collections::BTreeSet;

pub(crate) use column::Column;
pub(crate) use decode::{Cell, Plans};
pub(crate) use encode::{csv_header, csv_row, json, slugs};
use roster_domain::{
    AttributesChange, Code, Email, Line, Login, NewUser, PasswordInput, Patch, PlanId, PreservedTimestamps,
    ProfileChange, Role, Timestamp, User, UserChange, UserId,
};

/// The format of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// A header, then a row for each user
    Csv,
    /// A JSON object on each line
    Ndjson,
}

/// The data of a user in one line. A missing value is `None` or [`Patch::Keep`].
#[derive(Debug, Default)]
pub(crate) struct Record {
    pub(crate) id: Option<UserId>,
    pub(crate) email: Patch<Email>,
    pub(crate) login: Option<Login>,
    pub(crate) code: Option<Code>,
    first_name: Option<Line>,
    last_name: Option<Line>,
    role: Option<Role>,
    active: Option<bool>,
    pub(crate) attributes: AttributesChange,
    profile: ProfileChange,
    /// Attributes whose cells are empty: no change in an update, null for a new user.
    blank: Vec<&'static str>,
    pub(crate) plans: Option<BTreeSet<PlanId>>,
    password: Option<PasswordInput>,
    created_at: Option<Timestamp>,
    updated_at: Option<Timestamp>,
}

impl Record {
    /// The login of a new user of this line: its own, or its address.
    pub(crate) fn new_login(&self) -> Option<Login> {
        self.login.clone().or_else(|| match &self.email {
            Patch::Set(email) => Some(Login::from(email)),
            Patch::Keep | Patch::Clear => None,
        })
    }

    /// The new user of this line; its times only if `keeps` is set.
    ///
    /// # Errors
    /// The value that is missing.
    pub(crate) fn into_new(mut self, keeps: bool) -> Result<NewUser, String> {
        let login = self.new_login().ok_or("has neither login nor email")?;
        let first_name = self.first_name.take().ok_or("has no first_name")?;
        let last_name = self.last_name.take().ok_or("has no last_name")?;
        self.profile.extend(self.blank.iter().map(|name| (*name, None)));
        let times = self
            .created_at
            .map(|created_at| PreservedTimestamps { created_at, updated_at: self.updated_at.unwrap_or(created_at) });
        Ok(NewUser {
            role: self.role.unwrap_or(Role::Regular),
            password: self.password,
            code: self.code,
            active: self.active.unwrap_or(true),
            attributes: self.attributes.into(),
            profile: self.profile,
            plans: self.plans.unwrap_or_default(),
            preserved: times.filter(|_| keeps),
            ..NewUser::named(login, self.email.value(), first_name, last_name)
        })
    }

    /// The change to `user` and the password in this line. A value that `user` has already is not a change.
    ///
    /// # Errors
    /// The value that would change but cannot.
    pub(crate) fn into_change(self, user: &User) -> Result<(UserChange, Option<PasswordInput>), String> {
        if self.code.as_ref().is_some_and(|code| *code != user.code) {
            return Err("code cannot be changed".to_owned());
        }
        let profile = self.profile.into_iter().filter(|(name, value)| user.profile.get(name) != value.as_ref());
        let login = self.login.filter(|login| login.as_str() != user.login.as_str());
        let same_address = |email: &Email| user.email.as_ref().map(Email::as_str) == Some(email.as_str());
        let email = match self.email {
            Patch::Set(email) if same_address(&email) => Patch::Keep,
            Patch::Clear if user.email.is_none() => Patch::Keep,
            email => email,
        };
        let change = UserChange {
            login_follows_email: login.is_none(),
            email,
            login,
            first_name: self.first_name.filter(|name| *name != user.first_name),
            last_name: self.last_name.filter(|name| *name != user.last_name),
            role: self.role.filter(|role| *role != user.role),
            active: self.active.filter(|active| *active != user.active),
            attributes: self.attributes.without_unchanged(&user.attributes),
            profile: profile.collect(),
        };
        Ok((change, self.password))
    }
}
