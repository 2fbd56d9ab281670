//! The dialect as it is documented.
use roster_dialects::{
    ErrorResponse as _,
    admin::{
        self, Data, Deleted, Error, InvalidBody, MAX_NAME, MIN_PASSWORD, MessageAndData, Paging, SessionView, UserList,
        UserView, login_form, new_user, taken,
    },
    http::{Fields, Response},
    laravel::{MAX_PASSWORD, Message},
};
use roster_domain::{MAX_ID, SessionToken, Unique, User, UserPage};
use serde_json::{Value, json};

use crate::{
    Case, Dialect, ExpectedResponse, FORM, Operation, Sent, Signed, Types,
    laravel::{bearer, body, case, failures, idempotency_key, path_id, unreadable, written},
    parameter, request, rules, sample,
};

const ABOUT: &str = "The API under `/api/v1/users`, and the login of administrators. A key with the scope `admin`, or the token of a \
    session, goes into the header `Authorization: Bearer …`.";
const MESSAGE: &str = "A key with the scope `admin`, or the token that a login answers. A read-only key may read.";
/// Real session tokens are random; this one is fixed.
const TOKEN: &str = "ses_1_8_4fZq2vYb_0Xr7mJc9WkT3nLs8QdHgBv5eRaPyUiOx";

/// The dialect with all its operations.
#[must_use]
pub(crate) fn dialect() -> Dialect {
    let mut types = Types::new();
    let t = &mut types;
    let operations = [list(t), create(t), get(t), update(t), delete(t), login(t)].concat();
    Dialect {
        name: "admin",
        title: "Admin API",
        description: ABOUT,
        schemes: vec![("adminKey", bearer(MESSAGE))],
        operations,
        schemas: types.all(),
    }
}

fn list(types: &mut Types) -> Vec<Operation> {
    let listed =
        |users: Vec<User>, page| admin::users_listed(&UserPage { total: 2, users }, Paging { page, per_page: 15 });
    let all = listed(vec![sample::regular(), sample::administrator()], 1);
    let cases = vec![
        case("users", "A page of users, by id.", all, types.of::<UserList>()).sent(Sent::to("/api/v1/users")),
        case("past-the-end", "A page past the end is empty.", listed(vec![], 9), types.of::<UserList>())
            .sent(Sent::to("/api/v1/users?page=9&per_page=15")),
    ];
    // A value that is not a number is ignored.
    let number = |text: &str| rules::described(json!({"type": "string"}), text);
    let operation = Operation {
        function: "admin-list",
        method: "GET",
        path: "/api/v1/users",
        id: "adminListUsers",
        summary: "List users",
        description: "Every user whichever API made it, administrators too, by id. `total` is exact.",
        parameters: vec![
            parameter("query", "page", "Which page", &number("From 1 to 2^53; anything else is 1")),
            parameter(
                "query",
                "per_page",
                "Users of a page",
                &number("From 1 to 100, and 100 beyond; anything else is 15"),
            ),
        ],
        cases: [cases, keys(types, &Sent::to("/api/v1/users")), failures::<Error>(types)].concat(),
        ..Operation::default()
    };
    vec![operation]
}

fn create(types: &mut Types) -> Vec<Operation> {
    let ada = json!({
        "username": "ada", "email": "ada@example.com", "password": "analytical engine", "password_confirmation": "analytical engine",
        "first_name": "Ada", "last_name": "Lovelace", "gender": "female", "birthday": "1815-12-10",
    });
    let form = "username=ada&email=ada%40example.com&password=analytical+engine&password_confirmation=analytical+engine\
        &first_name=Ada&last_name=Lovelace&gender=female&birthday=1815-12-10";
    let mut clash = ada.clone();
    clash["username"] = json!("TIM");
    clash["email"] = json!("grace@example.com");
    let sent = |body: &Value| Sent::json("/api/v1/users", body);
    let made = User {
        attributes: sample::attributes(&[("gender", "female"), ("birthday", "1815-12-10")]),
        ..sample::created()
    };
    let missing = rejected(Error::Invalid(new_user(&Fields::default(), sample::timestamp(sample::MADE)).unwrap_err()));
    let clashing = rejected(taken(&[Unique::Login, Unique::Email]));
    let cases = vec![
        case("created", "The user was created.", admin::user_created(&made), types.of::<MessageAndData<UserView>>())
            .sent(sent(&ada)),
        case(
            "created-by-form",
            "The user was created.",
            admin::user_created(&made),
            types.of::<MessageAndData<UserView>>(),
        )
        .sent(Sent::typed("/api/v1/users", FORM, form)),
        case("missing", "Fields are missing or invalid.", missing, types.of::<InvalidBody>()).sent(sent(&json!({}))),
        case("taken", "Username or address are another user's.", clashing, types.of::<InvalidBody>())
            .sent(sent(&clash)),
    ];
    let new = new_fields();
    let of_form = types.named("AdminNewUserForm", rules::form(new.clone()));
    let operation = Operation {
        function: "admin-create",
        method: "POST",
        path: "/api/v1/users",
        id: "adminCreateUser",
        summary: "Create a user",
        description: "New users are active.",
        parameters: vec![idempotency_key()],
        body: Some(body(true, &types.named("AdminNewUser", new), of_form)),
        links: vec![
            ("adminGetUser", "id", "$response.body#/data/user_id"),
            ("adminUpdateUser", "id", "$response.body#/data/user_id"),
            ("adminDeleteUser", "id", "$response.body#/data/user_id"),
            ("exceedGetUser", "id", "$response.body#/data/user_id"),
        ],
        cases: [cases, keys(types, &sent(&ada)), written::<Error>(types, &sent(&ada)), failures::<Error>(types)]
            .concat(),
        ..Operation::default()
    };
    vec![operation]
}

