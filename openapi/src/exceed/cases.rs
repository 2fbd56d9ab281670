//! The possible responses, in each format.

use roster_dialects::{
    ErrorResponse as _, IdempotencyError,
    exceed::{DeletionView, Error, ErrorBody, Parameters, Received},
    http::{BadBody, Request, Response},
};
use roster_domain::Failure;
use serde_json::{Value, json};

use super::schemas;
use crate::{Body, Case, ExpectedResponse, JSON, Sent, Signed, Types, XML, request};

/// The schemas, each in JSON and in XML, and the cases that several operations share.
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
        let deletion = types.of::<DeletionView>();
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
            error: [types.of::<ErrorBody>(), errors_xml.clone()],
            errors: [types.named("ExceedInvalid", errors), errors_xml],
            new: schemas::taken_body(types, true),
            change: schemas::taken_body(types, false),
        }
    }

    /// An error with a single text.
    pub(super) fn text(&self, name: &'static str, says: &'static str, error: impl Fn() -> Error) -> Case {
        in_both(name, says, &self.error, |request, _| error().into_response(request))
    }

    /// An error with texts by attribute.
    pub(super) fn invalid(&self, name: &'static str, says: &'static str, error: impl Fn() -> Error) -> Case {
        in_both(name, says, &self.errors, |request, _| error().into_response(request))
    }

    /// The errors that every operation can return: about the key, and internal failures.
    pub(super) fn common(&self, sent: &Sent) -> Vec<Case> {
        let unavailable = || Error::Failed(Failure::Unavailable(String::new()));
        let internal = || Error::Failed(Failure::Internal(String::new()));
        let says = "The key is missing, unknown, revoked or expired, or does not open this: other APIs alone, or reading alone.";
        vec![
            self.text("unauthorized", says, || Error::Unauthorized).sent(sent.clone().signed(Signed::Not)),
            self.text("too-large", "The body has more than 256 KiB.", || Error::TooLarge),
            self.text("internal", "A defect of ours; it is in the logs under this id.", internal),
            self.text("unavailable", "The store stays away. Nothing was done, or all of it.", unavailable),
        ]
    }

    /// The errors about the body, which every operation can return; a GET may have a body too.
    pub(super) fn unreadable(&self, path: &str) -> Vec<Case> {
        let bad = |bad: BadBody| move || Error::BadBody(bad);
        vec![
            self.text("not-json", "The body is not JSON.", bad(BadBody::NotJson)).sent(Sent::typed(path, JSON, "{")),
            self.text("unknown-type", "The body is of no known type.", bad(BadBody::UnknownType)).sent(Sent::typed(
                path,
                "text/plain",
                "login",
            )),
        ]
    }

    /// The errors about `Idempotency-Key`, which every write can return.
    pub(super) fn written(&self, sent: &Sent) -> Vec<Case> {
        let rejected = |error: fn() -> IdempotencyError| move || Error::Idempotency(error());
        vec![
            self.text(
                "malformed-key",
                "The `Idempotency-Key` has not 1 to 255 visible characters.",
                rejected(|| IdempotencyError::MalformedKey),
            )
            .sent(sent.clone().header("idempotency-key", "two words")),
            self.text(
                "used-key",
                "The `Idempotency-Key` was used for another request.",
                rejected(|| IdempotencyError::DifferentRequest),
            ),
        ]
    }

    pub(super) fn not_found(&self, by: &'static str, value: &'static str, says: &'static str) -> Case {
        self.text("unknown", says, || Error::UserNotFound { by, value: value.to_owned() })
    }
}

/// A response in each format.
pub(super) fn response(
    name: &'static str,
    says: &'static str,
    schemas: &[Value; 2],
    response: impl Fn(&Request, &Parameters) -> Response,
) -> Case {
    in_both(name, says, schemas, response)
}

/// One response in each format; one where it has no body in any.
fn in_both(
    name: &'static str,
    says: &'static str,
    schemas: &[Value; 2],
    response: impl Fn(&Request, &Parameters) -> Response,
) -> Case {
    let formats = [JSON, XML].into_iter().zip(schemas);
    let answered = formats.map(|(format, schema)| {
        let request = request(format);
        let received = Received::read(&request).unwrap();
        ExpectedResponse::of(response(&request, received.check().unwrap()), schema.clone())
    });
    let mut answered: Vec<ExpectedResponse> = answered.collect();
    answered.dedup_by(|one, other| one.media_type().is_none() && other.media_type().is_none());
    Case { name, says, sent: None, answered }
}
