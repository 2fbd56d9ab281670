//! The dialect as it is documented.

#![allow(clippy::indexing_slicing, clippy::unwrap_used, reason = "see `crate::contract`")]

use serde_json::{Value, json};

use super::{
    Refusal, answer,
    decode::{NAME, PHONE_NUMBER, lookup, new_user},
    refusal::{Empty, Error, Invalid, failed},
    wire::{self, Created, Found, Shown, Subscriptions, Updated},
};
use crate::{
    contract::{Case, Dialect, Operation, Sent, Signed, Types, call, parameter, rules, sample},
    dialect::{
        Repeat,
        laravel::{
            self, Message,
            contract::{bearer, body, case, failures, once, path_id, unreadable},
        },
    },
    domain::{Account, AccountSettings},
    http::{Answer, Fields},
};

const ABOUT: &str = "The API under `/api/users`. A key goes into the header `Authorization: Bearer …`; whatever is wrong with it, the \
    answer is 403 with an empty object.\n\nAdministrators are hidden: reading them is 404, changing them 403.";
const SAYS: &str = "A key with the scope `member`. A read-only one may read and use the two look-ups.";

/// The dialect with all its calls.
#[must_use]
pub fn contract() -> Dialect {
    let mut types = Types::new();
    let t = &mut types;
    let operations = [create(t), update(t), get(t), find(t), get_subscriptions(t), disabled(t)].concat();
    Dialect {
        name: "member",
        title: "Member API",
        description: ABOUT,
        schemes: vec![("memberKey", bearer(SAYS))],
        operations,
        schemas: types.all(),
    }
}

fn create(types: &mut Types) -> Vec<Operation> {
    let ada = json!({"email": "ada@example.com", "first_name": "Ada", "last_name": "Lovelace"});
    let sent = |body: Value| Sent::json("/api/users", &body);
    let invalid = refused(Refusal::Invalid(new_user(&Fields::default()).unwrap_err()));
    let cases = vec![
        case("created", "The user was created.", wire::user_created(&sample::created()), types.of::<Created>())
            .sent(sent(ada.clone())),
        case("missing", "Fields are missing or invalid.", invalid, types.of::<Invalid>()).sent(sent(json!({}))),
        case("taken", "The address is another user's.", refused(super::refusal::taken()), types.of::<Invalid>())
            .sent(sent(json!({"email": "tim@example.com"}))),
        forbidden(types).sent(sent(ada).signed(Signed::Not)),
    ];
    let new = types.named("MemberNewUser", fields(&["email"]));
    let operation = Operation {
        function: "member-create",
        method: "POST",
        path: "/api/users",
        id: "memberCreateUser",
        summary: "Create a user",
        description: "Its login is its e-mail address. Without a password it gets a random one.",
        parameters: vec![once()],
        body: Some(body(true, &new, types.named("MemberNewUserForm", rules::form(fields(&["email"]))))),
        links: vec![
            ("memberGetUser", "user_id", "$response.body#/user_id"),
            ("memberUpdateUser", "user_id", "$response.body#/user_id"),
            ("adminGetUser", "id", "$response.body#/user_id"),
            ("adminDeleteUser", "id", "$response.body#/user_id"),
        ],
        cases: [cases, written(types, "/api/users"), failures(types, failed)].concat(),
    };
    vec![operation]
}

fn update(types: &mut Types) -> Vec<Operation> {
    let sent = |id: &str, body: Value| Sent::json(&format!("/api/users/{id}"), &body);
    let cases = vec![
        case("updated", "The user was updated.", wire::user_updated(), types.of::<Updated>())
            .sent(sent("7", json!({"phone_number": "+41 22 767 6111", "live_scanner": true}))),
        forbidden(types).sent(sent("8", json!({"first_name": "Amazing"}))),
        not_found(types).sent(sent("9", json!({}))),
        case("invalid", "Fields are invalid or taken.", refused(super::refusal::taken()), types.of::<Invalid>())
            .sent(sent("7", json!({"email": "grace@example.com"}))),
    ];
    let change = types.named("MemberUserChange", fields(&[]));
    let put = Operation {
        function: "member-update",
        method: "PUT",
        path: "/api/users/{user_id}",
        id: "memberUpdateUser",
        summary: "Update a user",
        description: "Only the fields that are given change. Where the login is the e-mail address, it follows it.",
        parameters: vec![path_id("user_id"), once()],
        body: Some(body(false, &change, types.named("MemberUserChangeForm", rules::form(fields(&[]))))),
        links: vec![],
        cases: [cases, written(types, "/api/users/7"), failures(types, failed)].concat(),
    };
    let patch = put.also("PATCH", "memberPatchUser");
    vec![put, patch]
}

