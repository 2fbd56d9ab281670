//! The dialect as it is documented.
use roster_dialects::{
    ErrorResponse as _,
    http::{Fields, Response},
    laravel::MAX_PASSWORD,
    member::{
        self, Created, Empty, Error, ErrorBody, Found, InvalidBody, MAX_NAME, MAX_PHONE_NUMBER, Subscriptions, Updated,
        UserView, lookup, new_user, taken,
    },
};
use roster_domain::{Account, AccountSettings};
use serde_json::{Value, json};

use crate::{
    Body, Case, Dialect, FORM, Operation, Sent, Signed, Types,
    laravel::{bearer, body, case, failures, idempotency_key, path_id, unreadable, written},
    parameter, request, rules, sample,
};

const ABOUT: &str = "The API under `/api/users`. A key goes into the header `Authorization: Bearer …`; whatever is wrong with it, the \
    answer is 403 with an empty object.\n\nAdministrators are hidden: reading them is 404, changing them 403.";
const MESSAGE: &str = "A key with the scope `member`. A read-only one may read and use the two look-ups.";

/// The dialect with all its operations.
#[must_use]
pub(crate) fn dialect() -> Dialect {
    let mut types = Types::new();
    let t = &mut types;
    let operations = [create(t), update(t), get(t), find(t), get_subscriptions(t), disabled(t)].concat();
    Dialect {
        name: "member",
        title: "Member API",
        description: ABOUT,
        schemes: vec![("memberKey", bearer(MESSAGE))],
        operations,
        schemas: types.all(),
    }
}

fn create(types: &mut Types) -> Vec<Operation> {
    let ada = json!({"email": "ada@example.com", "first_name": "Ada", "last_name": "Lovelace"});
    let sent = |body: Value| Sent::json("/api/users", &body);
    let invalid = rejected(Error::Invalid(new_user(&Fields::default()).unwrap_err()));
    let cases = vec![
        case("created", "The user was created.", member::user_created(&sample::created()), types.of::<Created>())
            .sent(sent(ada.clone())),
        case(
            "created-by-form",
            "The user was created.",
            member::user_created(&sample::created()),
            types.of::<Created>(),
        )
        .sent(Sent::typed("/api/users", FORM, "email=ada%40example.com&first_name=Ada&last_name=Lovelace")),
        case("missing", "Fields are missing or invalid.", invalid, types.of::<InvalidBody>()).sent(sent(json!({}))),
        case("taken", "The address is another user's.", rejected(taken()), types.of::<InvalidBody>())
            .sent(sent(json!({"email": "tim@example.com"}))),
        forbidden(types).sent(sent(ada).signed(Signed::Not)),
    ];
    let new = types.named("MemberNewUser", fields(true));
    let operation = Operation {
        function: "member-create",
        method: "POST",
        path: "/api/users",
        id: "memberCreateUser",
        summary: "Create a user",
        description: "Its login is its e-mail address. Without a password it gets a random one.",
        parameters: vec![idempotency_key()],
        body: Some(body(true, &new, types.named("MemberNewUserForm", rules::form(fields(true))))),
        links: vec![
            ("memberGetUser", "user_id", "$response.body#/user_id"),
            ("memberUpdateUser", "user_id", "$response.body#/user_id"),
            ("adminGetUser", "id", "$response.body#/user_id"),
            ("adminDeleteUser", "id", "$response.body#/user_id"),
        ],
        cases: [cases, written::<Error>(types, &sent(json!({"email": "x@example.com"}))), failures::<Error>(types)]
            .concat(),
        ..Operation::default()
    };
    vec![operation]
}

