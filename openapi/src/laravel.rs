//! Definitions that the operations of both Laravel dialects share.

use ::http::StatusCode;
use roster_dialects::{
    ErrorResponse, IdempotencyError,
    http::{BadBody, Response},
    laravel::{self, Message},
};
use roster_domain::Failure;
use serde_json::{Value, json};

use crate::{Body, Case, ExpectedResponse, FORM, JSON, Sent, Types, parameter, request, rules};

/// The security scheme.
pub(crate) fn bearer(description: &str) -> Value {
    json!({"type": "http", "scheme": "bearer", "description": description})
}

/// One response.
pub(crate) fn case(name: &'static str, says: &'static str, response: Response, schema: Value) -> Case {
    Case { name, says, sent: None, answered: vec![ExpectedResponse::of(response, schema)] }
}

/// A body of fields, in JSON or as a form.
pub(crate) fn body(required: bool, schema: &Value, form: Value) -> Body {
    Body { required, content: vec![(JSON, schema.clone()), (FORM, form)] }
}

/// The `Idempotency-Key` header.
pub(crate) fn idempotency_key() -> Value {
    let schema = json!({"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]*$"});
    let description = "Any text of 1 to 255 visible characters. The same request with the same key is answered as the first \
        time, for 24 hours.";
    parameter("header", "Idempotency-Key", description, &schema)
}

/// The id in the path.
pub(crate) fn path_id(name: &str) -> Value {
    parameter("path", name, "The user's id: digits without leading zeros. Nobody has anything else.", &rules::id())
}

/// The internal failures that every operation can return.
pub(crate) fn failures<E: ErrorResponse>(types: &mut Types) -> Vec<Case> {
    let response = |failure| E::from(failure).into_response(&request(JSON));
    let unavailable = response(Failure::Unavailable(String::new()));
    let internal = response(Failure::Internal(String::new()));
    vec![
        case("too-large", "The body has more than 256 KiB.", laravel::too_large(), types.of::<Message>()),
        case("internal", "A defect of ours; it is in the logs under this id.", internal, types.of::<Message>()),
        case(
            "unavailable",
            "The store stays away. Nothing was done, or all of it.",
            unavailable,
            types.of::<Message>(),
        ),
    ]
}

/// The errors about the body, for operations that have one; `good` is a request with a valid body.
pub(crate) fn unreadable(types: &mut Types, good: &Sent) -> Vec<Case> {
    let message = |bad: BadBody| laravel::message(StatusCode::BAD_REQUEST, &bad.to_string());
    vec![
        case("not-json", "The body is not JSON.", message(BadBody::NotJson), types.of::<Message>())
            .sent(Sent { body: "{".to_owned(), ..good.clone() }),
        case("unknown-type", "The body is of no known type.", message(BadBody::UnknownType), types.of::<Message>())
            .sent(Sent { content_type: Some("text/plain"), ..good.clone() }),
    ]
}

/// The errors about the body and about `Idempotency-Key`, which every write can return.
pub(crate) fn written<E: ErrorResponse + From<IdempotencyError>>(types: &mut Types, good: &Sent) -> Vec<Case> {
    let rejected = |error: IdempotencyError| E::from(error).into_response(&request(JSON));
    let malformed = case(
        "malformed-key",
        "The `Idempotency-Key` has not 1 to 255 visible characters.",
        rejected(IdempotencyError::MalformedKey),
        types.of::<Message>(),
    );
    let says = "The `Idempotency-Key` was used for another request.";
    let used = case("used-key", says, rejected(IdempotencyError::DifferentRequest), types.of::<Message>());
    let malformed = malformed.sent(good.clone().header("idempotency-key", "two words"));
    [unreadable(types, good), vec![malformed, used]].concat()
}
