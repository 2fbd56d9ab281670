//! JSON documents.

use serde::{
    Serialize, Serializer,
    ser::{SerializeMap as _, SerializeSeq as _},
};

use super::{
    attributes::Shown,
    selection::Selection,
    written::{deletion_moment, moment},
};
use crate::{
    dialect::Errors,
    domain::{AccountId, Deletion, TimeZone, User, UserId},
};

struct UserDocument<'a>(&'a User, &'a Selection);

struct UserDocuments<'a>(&'a [User], &'a Selection);

#[derive(Serialize)]
#[cfg_attr(feature = "contract", derive(schemars::JsonSchema), schemars(rename = "ExceedDeletion"))]
pub(super) struct DeletionDocument<'a> {
    id: UserId,
    account_id: AccountId,
    code: &'a str,
    #[cfg_attr(feature = "contract", schemars(extend("format" = "date-time")))]
    deleted_at: String,
}

#[derive(Serialize)]
#[cfg_attr(feature = "contract", derive(schemars::JsonSchema), schemars(rename = "ExceedError"))]
pub(super) struct Error<'a> {
    error: &'a str,
}

impl Serialize for UserDocument<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.1.attributes.len()))?;
        for attribute in &self.1.attributes {
            map.serialize_key(attribute.name)?;
            match attribute.of(self.0) {
                Shown::Null => map.serialize_value(&None::<()>),
                Shown::Integer(number) => map.serialize_value(&number),
                Shown::Boolean(flag) => map.serialize_value(&flag),
                Shown::Moment(at) => map.serialize_value(&format!("{}+00:00", moment(at))),
                Shown::Text(text) => map.serialize_value(&text),
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
    write(&UserDocument(user, &Selection::all()))
}

pub(super) fn users(users: &[User], selection: &Selection) -> String {
    write(&UserDocuments(users, selection))
}

pub(super) fn deletions(deletions: &[Deletion], zone: Option<&TimeZone>) -> String {
    let documents: Vec<_> = deletions
        .iter()
        .map(|deletion| DeletionDocument {
            id: deletion.id,
            account_id: deletion.account,
            code: deletion.code.as_str(),
            deleted_at: deletion_moment(deletion.deleted_at, zone),
        })
        .collect();
    write(&documents)
}

pub(super) fn error(text: &str) -> String {
    write(&Error { error: text })
}

pub(super) fn errors(errors: &Errors) -> String {
    write(errors)
}

fn write(document: &impl Serialize) -> String {
    // Our own documents have string keys only, so this cannot fail.
    serde_json::to_string(document).unwrap_or_default()
}
