//! The item of a user, and conversions to and from it.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    ops::RangeInclusive,
};

use aws_sdk_dynamodb::types::AttributeValue;
use roster_directory::ports::{StoreError, StoredUser, UserCounter, UserEdit};
use roster_domain::{
    AccountId, Attributes, Code, Email, IdempotencyKey, Line, Login, PhcString, PlanId, Profile, ProfileValue, Role,
    Scalar, StoredResponses, Timestamp, User, UserId,
};
use serde::{Deserialize, Serialize};

use super::{Item, expression::Update, item};

/// Ids per partition: few enough for many partitions in a large account, and enough for few queries over a small
/// account.
pub(crate) const PARTITION: u64 = 1024;
/// Partitions of the index of changes, per account. A single one would limit an account to 500 updates per second.
pub(crate) const CHANGE_PARTITIONS: u64 = 4;
/// The attribute that holds a user's profile.
pub(crate) const PROFILE: &str = "profile";
/// The attribute that holds the keys of the stored responses.
pub(crate) const RESPONSES: &str = "kept_answers";
/// The stored value of the role of an administrator.
pub(crate) const ADMINISTRATOR: &str = "administrator";

/// A user's attributes in the table. Absent values have no attribute: NULL in an index key is an
/// error.
#[derive(Serialize, Deserialize)]
struct UserItem {
    block: String,
    id: UserId,
    /// [`StoredUser::version`]
    rev: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    /// Partition of `email-index`: `{account}#{compared form}`.
    #[serde(skip_serializing_if = "Option::is_none")]
    email_key: Option<String>,
    login: String,
    code: String,
    /// Partition of `code-index`: `{account}#{code}`.
    code_key: String,
    first_name: String,
    last_name: String,
    /// Only for filters.
    #[serde(default)]
    full_name: String,
    role: String,
    active: bool,
    /// [`StoredUser::session_epoch`]
    #[serde(default)]
    auth: u64,
    /// [`StoredUser::responses`]: milliseconds since 1970 by key.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    kept_answers: BTreeMap<String, i64>,
    /// A separate map that always exists, so that a single name in it can be written.
    #[serde(default)]
    profile: Profile,
    #[serde(with = "serde_dynamo::number_set", default, skip_serializing_if = "BTreeSet::is_empty")]
    plans: BTreeSet<u64>,
    created_on: Timestamp,
    /// Sort key of `changes-index`.
    updated_on: Timestamp,
    /// Partition of `changes-index`: `{account}#{id mod 4}`.
    changes: String,
}

/// The primary key of a user's item. It is computed from the id, so a get takes one request.
pub(crate) fn key(account: AccountId, id: UserId) -> HashMap<String, AttributeValue> {
    HashMap::from([
        ("block".to_owned(), AttributeValue::S(partition(account, partition_number(id)))),
        ("id".to_owned(), AttributeValue::N(id.to_string())),
    ])
}

/// The number of the partition that contains a user.
pub(crate) fn partition_number(id: UserId) -> u64 {
    id.get() / PARTITION
}

/// The first id of a partition.
pub(crate) fn partition_start(number: u64) -> UserId {
    UserId::new(number * PARTITION)
}

/// The partition of a number.
pub(crate) fn partition(account: AccountId, number: u64) -> String {
    format!("{account}#{number}")
}

/// The partition of `code-index` that contains a code.
pub(crate) fn code_key(account: AccountId, code: &Code) -> String {
    format!("{account}#{}", code.as_str())
}

/// A partition of `changes-index`.
pub(crate) fn changes(account: AccountId, number: u64) -> String {
    format!("{account}#{number}")
}

/// The partition of `email-index` that contains an address.
pub(crate) fn email_key(account: AccountId, email: &Email) -> String {
    format!("{account}#{}", email.key())
}

pub(crate) fn role_name(role: Role) -> &'static str {
    match role {
        Role::Regular => "regular",
        Role::Administrator => ADMINISTRATOR,
    }
}

