//! What may come of calls, in each format.

use serde_json::{Value, json};

use super::{
    super::{
        Refusal, Reply, answer,
        json::{DeletionDocument, Error},
    },
    schemas,
};
use crate::{
    contract::{Answered, Body, Case, JSON, Sent, Signed, Types, XML, call},
    dialect::Repeat,
    directory::Failure,
    http::BadBody,
};

/// What several calls have in common: schemas, each in JSON and in XML, and cases.
pub(super) struct Cases {
    pub(super) user: [Value; 2],
    pub(super) users: [Value; 2],
    pub(super) deletions: [Value; 2],
    pub(super) error: [Value; 2],
    pub(super) errors: [Value; 2],
    pub(super) new: Body,
    pub(super) change: Body,
}

impl Cases {
    pub(super) fn of(types: &mut Types) -> Self {
        let user = types.named("ExceedUser", schemas::shown_user(true));
        let user_xml = types.named("ExceedUserXml", schemas::xml_user(true));
        let part = types.named("ExceedListedUser", schemas::shown_user(false));
        let part_xml = types.named("ExceedListedUserXml", schemas::xml_user(false));
        let deletion = types.of::<DeletionDocument>();
        let deletion_xml = types.named("ExceedDeletionXml", schemas::xml_deletion());
        let errors = json!({"type": "object", "additionalProperties": {"type": "array", "items": {"type": "string"}}});
        let errors_xml = json!({
            "type": "object", "xml": {"name": "errors"}, "required": ["error"],
            "properties": {"error": {"type": "array", "items": {"type": "string"}}},
        });
        let errors_xml = types.named("ExceedErrorsXml", errors_xml);
        let list = |items: &Value| json!({"type": "array", "items": items});
        let users_xml =
            |items: &Value| json!({"type": "array", "xml": {"name": "users", "wrapped": true}, "items": items});
        Self {
            user: [user, user_xml],
            users: [list(&part), users_xml(&part_xml)],
            deletions: [list(&deletion), users_xml(&deletion_xml)],
            error: [types.of::<Error>(), errors_xml.clone()],
            errors: [types.named("ExceedInvalid", errors), errors_xml],
            new: schemas::taken_body(types, true),
            change: schemas::taken_body(types, false),
        }
    }

    /// What is told by a single text.
    pub(super) fn told(&self, name: &'static str, says: &'static str, refusal: impl Fn() -> Refusal) -> Case {
        in_both(name, says, &self.error, || Err(refusal()))
    }

    /// What is told of attributes.
    pub(super) fn invalid(&self, name: &'static str, says: &'static str, refusal: impl Fn() -> Refusal) -> Case {
        in_both(name, says, &self.errors, || Err(refusal()))
    }

    /// What every call may answer to its key, and when it cannot do its work.
    pub(super) fn common(&self, sent: &Sent) -> Vec<Case> {
        let unavailable = || Refusal::Failed(Failure::Unavailable(String::new()));
        let internal = || Refusal::Failed(Failure::Internal(String::new()));
        let says = "The key is missing, unknown, revoked or expired, or does not open this: other APIs alone, or reading alone.";
        vec![
            self.told("unauthorized", says, || Refusal::Unauthorized).sent(sent.clone().signed(Signed::Not)),
            self.told("too-large", "The body has more than 256 KiB.", || Refusal::TooLarge),
            self.told("internal", "A defect of ours; it is in the logs under this id.", internal),
            self.told("unavailable", "The store stays away. Nothing was done, or all of it.", unavailable),
        ]
    }

    /// What every call may answer to a body, which a GET may have too.
    pub(super) fn unreadable(&self, path: &str) -> Vec<Case> {
        let bad = |bad: BadBody| move || Refusal::BadBody(bad);
        vec![
            self.told("not-json", "The body is not JSON.", bad(BadBody::NotJson)).sent(Sent::typed(path, JSON, "{")),
            self.told("unknown-type", "The body is of no known type.", bad(BadBody::UnknownType)).sent(Sent::typed(
                path,
                "text/plain",
                "login",
            )),
        ]
    }

    /// What all writes may answer to their `Idempotency-Key`.
    pub(super) fn written(&self, sent: &Sent) -> Vec<Case> {
        let repeat = |repeat: fn() -> Repeat| move || Refusal::Repeat(repeat());
        vec![
            self.told(
                "malformed-key",
                "The `Idempotency-Key` has not 1 to 255 visible characters.",
                repeat(|| Repeat::Malformed),
            )
            .sent(sent.clone().header("idempotency-key", "two words")),
            self.told(
                "used-key",
                "The `Idempotency-Key` was used for another request.",
                repeat(|| Repeat::OtherRequest),
            ),
        ]
    }

    pub(super) fn not_found(&self, by: &'static str, value: &'static str, says: &'static str) -> Case {
        self.told("unknown", says, || Refusal::UserNotFound { by, value: value.to_owned() })
    }
}

/// What is replied, in each format.
pub(super) fn reply(name: &'static str, says: &'static str, schemas: &[Value; 2], reply: impl Fn() -> Reply) -> Case {
    in_both(name, says, schemas, || Ok(reply()))
}

/// The answers to one outcome in each format; one where there is nothing to be told in any.
fn in_both(
    name: &'static str,
    says: &'static str,
    schemas: &[Value; 2],
    outcome: impl Fn() -> Result<Reply, Refusal>,
) -> Case {
    let formats = [JSON, XML].into_iter().zip(schemas);
    let mut answered: Vec<Answered> =
        formats.map(|(format, schema)| Answered::of(answer(&call(format), outcome()), schema.clone())).collect();
    answered.dedup_by(|one, other| one.media_type().is_none() && other.media_type().is_none());
    Case { name, says, sent: None, answered }
}
