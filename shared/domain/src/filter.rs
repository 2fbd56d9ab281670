use super::{Code, Email, Login, ProfileValue, Role, Timestamp, User, UserId};

/// Selects users of an account: a user matches if every condition is true of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct UserFilter(Vec<Condition>);

/// A condition on one user.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Condition {
    /// Matches no user.
    Never,
    /// The user with this id.
    Id(UserId),
    /// The user with this code, compared exactly.
    Code(Code),
    /// The user with this address, compared as addresses are.
    Email(Email),
    /// The user has no address.
    NoEmail,
    /// The user with this login, compared as logins are.
    Login(Login),
    /// Exactly this given name.
    FirstName(String),
    /// Exactly this family name.
    LastName(String),
    /// Given name, space and family name, in lower case.
    FullName(String),
    /// The user has this role.
    Role(Role),
    /// The user may, or may not, sign in.
    Active(bool),
    /// The user was created within this time range.
    Created(Span<Timestamp>),
    /// The user was last changed within this time range.
    Updated(Span<Timestamp>),
    /// An attribute of the profile passes a test.
    Profile(&'static str, ProfileTest),
    /// At least one of these conditions is true.
    Any(Vec<Condition>),
}

/// A test of one value of a profile.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ProfileTest {
    /// The value is absent or an empty text.
    Blank,
    /// The value equals this one.
    Is(ProfileValue),
    /// The value is absent or `false`.
    No,
    /// The value is a date in this range, compared as text.
    Within(Span<String>),
}

/// A range from a value, inclusive, to another, exclusive; either end may be open.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Span<T> {
    /// The lower bound, inclusive.
    pub from: Option<T>,
    /// The upper bound, exclusive.
    pub before: Option<T>,
}

impl<T: Ord> Span<T> {
    /// Whether no value can be in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        matches!((&self.from, &self.before), (Some(from), Some(before)) if from >= before)
    }

    /// Whether a value is in it.
    #[must_use]
    pub fn contains(&self, value: &T) -> bool {
        self.from.as_ref().is_none_or(|from| from <= value) && self.before.as_ref().is_none_or(|before| value < before)
    }
}

impl UserFilter {
    /// A filter that matches the users for which all of `conditions` are true.
    #[must_use]
    pub fn all_of(conditions: Vec<Condition>) -> Self {
        Self(conditions)
    }

    /// The conditions; all must be true.
    #[must_use]
    pub fn conditions(&self) -> &[Condition] {
        &self.0
    }

    /// Whether it has no conditions, and so matches every user.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether it matches `user`.
    #[must_use]
    pub fn keeps(&self, user: &User) -> bool {
        self.0.iter().all(|condition| condition.holds(user))
    }
}

impl Condition {
    /// Whether the condition is true of `user`.
    #[must_use]
    pub fn holds(&self, user: &User) -> bool {
        match self {
            Self::Never => false,
            Self::Id(id) => user.id == *id,
            Self::Code(code) => user.code == *code,
            Self::Email(email) => user.email.as_ref().is_some_and(|own| own.key() == email.key()),
            Self::NoEmail => user.email.is_none(),
            Self::Login(login) => user.login.key() == login.key(),
            Self::FirstName(name) => user.first_name.as_str() == name,
            Self::LastName(name) => user.last_name.as_str() == name,
            Self::FullName(name) => user.full_name() == *name,
            Self::Role(role) => user.role == *role,
            Self::Active(active) => user.active == *active,
            Self::Created(span) => span.contains(&user.created_at),
            Self::Updated(span) => span.contains(&user.updated_at),
            Self::Profile(name, test) => test.passes(user.profile.get(name)),
            Self::Any(conditions) => conditions.iter().any(|condition| condition.holds(user)),
        }
    }
}

impl ProfileTest {
    fn passes(&self, value: Option<&ProfileValue>) -> bool {
        match (self, value) {
            (Self::Blank | Self::No, None) => true,
            (Self::Blank, Some(value)) => *value == ProfileValue::Text(String::new()),
            (Self::No, Some(value)) => *value == ProfileValue::Boolean(false),
            (Self::Is(wanted), Some(value)) => wanted == value,
            (Self::Within(span), Some(ProfileValue::Text(date))) => span.contains(date),
            (Self::Is(_) | Self::Within(_), _) => false,
        }
    }
}
