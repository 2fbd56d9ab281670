//! The table of attributes: it drives how users are decoded, filtered and encoded, in JSON and in XML.

use std::borrow::Cow;

use roster_domain::{Email, ProfileValue, Role, Timestamp, User};

/// An attribute of a user.
#[derive(Debug)]
pub struct Attribute {
    /// Its name in JSON; in XML, dashes stand for underscores.
    pub name: &'static str,
    /// What values it has.
    pub kind: Kind,
    /// Where its value comes from.
    pub source: Source,
}

/// What values an attribute has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A whole number of 64 bits.
    Integer,
    /// Yes or no.
    Boolean,
    /// `YYYY-MM-DD`
    Date,
    /// Date and time.
    Timestamp,
    /// One line of at most this many characters.
    Line(u64),
    /// Any number of lines, of at most this many characters together.
    Lines(u64),
}

/// Where an attribute's value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// Clients write it, and the directory stores it as it is.
    Profile,
    /// The directory understands it; for those that clients write, this dialect has rules of its own.
    Field(Field),
    /// Always this value.
    Constant(Constant),
}

/// A field of a user that the directory understands.
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
const TEXT: Kind = Kind::Line(255);
const CUSTOM: Kind = Kind::Lines(255);
const ADDRESS: Kind = Kind::Lines(100);
const NAME: Kind = Kind::Line(100);
const PHONE: Kind = Kind::Line(20);

/// Every attribute, in the order in which they are shown.
#[rustfmt::skip]
pub static ATTRIBUTES: [Attribute; 69] = [
    field("account_id", Kind::Integer, Field::Account),
    profile("address_one", ADDRESS),
    profile("address_two", ADDRESS),
    field("authority", TEXT, Field::Authority),
    profile("city", Kind::Line(50)),
    field("code", TEXT, Field::Code),
    profile("country", TEXT),
    field("created_on", Kind::Timestamp, Field::CreatedAt),
    profile("custom_a", CUSTOM), profile("custom_b", CUSTOM), profile("custom_c", CUSTOM), profile("custom_d", CUSTOM),
    profile("custom_e", CUSTOM), profile("custom_f", CUSTOM), profile("custom_g", CUSTOM), profile("custom_h", CUSTOM),
    profile("custom_i", CUSTOM), profile("custom_j", CUSTOM), profile("custom_k", CUSTOM), profile("custom_l", CUSTOM),
    profile("custom_m", CUSTOM), profile("custom_n", CUSTOM), profile("custom_o", CUSTOM), profile("custom_p", CUSTOM),
    profile("custom_q", CUSTOM), profile("custom_r", CUSTOM), profile("custom_s", CUSTOM), profile("custom_t", CUSTOM),
    profile("custom_u", CUSTOM),
    field("email", NAME, Field::Email),
    profile("external_avatar_url", TEXT),
    constant("facebook_as_id", TEXT, Constant::Null),
    profile("facebook_id", TEXT),
    field("first_name", NAME, Field::FirstName),
    field("full_name", Kind::Line(200), Field::FullName),
    constant("google_auth", Kind::Boolean, Constant::Null),
    constant("hide_welcome_page", Kind::Boolean, Constant::False),
    profile("hired_on", Kind::Date),
    field("id", Kind::Integer, Field::Id),
    profile("integration_id", Kind::Integer),
    constant("is_account_owner", Kind::Boolean, Constant::False),
    field("is_active", Kind::Boolean, Field::Active),
    constant("is_instructor", Kind::Boolean, Constant::False),
    profile("is_pass_reset_required", Kind::Boolean),
    constant("last_login_at", Kind::Timestamp, Constant::Null),
    field("last_name", NAME, Field::LastName),
    profile("locale", TEXT),
    field("login", NAME, Field::Login),
    profile("manager_id", Kind::Integer),
    constant("organization_id", Kind::Integer, Constant::Null),
    profile("phone_fax", PHONE),
    profile("phone_home", PHONE),
    profile("phone_mobile", PHONE),
    profile("phone_work", PHONE),
    constant("picture_id", Kind::Integer, Constant::Null),
    profile("position_id", Kind::Integer),
    profile("position_name", TEXT),
    constant("provider", TEXT, Constant::Null),
    constant("registered_at", Kind::Timestamp, Constant::Null),
    constant("registration_code", TEXT, Constant::Null),
    profile("registration_id", TEXT),
    constant("rehired_on", Kind::Date, Constant::Null),
    profile("state", Kind::Line(50)),
    profile("tzid", TEXT),
    constant("uid", TEXT, Constant::Null),
    constant("updated_by", TEXT, Constant::Text("API")),
    field("updated_on", Kind::Timestamp, Field::UpdatedAt),
    constant("verified_at", Kind::Timestamp, Constant::Null),
    profile("zip", Kind::Line(10)),
];

const fn profile(name: &'static str, kind: Kind) -> Attribute {
    Attribute { name, kind, source: Source::Profile }
}

const fn field(name: &'static str, kind: Kind, field: Field) -> Attribute {
    Attribute { name, kind, source: Source::Field(field) }
}

const fn constant(name: &'static str, kind: Kind, value: Constant) -> Attribute {
    Attribute { name, kind, source: Source::Constant(value) }
}

/// The attribute of a name.
pub(super) fn attribute(name: &str) -> Option<&'static Attribute> {
    // In order of names, which a test holds.
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
                (None, Kind::Boolean) => Cell::Boolean(false),
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

/// How the dialect calls a role.
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
    fn the_table_is_in_order_so_that_names_are_found() {
        assert!(ATTRIBUTES.is_sorted_by_key(|attribute| attribute.name));
        assert!(ATTRIBUTES.iter().all(|own| attribute(own.name).is_some_and(|found| found.name == own.name)));
        assert!(attribute("password").is_none());
    }
}
