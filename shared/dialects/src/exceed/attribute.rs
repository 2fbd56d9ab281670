//! The table of attributes: it drives how users are decoded, filtered and encoded, in JSON and in XML.

use std::{borrow::Cow, sync::LazyLock};

use roster_domain::{Email, PROFILE_ATTRIBUTES, ProfileValue, Role, Timestamp, User, ValueKind};

/// An attribute of a user.
#[derive(Debug)]
pub struct Attribute {
    /// Its name in JSON; in XML, dashes stand for underscores.
    pub name: &'static str,
    /// What values it has.
    pub kind: ValueKind,
    /// Where its value comes from.
    pub source: Source,
}

/// Where an attribute's value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// Clients write it, and the directory stores it as it is.
    Profile,
    /// The directory interprets it. If clients write it, this dialect has its own rules for it.
    Field(Field),
    /// Always this value.
    Constant(Constant),
}

/// A field of a user that the directory interprets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "named as in `roster_domain::User`")]
pub enum Field {
    Account,
    Active,
    Authority,
    Code,
    CreatedAt,
    Email,
    FirstName,
    FullName,
    Id,
    LastName,
    Login,
    UpdatedAt,
}

/// A value that never changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Constant {
    /// Null.
    Null,
    /// No.
    False,
    /// A text.
    Text(&'static str),
}

/// An attribute's value of one user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Cell<'a> {
    Null,
    Integer(i64),
    Boolean(bool),
    Timestamp(Timestamp),
    /// A date too.
    Text(Cow<'a, str>),
}

/// Texts without a limit of their own.
const TEXT: ValueKind = ValueKind::Line(255);
const NAME: ValueKind = ValueKind::Line(100);

/// Every attribute, in the order in which they are shown, which is that of their names.
pub static ATTRIBUTES: LazyLock<Vec<Attribute>> = LazyLock::new(|| {
    let profile = PROFILE_ATTRIBUTES.iter().map(|attribute| Attribute {
        name: attribute.name,
        kind: attribute.kind,
        source: Source::Profile,
    });
    let mut attributes: Vec<_> = OWN.into_iter().chain(profile).collect();
    attributes.sort_unstable_by_key(|attribute| attribute.name);
    attributes
});

/// The attributes that are no part of a profile.
#[rustfmt::skip]
const OWN: [Attribute; 27] = [
    field("account_id", ValueKind::Integer, Field::Account),
    field("authority", TEXT, Field::Authority),
    field("code", TEXT, Field::Code),
    field("created_on", ValueKind::Timestamp, Field::CreatedAt),
    field("email", NAME, Field::Email),
    constant("facebook_as_id", TEXT, Constant::Null),
    field("first_name", NAME, Field::FirstName),
    field("full_name", ValueKind::Line(200), Field::FullName),
    constant("google_auth", ValueKind::Boolean, Constant::Null),
    constant("hide_welcome_page", ValueKind::Boolean, Constant::False),
    field("id", ValueKind::Integer, Field::Id),
    constant("is_account_owner", ValueKind::Boolean, Constant::False),
    field("is_active", ValueKind::Boolean, Field::Active),
    constant("is_instructor", ValueKind::Boolean, Constant::False),
    constant("last_login_at", ValueKind::Timestamp, Constant::Null),
    field("last_name", NAME, Field::LastName),
    field("login", NAME, Field::Login),
    constant("organization_id", ValueKind::Integer, Constant::Null),
    constant("picture_id", ValueKind::Integer, Constant::Null),
    constant("provider", TEXT, Constant::Null),
    constant("registered_at", ValueKind::Timestamp, Constant::Null),
    constant("registration_code", TEXT, Constant::Null),
    constant("rehired_on", ValueKind::Date, Constant::Null),
    constant("uid", TEXT, Constant::Null),
    constant("updated_by", TEXT, Constant::Text("API")),
    field("updated_on", ValueKind::Timestamp, Field::UpdatedAt),
    constant("verified_at", ValueKind::Timestamp, Constant::Null),
];

const fn field(name: &'static str, kind: ValueKind, field: Field) -> Attribute {
    Attribute { name, kind, source: Source::Field(field) }
}

const fn constant(name: &'static str, kind: ValueKind, value: Constant) -> Attribute {
    Attribute { name, kind, source: Source::Constant(value) }
}

/// The attribute of a name.
pub(super) fn attribute(name: &str) -> Option<&'static Attribute> {
    ATTRIBUTES.binary_search_by_key(&name, |attribute| attribute.name).ok().and_then(|index| ATTRIBUTES.get(index))
}

impl Attribute {
    /// Its value of a user.
    pub(super) fn of<'a>(&self, user: &'a User) -> Cell<'a> {
        match self.source {
            Source::Profile => match (user.profile.get(self.name), self.kind) {
                (Some(ProfileValue::Boolean(flag)), _) => Cell::Boolean(*flag),
                (Some(ProfileValue::Integer(number)), _) => Cell::Integer(*number),
                (Some(ProfileValue::Text(text)), _) => Cell::Text(Cow::Borrowed(text)),
                // A flag is never null.
                (None, ValueKind::Boolean) => Cell::Boolean(false),
                (None, _) => Cell::Null,
            },
            Source::Field(field) => field.of(user),
            Source::Constant(Constant::Null) => Cell::Null,
            Source::Constant(Constant::False) => Cell::Boolean(false),
            Source::Constant(Constant::Text(text)) => Cell::Text(Cow::Borrowed(text)),
        }
    }
}

impl Field {
    fn of(self, user: &User) -> Cell<'_> {
        let number = |number: u64| Cell::Integer(i64::try_from(number).expect("ids have at most 53 bits"));
        match self {
            Self::Account => number(user.account.get()),
            Self::Active => Cell::Boolean(user.active),
            Self::Authority => Cell::Text(Cow::Borrowed(authority(user.role))),
            Self::Code => Cell::Text(Cow::Borrowed(user.code.as_str())),
            Self::CreatedAt => Cell::Timestamp(user.created_at),
            Self::Email => {
                user.email.as_ref().map_or(Cell::Null, |email| Cell::Text(Cow::Borrowed(Email::as_str(email))))
            }
            Self::FirstName => Cell::Text(Cow::Borrowed(user.first_name.as_str())),
            Self::FullName => Cell::Text(Cow::Owned(user.full_name())),
            Self::Id => number(user.id.get()),
            Self::LastName => Cell::Text(Cow::Borrowed(user.last_name.as_str())),
            Self::Login => Cell::Text(Cow::Owned(user.login.as_str().to_lowercase())),
            Self::UpdatedAt => Cell::Timestamp(user.updated_at),
        }
    }
}

/// The dialect's name of a role.
pub(super) const fn authority(role: Role) -> &'static str {
    match role {
        Role::Regular => "student",
        Role::Administrator => "superadmin",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_name_stands_once_and_is_found() {
        assert!(ATTRIBUTES.is_sorted_by(|a, b| a.name < b.name));
        assert!(ATTRIBUTES.iter().all(|own| attribute(own.name).is_some_and(|found| found.name == own.name)));
        assert!(attribute("password").is_none());
    }
}
