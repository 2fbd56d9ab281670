//! JSON documents.

use roster_domain::{AccountId, Deletion, TimeZone, User, UserId};
use serde::{
    Serialize, Serializer,
    ser::{SerializeMap as _, SerializeSeq as _},
};

use super::{
    Fieldset,
    attribute::Cell,
    date_format::{deletion_timestamp, timestamp},
};
use crate::Errors;

struct UserDocument<'a>(&'a User, &'a Fieldset);

struct UserDocuments<'a>(&'a [User], &'a Fieldset);

/// A deletion.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema), schemars(rename = "ExceedDeletion"))]
pub struct DeletionView<'a> {
    id: UserId,
    account_id: AccountId,
    code: &'a str,
    #[cfg_attr(feature = "openapi", schemars(extend("format" = "date-time")))]
    deleted_at: String,
}

/// `{"error": …}`
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema), schemars(rename = "ExceedError"))]
pub struct ErrorBody<'a> {
    error: &'a str,
}

impl Serialize for UserDocument<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.1.attributes.len()))?;
        for attribute in &self.1.attributes {
            map.serialize_key(attribute.name)?;
            match attribute.of(self.0) {
                Cell::Null => map.serialize_value(&None::<()>),
                Cell::Integer(number) => map.serialize_value(&number),
                Cell::Boolean(flag) => map.serialize_value(&flag),
                Cell::Timestamp(at) => map.serialize_value(&format!("{}+00:00", timestamp(at))),
                Cell::Text(text) => map.serialize_value(&text),
            }?;
        }
        map.end()
    }
}

impl Serialize for UserDocuments<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(Some(self.0.len()))?;
        for user in self.0 {
            list.serialize_element(&UserDocument(user, self.1))?;
        }
        list.end()
    }
}

pub(super) fn user(user: &User) -> String {
    write(&UserDocument(user, &Fieldset::all()))
}

pub(super) fn users(users: &[User], fieldset: &Fieldset) -> String {
    write(&UserDocuments(users, fieldset))
}

pub(super) fn deletions(deletions: &[Deletion], time_zone: Option<&TimeZone>) -> String {
    let documents: Vec<_> = deletions
        .iter()
        .map(|deletion| DeletionView {
            id: deletion.id,
            account_id: deletion.account,
            code: deletion.code.as_str(),
            deleted_at: deletion_timestamp(deletion.deleted_at, time_zone),
        })
        .collect();
    write(&documents)
}

pub(super) fn error(text: &str) -> String {
    write(&ErrorBody { error: text })
}

pub(super) fn errors(errors: &Errors) -> String {
    write(errors)
}

fn write(document: &impl Serialize) -> String {
    serde_json::to_string(document).expect("documents of ours have string keys only")
}
