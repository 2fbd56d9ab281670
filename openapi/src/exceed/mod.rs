//! The exceed dialect as it is documented. Its schemas are generated from the table of attributes.

mod cases;
mod schemas;

use cases::{Cases, response};
use roster_dialects::{
    exceed::{
        ATTRIBUTES, Attribute, Error, Parameters, Received, deletions_listed, done, new_user, not_allowed, taken,
        user_created, user_shown, users_listed,
    },
    http::Request,
};
use roster_domain::ValueKind;
use roster_domain::{Code, Deletion, Unique, User};
use serde_json::{Value, json};

use crate::{
    Dialect, FORM, JSON, Operation, Sent, Signed, Types, XML,
    laravel::{bearer, idempotency_key},
    parameter, request, sample,
};

const ABOUT: &str = include_str!("about.md");

/// The dialect with all its operations.
#[must_use]
pub(crate) fn dialect() -> Dialect {
    let mut types = Types::new();
    let common = Cases::of(&mut types);
    let operations =
        [list(&common), create(&common), get(&common), update(&common), delete(&common), deletions(&common)];
    let operations = operations.concat();
    let key = "A key with the scope `exceed`. A read-only one may read.";
    let in_query = json!({"type": "apiKey", "in": "query", "name": "api_key", "description": key});
    Dialect {
        name: "exceed",
        title: "Exceed API",
        description: ABOUT,
        schemes: vec![("exceedBearer", bearer(key)), ("exceedKey", in_query)],
        operations,
        schemas: types.all(),
    }
}

fn list(common: &Cases) -> Vec<Operation> {
    let list = |users: Vec<User>| {
        move |request: &Request, parameters: &Parameters| users_listed(request, parameters, &users).unwrap()
    };
    let all = list(vec![sample::regular()]);
    let no_users = list(vec![]);
    let some = |request: &Request, _: &Parameters| {
        let request = Request { query: "fields=id,first_name".to_owned(), ..request.clone() };
        let received = Received::read(&request).unwrap();
        let users = [sample::regular(), sample::administrator()];
        users_listed(&request, received.check().unwrap(), &users).unwrap()
    };
    let (path, of) = ("/api/v2/users", &common.users);
    let cases = vec![
        response("found", "Users whom the filters keep, by id.", of, all)
            .sent(Sent::to("/api/v2/users?user[login]=tim")),
        response("nobody", "Nobody is kept, or the page is past the end.", of, no_users)
            .sent(Sent::to("/api/v2/users?user%5Blogin%5D=123")),
        response("some-attributes", "Some attributes of everybody.", of, some)
            .sent(Sent::to("/api/v2/users?fields=id,first_name")),
        common.text("answer-too-large", "The answer is too large.", || Error::ResponseTooLarge),
        common.text("too-slow", "A filter was not answered within 25 s. Try again: it goes on.", || Error::TooSlow),
    ];
    let filters = ATTRIBUTES.iter().map(|attribute| {
        parameter("query", &format!("user[{}]", attribute.name), filter_text(attribute), &json!({"type": "string"}))
    });
    let operation = Operation {
        function: "exceed-list",
        method: "GET",
        path,
        id: "exceedListUsers",
        summary: "List users",
        description: "By id, 1,000 a page. Filters on attributes must all hold; an empty value asks for null or an empty text. A value \
            that cannot be of the attribute's type matches no user. A list (`user[id][]=2&user[id][]=3`, at most 100 values) matches any of its values; a \
            filter that is not understood (`user[id][gt]=2`) matches no user. Filters on `id`, `code`, `login`, `email` and `updated_on` are always quick; \
            `updated_on` may lag by seconds, so let ranges overlap by five minutes. Dates and times are read in the account's time zone (UTC unless \
            set); ranges include both ends, and an end without a time is the whole day. An answer above 6 MB is compressed where the client accepts gzip.",
        parameters: [page(), fields()].into_iter().chain(filters).collect(),
        cases: [cases, common.unreadable(path), common.common(&Sent::to(path))].concat(),
        ..Operation::default()
    };
    vec![operation]
}

