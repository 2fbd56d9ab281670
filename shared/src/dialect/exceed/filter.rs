//! From a list's parameters to the users it keeps.

use super::{
    attributes::{ATTRIBUTES, Attribute, Fixed, Kind, Of, Source, authority},
    moments,
    parameters::{CODE, Given, Parameters, given, is_yes},
};
use crate::{
    domain::{
        AccountId, Code, Condition, Email, Line, Login, ProfileTest, ProfileValue, Role, TimeZone, UserFilter, UserId,
    },
    http::Value,
};

/// What a value in a filter is read with.
struct Reader<'a> {
    account: AccountId,
    /// The zone of the account; UTC where it has none.
    zone: Option<&'a TimeZone>,
}

/// The users whom a list of an account is asked for, on the clocks of its zone.
#[must_use]
pub fn filter(asked: &Parameters, account: AccountId, zone: Option<&TimeZone>) -> UserFilter {
    Reader { account, zone }.filter(asked)
}

/// Whether a filter speaks of dates or times, which are read in the account's zone.
pub(super) fn needs_zone(asked: &Parameters) -> bool {
    let timely = ATTRIBUTES.iter().filter(|attribute| matches!(attribute.kind, Kind::Date | Kind::Moment));
    timely.into_iter().any(|attribute| asked.raw(attribute.name).is_some())
}

impl Reader<'_> {
    fn filter(&self, asked: &Parameters) -> UserFilter {
        // What is not understood keeps no user: a client may take the first hit for the one it meant.
        if asked.is_malformed() {
            return UserFilter::all_of(vec![Condition::Never]);
        }
        let given = ATTRIBUTES.iter().filter_map(|attribute| Some((attribute, asked.raw(attribute.name)?)));
        UserFilter::all_of(given.filter_map(|(attribute, value)| self.read(attribute, value)).collect())
    }

    /// What must hold; nothing where it holds of every user.
    fn read(&self, attribute: &'static Attribute, value: &Value) -> Option<Condition> {
        match value {
            Value::List(values) => {
                let any: Option<_> = values.iter().map(|value| self.condition(attribute, &given(value))).collect();
                any.map(Condition::Any)
            }
            value => self.condition(attribute, &given(value)),
        }
    }

    /// What must hold; nothing where it holds of everybody.
    fn condition(&self, attribute: &'static Attribute, given: &Given) -> Option<Condition> {
        let text = match given {
            Given::Null => "",
            Given::Text(text) => text.as_ref(),
            Given::Unusable => return Some(Condition::Never),
        };
        match attribute.source {
            Source::Profile => Some(self.profile(attribute, text)),
            Source::User(of) => self.of_user(of, text),
            Source::Always(value) if holds_always(value, text) => None,
            Source::Always(_) => Some(Condition::Never),
        }
    }

    fn profile(&self, attribute: &'static Attribute, text: &str) -> Condition {
        let test = match attribute.kind {
            Kind::Boolean if text.is_empty() => None,
            Kind::Boolean if is_yes(text) => Some(ProfileTest::Is(ProfileValue::Boolean(true))),
            Kind::Boolean => Some(ProfileTest::No),
            _ if text.is_empty() => Some(ProfileTest::Blank),
            Kind::Integer => text.parse().ok().map(ProfileValue::Integer).map(ProfileTest::Is),
            Kind::Date | Kind::Moment => moments::dates(text, self.zone).map(ProfileTest::Within),
            Kind::Line(_) => Some(ProfileTest::Is(ProfileValue::Text(text.to_owned()))),
            Kind::Lines(_) => Some(ProfileTest::Is(ProfileValue::Text(text.replace("\r\n", "\n")))),
        };
        test.map_or(Condition::Never, |test| Condition::Profile(attribute.name, test))
    }

    fn of_user(&self, of: Of, text: &str) -> Option<Condition> {
        let number = || text.parse::<i64>().ok().and_then(|number| u64::try_from(number).ok());
        let moments = || moments::moments(text, self.zone).filter(|_| !text.is_empty());
        let condition = match of {
            Of::Account if number() == Some(self.account.get()) => return None,
            Of::Account => None,
            Of::Active if text.is_empty() => None,
            Of::Active => Some(Condition::Active(is_yes(text))),
            Of::Authority => {
                let role = [Role::Regular, Role::Administrator].into_iter().find(|role| authority(*role) == text);
                role.map(Condition::Role)
            }
            Of::Code => Line::parse(text, CODE).ok().filter(|_| !text.is_empty()).map(Code::from).map(Condition::Code),
            Of::Created => moments().map(Condition::Created),
            Of::Updated => moments().map(Condition::Updated),
            Of::Email if text.is_empty() => Some(Condition::NoEmail),
            Of::Email => Email::parse(text).ok().map(Condition::Email),
            Of::FirstName => Some(Condition::FirstName(text.to_owned())),
            Of::LastName => Some(Condition::LastName(text.to_owned())),
            Of::FullName => Some(Condition::FullName(text.to_owned())),
            Of::Id => number().and_then(|number| UserId::parse(&number.to_string())).map(Condition::Id),
            Of::Login => Login::parse_any(text).filter(|_| !text.is_empty()).map(Condition::Login),
        };
        Some(condition.unwrap_or(Condition::Never))
    }
}

/// Whether a value that everybody has is the one that is asked for.
fn holds_always(value: Fixed, text: &str) -> bool {
    match value {
        Fixed::Null => text.is_empty(),
        Fixed::No => !text.is_empty() && !is_yes(text),
        Fixed::Text(own) => text == own,
    }
}
