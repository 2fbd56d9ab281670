//! `Idempotency-Key`: a request that is sent again has its effect once.

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::{Value, json};

use testkit::{
    Account, Response, account, bundle,
    raw_tables::{self, Corrupter},
    request, send,
};

/// A write of a dialect.
#[derive(Clone)]
struct Write {
    method: &'static str,
    path: String,
    content_type: &'static str,
    body: String,
}

impl Write {
    fn json(method: &'static str, path: &str, body: &Value) -> Self {
        Self { method, path: path.to_owned(), content_type: "application/json", body: body.to_string() }
    }

    fn xml(method: &'static str, path: &str, body: &str) -> Self {
        Self { method, path: path.to_owned(), content_type: "application/xml", body: body.to_owned() }
    }

    /// Sends it with an idempotency key.
    fn send(&self, account: &Account, key: &str) -> Response {
        self.send_as(account, &account.key, key)
    }

    fn send_as(&self, account: &Account, api_key: &str, key: &str) -> Response {
        let request = request(self.method, &format!("{}{}", account.url(), self.path)).bearer_auth(api_key);
        let key = reqwest::header::HeaderValue::from_bytes(key.as_bytes()).unwrap();
        let request = request.header("content-type", self.content_type).header("idempotency-key", key);
        send(request.body(self.body.clone()))
    }
}

fn admin_user(name: &str) -> Value {
    json!({
        "username": name, "email": format!("{name}@example.com"), "password": "a good password",
        "password_confirmation": "a good password", "first_name": "A", "last_name": "B", "gender": "female",
        "birthday": "1990-01-01",
    })
}

/// Creates of every dialect, of users of this name.
fn creates(name: &str) -> [Write; 4] {
    let exceed =
        json!({"first_name": "A", "last_name": "B", "login": format!("{name}-j"), "password": "a good password"});
    let xml = format!("<user><first-name>A</first-name><last-name>B</last-name><login>{name}-x</login></user>");
    [
        Write::json(
            "POST",
            "/api/users",
            &json!({"email": format!("{name}-m@example.com"), "password": "a good password"}),
        ),
        Write::json("POST", "/api/v1/users", &admin_user(&format!("{name}-a"))),
        Write::json("POST", "/api/v2/users.json", &exceed),
        Write::xml("POST", "/api/v2/users.xml", &xml),
    ]
}

/// Updates of every dialect, of the user with an id.
fn updates(id: u64) -> [Write; 4] {
    [
        Write::json("PUT", &format!("/api/users/{id}"), &json!({"first_name": "Member", "password": "another one"})),
        Write::json("PATCH", &format!("/api/v1/users/{id}"), &json!({"first_name": "Admin"})),
        Write::json("PUT", &format!("/api/v2/users/{id}"), &json!({"first_name": "Exceed"})),
        Write::xml("PUT", &format!("/api/v2/users/{id}.xml"), "<user><login>new-login</login></user>"),
    ]
}

/// Everything of an answer but what names this one request.
fn reported(response: &Response) -> (u16, Vec<(String, String)>, String) {
    let passing = ["x-request-id", "date"];
    let headers = response.headers.iter().filter(|(name, _)| !passing.contains(&name.as_str()));
    let headers = headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()));
    (response.status, headers.collect(), response.body.clone())
}

/// That all tables agree about an account; others may be written to meanwhile.
fn expect_agreement(account: &Account) {
    let verified = account.roster(&["verify"]);
    assert!(verified.ends_with("all agree"), "{verified}");
}

fn kept(account: &Account) -> Vec<raw_tables::Item> {
    let mut kept = Corrupter::new(bundle().dynamodb()).items("keys", "key", "idempotency#");
    kept.retain(|item| item["account"] == AttributeValue::N(account.id.clone()));
    kept
}

