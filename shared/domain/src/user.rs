use std::collections::BTreeSet;

use super::{
    AccountId, Attributes, AttributesChange, Code, Email, Line, Login, PasswordInput, PlanId, Profile, ProfileChange,
    Timestamp, UserId,
};

/// The role of a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// The ordinary user.
    Regular,
    /// Has backend access: hidden from the member dialect.
    Administrator,
}

/// The roles to which a write applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RoleGuard {
    /// Users of any role.
    Any,
    /// Only regular users.
    RegularOnly,
}

/// A value that is unique among the users of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unique {
    /// The e-mail address.
    Email,
    /// The login.
    Login,
    /// The code.
    Code,
}

/// A user, as the dialects show it. It does not include other stored data, such as the hash of the password.
#[derive(Clone, Debug)]
pub struct User {
    /// The account it belongs to.
    pub account: AccountId,
    /// Its number in the account.
    pub id: UserId,
    /// Its address; only the exceed dialect creates users without one.
    pub email: Option<Email>,
    /// The name it signs in with.
    pub login: Login,
    /// Its external code.
    pub code: Code,
    /// Given name.
    pub first_name: Line,
    /// Family name.
    pub last_name: Line,
    /// What it may do.
    pub role: Role,
    /// Whether it may sign in.
    pub active: bool,
    /// What only some dialects show.
    pub attributes: Attributes,
    /// The exceed dialect's other attributes.
    pub profile: Profile,
    /// The plans it is subscribed to.
    pub plans: BTreeSet<PlanId>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

impl AsRef<Self> for User {
    fn as_ref(&self) -> &Self {
        self
    }
}

impl User {
    /// Given name, a space and family name, in lower case.
    #[must_use]
    pub fn full_name(&self) -> String {
        format!("{} {}", self.first_name.as_str(), self.last_name.as_str()).to_lowercase()
    }
}

/// When an imported user was created and last updated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PreservedTimestamps {
    /// See [`User::created_at`].
    pub created_at: Timestamp,
    /// See [`User::updated_at`].
    pub updated_at: Timestamp,
}

/// The data of a new user. The directory adds the id, the time and, if absent, the code.
#[derive(Debug)]
pub struct NewUser {
    /// The e-mail address.
    pub email: Option<Email>,
    /// The name it signs in with.
    pub login: Login,
    /// Given name.
    pub first_name: Line,
    /// Family name.
    pub last_name: Line,
    /// What it may do.
    pub role: Role,
    /// Its password; without one it cannot sign in.
    pub password: Option<PasswordInput>,
    /// Its code; if absent, [`Code::default_for`] its id.
    pub code: Option<Code>,
    /// Whether it may sign in.
    pub active: bool,
    /// See [`User::attributes`].
    pub attributes: Attributes,
    /// See [`User::profile`]. Contains only the differences from [`Profile::of_new_user`].
    pub profile: ProfileChange,
    /// See [`User::plans`].
    pub plans: BTreeSet<PlanId>,
    /// Set for an imported user; otherwise the user is created now.
    pub preserved: Option<PreservedTimestamps>,
}

impl NewUser {
    /// A regular, active user with these names and nothing else.
    #[must_use]
    pub fn named(login: Login, email: Option<Email>, first_name: Line, last_name: Line) -> Self {
        Self {
            email,
            login,
            first_name,
            last_name,
            role: Role::Regular,
            password: None,
            code: None,
            active: true,
            attributes: Attributes::default(),
            profile: ProfileChange::new(),
            plans: BTreeSet::new(),
            preserved: None,
        }
    }
}

/// A change to one attribute in an update.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Patch<T> {
    /// It stays as it is.
    #[default]
    Keep,
    /// It becomes absent.
    Clear,
    /// It is set to this value.
    Set(T),
}

impl<T: Clone> Patch<T> {
    pub(crate) fn apply_to(&self, attribute: &mut Option<T>) {
        match self {
            Self::Keep => {}
            Self::Clear => *attribute = None,
            Self::Set(new) => *attribute = Some(new.clone()),
        }
    }
}

/// `Set` with a value, or `Keep`.
impl<T> From<Option<T>> for Patch<T> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Keep, Self::Set)
    }
}

impl<T: PartialEq> Patch<T> {
    /// `Keep`, if the attribute equals `own` already.
    #[must_use]
    pub fn unless(self, own: Option<&T>) -> Self {
        match self {
            Self::Set(value) if own == Some(&value) => Self::Keep,
            Self::Clear if own.is_none() => Self::Keep,
            patch => patch,
        }
    }
}