fn create(common: &Cases) -> Vec<Operation> {
    let path = "/api/v2/users";
    let ada =
        json!({"user": {"first_name": "Ada", "last_name": "Lovelace", "login": "Ada", "email": "ada@example.com"}});
    let clash = json!({"first_name": "Tim", "last_name": "B", "login": "tim", "code": "cern-1"});
    let form = "user[first_name]=Ada&user[last_name]=Lovelace&user[login]=Ada&user[email]=ada%40example.com";
    let xml = "<user>\n  <first-name>Ada</first-name>\n  <last-name>Lovelace</last-name>\n  <login>Ada</login>\n  \
        <email>ada@example.com</email>\n</user>\n";
    let created = |name| {
        response(name, "The user was created.", &common.user, |_, parameters| {
            user_created(parameters, &sample::created())
        })
    };
    let blank = || {
        let received = Received::read(&request(JSON)).unwrap();
        Error::Invalid(new_user(received.check().unwrap()).unwrap_err())
    };
    let sent = Sent::json(path, &ada);
    let cases = vec![
        created("created").sent(sent.clone()),
        created("created-by-form").sent(Sent::typed(path, FORM, form)),
        created("created-by-xml").sent(Sent::typed(path, XML, xml)),
        common.invalid("blank", "Attributes are missing or invalid.", blank).sent(Sent::json(path, &json!({}))),
        common
            .invalid("taken", "Login, address or code are another user's.", || taken(&[Unique::Code, Unique::Login]))
            .sent(Sent::json(path, &clash)),
    ];
    let operation = Operation {
        function: "exceed-create",
        method: "POST",
        path,
        id: "exceedCreateUser",
        summary: "Create a user",
        description: "Without a password the user cannot sign in. Without a code it gets `i-` and its id.",
        parameters: vec![idempotency_key()],
        body: Some(common.new.clone()),
        links: vec![
            ("exceedGetUser", "id", "$response.body#/id"),
            ("exceedUpdateUser", "id", "$response.body#/id"),
            ("exceedDeleteUser", "id", "$response.body#/id"),
            ("adminGetUser", "id", "$response.body#/id"),
        ],
        cases: [cases, common.unreadable(path), common.written(&sent), common.common(&sent)].concat(),
        ..Operation::default()
    };
    vec![operation]
}

fn get(common: &Cases) -> Vec<Operation> {
    let user = |_: &Request, parameters: &Parameters| user_shown(parameters, &sample::regular());
    let path = "/api/v2/users/7";
    let cases = vec![
        response("user", "The user.", &common.user, user).sent(Sent::to(path)),
        common.not_found("id", "9", "There is no such user.").sent(Sent::to("/api/v2/users/9")),
    ];
    let operation = Operation {
        function: "exceed-get",
        method: "GET",
        path: "/api/v2/users/{id}",
        id: "exceedGetUser",
        summary: "Get a user",
        description: "By id; or, where a code is given, by that alone.",
        parameters: vec![path_id(), code()],
        cases: [cases, common.unreadable(path), common.common(&Sent::to(path))].concat(),
        ..Operation::default()
    };
    vec![operation]
}

fn update(common: &Cases) -> Vec<Operation> {
    let change = json!({"user": {"city": "Boston", "is_active": "true"}});
    let path = "/api/v2/users/7";
    let done = |name| response(name, "The user was updated.", &common.user, |_, parameters| done(parameters));
    let invalid = || common.invalid("invalid", "Attributes are invalid or taken.", || taken(&[Unique::Login]));
    let mismatch = || common.invalid("mismatch", "Code and id name two users.", Error::code_does_not_match_id);
    let sent = Sent::json(path, &change);
    let cases = vec![
        done("updated").sent(sent.clone()),
        done("updated-by-query")
            .sent(Sent { content_type: Some(JSON), ..Sent::to("/api/v2/users/7?user%5Bis_active%5D=false") }),
        done("updated-by-form").sent(Sent::typed(path, FORM, "user[city]=Boston")),
        done("updated-by-xml").sent(Sent::typed(path, XML, "<user>\n  <city>Boston</city>\n</user>\n")),
        common.not_found("id", "9", "There is no such user.").sent(Sent::json("/api/v2/users/9", &change)),
        invalid().sent(Sent::json(path, &json!({"user": {"login": "grace"}}))),
        common
            .invalid("not-allowed", "The user is an administrator, and the key lacks the scope `admin`.", || {
                Error::Invalid(not_allowed())
            })
            .sent(Sent::json("/api/v2/users/8", &json!({"user": {"login": "amazing"}})).signed(Signed::Alone)),
        mismatch().sent(Sent::json(path, &json!({"user": {"code": "i-8"}}))),
    ];
    let by_id = Operation {
        function: "exceed-update",
        method: "PUT",
        path: "/api/v2/users/{id}",
        id: "exceedUpdateUser",
        summary: "Update a user",
        description: "Only the attributes that are given change. A code only names the user, where there is one who has it. Password, \
            login, e-mail and is_active of an administrator change only under a key that also has the scope `admin`.",
        parameters: vec![path_id(), code(), is_active(), idempotency_key()],
        body: Some(common.change.clone()),
        cases: [cases, common.unreadable(path), common.written(&sent), common.common(&sent)].concat(),
        ..Operation::default()
    };
    let path = "/api/v2/users";
    let change = json!({"user": {"code": "cern-1", "city": "Boston"}});
    let sent = Sent::json(path, &change);
    let unknown = json!({"user": {"code": "x", "city": "Boston"}});
    let cases = vec![
        done("updated").sent(sent.clone()),
        common.not_found("code", "x", "Nobody has the code.").sent(Sent::json(path, &unknown)),
        common.text("unnamed", "No `user[code]` is given.", || Error::NoTarget).sent(Sent::json(path, &json!({}))),
        invalid().sent(Sent::json(path, &json!({"user": {"code": "cern-1", "login": "grace"}}))),
    ];
    let by_code = Operation {
        path,
        id: "exceedUpdateUserByCode",
        summary: "Update the user who has a code",
        parameters: vec![code(), is_active(), idempotency_key()],
        cases: [cases, common.unreadable(path), common.written(&sent), common.common(&sent)].concat(),
        ..by_id.clone()
    };
    vec![by_id.also("PATCH", "exceedPatchUser"), by_code.also("PATCH", "exceedPatchUserByCode"), by_id, by_code]
}

