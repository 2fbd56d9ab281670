//! The one table of attributes: it drives what is read, written, filtered, limited and shown, in
//! JSON and in XML.

use std::borrow::Cow;

use crate::domain::{Email, ProfileValue, Role, Timestamp, User};

/// An attribute of a user.
#[derive(Debug)]
pub(super) struct Attribute {
    /// Its name in JSON; in XML, dashes stand for underscores.
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    pub(super) source: Source,
}

/// What values an attribute has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Integer,
    Boolean,
    Date,
    Moment,
    /// A line of at most so many characters.
    Line(u64),
    /// A text of at most so many characters that may have several lines.
    Lines(u64),
}

/// Where an attribute's value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// Clients write it, and the directory keeps it as it is.
    Profile,
    /// The directory knows what it means; this dialect has rules of its own for those that clients
    /// write.
    User(Of),
    /// Nobody writes it: always this value.
    Always(Fixed),
}

/// A thing of a user that the directory understands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Of {
    Account,
    Active,
    Authority,
    Code,
    Created,
    Email,
    FirstName,
    FullName,
    Id,
    LastName,
    Login,
    Updated,
}

/// A value that never changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fixed {
    Null,
    No,
    Text(&'static str),
}

/// A value on its way out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Shown<'a> {
    Null,
    Integer(i64),
    Boolean(bool),
    Moment(Timestamp),
    /// A date too.
    Text(Cow<'a, str>),
}

/// What has no limit of its own.
const TEXT: Kind = Kind::Line(255);
const CUSTOM: Kind = Kind::Lines(255);
const ADDRESS: Kind = Kind::Lines(100);
const NAME: Kind = Kind::Line(100);
const PHONE: Kind = Kind::Line(20);

/// Every attribute, in the order in which they are shown.
#[rustfmt::skip]
pub(super) static ATTRIBUTES: [Attribute; 69] = [
    of_user("account_id", Kind::Integer, Of::Account),
    kept("address_one", ADDRESS),
    kept("address_two", ADDRESS),
    of_user("authority", TEXT, Of::Authority),
    kept("city", Kind::Line(50)),
    of_user("code", TEXT, Of::Code),
    kept("country", TEXT),
    of_user("created_on", Kind::Moment, Of::Created),
    kept("custom_a", CUSTOM), kept("custom_b", CUSTOM), kept("custom_c", CUSTOM), kept("custom_d", CUSTOM),
    kept("custom_e", CUSTOM), kept("custom_f", CUSTOM), kept("custom_g", CUSTOM), kept("custom_h", CUSTOM),
    kept("custom_i", CUSTOM), kept("custom_j", CUSTOM), kept("custom_k", CUSTOM), kept("custom_l", CUSTOM),
    kept("custom_m", CUSTOM), kept("custom_n", CUSTOM), kept("custom_o", CUSTOM), kept("custom_p", CUSTOM),
    kept("custom_q", CUSTOM), kept("custom_r", CUSTOM), kept("custom_s", CUSTOM), kept("custom_t", CUSTOM),
    kept("custom_u", CUSTOM),
    of_user("email", NAME, Of::Email),
    kept("external_avatar_url", TEXT),
    always("facebook_as_id", TEXT, Fixed::Null),
    kept("facebook_id", TEXT),
    of_user("first_name", NAME, Of::FirstName),
    of_user("full_name", Kind::Line(200), Of::FullName),
    always("google_auth", Kind::Boolean, Fixed::Null),
    always("hide_welcome_page", Kind::Boolean, Fixed::No),
    kept("hired_on", Kind::Date),
    of_user("id", Kind::Integer, Of::Id),
    kept("integration_id", Kind::Integer),
    always("is_account_owner", Kind::Boolean, Fixed::No),
    of_user("is_active", Kind::Boolean, Of::Active),
    always("is_instructor", Kind::Boolean, Fixed::No),
    kept("is_pass_reset_required", Kind::Boolean),
    always("last_login_at", Kind::Moment, Fixed::Null),
    of_user("last_name", NAME, Of::LastName),
    kept("locale", TEXT),
    of_user("login", NAME, Of::Login),
    kept("manager_id", Kind::Integer),
    always("organization_id", Kind::Integer, Fixed::Null),
    kept("phone_fax", PHONE),
    kept("phone_home", PHONE),
    kept("phone_mobile", PHONE),
    kept("phone_work", PHONE),
    always("picture_id", Kind::Integer, Fixed::Null),
    kept("position_id", Kind::Integer),
    kept("position_name", TEXT),
    always("provider", TEXT, Fixed::Null),
    always("registered_at", Kind::Moment, Fixed::Null),
    always("registration_code", TEXT, Fixed::Null),
    kept("registration_id", TEXT),
    always("rehired_on", Kind::Date, Fixed::Null),
    kept("state", Kind::Line(50)),
    kept("tzid", TEXT),
    always("uid", TEXT, Fixed::Null),
    always("updated_by", TEXT, Fixed::Text("API")),
    of_user("updated_on", Kind::Moment, Of::Updated),
    always("verified_at", Kind::Moment, Fixed::Null),
    kept("zip", Kind::Line(10)),
];

