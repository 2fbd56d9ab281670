//! The documents' examples, sent to the server: what it answers is what they say.

use std::io::Write as _;

use roster_openapi::dialects;
use roster_openapi::{ExpectedResponse, Sent, Signed};
use serde_json::{Value, json};

use testkit::{Account, Response, bundle, contract::read_body, request, send};

/// What is another each time: moments, accounts and secrets.
const VOLATILE: [&str; 7] =
    ["created_at", "updated_at", "created_on", "updated_on", "deleted_at", "account_id", "token"];
/// The id of the user that examples create, and of the one that is created where none does.
const CREATED: u64 = 123;
const NEXT: u64 = 9;

/// An account as the examples have it: users 7 and 8, a plan, and 6 who is gone.
struct World {
    account: Account,
    /// Opens the dialect of the examples and no other.
    alone: String,
    /// Opens every dialect but that.
    elsewhere: String,
}

impl World {
    /// The next user who is created here has the id `next`.
    fn new(dialect: &str, next: u64) -> Self {
        let bundle = bundle();
        let settings = ["--site-url", "https://learn.example.com", "--site-name", "Example Academy"];
        let account = Account::create(&bundle.url, bundle.data(), &settings);
        let plan = ["--name", "Gold Members", "--slug", "gold-members", "--sku", "GOLD-001", "--mobile-push"];
        account.roster(&[&["plan", "create"], plan.as_slice()].concat());
        let scopes: Vec<_> = ["member", "admin", "exceed"].into_iter().filter(|scope| *scope != dialect).collect();
        let elsewhere = account.new_key(&["--scope", &scopes.join(",")]);
        let alone = account.new_key(&["--scope", dialect]);
        let world = Self { account, alone, elsewhere };
        // Ids are kept where they are not too far from one another.
        let gone: Vec<u64> = [6].into_iter().chain((NEXT..next).rev().step_by(10)).collect();
        let known = [
            json!({
                "id": 7, "login": "tim", "code": "cern-1", "email": "tim@example.com", "first_name": "Tim",
                "last_name": "Berners-Lee", "external_id": 4711, "source": "api", "phone_number": "+41 22 767 6111",
                "gender": "male", "birthday": "1955-06-08", "country_id": 41, "city": "Geneva", "hired_on": "1980-06-23",
                "phone_work": "+41 22 767 6111", "plans": ["gold-members"],
            }),
            json!({
                "id": 8, "login": "grace", "email": "grace@example.com", "first_name": "Grace", "last_name": "Hopper",
                "role": "administrator", "gender": "female", "birthday": "1906-12-09", "password": "nanoseconds",
            }),
        ];
        let mut file = tempfile::Builder::new().suffix(".ndjson").tempfile().unwrap();
        let mut users: Vec<Value> = gone.iter().map(|id| made(*id)).chain(known).collect();
        users.sort_by_key(|user| user["id"].as_u64());
        for user in users {
            writeln!(file, "{user}").unwrap();
        }
        world.account.roster(&["import", file.path().to_str().unwrap(), "--keep-ids"]);
        for id in gone {
            assert_eq!(world.account.call("DELETE", &format!("/api/v1/users/{id}"), "").status, 200);
        }
        world
    }

    fn send(&self, method: &str, sent: &Sent, accept: Option<&str>) -> Response {
        let target = sent.target.replace("{key}", &self.account.key);
        let mut asked = request(method, &format!("{}{target}", self.account.url()));
        asked = match sent.signed {
            Signed::Fully => asked.bearer_auth(&self.account.key),
            Signed::Alone => asked.bearer_auth(&self.alone),
            Signed::Elsewhere => asked.bearer_auth(&self.elsewhere),
            Signed::Not => asked,
        };
        for (name, value) in &sent.headers {
            asked = asked.header(*name, if *name == "x-account-id" { &self.account.id } else { *value });
        }
        let types = [("accept", accept), ("content-type", sent.content_type)];
        for (name, value) in types.into_iter().filter_map(|(name, value)| Some((name, value?))) {
            asked = asked.header(name, value);
        }
        send(asked.body(sent.body.clone()))
    }
}

