//! The dialect as it is documented: its schemas are made of the table of attributes.

#![allow(clippy::indexing_slicing, clippy::unwrap_used, reason = "see `crate::contract`")]

use serde_json::{Value, json};

use super::{
    Parameters, Refusal, Reply, answer,
    attributes::{ATTRIBUTES, Attribute, Fixed, Kind, Of, Source},
    decode::{PASSWORD, new_user, not_allowed},
    json::{DeletionDocument, Error},
    refusal::taken,
    selection::Selection,
};
use crate::{
    contract::{
        Answered, Body, Case, Dialect, FORM, JSON, Operation, Sent, Signed, Types, XML, call, parameter, rules, sample,
    },
    dialect::{
        Repeat,
        laravel::contract::{bearer, idempotency_key},
    },
    directory::Failure,
    domain::{Code, Deletion, Unique},
    http::BadBody,
};

const ABOUT: &str = include_str!("contract.md");

/// The dialect with all its calls.
#[must_use]
pub fn contract() -> Dialect {
    let mut types = Types::new();
    let schemas = Schemas::of(&mut types);
    let operations =
        [list(&schemas), create(&schemas), read(&schemas), update(&schemas), delete(&schemas), deletions(&schemas)];
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

/// The schemas that several calls name, each in JSON and in XML.
struct Schemas {
    user: [Value; 2],
    users: [Value; 2],
    deletions: [Value; 2],
    error: [Value; 2],
    errors: [Value; 2],
    new: Body,
    change: Body,
}

impl Schemas {
    fn of(types: &mut Types) -> Self {
        let user = types.named("ExceedUser", shown_user(&Selection::all().attributes, true));
        let user_xml = types.named("ExceedUserXml", xml_user(true));
        let part = types.named("ExceedListedUser", shown_user(&Selection::all().attributes, false));
        let part_xml = types.named("ExceedListedUserXml", xml_user(false));
        let deletion = types.of::<DeletionDocument>();
        let deletion_xml = types.named("ExceedDeletionXml", xml_deletion());
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
            new: taken_body(types, true),
            change: taken_body(types, false),
        }
    }

    /// What is told by a single text.
    fn told(&self, name: &'static str, says: &'static str, refusal: impl Fn() -> Refusal) -> Case {
        in_both(name, says, &self.error, || Err(refusal()))
    }

    /// What is told of attributes.
    fn invalid(&self, name: &'static str, says: &'static str, refusal: impl Fn() -> Refusal) -> Case {
        in_both(name, says, &self.errors, || Err(refusal()))
    }

    /// What every call may answer to its key, and when it cannot do its work.
    fn common(&self, sent: &Sent) -> Vec<Case> {
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
    fn unreadable(&self, path: &str) -> Vec<Case> {
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
    fn written(&self, sent: &Sent) -> Vec<Case> {
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

    fn not_found(&self, by: &'static str, value: &'static str, says: &'static str) -> Case {
        self.told("unknown", says, || Refusal::UserNotFound { by, value: value.to_owned() })
    }
}

/// What is replied, in each format.
fn reply(name: &'static str, says: &'static str, schemas: &[Value; 2], reply: impl Fn() -> Reply) -> Case {
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

fn list(schemas: &Schemas) -> Vec<Operation> {
    let all = || Reply::Users(vec![sample::regular()], Selection::all());
    let some = || {
        let attributes = ATTRIBUTES.iter().filter(|attribute| ["first_name", "id"].contains(&attribute.name));
        let users = vec![sample::regular(), sample::administrator()];
        Reply::Users(users, Selection { attributes: attributes.collect(), all: false })
    };
    let nobody = || Reply::Users(vec![], Selection::all());
    let (path, of) = ("/api/v2/users", &schemas.users);
    let cases = vec![
        reply("found", "Users whom the filters keep, by id.", of, all).sent(Sent::to("/api/v2/users?user[login]=tim")),
        reply("nobody", "Nobody is kept, or the page is past the end.", of, nobody)
            .sent(Sent::to("/api/v2/users?user%5Blogin%5D=123")),
        reply("some-attributes", "Some attributes of everybody.", of, some)
            .sent(Sent::to("/api/v2/users?fields=id,first_name")),
        schemas.told("answer-too-large", "The answer is too large.", || Refusal::AnswerTooLarge),
        schemas.told("too-slow", "A filter was not answered within 25 s. Try again: it goes on.", || Refusal::TooSlow),
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
            that cannot be of the attribute's type keeps nobody. Filters on `id`, `code`, `login`, `email` and `updated_on` are always quick; \
            `updated_on` may lag by seconds, so let ranges overlap by five minutes. Dates and times are read in the account's time zone (UTC unless \
            set); ranges include both ends, and an end without a time is the whole day. An answer above 6 MB is compressed where the client accepts gzip.",
        parameters: [page(), fields()].into_iter().chain(filters).collect(),
        cases: [cases, schemas.unreadable(path), schemas.common(&Sent::to(path))].concat(),
        ..Operation::default()
    };
    vec![operation]
}

fn create(schemas: &Schemas) -> Vec<Operation> {
    let path = "/api/v2/users";
    let ada =
        json!({"user": {"first_name": "Ada", "last_name": "Lovelace", "login": "Ada", "email": "ada@example.com"}});
    let clash = json!({"first_name": "Tim", "last_name": "B", "login": "tim", "code": "cern-1"});
    let form = "user[first_name]=Ada&user[last_name]=Lovelace&user[login]=Ada&user[email]=ada%40example.com";
    let xml = "<user>\n  <first-name>Ada</first-name>\n  <last-name>Lovelace</last-name>\n  <login>Ada</login>\n  \
        <email>ada@example.com</email>\n</user>\n";
    let created =
        |name| reply(name, "The user was created.", &schemas.user, || Reply::Created(Box::new(sample::created())));
    let blank = || Refusal::Invalid(new_user(&Parameters::read(&call(JSON)).unwrap()).unwrap_err());
    let sent = Sent::json(path, &ada);
    let cases = vec![
        created("created").sent(sent.clone()),
        created("created-by-form").sent(Sent::typed(path, FORM, form)),
        created("created-by-xml").sent(Sent::typed(path, XML, xml)),
        schemas.invalid("blank", "Attributes are missing or invalid.", blank).sent(Sent::json(path, &json!({}))),
        schemas
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
        body: Some(schemas.new.clone()),
        links: vec![
            ("exceedGetUser", "id", "$response.body#/id"),
            ("exceedUpdateUser", "id", "$response.body#/id"),
            ("exceedDeleteUser", "id", "$response.body#/id"),
            ("adminGetUser", "id", "$response.body#/id"),
        ],
        cases: [cases, schemas.unreadable(path), schemas.written(&sent), schemas.common(&sent)].concat(),
        ..Operation::default()
    };
    vec![operation]
}

fn read(schemas: &Schemas) -> Vec<Operation> {
    let user = || Reply::User(Box::new(sample::regular()));
    let path = "/api/v2/users/7";
    let cases = vec![
        reply("user", "The user.", &schemas.user, user).sent(Sent::to(path)),
        schemas.not_found("id", "9", "There is no such user.").sent(Sent::to("/api/v2/users/9")),
    ];
    let operation = Operation {
        function: "exceed-read",
        method: "GET",
        path: "/api/v2/users/{id}",
        id: "exceedGetUser",
        summary: "Get a user",
        description: "By id; or, where a code is given, by that alone.",
        parameters: vec![path_id(), code()],
        cases: [cases, schemas.unreadable(path), schemas.common(&Sent::to(path))].concat(),
        ..Operation::default()
    };
    vec![operation]
}

fn update(schemas: &Schemas) -> Vec<Operation> {
    let change = json!({"user": {"city": "Boston", "is_active": "true"}});
    let path = "/api/v2/users/7";
    let done = |name| reply(name, "The user was updated.", &schemas.user, || Reply::Done);
    let invalid = || schemas.invalid("invalid", "Attributes are invalid or taken.", || taken(&[Unique::Login]));
    let mismatch = || schemas.invalid("mismatch", "Code and id name two users.", Refusal::code_does_not_match_id);
    let sent = Sent::json(path, &change);
    let cases = vec![
        done("updated").sent(sent.clone()),
        done("updated-by-query")
            .sent(Sent { content_type: Some(JSON), ..Sent::to("/api/v2/users/7?user%5Bis_active%5D=false") }),
        done("updated-by-form").sent(Sent::typed(path, FORM, "user[city]=Boston")),
        done("updated-by-xml").sent(Sent::typed(path, XML, "<user>\n  <city>Boston</city>\n</user>\n")),
        schemas.not_found("id", "9", "There is no such user.").sent(Sent::json("/api/v2/users/9", &change)),
        invalid().sent(Sent::json(path, &json!({"user": {"login": "grace"}}))),
        schemas
            .invalid("not-allowed", "The user is an administrator, and the key lacks the scope `admin`.", || {
                Refusal::Invalid(not_allowed())
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
            login and e-mail of an administrator change only under a key that also has the scope `admin`.",
        parameters: vec![path_id(), code(), is_active(), idempotency_key()],
        body: Some(schemas.change.clone()),
        cases: [cases, schemas.unreadable(path), schemas.written(&sent), schemas.common(&sent)].concat(),
        ..Operation::default()
    };
    let path = "/api/v2/users";
    let change = json!({"user": {"code": "cern-1", "city": "Boston"}});
    let sent = Sent::json(path, &change);
    let unknown = json!({"user": {"code": "x", "city": "Boston"}});
    let cases = vec![
        done("updated").sent(sent.clone()),
        schemas.not_found("code", "x", "Nobody has the code.").sent(Sent::json(path, &unknown)),
        schemas
            .told("unnamed", "No `user[code]` is given.", || Refusal::NobodyNamed)
            .sent(Sent::json(path, &json!({}))),
        invalid().sent(Sent::json(path, &json!({"user": {"code": "cern-1", "login": "grace"}}))),
    ];
    let by_code = Operation {
        path,
        id: "exceedUpdateUserByCode",
        summary: "Update the user who has a code",
        parameters: vec![code(), is_active(), idempotency_key()],
        cases: [cases, schemas.unreadable(path), schemas.written(&sent), schemas.common(&sent)].concat(),
        ..by_id.clone()
    };
    vec![by_id.also("PATCH", "exceedPatchUser"), by_code.also("PATCH", "exceedPatchUserByCode"), by_id, by_code]
}

fn delete(schemas: &Schemas) -> Vec<Operation> {
    let path = "/api/v2/users/7";
    let cases = vec![
        reply("deleted", "The user was deleted.", &schemas.user, || Reply::Done).sent(Sent::to(path)),
        schemas.not_found("id", "9", "There is no such user.").sent(Sent::to("/api/v2/users/9")),
    ];
    let operation = Operation {
        function: "exceed-delete",
        method: "DELETE",
        path: "/api/v2/users/{id}",
        id: "exceedDeleteUser",
        summary: "Delete a user",
        description: "For good; the deletion is listed.",
        parameters: vec![path_id()],
        cases: [cases, schemas.unreadable(path), schemas.common(&Sent::to(path))].concat(),
        ..Operation::default()
    };
    vec![operation]
}

fn deletions(schemas: &Schemas) -> Vec<Operation> {
    let (path, of) = ("/api/v2/users/deletions", &schemas.deletions);
    let deletion = || Deletion {
        account: sample::account(),
        id: sample::id(6),
        code: Code::from(sample::line("i-6")),
        deleted_at: sample::timestamp("2025-03-04T05:06:07.890000Z"),
    };
    let cases = vec![
        reply("deletions", "Deletions, by id.", of, move || Reply::Deletions(vec![deletion()], None))
            .sent(Sent::to(path)),
        reply("none", "There are none, or the page is past the end.", of, || Reply::Deletions(vec![], None))
            .sent(Sent::to("/api/v2/users/deletions?deleted_at=2999-12-31")),
        schemas.told("too-slow", "It was not answered within 25 s. Try again: it goes on.", || Refusal::TooSlow),
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
        cases: [cases, schemas.unreadable(path), schemas.common(&Sent::to(path))].concat(),
        ..Operation::default()
    };
    vec![operation]
}

fn path_id() -> Value {
    // An unknown one matters to nobody where a code is given.
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
        Kind::Integer => "An integer",
        Kind::Boolean => "`false`, `0`, `f`, `no` or `off` for no, anything else for yes",
        Kind::Date | Kind::Moment => {
            "`YYYY-MM-DD`, `YYYY-MM-DD HH:MM:SS` or RFC 3339, or a range `from,to` with either end open"
        }
        Kind::Line(_) | Kind::Lines(_) => "A text",
    }
}

/// A user as it is shown in JSON; in a list perhaps without some of its keys.
fn shown_user(attributes: &[&'static Attribute], whole: bool) -> Value {
    let properties = attributes.iter().map(|attribute| (attribute.name, shown(attribute)));
    let names: Vec<_> = attributes.iter().map(|attribute| attribute.name).collect();
    rules::object(if whole { &names } else { &[] }, properties)
}

/// A user as it is shown in XML.
fn xml_user(whole: bool) -> Value {
    let mut user = shown_user(&Selection::all().attributes, whole);
    user["properties"]["password"] = json!({"type": "null"});
    if whole {
        user["required"].as_array_mut().unwrap().push(json!("password"));
    }
    as_xml(user)
}

fn xml_deletion() -> Value {
    let fields = ["id", "account_id", "code", "deleted_at"];
    let number = json!({"type": "integer"});
    let text = json!({"type": "string"});
    as_xml(rules::object(&fields, fields.into_iter().zip([number.clone(), number, text.clone(), text])))
}

/// Dashes for underscores, in an element `user`.
fn as_xml(mut user: Value) -> Value {
    user["xml"] = json!({"name": "user"});
    for (name, property) in
        user["properties"].as_object_mut().unwrap().iter_mut().filter(|(name, _)| name.contains('_'))
    {
        property["xml"] = json!({"name": name.replace('_', "-")});
    }
    user
}

/// The values that an attribute is shown with.
fn shown(attribute: &Attribute) -> Value {
    let schema = match attribute.kind {
        Kind::Integer => json!({"type": "integer", "format": "int64"}),
        Kind::Boolean => json!({"type": "boolean"}),
        Kind::Date => json!({"type": "string", "format": "date"}),
        Kind::Moment => json!({"type": "string", "format": "date-time"}),
        Kind::Line(max) | Kind::Lines(max) => json!({"type": "string", "maxLength": max}),
    };
    let mandatory = match attribute.source {
        Source::Profile => attribute.kind == Kind::Boolean,
        Source::User(of) => of != Of::Email,
        Source::Always(fixed) => fixed != Fixed::Null,
    };
    // Other APIs have limits of their own.
    let is_shared = matches!(
        attribute.source,
        Source::User(Of::Email | Of::Login | Of::FirstName | Of::LastName | Of::FullName | Of::Code)
    );
    let schema = if is_shared { json!({"type": "string"}) } else { schema };
    if mandatory { schema } else { rules::nullable(schema) }
}

/// What creates and updates take.
fn taken_body(types: &mut Types, is_new: bool) -> Body {
    let password = json!({"type": ["string", "number", "boolean", "null"], "maxLength": PASSWORD});
    let known = ATTRIBUTES.iter().filter_map(|attribute| Some((attribute.name, written(attribute, is_new)?)));
    let known: Vec<_> = known.chain([("password", rules::described(password, "A blank one counts as none"))]).collect();
    let required: &[&str] = if is_new { &["first_name", "last_name", "login"] } else { &[] };
    let user = rules::object(required, known.clone());
    let form = rules::form(user.clone());
    // Beside a wrapper, attributes count for nothing.
    let no_wrapper =
        json!({"type": ["string", "number", "boolean", "array", "null"], "items": {}, "description": "Ignored"});
    let flat = rules::object(required, known.into_iter().chain([("user", no_wrapper)]));
    let name = if is_new { "ExceedNewUser" } else { "ExceedUserChange" };
    let user = types.named(name, user);
    let wrapped = types.named(format!("{name}Wrapped"), rules::object(&["user"], [("user", user)]));
    let flat = types.named(format!("{name}Flat"), flat);
    let of_form = types.named(format!("{name}Form"), bracketed(&form));
    let of_xml = types.named(format!("{name}Xml"), as_xml(form));
    let content = vec![(JSON, json!({"anyOf": [wrapped, flat]})), (FORM, of_form), (XML, of_xml)];
    Body { required: is_new, content }
}

/// `user[first_name]` for `first_name`.
fn bracketed(user: &Value) -> Value {
    let properties = user["properties"].as_object().unwrap().iter();
    let properties: serde_json::Map<String, Value> =
        properties.map(|(name, schema)| (format!("user[{name}]"), schema.clone())).collect();
    let required = user["required"].as_array().into_iter().flatten();
    let required: Vec<String> = required.filter_map(Value::as_str).map(|name| format!("user[{name}]")).collect();
    json!({"type": "object", "properties": properties, "required": required})
}

/// The values that clients may write; `None` where they write none.
fn written(attribute: &Attribute, is_new: bool) -> Option<Value> {
    // Numbers and flags stand for their text.
    let scalar = |mut schema: Value| {
        schema["type"] = json!(["string", "number", "boolean"]);
        schema
    };
    let (of, kind) = match (attribute.source, attribute.kind) {
        (Source::Always(_), _) => return None,
        (Source::Profile, kind) => (None, kind),
        (Source::User(of), kind) => (Some(of), kind),
    };
    let schema = match (of, kind) {
        (Some(Of::Login | Of::FirstName | Of::LastName), Kind::Line(max)) => scalar(rules::name(max)),
        (Some(Of::Email), Kind::Line(max)) => {
            let mut address = rules::email();
            address["maxLength"] = json!(max);
            rules::any_of([address].into_iter().chain(rules::nothing()))
        }
        (Some(Of::Code), Kind::Line(max)) if is_new => rules::nullable(scalar(rules::line(max))),
        (Some(Of::Code), _) => json!({"description": "Names the user; it does not change"}),
        (Some(Of::Active), _) => flag(),
        (Some(_), _) => return None,
        (None, Kind::Boolean) => flag(),
        (None, Kind::Integer) => {
            json!({"type": ["integer", "string", "null"], "minimum": i64::MIN, "maximum": i64::MAX, "pattern": "^([+-]?([0-9]{1,18}|[1-8][0-9]{18}))?$"})
        }
        (None, Kind::Date | Kind::Moment) => {
            rules::any_of([json!({"type": "string", "format": "date"})].into_iter().chain(rules::nothing()))
        }
        (None, Kind::Line(max)) => rules::nullable(scalar(rules::line(max))),
        (None, Kind::Lines(max)) => rules::nullable(scalar(rules::lines(max))),
    };
    Some(schema)
}

fn flag() -> Value {
    rules::described(
        json!({"type": ["boolean", "string", "number", "null"]}),
        "`false`, `0`, `f`, `no` and `off` are no, other texts yes, blank ones neither",
    )
}
