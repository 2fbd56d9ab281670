//! The users of all examples.

use serde_json::json;

use roster_domain::{
    AccountId, Attributes, AttributesChange, Code, Email, Line, Login, Plan, PlanId, Profile, ProfileValue, Role, Slug,
    Timestamp, User, UserId,
};

/// When they were created.
pub(crate) const MADE: &str = "2025-01-01T00:00:00.000000Z";
/// When they were changed.
const CHANGED: &str = "2025-02-03T04:05:06.000000Z";

/// User 7, a regular user.
pub(crate) fn regular() -> User {
    let profile = [("city", "Geneva"), ("hired_on", "1980-06-23"), ("phone_work", "+41 22 767 6111")];
    let profile = profile.map(|(name, value)| (name, Some(ProfileValue::Text(value.to_owned()))));
    let mut known = Profile::of_new_user();
    known.apply(&profile.into());
    User {
        attributes: attributes(&[
            ("external_id", "4711"),
            ("source", "api"),
            ("phone_number", "+41 22 767 6111"),
            ("gender", "male"),
            ("birthday", "1955-06-08"),
            ("country_id", "41"),
        ]),
        profile: known,
        plans: [plan().id].into(),
        ..user(7, "tim", "cern-1", ("Tim", "Berners-Lee"))
    }
}

/// User 8, an administrator.
pub(crate) fn administrator() -> User {
    User {
        role: Role::Administrator,
        attributes: attributes(&[("gender", "female"), ("birthday", "1906-12-09")]),
        ..user(8, "grace", "i-8", ("Grace", "Hopper"))
    }
}

/// User 123, who is created in examples.
pub(crate) fn created() -> User {
    user(123, "ada", "i-123", ("Ada", "Lovelace"))
}

/// The plan of user 7.
pub(crate) fn plan() -> Plan {
    Plan {
        id: PlanId::new(1),
        name: "Gold Members".to_owned(),
        slug: Slug::parse("gold-members").unwrap(),
        sku: "GOLD-001".to_owned(),
        mobile_push_enabled: true,
    }
}

/// An instant.
pub(crate) fn timestamp(text: &str) -> Timestamp {
    serde_json::from_value(json!(text)).unwrap()
}

/// The account of all of them.
pub(crate) fn account() -> AccountId {
    AccountId::new(1)
}

/// The id of a number.
pub(crate) fn id(number: u64) -> UserId {
    UserId::new(number)
}

pub(crate) fn line(text: &str) -> Line {
    Line::parse(text, 255).unwrap()
}

fn user(number: u64, login: &str, code: &str, (first_name, last_name): (&str, &str)) -> User {
    User {
        account: account(),
        id: id(number),
        email: Some(Email::parse(&format!("{login}@example.com")).unwrap()),
        login: Login::from(line(login)),
        code: Code::from(line(code)),
        first_name: line(first_name),
        last_name: line(last_name),
        role: Role::Regular,
        active: true,
        attributes: Attributes::default(),
        profile: Profile::of_new_user(),
        plans: Default::default(),
        created_at: timestamp(MADE),
        updated_at: timestamp(CHANGED),
    }
}

/// Attributes by name.
pub(crate) fn attributes(texts: &[(&str, &str)]) -> Attributes {
    let mut change = AttributesChange::default();
    for (name, text) in texts {
        change.parse(name, text, timestamp(CHANGED)).unwrap();
    }
    change.into()
}
