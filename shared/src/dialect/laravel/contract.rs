//! What the calls of both dialects have in common in the documents.

#![allow(clippy::indexing_slicing, clippy::unwrap_used, reason = "see `crate::contract`")]

use lambda_http::http::StatusCode;
use serde_json::{Value, json};

use super::Message;
use crate::{
    contract::{Answered, Body, Case, Types, call, parameter, rules},
    directory::Failure,
    http::{Answer, BadBody, Call},
};

/// How calls prove whose they are.
pub(crate) fn bearer(description: &str) -> Value {
    json!({"type": "http", "scheme": "bearer", "bearerFormat": "ros_…", "description": description})
}

/// One answer.
pub(crate) fn case(name: &'static str, says: &'static str, answer: Answer, schema: Value) -> Case {
    Case { name, says, sent: None, answered: vec![Answered::of(answer, schema)] }
}

/// A body of fields, in JSON or as a form.
pub(crate) fn body(required: bool, schema: &Value, form: Value) -> Body {
    Body { required, content: vec![("application/json", schema.clone()), ("application/x-www-form-urlencoded", form)] }
}

/// The header that makes a write one.
pub(crate) fn once() -> Value {
    let schema = json!({"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]*$"});
    let description = "Any text of 1 to 255 visible characters. The same request with the same key is answered as the first \
        time, for 24 hours.";
    parameter("header", "Idempotency-Key", description, &schema)
}

/// The id in the path.
pub(crate) fn path_id(name: &str) -> Value {
    parameter("path", name, "The user's id. Whatever is none is nobody's.", &rules::id())
}

/// What every call may answer when it cannot do its work.
pub(crate) fn failures(types: &mut Types, failed: impl Fn(&Call, &Failure) -> Answer) -> Vec<Case> {
    let call = call("application/json");
    let unavailable = failed(&call, &Failure::Unavailable(String::new()));
    let internal = failed(&call, &Failure::Internal(String::new()));
    vec![
        case("too-large", "The body is too large.", super::too_large(), types.of::<Message>()),
        case("internal", "A defect of ours; it is in the logs under this id.", internal, types.of::<Message>()),
        case(
            "unavailable",
            "The store stays away. Nothing was done, or all of it.",
            unavailable,
            types.of::<Message>(),
        ),
    ]
}

/// What calls with a body may answer to it.
pub(crate) fn unreadable(types: &mut Types) -> [Case; 2] {
    let message = |bad: BadBody| super::message(StatusCode::BAD_REQUEST, &bad.to_string());
    [
        case("not-json", "The body is not JSON.", message(BadBody::NotJson), types.of::<Message>()),
        case("unknown-type", "The body is of no known type.", message(BadBody::UnknownType), types.of::<Message>()),
    ]
}