#[test]
fn a_create_that_is_sent_again_is_answered_again_and_creates_no_user() {
    let account = account();
    for (n, create) in creates("once").iter().enumerate() {
        let first = create.send(&account, "key-1");
        assert_eq!(first.status, 201, "{}", first.body);
        for _ in 0..2 {
            assert_eq!(reported(&create.send(&account, "key-1")), reported(&first));
        }
        assert_eq!(raw_tables::users(bundle().dynamodb(), &account.id).len(), n + 1);
        // Each of these has a path or body of its own; under one key they are different requests.
        let other = create.send(&account, "key-2");
        assert_eq!(other.status, 422, "its names are taken: {}", other.body);
        for item in kept(&account) {
            Corrupter::new(bundle().dynamodb()).delete("keys", &item, &["key"]);
        }
    }
    expect_agreement(&account);
}

#[test]
fn an_update_that_is_sent_again_is_answered_again_and_changes_nothing() {
    let account = account();
    let id = account.user(r#"{"email":"u@example.com"}"#);
    for update in updates(id) {
        let first = update.send(&account, &format!("{} {}", update.method, update.path).replace(' ', "-"));
        assert_eq!(first.status, 200, "{}", first.body);
        account.call("PUT", &format!("/api/v2/users/{id}"), r#"{"first_name":"Since","login":"since"}"#);
        let again = update.send(&account, &format!("{} {}", update.method, update.path).replace(' ', "-"));
        assert_eq!(reported(&again), reported(&first), "{}", update.path);
        let user = account.call("GET", &format!("/api/v2/users/{id}"), "").json();
        assert_eq!((&user["first_name"], &user["login"]), (&json!("Since"), &json!("since")), "{}", update.path);
    }
    // One that changes nothing is answered as it was, too.
    let idle = Write::json("PUT", &format!("/api/v1/users/{id}"), &json!({}));
    let before = account.call("GET", &format!("/api/v2/users/{id}"), "").json();
    let first = idle.send(&account, "idle");
    assert_eq!((first.status, &account.call("GET", &format!("/api/v2/users/{id}"), "").json()), (200, &before));
    account.call("PUT", &format!("/api/v2/users/{id}"), r#"{"first_name":"Later"}"#);
    assert_eq!(reported(&idle.send(&account, "idle")), reported(&first));
    expect_agreement(&account);
}

const OTHER_REQUEST: &str = "The Idempotency-Key has been used for another request.";
const MALFORMED: &str = "The Idempotency-Key must have 1 to 255 visible characters.";

/// A text in the form of the dialect of a path.
fn shaped(write: &Write, text: &str) -> String {
    match (write.path.starts_with("/api/v2"), write.content_type) {
        (false, _) => json!({ "message": text }).to_string(),
        (true, "application/xml") => {
            let declaration = r#"<?xml version="1.0" encoding="UTF-8"?>"#;
            format!("{declaration}\n<errors>\n  <error>{text}</error>\n</errors>\n")
        }
        (true, _) => json!({ "error": text }).to_string(),
    }
}

#[test]
fn another_request_under_the_same_key_is_refused() {
    let account = account();
    let id = account.user(r#"{"email":"u@example.com"}"#);
    for (n, write) in creates("other").into_iter().chain(updates(id)).enumerate() {
        let key = format!("key-{n}");
        assert!(write.send(&account, &key).status < 300);
        let others = [
            Write { body: write.body.replacen('A', "C", 1).replacen("example", "example2", 1) + " ", ..write.clone() },
            Write { path: format!("{}?x=1", write.path), ..write.clone() },
            Write { content_type: if n % 4 == 3 { "text/xml" } else { "text/json" }, ..write.clone() },
        ];
        for other in others {
            let refused = other.send(&account, &key);
            assert_eq!((refused.status, refused.body), (422, shaped(&write, OTHER_REQUEST)), "{}", write.path);
        }
    }
    assert_eq!(raw_tables::users(bundle().dynamodb(), &account.id).len(), 5);
}

#[test]
fn a_malformed_key_is_refused_after_the_credential() {
    let account = account();
    let id = account.user(r#"{"email":"u@example.com"}"#);
    for write in creates("malformed").into_iter().chain(updates(id)) {
        for bad in ["", "a b", "é", &"x".repeat(256)] {
            let refused = write.send(&account, bad);
            assert_eq!((refused.status, refused.body), (400, shaped(&write, MALFORMED)), "{} {bad:?}", write.path);
        }
        let status = write.send_as(&account, "ros_1_x", "a b").status;
        assert!([401, 403].contains(&status), "{status}");
    }
    assert_eq!(raw_tables::users(bundle().dynamodb(), &account.id).len(), 1);
    assert_eq!(account.call("GET", "/api/v1/users/1", "").json()["data"]["first_name"], "Student");
    assert!(kept(&account).is_empty());
}

#[test]
fn keys_are_those_of_an_account_and_an_api_key() {
    let [one, two] = [account(), account()];
    let second = one.new_key(&["--scope", "member,admin,exceed"]);
    for (own, other) in creates("mine").iter().zip(&creates("yours")) {
        let first = own.send(&one, "shared");
        assert_eq!(first.status, 201);
        assert_eq!(own.send(&two, "shared").status, 201, "another account knows nothing of it");
        assert_eq!(other.send_as(&one, &second, "shared").status, 201, "nor another key of the same account");
        assert_eq!(reported(&own.send(&one, "shared")), reported(&first));
        for account in [&one, &two] {
            for item in kept(account) {
                Corrupter::new(bundle().dynamodb()).delete("keys", &item, &["key"]);
            }
        }
    }
}

#[test]
fn a_refusal_has_no_effect_and_is_not_kept() {
    let account = account();
    account.user(r#"{"email":"taken@example.com"}"#);
    let taken = Write::json("POST", "/api/users", &json!({"email": "taken@example.com"}));
    let free = Write::json("POST", "/api/users", &json!({"email": "free@example.com"}));
    assert_eq!(taken.send(&account, "key").status, 422);
    assert_eq!(free.send(&account, "key").status, 201);
    assert_eq!(taken.send(&account, "key").body, shaped(&taken, OTHER_REQUEST));
}

#[test]
fn answers_go_with_their_user_and_the_name_is_free_again() {
    let account = account();
    for (create, door) in creates("gone").iter().zip(["v1", "v2", "v1", "v2"]) {
        let first = create.send(&account, "key");
        assert_eq!(first.status, 201);
        let id = *raw_tables::users(bundle().dynamodb(), &account.id).last().unwrap();
        for update in updates(id) {
            assert_eq!(update.send(&account, &update.path).status, 200);
        }
        assert_eq!(kept(&account).len(), 5);
        assert_eq!(account.call("DELETE", &format!("/api/{door}/users/{id}"), "").status, 200);
        assert!(kept(&account).is_empty());
        let again = create.send(&account, "key");
        assert_eq!(again.status, 201);
        let next = *raw_tables::users(bundle().dynamodb(), &account.id).last().unwrap();
        assert!(next > id && again.body != first.body, "{}", again.body);
        account.call("DELETE", &format!("/api/v1/users/{next}"), "");
    }
}

#[test]
fn of_many_at_once_one_has_the_effect_and_all_get_its_answer() {
    let account = account();
    let id = account.user(r#"{"email":"u@example.com"}"#);
    let at_once = |write: &Write| {
        std::thread::scope(|scope| {
            let sending: Vec<_> = (0..6).map(|_| scope.spawn(|| reported(&write.send(&account, "at-once")))).collect();
            sending.into_iter().map(|sent| sent.join().unwrap()).collect::<Vec<_>>()
        })
    };
    for (n, write) in creates("race").iter().chain(&updates(id)).enumerate() {
        let answers = at_once(write);
        assert!(answers[0].0 < 300, "{:?}", answers[0]);
        for answer in &answers {
            assert_eq!(answer, &answers[0], "{}", write.path);
        }
        assert_eq!(raw_tables::users(bundle().dynamodb(), &account.id).len(), 1 + (n + 1).min(4));
        for item in kept(&account) {
            Corrupter::new(bundle().dynamodb()).delete("keys", &item, &["key"]);
        }
    }
    expect_agreement(&account);
}

#[test]
fn the_last_64_of_a_user_are_kept_for_a_day() {
    let account = account();
    let id = account.user(r#"{"email":"u@example.com"}"#);
    for update in updates(id) {
        let firsts: Vec<_> =
            (0..66).map(|n| reported(&update.send(&account, &format!("{}-{n}", update.path)))).collect();
        assert_eq!(kept(&account).len(), 64);
        assert_eq!(reported(&update.send(&account, &format!("{}-2", update.path))), firsts[2]);
    }
    // Time passes for the oldest: it is a new request, whether it was cleaned away yet or not.
    let corrupter = Corrupter::new(bundle().dynamodb());
    let over = |item: &raw_tables::Item| {
        let mut item = item.clone();
        item.insert("expires_at".to_owned(), AttributeValue::S("2024-01-01T00:00:00.000000Z".to_owned()));
        corrupter.put("keys", item);
    };
    let change = Write::json("PUT", &format!("/api/v1/users/{id}"), &json!({"first_name": "First"}));
    change.send(&account, "day");
    account.call("PUT", &format!("/api/v1/users/{id}"), r#"{"first_name":"Second"}"#);
    change.send(&account, "day");
    assert_eq!(account.call("GET", &format!("/api/v1/users/{id}"), "").json()["data"]["first_name"], "Second");
    kept(&account).iter().for_each(over);
    change.send(&account, "day");
    assert_eq!(account.call("GET", &format!("/api/v1/users/{id}"), "").json()["data"]["first_name"], "First");
    kept(&account).iter().for_each(over);
    // Of all accounts: another test's cleanup may have been first.
    assert_eq!(bundle().invoke("ops-cleanup", "{}")["is_unfinished"], false);
    assert!(kept(&account).is_empty());
    assert_eq!(account.call("DELETE", &format!("/api/v1/users/{id}"), "").status, 200);
}

#[test]
fn a_key_that_is_used_again_after_its_day_belongs_to_the_other_user() {
    let account = account();
    let corrupter = Corrupter::new(bundle().dynamodb());
    let [first, second] =
        ["a", "b"].map(|name| account.user(&json!({"email": format!("{name}@example.com")}).to_string()));
    let change = |id: u64| Write::json("PUT", &format!("/api/v1/users/{id}"), &json!({"first_name": "Changed"}));
    assert_eq!(change(first).send(&account, "again").status, 200);
    assert_eq!(change(second).send(&account, "again").status, 422);
    // Its day passes.
    let mut answer = kept(&account).remove(0);
    answer.insert("expires_at".to_owned(), AttributeValue::S("2024-01-01T00:00:00.000000Z".to_owned()));
    corrupter.put("keys", answer);
    let mut user = corrupter.items("users", "block", &format!("{}#0", account.id));
    user.retain(|user| user["id"] == AttributeValue::N(first.to_string()));
    let mut user = user.remove(0);
    let AttributeValue::M(ends) = user.get_mut("kept_answers").unwrap() else { panic!("no map") };
    ends.values_mut().for_each(|end| *end = AttributeValue::N("1".to_owned()));
    corrupter.put("users", user);

    let reported_second = reported(&change(second).send(&account, "again"));
    assert_eq!(reported_second.0, 200);
    assert_eq!(account.call("DELETE", &format!("/api/v1/users/{first}"), "").status, 200);
    account.call("PUT", &format!("/api/v1/users/{second}"), r#"{"first_name":"Since"}"#);
    assert_eq!(reported(&change(second).send(&account, "again")), reported_second);
    assert_eq!(account.call("GET", &format!("/api/v1/users/{second}"), "").json()["data"]["first_name"], "Since");
    expect_agreement(&account);
}

#[test]
fn nothing_of_a_request_is_kept_in_the_clear_and_reads_know_no_keys() {
    let account = account();
    let create = Write::json("POST", "/api/v1/users", &admin_user("canary"));
    assert_eq!(create.send(&account, "visible-value").status, 201);
    let stored = format!("{:?}", kept(&account));
    for canary in ["a good password", "canary", "visible-value", &account.key] {
        assert!(!stored.contains(canary), "{canary}");
    }
    for (method, path) in [("GET", "/api/v1/users/1"), ("GET", "/api/v2/users"), ("DELETE", "/api/v1/users/1")] {
        let read = Write { body: String::new(), ..Write::json(method, path, &json!(null)) };
        assert_eq!(read.send(&account, "a b").status, 200, "{path}");
    }
}