/// The item of a new user.
pub(crate) fn write(user: &StoredUser, password: Option<&PhcString>) -> Result<Item, StoreError> {
    let item = UserItem {
        block: partition(user.account, partition_number(user.id)),
        id: user.id,
        rev: user.version,
        email: user.email.as_ref().map(|email| email.as_str().to_owned()),
        email_key: user.email.as_ref().map(|email| email_key(user.account, email)),
        login: user.login.as_str().to_owned(),
        code: user.code.as_str().to_owned(),
        code_key: code_key(user.account, &user.code),
        first_name: user.first_name.as_str().to_owned(),
        last_name: user.last_name.as_str().to_owned(),
        full_name: user.full_name(),
        role: role_name(user.role).to_owned(),
        active: user.active,
        auth: user.session_epoch,
        kept_answers: user.responses.iter().map(|(key, end)| (key.as_str().to_owned(), end.as_millisecond())).collect(),
        profile: user.profile.clone(),
        plans: user.plans.iter().map(|plan| plan.get()).collect(),
        created_on: user.created_at,
        updated_on: user.updated_at,
        changes: changes(user.account, user.id.get() % CHANGE_PARTITIONS),
    };
    let mut item: Item = item::to_item(item)?;
    let attributes = user.attributes.scalars().filter_map(|(name, value)| Some((name, value?)));
    item.extend(attributes.map(|(name, value)| (name.to_owned(), attribute_value(value))));
    if let Some(hash) = password {
        item.insert("password".to_owned(), AttributeValue::S(hash.as_str().to_owned()));
    }
    Ok(item)
}

/// The user in an item; `None` for a void marker.
pub(crate) fn read(account: AccountId, mut item: Item) -> Result<Option<StoredUser>, StoreError> {
    if is_void(&item) {
        return Ok(None);
    }
    let attributes = Attributes::stored(|name| item.remove(name).map(scalar));
    let attributes = attributes.map_err(|name| StoreError::Unreadable(format!("user with an invalid {name}")))?;
    let item: UserItem = item::from_item(item)?;
    let email = item.email.zip(item.email_key).map(|(typed, key)| {
        // The partition is `{account}#{compared form}`. A value without an account equals no address.
        let key = key.split_once('#').map_or("", |(_, key)| key).to_owned();
        Email::stored(typed, key)
    });
    let user = User {
        account,
        id: item.id,
        email,
        login: Login::stored(item.login),
        code: Code::stored(item.code),
        first_name: Line::stored(item.first_name),
        last_name: Line::stored(item.last_name),
        role: if item.role == ADMINISTRATOR { Role::Administrator } else { Role::Regular },
        active: item.active,
        attributes,
        profile: item.profile,
        plans: item.plans.into_iter().map(PlanId::new).collect(),
        created_at: item.created_on,
        updated_at: item.updated_on,
    };
    let responses = item.kept_answers.into_iter();
    Ok(Some(StoredUser {
        user,
        version: item.rev,
        session_epoch: item.auth,
        responses: responses
            .map(|(key, end)| (IdempotencyKey::stored(key), Timestamp::from_millisecond(end)))
            .collect(),
    }))
}

/// The numbers of all partitions that contain an account's users.
pub(crate) fn partitions(counter: &UserCounter) -> RangeInclusive<u64> {
    counter.lowest / PARTITION..=counter.reserved / PARTITION
}

/// The id in an item.
pub(crate) fn id(item: &Item) -> Result<UserId, StoreError> {
    let id = item.get("id").and_then(|id| id.as_n().ok()).and_then(|id| UserId::parse(id));
    id.ok_or_else(|| StoreError::Unreadable("user without an id".to_owned()))
}

/// Whether an item is a void marker: no user will ever have its id.
pub(crate) fn is_void(item: &Item) -> bool {
    item.contains_key("void")
}