fn delete(common: &Cases) -> Vec<Operation> {
    let path = "/api/v2/users/7";
    let cases = vec![
        response("deleted", "The user was deleted.", &common.user, |_, parameters| done(parameters))
            .sent(Sent::to(path)),
        common.not_found("id", "9", "There is no such user.").sent(Sent::to("/api/v2/users/9")),
        common
            .invalid("not-allowed", "The user is an administrator, and the key lacks the scope `admin`.", || {
                Error::Invalid(not_allowed())
            })
            .sent(Sent::to("/api/v2/users/8").signed(Signed::Alone)),
    ];
    let operation = Operation {
        function: "exceed-delete",
        method: "DELETE",
        path: "/api/v2/users/{id}",
        id: "exceedDeleteUser",
        summary: "Delete a user",
        description: "Permanently; the deletion is listed. An administrator is deleted only under a key that also has the scope `admin`.",
        parameters: vec![path_id()],
        cases: [cases, common.unreadable(path), common.common(&Sent::to(path))].concat(),
        ..Operation::default()
    };
    vec![operation]
}

fn deletions(common: &Cases) -> Vec<Operation> {
    let (path, of) = ("/api/v2/users/deletions", &common.deletions);
    let deletion = || Deletion {
        account: sample::account(),
        id: sample::id(6),
        code: Code::from(sample::line("i-6")),
        deleted_at: sample::timestamp("2025-03-04T05:06:07.890000Z"),
    };
    let cases = vec![
        response("deletions", "Deletions, by id.", of, move |request, parameters| {
            deletions_listed(request, parameters, &[deletion()], None).unwrap()
        })
        .sent(Sent::to(path)),
        response("none", "There are none, or the page is past the end.", of, |request, parameters| {
            deletions_listed(request, parameters, &[], None).unwrap()
        })
        .sent(Sent::to("/api/v2/users/deletions?deleted_at=2999-12-31")),
        common.text("too-slow", "It was not answered within 25 s. Try again: it goes on.", || Error::TooSlow),
    ];
    let since = "Only deletions at or after the start of this day (`YYYY-MM-DD`) in the account's time zone; what is no day keeps none";
    let operation = Operation {
        function: "exceed-deletions",
        method: "GET",
        path,
        id: "exceedListDeletions",
        summary: "List deletions",
        description: "Users who were deleted through any API, by id, 1,000 a page.",
        parameters: vec![page(), parameter("query", "deleted_at", since, &json!({"type": "string"}))],
        cases: [cases, common.unreadable(path), common.common(&Sent::to(path))].concat(),
        ..Operation::default()
    };
    vec![operation]
}

fn path_id() -> Value {
    // An unknown id is ignored if there is a code.
    parameter(
        "path",
        "id",
        "The user's id, perhaps with `.json` or `.xml` after it",
        &json!({"type": ["integer", "string"], "minLength": 1}),
    )
}

fn code() -> Value {
    parameter("query", "user[code]", "The user's code", &json!({"type": "string"}))
}

fn is_active() -> Value {
    let text = "As any attribute that is written may stand in the query: `false`, `0`, `f`, `no` or `off` for no";
    parameter("query", "user[is_active]", text, &json!({"type": "string"}))
}

fn page() -> Value {
    parameter("query", "page", "From 1 to 2^53; anything else is 1", &json!({"type": "string"}))
}

fn fields() -> Value {
    let text = "The attributes to show, separated by commas; unknown ones are left out, and where there is none, all are shown";
    parameter("query", "fields", text, &json!({"type": "string"}))
}

const fn filter_text(attribute: &Attribute) -> &'static str {
    match attribute.kind {
        ValueKind::Integer => "An integer",
        ValueKind::Boolean => "`false`, `0`, `f`, `no` or `off` for no, anything else for yes",
        ValueKind::Date | ValueKind::Timestamp => {
            "`YYYY-MM-DD`, `YYYY-MM-DD HH:MM:SS` or RFC 3339, or a range `from,to` with either end open"
        }
        ValueKind::Line(_) | ValueKind::Lines(_) => "A text",
    }
}