const fn kept(name: &'static str, kind: Kind) -> Attribute {
    Attribute { name, kind, source: Source::Profile }
}

const fn of_user(name: &'static str, kind: Kind, of: Of) -> Attribute {
    Attribute { name, kind, source: Source::User(of) }
}

const fn always(name: &'static str, kind: Kind, value: Fixed) -> Attribute {
    Attribute { name, kind, source: Source::Always(value) }
}

/// The attribute of a name.
pub(super) fn attribute(name: &str) -> Option<&'static Attribute> {
    // In order of names, which a test holds.
    ATTRIBUTES.binary_search_by_key(&name, |attribute| attribute.name).ok().and_then(|place| ATTRIBUTES.get(place))
}

impl Attribute {
    /// Its value of a user.
    pub(super) fn of<'a>(&self, user: &'a User) -> Shown<'a> {
        match self.source {
            Source::Profile => match (user.profile.get(self.name), self.kind) {
                (Some(ProfileValue::Boolean(flag)), _) => Shown::Boolean(*flag),
                (Some(ProfileValue::Integer(number)), _) => Shown::Integer(*number),
                (Some(ProfileValue::Text(text)), _) => Shown::Text(Cow::Borrowed(text)),
                // A flag is never null.
                (None, Kind::Boolean) => Shown::Boolean(false),
                (None, _) => Shown::Null,
            },
            Source::User(of) => of.of(user),
            Source::Always(Fixed::Null) => Shown::Null,
            Source::Always(Fixed::No) => Shown::Boolean(false),
            Source::Always(Fixed::Text(text)) => Shown::Text(Cow::Borrowed(text)),
        }
    }
}

impl Of {
    fn of(self, user: &User) -> Shown<'_> {
        let number = |number: u64| Shown::Integer(i64::try_from(number).unwrap_or(i64::MAX));
        match self {
            Self::Account => number(user.account.get()),
            Self::Active => Shown::Boolean(user.active),
            Self::Authority => Shown::Text(Cow::Borrowed(authority(user.role))),
            Self::Code => Shown::Text(Cow::Borrowed(user.code.as_str())),
            Self::Created => Shown::Moment(user.created_at),
            Self::Email => {
                user.email.as_ref().map_or(Shown::Null, |email| Shown::Text(Cow::Borrowed(Email::as_str(email))))
            }
            Self::FirstName => Shown::Text(Cow::Borrowed(user.first_name.as_str())),
            Self::FullName => Shown::Text(Cow::Owned(user.full_name())),
            Self::Id => number(user.id.get()),
            Self::LastName => Shown::Text(Cow::Borrowed(user.last_name.as_str())),
            Self::Login => Shown::Text(Cow::Owned(user.login.as_str().to_lowercase())),
            Self::Updated => Shown::Moment(user.updated_at),
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