fn get(types: &mut Types) -> Vec<Operation> {
    let shown = wire::user_shown(Some(&sample::regular())).unwrap();
    let cases = vec![
        case("user", "The user.", shown, types.of::<Shown>()).sent(Sent::to("/api/users/7")),
        forbidden(types).sent(Sent::to("/api/users/7").signed(Signed::Elsewhere)),
        not_found(types).sent(Sent::to("/api/users/8")),
    ];
    let operation = Operation {
        function: "member-get",
        method: "GET",
        path: "/api/users/{user_id}",
        id: "memberGetUser",
        summary: "Get a user",
        description: "Administrators are hidden.",
        parameters: vec![path_id("user_id")],
        body: None,
        links: vec![],
        cases: [cases, failures(types, failed)].concat(),
    };
    vec![operation]
}

fn find(types: &mut Types) -> Vec<Operation> {
    let found = wire::found(Some(&sample::regular())).unwrap();
    let found = case("found", "The id of the user who has the address.", found, types.of::<Found>());
    vec![Operation {
        function: "member-find",
        path: "/api/users/find",
        id: "memberFindUser",
        summary: "Find a user by e-mail address",
        ..looking_up(types, "/api/users/find", found)
    }]
}

fn get_subscriptions(types: &mut Types) -> Vec<Operation> {
    let settings = AccountSettings {
        name: "Example".to_owned(),
        site_url: Some("https://learn.example.com".to_owned()),
        site_name: Some("Example Academy".to_owned()),
        ..AccountSettings::default()
    };
    let account = Account { id: sample::account(), settings, created_at: sample::timestamp(sample::MADE) };
    let found = wire::subscriptions(Some(&sample::regular()), &[sample::plan()], Some(&account)).unwrap();
    let found = case("subscriptions", "The plans that the user is subscribed to.", found, types.of::<Subscriptions>());
    vec![Operation {
        function: "member-get-subscriptions",
        path: "/api/users/get-subscriptions",
        id: "memberGetSubscriptions",
        summary: "Get a user's subscriptions by e-mail address",
        ..looking_up(types, "/api/users/get-subscriptions", found)
    }]
}

/// What both look-ups by address have in common.
fn looking_up(types: &mut Types, path: &'static str, found: Case) -> Operation {
    let sent = |body: Value| Sent::json(path, &body);
    let tim = json!({"email": "tim@example.com"});
    let invalid = answer(&call(""), Err(lookup(&call("")).unwrap_err()));
    let cases = vec![
        found.sent(sent(tim.clone())),
        forbidden(types).sent(sent(tim).signed(Signed::Not)),
        not_found(types).sent(sent(json!({"email": "nobody@example.com"}))),
        case("missing", "There is no address.", invalid, types.of::<Invalid>()).sent(sent(json!({}))),
    ];
    // Any text is looked up; what is no address is nobody's.
    let address =
        rules::object(&["email"], [("email", json!({"type": ["string", "number"], "minLength": 1, "pattern": r"\S"}))]);
    let of_form = types.named("MemberLookupForm", rules::form(address.clone()));
    let schema = types.named("MemberLookup", address);
    let [not_json, unknown_type] = unreadable(types);
    let unreadable = vec![
        not_json.sent(Sent::typed(path, "application/json", "{")),
        unknown_type.sent(Sent::typed(path, "text/plain", "email")),
    ];
    Operation {
        function: "",
        method: "POST",
        path,
        id: "",
        summary: "",
        description: "Administrators are hidden.",
        parameters: vec![],
        body: Some(body(true, &schema, of_form)),
        links: vec![],
        cases: [cases, unreadable, failures(types, failed)].concat(),
    }
}