fn get(types: &mut Types) -> Vec<Operation> {
    let shown = admin::user_shown(&sample::regular());
    let sent = Sent::to("/api/v1/users/7");
    let cases = vec![
        case("user", "The user.", shown, types.of::<Data<UserView>>()).sent(sent.clone()),
        not_found(types).sent(Sent::to("/api/v1/users/9")),
    ];
    let operation = Operation {
        function: "admin-get",
        method: "GET",
        path: "/api/v1/users/{id}",
        id: "adminGetUser",
        summary: "Get a user",
        description: "Administrators too.",
        parameters: vec![path_id("id")],
        cases: [cases, keys(types, &sent), failures::<Error>(types)].concat(),
        ..Operation::default()
    };
    vec![operation]
}

fn update(types: &mut Types) -> Vec<Operation> {
    let sent = |id: u64, body: &Value| Sent::json(&format!("/api/v1/users/{id}"), body);
    let change = json!({"last_name": "Murray Hopper", "country_id": 1});
    let attributes = [("gender", "female"), ("birthday", "1906-12-09"), ("country_id", "1")];
    let updated = User {
        last_name: sample::line("Murray Hopper"),
        attributes: sample::attributes(&attributes),
        ..sample::administrator()
    };
    let clashing = rejected(taken(&[Unique::Email]));
    let cases = vec![
        case("updated", "The user was updated.", admin::user_updated(&updated), types.of::<MessageAndData<UserView>>())
            .sent(sent(8, &change)),
        not_found(types).sent(sent(9, &json!({}))),
        case("invalid", "Fields are invalid or taken.", clashing, types.of::<InvalidBody>())
            .sent(sent(8, &json!({"email": "tim@example.com"}))),
    ];
    let fields = changed_fields();
    let of_form = types.named("AdminUserChangeForm", rules::form(fields.clone()));
    let schema = types.named("AdminUserChange", fields);
    let sent = sent(8, &change);
    let put = Operation {
        function: "admin-update",
        method: "PUT",
        path: "/api/v1/users/{id}",
        id: "adminUpdateUser",
        summary: "Update a user",
        description: "Only the fields that are given change. A password is none of them, and is ignored.",
        parameters: vec![path_id("id"), idempotency_key()],
        body: Some(body(false, &schema, of_form)),
        cases: [cases, keys(types, &sent), written::<Error>(types, &sent), failures::<Error>(types)].concat(),
        ..Operation::default()
    };
    let patch = put.also("PATCH", "adminPatchUser");
    vec![put, patch]
}

fn delete(types: &mut Types) -> Vec<Operation> {
    let sent = Sent::to("/api/v1/users/7");
    let cases = vec![
        case("deleted", "The user was deleted.", admin::user_deleted(), types.of::<Deleted>()).sent(sent.clone()),
        not_found(types).sent(Sent::to("/api/v1/users/9")),
    ];
    let operation = Operation {
        function: "admin-delete",
        method: "DELETE",
        path: "/api/v1/users/{id}",
        id: "adminDeleteUser",
        summary: "Delete a user",
        description: "For good. The exceed API lists deletions.",
        parameters: vec![path_id("id")],
        cases: [cases, keys(types, &sent), failures::<Error>(types)].concat(),
        ..Operation::default()
    };
    vec![operation]
}