fn update(types: &mut Types) -> Vec<Operation> {
    let sent = |id: &str, body: Value| Sent::json(&format!("/api/users/{id}"), &body);
    let cases = vec![
        case("updated", "The user was updated.", member::user_updated(&sample::regular()), types.of::<Updated>())
            .sent(sent("7", json!({"phone_number": "+41 22 767 6111", "live_scanner": true}))),
        forbidden(types).sent(sent("7", json!({})).signed(Signed::Not)),
        case("administrator", "The user is an administrator.", rejected(Error::Forbidden), types.of::<Empty>())
            .sent(sent("8", json!({"first_name": "Amazing"}))),
        case("unknown", "There is no such user.", rejected(Error::UserNotFound), types.of::<ErrorBody>())
            .sent(sent("9", json!({}))),
        case("invalid", "Fields are invalid or taken.", rejected(taken()), types.of::<InvalidBody>())
            .sent(sent("7", json!({"email": "grace@example.com"}))),
    ];
    let change = types.named("MemberUserChange", fields(false));
    let put = Operation {
        function: "member-update",
        method: "PUT",
        path: "/api/users/{user_id}",
        id: "memberUpdateUser",
        summary: "Update a user",
        description: "Only the fields that are given change. Where the login is the e-mail address, it follows it.",
        parameters: vec![path_id("user_id"), idempotency_key()],
        body: Some(body(false, &change, types.named("MemberUserChangeForm", rules::form(fields(false))))),
        cases: [cases, written::<Error>(types, &sent("7", json!({}))), failures::<Error>(types)].concat(),
        ..Operation::default()
    };
    let patch = put.also("PATCH", "memberPatchUser");
    vec![put, patch]
}

fn get(types: &mut Types) -> Vec<Operation> {
    let shown = member::user_shown(&sample::regular());
    let cases = vec![
        case("user", "The user.", shown, types.of::<UserView>()).sent(Sent::to("/api/users/7")),
        forbidden(types).sent(Sent::to("/api/users/7").signed(Signed::Elsewhere)),
        hidden(types).sent(Sent::to("/api/users/8")),
    ];
    let operation = Operation {
        function: "member-get",
        method: "GET",
        path: "/api/users/{user_id}",
        id: "memberGetUser",
        summary: "Get a user",
        description: "Administrators are hidden.",
        parameters: vec![path_id("user_id")],
        cases: [cases, failures::<Error>(types)].concat(),
        ..Operation::default()
    };
    vec![operation]
}

fn find(types: &mut Types) -> Vec<Operation> {
    let path = "/api/users/find";
    let found = member::user_found(&sample::regular());
    let found = case("found", "The id of the user who has the address.", found, types.of::<Found>());
    let operation = Operation {
        function: "member-find",
        method: "POST",
        path,
        id: "memberFindUser",
        summary: "Find a user by e-mail address",
        description: "Administrators are hidden.",
        body: Some(address_body(types)),
        cases: looked_up(types, path, found),
        ..Operation::default()
    };
    vec![operation]
}

fn get_subscriptions(types: &mut Types) -> Vec<Operation> {
    let path = "/api/users/get-subscriptions";
    let settings = AccountSettings {
        name: "Example".to_owned(),
        site_url: Some("https://learn.example.com".to_owned()),
        site_name: Some("Example Academy".to_owned()),
        ..AccountSettings::default()
    };
    let account = Account { id: sample::account(), settings, created_at: sample::timestamp(sample::MADE) };
    let found = member::user_subscriptions(&sample::regular(), &[sample::plan()], Some(&account));
    let found = case("found", "The plans that the user is subscribed to.", found, types.of::<Subscriptions>());
    let operation = Operation {
        function: "member-get-subscriptions",
        method: "POST",
        path,
        id: "memberGetSubscriptions",
        summary: "Get a user's subscriptions by e-mail address",
        description: "Administrators are hidden.",
        body: Some(address_body(types)),
        cases: looked_up(types, path, found),
        ..Operation::default()
    };
    vec![operation]
}

/// The body of both look-ups. Any text is accepted; one that is not an address matches no user.
fn address_body(types: &mut Types) -> Body {
    let any = json!({"type": ["string", "number"], "minLength": 1, "pattern": r"\S"});
    let address = rules::object(&["email"], [("email", any)]);
    let form = types.named("MemberLookupForm", rules::form(address.clone()));
    body(true, &types.named("MemberLookup", address), form)
}