/// A user who is there for its id.
fn made(id: u64) -> Value {
    json!({"id": id, "login": format!("gone-{id}"), "first_name": "A", "last_name": "B"})
}

/// A body without what is another each time.
fn lasting(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let lasting = |(name, value): (String, Value)| match VOLATILE.contains(&name.as_str()) {
                true => (name, json!(value.is_null())),
                false => (name, lasting(value)),
            };
            members.into_iter().map(lasting).collect()
        }
        Value::Array(items) => items.into_iter().map(lasting).collect(),
        other => other,
    }
}

fn assert_same(what: &str, response: &Response, expected: &ExpectedResponse) {
    assert_eq!(response.status, expected.status, "{what}: {}", response.body);
    for (name, value) in expected.headers.iter().filter(|(name, _)| name != "x-request-id") {
        assert_eq!(response.header(name), Some(value.as_str()), "{what}: {name}");
    }
    let body = |text: &str| expected.media_type().map(|kind| lasting(read_body(kind, text)));
    assert_eq!(body(&response.body), body(&expected.body), "{what}");
}

#[test]
fn every_example_is_answered_as_the_documents_say() {
    let mut replayed = 0;
    for dialect in dialects() {
        let lasting = World::new(dialect.name, NEXT);
        for operation in &dialect.operations {
            let cases = operation.cases.iter().filter_map(|case| Some((case, case.sent.as_ref()?)));
            for (case, sent, answered) in
                cases.flat_map(|(case, sent)| case.answered.iter().map(move |answered| (case, sent, answered)))
            {
                let changes = operation.method != "GET" && answered.status < 300;
                let next = if case.name.starts_with("created") { CREATED } else { NEXT };
                let world = if changes { &World::new(dialect.name, next) } else { &lasting };
                let what = format!("{} {}, {}", operation.method, operation.path, case.name);
                let accept = (dialect.name == "exceed").then(|| answered.media_type()).flatten();
                assert_same(&what, &world.send(operation.method, sent, accept), answered);
                replayed += 1;
            }
        }
    }
    assert!(replayed > 100, "{replayed} examples");
}

/// What public clients of the exceed API send, to the letter.
#[test]
fn real_requests_work_unchanged() {
    let world = World::new("exceed", NEXT);
    let bare = |target: &str| Sent::to(target).signed(Signed::Not);
    let get = |target: &str| {
        let response = world.send(
            "GET",
            &Sent { content_type: Some("application/json"), ..bare(target) },
            Some("application/json"),
        );
        (response.status, response.json())
    };
    assert_eq!(get("/api/v2/users.json/?user%5Blogin%5D=123&api_key={key}"), (200, json!([])));
    for filter in ["user%5Bid%5D=7", "user%5Bemail%5D=tim@example.com", "user%5Blogin%5D=tim"] {
        let (status, users) = get(&format!("/api/v2/users.json/?{filter}&api_key={{key}}"));
        assert_eq!((status, &users[0]["id"]), (200, &json!(7)), "{filter}");
    }
    let (status, users) = get("/api/v2/users.json/?api_key={key}");
    assert_eq!((status, users[0].as_object().unwrap().len()), (200, 69));
    let new = json!({
        "login": "New", "email": "new@example.com", "first_name": "N", "last_name": "Ew", "manager_email": "x", "manager_id": "",
    });
    let created = world.send("POST", &Sent::json("/api/v2/users.json?api_key={key}", &new).signed(Signed::Not), None);
    let user = created.json();
    assert_eq!((created.status, &user["login"], &user["is_active"]), (201, &json!("new"), &json!(true)));
    let target = "/api/v2/users/7?api_key={key}&user%5Bis_active%5D=false";
    let put = Sent { content_type: Some("application/json"), ..bare(target) };
    assert_eq!(world.send("PUT", &put, None).status, 200);
    let patch =
        Sent::json("/api/v2/users/7?api_key={key}", &json!({"is_active": "true", "code": "i-7"})).signed(Signed::Not);
    assert_eq!(world.send("PATCH", &patch, None).status, 200);
    let error = world.send("GET", &bare("/api/v2/users/7"), None);
    assert_eq!((error.status, error.header("status")), (401, Some("401 Unauthorized")));
    assert!(error.json().is_object());
}