impl<T> Patch<T> {
    /// The same of a reference.
    pub const fn as_ref(&self) -> Patch<&T> {
        match self {
            Self::Keep => Patch::Keep,
            Self::Clear => Patch::Clear,
            Self::Set(value) => Patch::Set(value),
        }
    }

    /// The same of another value.
    pub fn map<U>(self, map: impl FnOnce(T) -> U) -> Patch<U> {
        match self {
            Self::Keep => Patch::Keep,
            Self::Clear => Patch::Clear,
            Self::Set(value) => Patch::Set(map(value)),
        }
    }

    /// The new value, if there is one: for attributes that cannot be absent, and for new users.
    #[must_use]
    pub fn value(self) -> Option<T> {
        match self {
            Self::Set(value) => Some(value),
            Self::Keep | Self::Clear => None,
        }
    }
}

/// The changes of an update; the default changes nothing.
#[derive(Debug, Default)]
pub struct UserChange {
    /// A new address, or the removal of the address.
    pub email: Patch<Email>,
    /// A new login.
    pub login: Option<Login>,
    /// Whether a login that equals the old address is replaced by the new address.
    pub login_follows_email: bool,
    /// Given name.
    pub first_name: Option<Line>,
    /// Family name.
    pub last_name: Option<Line>,
    /// What it may do.
    pub role: Option<Role>,
    /// Whether it may sign in.
    pub active: Option<bool>,
    /// See [`User::attributes`].
    pub attributes: AttributesChange,
    /// See [`User::profile`].
    pub profile: ProfileChange,
}

/// An update of a user.
#[derive(Debug)]
pub struct UserUpdate {
    /// What changes.
    pub change: UserChange,
    /// A new password.
    pub password: Option<PasswordInput>,
    /// The roles to which it applies.
    pub guard: RoleGuard,
}

impl UserChange {
    /// Whether it changes no attribute.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        // Destructured, so that a new attribute cannot be forgotten here.
        let Self { email, login, login_follows_email: _, first_name, last_name, role, active, attributes, profile } =
            self;
        *email == Patch::Keep
            && [first_name, last_name].into_iter().all(Option::is_none)
            && (login.is_none() && role.is_none() && active.is_none())
            && *attributes == AttributesChange::default()
            && profile.is_empty()
    }

    /// Whether the written values are computed from the user as it was read: a login may follow the address, and claims
    /// move.
    #[must_use]
    pub fn is_computed(&self) -> bool {
        self.email != Patch::Keep || self.login.is_some()
    }

    /// The address that `user` has after this change, in the form in which addresses compare.
    #[must_use]
    pub fn email_key_of<'a>(&'a self, user: &'a User) -> Option<&'a str> {
        match &self.email {
            Patch::Keep => user.email.as_ref().map(Email::key),
            Patch::Clear => None,
            Patch::Set(email) => Some(email.key()),
        }
    }

    /// The login that `user` has after this change.
    #[must_use]
    pub fn login_of(&self, user: &User) -> Login {
        if let Some(login) = &self.login {
            return login.clone();
        }
        let followed = match (&self.email, &user.email) {
            (Patch::Set(new), Some(old))
                if new.as_str() != old.as_str() && user.login.key() == Login::from(old).key() =>
            {
                Some(new)
            }
            _ => None,
        };
        match followed {
            Some(email) if self.login_follows_email => Login::from(email),
            _ => user.login.clone(),
        }
    }

    /// Whether it signs the user out, because it removes the role or deactivates the user. The user's current values do
    /// not matter, since they may have changed since the user was read.
    #[must_use]
    pub fn ends_sessions(&self) -> bool {
        self.role == Some(Role::Regular) || self.active == Some(false)
    }

    /// The user that `user` becomes by this change at `now`.
    #[must_use]
    pub fn applied_to(&self, user: &User, now: Timestamp) -> User {
        let mut user = User { login: self.login_of(user), updated_at: now, ..user.clone() };
        set(&mut user.first_name, self.first_name.as_ref());
        set(&mut user.last_name, self.last_name.as_ref());
        set(&mut user.role, self.role.as_ref());
        set(&mut user.active, self.active.as_ref());
        self.email.apply_to(&mut user.email);
        self.attributes.apply_to(&mut user.attributes);
        user.profile.apply(&self.profile);
        user
    }
}

fn set<T: Clone>(attribute: &mut T, new: Option<&T>) {
    if let Some(new) = new {
        attribute.clone_from(new);
    }
}