/// The cases of both look-ups.
fn looked_up(types: &mut Types, path: &'static str, found: Case) -> Vec<Case> {
    let sent = |body: Value| Sent::json(path, &body);
    let tim = sent(json!({"email": "tim@example.com"}));
    let invalid = rejected(lookup(&request("")).unwrap_err());
    let cases = vec![
        found.sent(tim.clone()),
        forbidden(types).sent(tim.clone().signed(Signed::Not)),
        hidden(types).sent(sent(json!({"email": "nobody@example.com"}))),
        case("missing", "There is no address.", invalid, types.of::<InvalidBody>()).sent(sent(json!({}))),
    ];
    [cases, unreadable(types, &tim), failures::<Error>(types)].concat()
}

fn disabled(types: &mut Types) -> Vec<Operation> {
    let cases = |types: &mut Types, target: &str| {
        let disabled = case("disabled", "It is switched off.", rejected(Error::Disabled), types.of::<ErrorBody>());
        let cases = vec![disabled.sent(Sent::to(target)), forbidden(types).sent(Sent::to(target).signed(Signed::Not))];
        [cases, failures::<Error>(types)].concat()
    };
    let list = Operation {
        function: "member-disabled",
        method: "GET",
        path: "/api/users",
        id: "memberListUsers",
        summary: "List users: switched off",
        description: "The admin API lists users.",
        cases: cases(types, "/api/users"),
        ..Operation::default()
    };
    let delete = Operation {
        method: "DELETE",
        path: "/api/users/{user_id}",
        id: "memberDeleteUser",
        summary: "Delete a user: switched off",
        description: "The admin and the exceed API delete users.",
        // It is ignored.
        parameters: vec![parameter("path", "user_id", "Any text", &json!({"type": "string"}))],
        cases: cases(types, "/api/users/7"),
        ..list.clone()
    };
    vec![list, delete]
}

fn forbidden(types: &mut Types) -> Case {
    let says =
        "The key is missing, unknown, revoked or expired, or does not open this: other APIs alone, or reading alone.";
    case("forbidden", says, rejected(Error::Forbidden), types.of::<Empty>())
}

fn hidden(types: &mut Types) -> Case {
    case(
        "unknown",
        "There is no such user, or an administrator.",
        rejected(Error::UserNotFound),
        types.of::<ErrorBody>(),
    )
}

fn rejected(error: Error) -> Response {
    error.into_response(&request("application/json"))
}

/// The body of creates and updates.
fn fields(is_new: bool) -> Value {
    let default = |text: &'static str| if is_new { text } else { "Null and a blank text count as not given" };
    let line = |max: u64, text: &str| rules::described(rules::nullable(rules::line(max)), text);
    let texts = [rules::words(&["1", "0", "true", "false", ""]), json!({"type": "null"})];
    let flags = [json!({"type": "boolean"}), rules::numbers(&[0, 1])].into_iter().chain(texts);
    let number = r"^[\t-\r ]*([+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?0*[0-9]{1,2})?)?[\t-\r ]*$";
    let external_id = json!({
        "type": ["number", "string", "null"], "pattern": number, "exclusiveMinimum": -1e100, "exclusiveMaximum": 1e100,
        "description": "A number of at most 38 digits. It need not be unique. Null clears it.",
    });
    let password = rules::nullable(rules::password(0, MAX_PASSWORD));
    rules::object(
        if is_new { &["email"] } else { &[] },
        [
            ("email", rules::email()),
            ("first_name", line(MAX_NAME, default("Default: Student"))),
            ("last_name", line(MAX_NAME, default("Default: Member"))),
            ("external_id", external_id),
            ("source", line(MAX_NAME, default("Where the client says the user comes from; default: api"))),
            ("phone_number", line(MAX_PHONE_NUMBER, "Null clears it")),
            ("live_scanner", rules::described(rules::any_of(flags), default("Default: false"))),
            ("password", rules::described(password, default("Default: a random one"))),
        ],
    )
}