fn login(types: &mut Types) -> Vec<Operation> {
    let sent = |body: &Value| Sent::json("/api/login", body).signed(Signed::Not).header("x-account-id", "1");
    let grace = json!({"username": "grace", "password": "nanoseconds"});
    let token = SessionToken::random(sample::account(), sample::administrator().id);
    let signed_in = case(
        "signed-in",
        "The token of the new session.",
        admin::signed_in(&token, &sample::administrator()),
        types.of::<MessageAndData<SessionView>>(),
    );
    let missing = rejected(Error::Invalid(login_form(&Fields::default()).unwrap_err()));
    let refused_says = "Name, password or account are wrong, or the user is inactive or no administrator.";
    let invalid = case("refused", refused_says, rejected(Error::InvalidCredentials), types.of::<Message>());
    let too_many = case(
        "too-many",
        "Three tries have failed within 10 minutes.",
        rejected(Error::TooManyAttempts(600)),
        types.of::<Message>(),
    );
    let cases = vec![
        Case {
            answered: signed_in.answered.into_iter().map(|answer| with_token(answer, &token)).collect(),
            ..signed_in
        }
        .sent(sent(&grace)),
        case("missing", "Fields are missing.", missing, types.of::<InvalidBody>()).sent(sent(&json!({}))),
        invalid.sent(sent(&json!({"username": "grace", "password": "microseconds"}))),
        too_many,
    ];
    let fields = [
        ("username", json!({"type": "string", "minLength": 1, "pattern": r"\S"})),
        ("password", json!({"type": "string", "minLength": 1})),
    ];
    let fields = rules::object(&["username", "password"], fields);
    let of_form = types.named("AdminCredentialsForm", rules::form(fields.clone()));
    let schema = types.named("AdminCredentials", fields);
    let account = "The account to sign in to; not needed where there is only one. It means nothing in other calls.";
    let operation = Operation {
        function: "admin-login",
        method: "POST",
        path: "/api/login",
        id: "adminLogin",
        is_open: true,
        summary: "Sign in as an administrator",
        description: "The token opens this API for 12 hours. After three failed tries for one name from one address within 10 minutes, \
            every further one is refused until 10 minutes after the first. A token is dead once its user is deleted, deactivated, has a new password or \
            is no administrator any more.",
        parameters: vec![parameter("header", "X-Account-Id", account, &json!({"type": "string"}))],
        body: Some(body(true, &schema, of_form)),
        cases: [cases, unreadable(types, &sent(&grace)), failures::<Error>(types)].concat(),
        ..Operation::default()
    };
    vec![operation]
}

/// A response with a token that is always the same.
fn with_token(answer: ExpectedResponse, token: &SessionToken) -> ExpectedResponse {
    ExpectedResponse { body: answer.body.replace(&token.reveal(), TOKEN), ..answer }
}

/// The errors about the key, which every operation can return.
fn keys(types: &mut Types, sent: &Sent) -> Vec<Case> {
    let says = "The key opens other APIs, or is read-only and this is a write.";
    vec![
        case(
            "unauthenticated",
            "The key or token is missing, unknown, revoked or expired.",
            rejected(Error::Unauthenticated),
            types.of::<Message>(),
        )
        .sent(sent.clone().signed(Signed::Not)),
        case("unauthorized", says, rejected(Error::Unauthorized), types.of::<Message>())
            .sent(sent.clone().signed(Signed::Elsewhere)),
    ]
}

fn not_found(types: &mut Types) -> Case {
    case("unknown", "There is no such user.", rejected(Error::UserNotFound), types.of::<Message>())
}

fn rejected(error: Error) -> Response {
    error.into_response(&request("application/json"))
}

/// The fields that creates and updates share.
fn common_fields() -> [(&'static str, Value); 7] {
    [
        ("username", name()),
        ("email", rules::email()),
        ("first_name", name()),
        ("last_name", name()),
        ("gender", rules::words(&["male", "female"])),
        ("birthday", json!({"type": "string", "format": "date", "description": "Not after today in UTC"})),
        ("country_id", rules::described(rules::nullable(country()), "From 1 to 2^53")),
    ]
}

fn new_fields() -> Value {
    let required =
        ["username", "email", "password", "password_confirmation", "first_name", "last_name", "gender", "birthday"];
    let confirmation = json!({"type": "string", "minLength": 1, "description": "Equal to the password"});
    let roles = rules::any_of(roles().into_iter().chain(rules::nothing()));
    let more = [
        ("password", rules::password(MIN_PASSWORD as u64, MAX_PASSWORD)),
        ("password_confirmation", confirmation),
        ("role_id", rules::described(roles, "1: administrator; 2, the default: regular user")),
    ];
    rules::object(&required, common_fields().into_iter().chain(more))
}

fn changed_fields() -> Value {
    let more = [
        ("role_id", rules::described(rules::any_of(roles()), "1: administrator; 2: regular user")),
        ("user_status", rules::words(&["active", "inactive"])),
    ];
    rules::object(&[], common_fields().into_iter().chain(more))
}

fn name() -> Value {
    rules::name(MAX_NAME)
}

fn roles() -> Vec<Value> {
    vec![rules::numbers(&[1, 2]), rules::words(&["1", "2"])]
}

fn country() -> Value {
    json!({
        "type": ["integer", "string"], "minimum": 1, "maximum": MAX_ID, "pattern": "^([1-9][0-9]{0,14}|[1-8][0-9]{15})?$",
    })
}