fn disabled(types: &mut Types) -> Vec<Operation> {
    let cases = |types: &mut Types, target: &str| {
        let disabled = case("disabled", "It is switched off.", refused(Refusal::Disabled), types.of::<Error>());
        let cases = vec![disabled.sent(Sent::to(target)), forbidden(types).sent(Sent::to(target).signed(Signed::Not))];
        [cases, failures(types, failed)].concat()
    };
    let list = Operation {
        function: "member-disabled",
        method: "GET",
        path: "/api/users",
        id: "memberListUsers",
        summary: "List users: switched off",
        description: "The admin API lists users.",
        parameters: vec![],
        body: None,
        links: vec![],
        cases: cases(types, "/api/users"),
    };
    let delete = Operation {
        method: "DELETE",
        path: "/api/users/{user_id}",
        id: "memberDeleteUser",
        summary: "Delete a user: switched off",
        description: "The admin and the exceed API delete users.",
        // It is not looked at.
        parameters: vec![parameter("path", "user_id", "Any text", &json!({"type": "string"}))],
        cases: cases(types, "/api/users/7"),
        ..list.clone()
    };
    vec![list, delete]
}

/// What all writes may answer to their body and to their `Idempotency-Key`.
fn written(types: &mut Types, path: &str) -> Vec<Case> {
    let method = if path.ends_with('7') { json!({}) } else { json!({"email": "x@example.com"}) };
    let repeat = |repeat| refused(Refusal::Repeat(repeat));
    let [not_json, unknown_type] = unreadable(types);
    vec![
        not_json.sent(Sent::typed(path, "application/json", "{")),
        unknown_type.sent(Sent::typed(path, "text/plain", "email")),
        case("malformed-key", "The `Idempotency-Key` is none.", repeat(Repeat::Malformed), types.of::<Message>())
            .sent(Sent::json(path, &method).header("idempotency-key", "two words")),
        case(
            "used-key",
            "The `Idempotency-Key` was used for another request.",
            repeat(Repeat::OtherRequest),
            types.of::<Message>(),
        ),
    ]
}

fn forbidden(types: &mut Types) -> Case {
    let says = "The key is missing, unknown, revoked or expired, or does not open this; or the user is an administrator and may not be changed.";
    case("forbidden", says, refused(Refusal::Forbidden), types.of::<Empty>())
}

fn not_found(types: &mut Types) -> Case {
    case("unknown", "There is no such user, or an administrator.", refused(Refusal::UserNotFound), types.of::<Error>())
}

fn refused(refusal: Refusal) -> Answer {
    answer(&call("application/json"), Err(refusal))
}

/// What creates and updates take.
fn fields(required: &[&str]) -> Value {
    let name = |text: &str| rules::described(rules::nullable(rules::line(NAME)), text);
    let texts = [rules::words(&["1", "0", "true", "false", ""]), json!({"type": "null"})];
    let flags = [json!({"type": "boolean"}), rules::numbers(&[0, 1])].into_iter().chain(texts);
    let flag = rules::described(rules::any_of(flags), "Default: false");
    let number = r"^[\t-\r ]*([+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,2})?)?[\t-\r ]*$";
    let external_id = json!({
        "type": ["number", "string", "null"], "pattern": number, "exclusiveMinimum": -1e100, "exclusiveMaximum": 1e100,
        "description": "A number of at most 38 digits. It need not be unique.",
    });
    rules::object(
        required,
        [
            ("email", rules::email()),
            ("first_name", name("Default: Student")),
            ("last_name", name("Default: Member")),
            ("external_id", external_id),
            ("source", name("Where the client says the user came from; default: api")),
            ("phone_number", rules::nullable(rules::line(PHONE_NUMBER))),
            ("live_scanner", flag),
            ("password", rules::nullable(rules::password(0, laravel::MAX_PASSWORD))),
        ],
    )
}
