//! From the parameters of a list to a filter of the domain.

use roster_domain::{
    AccountId, Code, Condition, Email, Line, Login, ProfileTest, ProfileValue, Role, TimeZone, UserFilter, UserId,
    ValueKind, is_yes,
};

use super::{
    Parameters,
    attribute::{ATTRIBUTES, Attribute, Constant, Field, Source, authority},
    date_range,
    parameters::{MAX_CODE, Param, param},
};
use crate::http::Value;

/// The context for reading a value in a filter.
struct Reader<'a> {
    account: AccountId,
    /// The time zone of the account; UTC without one.
    time_zone: Option<&'a TimeZone>,
}

/// The filter of a list, with dates in a time zone.
pub(super) fn filter(parameters: &Parameters, account: AccountId, time_zone: Option<&TimeZone>) -> UserFilter {
    Reader { account, time_zone }.filter(parameters)
}

/// Whether a filter holds dates or times, which are read in the account's time zone.
pub(super) fn needs_time_zone(parameters: &Parameters) -> bool {
    let mut dates =
        ATTRIBUTES.iter().filter(|attribute| matches!(attribute.kind, ValueKind::Date | ValueKind::Timestamp));
    dates.any(|attribute| parameters.raw(attribute.name).is_some())
}

impl Reader<'_> {
    fn filter(&self, parameters: &Parameters) -> UserFilter {
        // A filter that is not understood matches no user: a client may take the first hit for the one it meant.
        if parameters.is_malformed() {
            return UserFilter::all_of(vec![Condition::Never]);
        }
        let values = ATTRIBUTES.iter().filter_map(|attribute| Some((attribute, parameters.raw(attribute.name)?)));
        UserFilter::all_of(values.filter_map(|(attribute, value)| self.read(attribute, value)).collect())
    }

    /// The condition; `None` where it holds of every user.
    fn read(&self, attribute: &'static Attribute, value: &Value) -> Option<Condition> {
        match value {
            Value::List(values) => {
                let any: Option<_> = values.iter().map(|value| self.condition(attribute, &param(value))).collect();
                any.map(Condition::Any)
            }
            value => self.condition(attribute, &param(value)),
        }
    }

    /// The condition; `None` where it holds of every user.
    fn condition(&self, attribute: &'static Attribute, given: &Param) -> Option<Condition> {
        let text = match given {
            Param::Null => "",
            Param::Text(text) => text.as_ref(),
            Param::Unusable => return Some(Condition::Never),
        };
        match attribute.source {
            Source::Profile => Some(self.profile(attribute, text)),
            Source::Field(field) => self.field(field, text),
            Source::Constant(value) if is_constant(value, text) => None,
            Source::Constant(_) => Some(Condition::Never),
        }
    }

    fn profile(&self, attribute: &'static Attribute, text: &str) -> Condition {
        let test = match attribute.kind {
            ValueKind::Boolean if text.is_empty() => None,
            ValueKind::Boolean if is_yes(text) => Some(ProfileTest::Is(ProfileValue::Boolean(true))),
            ValueKind::Boolean => Some(ProfileTest::No),
            _ if text.is_empty() => Some(ProfileTest::Blank),
            ValueKind::Integer => text.parse().ok().map(ProfileValue::Integer).map(ProfileTest::Is),
            ValueKind::Date | ValueKind::Timestamp => date_range::dates(text, self.time_zone).map(ProfileTest::Within),
            ValueKind::Line(_) => Some(ProfileTest::Is(ProfileValue::Text(text.to_owned()))),
            ValueKind::Lines(_) => Some(ProfileTest::Is(ProfileValue::Text(text.replace("\r\n", "\n")))),
        };
        test.map_or(Condition::Never, |test| Condition::Profile(attribute.name, test))
    }

    fn field(&self, field: Field, text: &str) -> Option<Condition> {
        let number = || text.parse::<i64>().ok().and_then(|number| u64::try_from(number).ok());
        let instants = || date_range::instants(text, self.time_zone).filter(|_| !text.is_empty());
        let condition = match field {
            Field::Account if number() == Some(self.account.get()) => return None,
            Field::Account => None,
            Field::Active if text.is_empty() => None,
            Field::Active => Some(Condition::Active(is_yes(text))),
            Field::Authority => {
                let role = [Role::Regular, Role::Administrator].into_iter().find(|role| authority(*role) == text);
                role.map(Condition::Role)
            }
            Field::Code => {
                Line::parse(text, MAX_CODE).ok().filter(|_| !text.is_empty()).map(Code::from).map(Condition::Code)
            }
            Field::CreatedAt => instants().map(Condition::Created),
            Field::UpdatedAt => instants().map(Condition::Updated),
            Field::Email if text.is_empty() => Some(Condition::NoEmail),
            Field::Email => Email::parse(text).ok().map(Condition::Email),
            Field::FirstName => Some(Condition::FirstName(text.to_owned())),
            Field::LastName => Some(Condition::LastName(text.to_owned())),
            Field::FullName => Some(Condition::FullName(text.to_owned())),
            Field::Id => number().and_then(|number| UserId::parse(&number.to_string())).map(Condition::Id),
            Field::Login => Login::parse_any(text).filter(|_| !text.is_empty()).map(Condition::Login),
        };
        Some(condition.unwrap_or(Condition::Never))
    }
}

/// Whether a constant equals the requested value.
fn is_constant(value: Constant, text: &str) -> bool {
    match value {
        Constant::Null => text.is_empty(),
        Constant::False => !text.is_empty() && !is_yes(text),
        Constant::Text(own) => text == own,
    }
}
