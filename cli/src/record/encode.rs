//! From a user to a line.

use std::collections::BTreeMap;

use roster_domain::{
    AccountId, Attributes, Email, PROFILE_ATTRIBUTES, PhcString, PlanId, ProfileValue, Role, Scalar, User,
};
use roster_lambda::Directory;
use serde_json::{Map, Value};

/// The slugs of the account's plans, by id.
pub(crate) type Slugs = BTreeMap<PlanId, String>;

/// The attribute that has a default in a new user, so that its absence must be written explicitly.
const LOCALE: &str = "locale";

/// The attributes of a user that the directory interprets, in the order of the columns.
fn values(user: &User, hash: Option<Option<&PhcString>>, slugs: &Slugs) -> Vec<(&'static str, Value)> {
    let text = |text: Option<&str>| text.map_or(Value::Null, Value::from);
    let role = if user.role == Role::Administrator { "administrator" } else { "regular" };
    let plans: Vec<_> = user.plans.iter().filter_map(|plan| slugs.get(plan).cloned()).collect();
    let mut values = vec![
        ("id", Value::from(user.id.get())),
        ("email", text(user.email.as_ref().map(Email::as_str))),
        ("login", Value::from(user.login.as_str())),
        ("code", Value::from(user.code.as_str())),
        ("first_name", Value::from(user.first_name.as_str())),
        ("last_name", Value::from(user.last_name.as_str())),
        ("role", Value::from(role)),
        ("active", Value::from(user.active)),
    ];
    values.extend(user.attributes.scalars().map(|(name, value)| (name, value.map_or(Value::Null, scalar))));
    values.extend([
        ("plans", Value::from(plans)),
        ("created_at", Value::from(user.created_at.to_string())),
        ("updated_at", Value::from(user.updated_at.to_string())),
    ]);
    if let Some(hash) = hash {
        values.push(("password_hash", text(hash.map(PhcString::as_str))));
    }
    values
}

fn scalar(value: Scalar) -> Value {
    match value {
        Scalar::Text(text) => Value::from(text),
        Scalar::Number(number) => Value::from(number),
        Scalar::Flag(flag) => Value::from(flag),
    }
}

fn profile_names() -> impl Iterator<Item = &'static str> {
    PROFILE_ATTRIBUTES.iter().map(|attribute| attribute.name)
}

fn profile_value(user: &User, name: &str) -> Value {
    match user.profile.get(name) {
        None => Value::Null,
        Some(ProfileValue::Boolean(flag)) => Value::from(*flag),
        Some(ProfileValue::Integer(number)) => Value::from(*number),
        Some(ProfileValue::Text(text)) => Value::from(text.as_str()),
    }
}

/// A user as an object. Attributes of the profile are included only if they have a value. `hash` is the hash of the
/// password, if hashes are included.
pub(crate) fn json(user: &User, hash: Option<Option<&PhcString>>, slugs: &Slugs) -> Value {
    let mut object: Map<String, Value> = Map::new();
    object.extend(values(user, hash, slugs).into_iter().map(|(name, value)| (name.to_owned(), value)));
    for name in profile_names() {
        let value = profile_value(user, name);
        if name == LOCALE || !value.is_null() {
            object.insert(name.to_owned(), value);
        }
    }
    Value::Object(object)
}

/// The names of all columns.
pub(crate) fn csv_header(with_hashes: bool) -> Vec<&'static str> {
    let own = ["id", "email", "login", "code", "first_name", "last_name", "role", "active"];
    let attributes = Attributes::NAMES.iter().copied();
    let rest = ["plans", "created_at", "updated_at"].into_iter().chain(with_hashes.then_some("password_hash"));
    own.into_iter().chain(attributes).chain(rest).chain(profile_names()).collect()
}

/// A user as a row. Null is an empty cell, and an empty text is two quotation marks. A text of several quotation marks
/// gets two more.
pub(crate) fn csv_row(user: &User, hash: Option<Option<&PhcString>>, slugs: &Slugs) -> Vec<String> {
    let own = values(user, hash, slugs).into_iter().map(|(_, value)| value);
    own.chain(profile_names().map(|name| profile_value(user, name))).map(cell).collect()
}

/// Whether a text could be confused with the form of an empty text, and so gets two more quotation marks.
fn is_quotes(text: &str) -> bool {
    text.len() != 1 && text.bytes().all(|octet| octet == b'"')
}

fn cell(value: Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) if is_quotes(&text) => format!("{text}\"\""),
        Value::String(text) => text,
        Value::Array(items) => {
            let items: Vec<_> = items.iter().filter_map(Value::as_str).collect();
            let ambiguous = items.iter().any(|item| item.contains(',') || item.starts_with('['));
            if ambiguous { Value::from(items).to_string() } else { items.join(",") }
        }
        other => other.to_string(),
    }
}

/// The slugs of an account's plans, by id.
pub(crate) async fn slugs(directory: &Directory, account: AccountId) -> anyhow::Result<Slugs> {
    let plans = directory.plan_list(account).await?;
    Ok(plans.into_iter().map(|plan| (plan.id, plan.slug.as_str().to_owned())).collect())
}