/// Whether an item is that of a user with this login.
pub(crate) fn is_login(item: &Item, login: &Login) -> bool {
    let own = item.get("login").and_then(|own| own.as_s().ok());
    own.is_some_and(|own| Login::stored(own.clone()).key() == login.key())
}

/// The hash of a user's password, if the item has one.
pub(crate) fn password(item: &Item) -> Option<PhcString> {
    item.get("password").and_then(|value| value.as_s().ok()).map(|text| PhcString::new(text.clone()))
}

/// The update expression of an update. Only the attributes that it names are written.
pub(crate) fn update(user: &User, edit: UserEdit<'_>) -> Update {
    let UserEdit { change, password, now, .. } = edit;
    let mut update = Update::default();
    update.patch("email", &change.email, |email| AttributeValue::S(email.as_str().to_owned()));
    // Written only if it differs, because rewriting an index entry costs another write.
    if change.email_key_of(user) != user.email.as_ref().map(Email::key) {
        update.patch("email_key", &change.email, |email| AttributeValue::S(email_key(user.account, email)));
    }
    if change.is_computed() {
        update.set("login", AttributeValue::S(change.login_of(user).as_str().to_owned()));
    }
    for (attribute, line) in [("first_name", &change.first_name), ("last_name", &change.last_name)] {
        if let Some(line) = line {
            update.set(attribute, AttributeValue::S(line.as_str().to_owned()));
        }
    }
    if change.first_name.is_some() || change.last_name.is_some() {
        update.set("full_name", AttributeValue::S(change.applied_to(user, now).full_name()));
    }
    if let Some(active) = change.active {
        update.set("active", AttributeValue::Bool(active));
    }
    if let Some(role) = change.role {
        update.set("role", AttributeValue::S(role_name(role).to_owned()));
    }
    for (attribute, value) in change.attributes.scalars() {
        match value {
            Some(value) => update.set(attribute, attribute_value(value)),
            None => update.remove(attribute),
        }
    }
    for (name, value) in &change.profile {
        match value {
            Some(value) => update.set_in(PROFILE, name, profile_value(value)),
            None => update.remove_in(PROFILE, name),
        }
    }
    if let Some(hash) = password {
        update.set("password", AttributeValue::S(hash.as_str().to_owned()));
    }
    if password.is_some() || change.ends_sessions() {
        // Sessions store the epoch in which they were created; raising it ends them.
        update.add("auth", 1);
    }
    if !edit.is_empty() {
        update.set("updated_on", AttributeValue::S(now.to_string()));
    }
    update.add("rev", 1);
    update
}

/// The keys of the stored responses, as they are stored in the table.
pub(crate) fn responses(responses: &StoredResponses) -> AttributeValue {
    let end = |end: Timestamp| AttributeValue::N(end.as_millisecond().to_string());
    AttributeValue::M(responses.iter().map(|(key, at)| (key.as_str().to_owned(), end(at))).collect())
}

/// A value of a profile, as it is stored in the table.
pub(crate) fn profile_value(value: &ProfileValue) -> AttributeValue {
    match value {
        ProfileValue::Boolean(flag) => AttributeValue::Bool(*flag),
        ProfileValue::Integer(number) => AttributeValue::N(number.to_string()),
        ProfileValue::Text(text) => AttributeValue::S(text.clone()),
    }
}

/// The value of an attribute, as it is stored in the table.
fn attribute_value(value: Scalar) -> AttributeValue {
    match value {
        Scalar::Text(text) => AttributeValue::S(text),
        Scalar::Number(number) => AttributeValue::N(number.to_string()),
        Scalar::Flag(flag) => AttributeValue::Bool(flag),
    }
}

fn scalar(value: AttributeValue) -> Option<Scalar> {
    match value {
        AttributeValue::S(text) => Some(Scalar::Text(text)),
        AttributeValue::N(digits) => digits.parse().ok().map(Scalar::Number),
        AttributeValue::Bool(flag) => Some(Scalar::Flag(flag)),
        _ => None,
    }
}
