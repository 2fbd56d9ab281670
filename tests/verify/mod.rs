//! `roster verify`: every invariant broken on purpose, found, and repaired where it has one right answer.

use aws_sdk_dynamodb::types::AttributeValue;
use roster_domain::AccountId;
use serde_json::{Value, json};
use testkit::{
    Account, Server,
    raw_tables::{self, Corrupter, Item},
    roster, run,
};

struct Broken {
    server: Server,
    account: Account,
    corrupter: Corrupter,
}

fn n(number: u64) -> AttributeValue {
    AttributeValue::N(number.to_string())
}

fn s(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}

impl Broken {
    /// Twenty users, the third of them gone, sealed; an administrator with a session.
    fn new() -> Self {
        let server = Server::start_alone();
        let account = Account::create(&server.url, server.data(), &[]);
        for id in 1..=20 {
            account.user(&json!({"email": format!("u{id}@example.com")}).to_string());
        }
        let admin = r#"{"username":"root","email":"root@example.com","password":"12345678","password_confirmation":"12345678","first_name":"R","last_name":"T","gender":"male","birthday":"1990-01-01","role_id":1}"#;
        assert_eq!(account.call("POST", "/api/v1/users", admin).status, 201);
        let login = account.bare("POST", "/api/login").header("x-account-id", &account.id);
        let login = login.header("content-type", "application/json");
        assert_eq!(testkit::send(login.body(r#"{"username":"root","password":"12345678"}"#)).status, 200);
        assert_eq!(account.call("DELETE", "/api/v1/users/3", "").status, 200);
        let directory = raw_tables::directory(&server.dynamodb);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(directory.census_seal(AccountId::parse(&account.id).unwrap())).unwrap();
        let corrupter = Corrupter::new(&server.dynamodb);
        let broken = Self { server, account, corrupter };
        assert_eq!(broken.verify(&[]), (Some(0), Vec::new()));
        broken
    }

    fn verify(&self, options: &[&str]) -> (Option<i32>, Vec<(String, String)>) {
        let output = run(self.server.data(), &[&["verify", "--json"], options].concat());
        let document: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{output:?}"));
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let violations = document["violations"].as_array().unwrap().iter();
        (output.status.code(), violations.map(|one| (text(&one["rule"]), text(&one["repair"]))).collect())
    }

    /// That this is found, and nothing is written; then mended, and all is well.
    fn expect_repaired(&self, rules: &[&str]) {
        let expected = |repair: &str| rules.iter().map(|rule| ((*rule).to_owned(), repair.to_owned())).collect();
        assert_eq!(self.verify(&[]), (Some(1), expected("possible")));
        assert_eq!(self.verify(&["--account", &self.account.id]), (Some(1), expected("possible")));
        assert_eq!(self.verify(&["--repair"]), (Some(0), expected("done")));
        assert_eq!(self.verify(&[]), (Some(0), Vec::new()));
        let list = self.account.call("GET", "/api/v1/users?per_page=100", "").json();
        let ids = list["data"].as_array().unwrap().iter().map(|user| user["user_id"].as_u64().unwrap());
        assert_eq!(ids.collect::<Vec<_>>(), raw_tables::users(&self.server.dynamodb, &self.account.id));
        assert_eq!(list["meta"]["total"], raw_tables::users(&self.server.dynamodb, &self.account.id).len());
    }

    fn user(&self, id: u64) -> Item {
        self.corrupter.items("users", "id", &id.to_string()).remove(0)
    }

    fn claim(&self, value: &str) -> Item {
        self.corrupter.items("claims", "claim", &format!("{}#{value}", self.account.id)).remove(0)
    }
}

#[test]
fn claims_and_users() {
    let broken = Broken::new();
    // Half of a create: the user without its claims; the claims without their user.
    broken.corrupter.delete("claims", &broken.claim("email#u5@example.com"), &["claim"]);
    broken.expect_repaired(&["a user has its claims"]);
    broken.corrupter.delete("users", &broken.user(6), &["block", "id"]);
    // Its claims, and that the census counts it.
    let repair = [
        "a claim has its user",
        "a claim has its user",
        "a claim has its user",
        "the census agrees with users and tombstones",
    ];
    broken.expect_repaired(&repair);
    // A claim that names somebody who does not carry the value.
    let mut claim = broken.claim("email#u7@example.com");
    claim.insert("user".to_owned(), n(8));
    broken.corrupter.put("claims", claim);
    broken.expect_repaired(&["a user has its claims"]);
    // Two who carry one value: somebody has to decide.
    let mut user = broken.user(9);
    user.insert("login".to_owned(), s("u10@example.com"));
    broken.corrupter.put("users", user);
    let found = [
        ("no two users share a value".to_owned(), "impossible".to_owned()),
        ("a claim has its user".to_owned(), "possible".to_owned()),
    ];
    assert_eq!(broken.verify(&[]), (Some(1), found.into()));
    assert_eq!(broken.verify(&["--repair"]).0, Some(1));
}

#[test]
fn derived_attributes_plans_and_the_counter() {
    let broken = Broken::new();
    let mut user = broken.user(4);
    user.insert("email_key".to_owned(), s(&format!("{}#other@example.com", broken.account.id)));
    user.insert("full_name".to_owned(), s("x"));
    user.insert("changes".to_owned(), s(&format!("{}#3", broken.account.id)));
    broken.corrupter.put("users", user);
    broken.expect_repaired(&["derived attributes follow the user"]);
    let counter = broken.corrupter.items("accounts", "part", &format!("{}#counter", broken.account.id)).remove(0);
    let mut low = counter.clone();
    low.insert("leased".to_owned(), n(2));
    broken.corrupter.put("accounts", low);
    broken.expect_repaired(&["the counter stands above every id"]);
    assert_eq!(broken.account.user(r#"{"email":"next@example.com"}"#), 22);
    let whole = broken.user(4);
    let mut user = whole.clone();
    user.remove("login");
    broken.corrupter.put("users", user);
    let found = ("a user can be read".to_owned(), "impossible".to_owned());
    assert_eq!(broken.verify(&["--repair"]), (Some(1), vec![found]), "and nothing of its is touched");
    let mut user = whole;
    user.insert("plans".to_owned(), AttributeValue::Ns(vec!["99".to_owned()]));
    broken.corrupter.put("users", user);
    let found = ("a user's plans are the account's".to_owned(), "impossible".to_owned());
    assert_eq!(broken.verify(&[]), (Some(1), vec![found]));
}

#[test]
fn deletions_and_the_census() {
    let broken = Broken::new();
    let account = broken.account.id.clone();
    // A restored copy may hold half of a deletion: the record of it, and the user.
    let tomb: Item = [("account", n(account.parse().unwrap())), ("id", n(11)), ("deleted_at", n(1_700_000_000_000))]
        .map(|(name, value)| (name.to_owned(), value))
        .into();
    broken.corrupter.put("deletions", tomb);
    broken.expect_repaired(&["a deleted user is gone", "the census agrees with users and tombstones"]);
    let counts = || broken.corrupter.items("accounts", "part", &format!("{account}#counts")).remove(0);
    let bitmaps = || broken.corrupter.items("accounts", "part", &format!("{account}#bitmaps")).remove(0);
    for (attribute, value) in
        [("a", n(7)), ("born", n(3)), ("ver", n(1_000)), ("dead", AttributeValue::Ns(vec!["1".to_owned()]))]
    {
        let mut row = counts();
        row.insert(attribute.to_owned(), value);
        broken.corrupter.put("accounts", row);
        broken.expect_repaired(&["the census agrees with users and tombstones"]);
    }
    let mut row = bitmaps();
    row.insert("live".to_owned(), AttributeValue::B(vec![0xff; 4].into()));
    broken.corrupter.put("accounts", row);
    broken.expect_repaired(&["the census agrees with users and tombstones"]);
    broken.corrupter.delete("accounts", &bitmaps(), &["part", "sort"]);
    broken.expect_repaired(&["the census agrees with users and tombstones"]);
    broken.corrupter.delete("accounts", &counts(), &["part", "sort"]);
    broken.expect_repaired(&["the census agrees with users and tombstones"]);
    let deletions = broken.account.call("GET", "/api/v2/users/deletions", "").json();
    assert_eq!(deletions.as_array().unwrap().len(), 2);
}

#[test]
fn keys_and_sessions() {
    let broken = Broken::new();
    let session = broken.corrupter.items("keys", "key", "session#").remove(0);
    let mut orphan = session.clone();
    orphan.insert("key".to_owned(), s("session#orphan"));
    orphan.insert("owner".to_owned(), n(3));
    broken.corrupter.put("keys", orphan);
    broken.expect_repaired(&["a session has its owner"]);
    let keyed = broken.account.bare("POST", "/api/users").bearer_auth(&broken.account.key);
    let keyed = keyed.header("idempotency-key", "once").header("content-type", "application/json");
    assert_eq!(testkit::send(keyed.body(r#"{"email":"keyed@example.com"}"#)).status, 201);
    let mut orphan = broken.corrupter.items("keys", "key", "idempotency#").remove(0);
    orphan.insert("key".to_owned(), s("idempotency#orphan"));
    broken.corrupter.put("keys", orphan);
    broken.expect_repaired(&["a stored response has its user"]);
    let listed = broken.corrupter.items("accounts", "part", &format!("{}#keys", broken.account.id)).remove(0);
    broken.corrupter.delete("accounts", &listed, &["part", "sort"]);
    broken.expect_repaired(&["an API key is listed"]);
    let mut stray = broken.corrupter.items("keys", "key", "api-key#").remove(0);
    stray.insert("key".to_owned(), s("api-key#aaaaaaaaaaaa"));
    stray.insert("account".to_owned(), n(999));
    broken.corrupter.put("keys", stray);
    let found = |repair: &str| vec![("a key has its account".to_owned(), repair.to_owned())];
    assert_eq!(broken.verify(&[]), (Some(1), found("possible")));
    assert_eq!(broken.verify(&["--account", &broken.account.id]), (Some(0), Vec::new()), "that is of no account");
    assert_eq!(broken.verify(&["--repair"]), (Some(0), found("done")));
    assert_eq!(broken.verify(&[]), (Some(0), Vec::new()));
}

#[test]
fn it_works_beside_a_running_server_and_reports_no_user_that_is_being_written() {
    let broken = Broken::new();
    std::thread::scope(|scope| {
        let writing = scope.spawn(|| {
            for n in 0..120 {
                let id = broken.account.user(&json!({"email": format!("w{n}@example.com")}).to_string());
                broken.account.call(
                    "PUT",
                    &format!("/api/users/{id}"),
                    &json!({"email": format!("x{n}@example.com")}).to_string(),
                );
                if n % 2 == 0 {
                    assert_eq!(broken.account.call("DELETE", &format!("/api/v1/users/{id}"), "").status, 200);
                }
            }
        });
        let mut runs = 0;
        while !writing.is_finished() || runs < 2 {
            assert_eq!(broken.verify(&["--repair"]), (Some(0), Vec::new()));
            runs += 1;
        }
    });
    let reported = roster(broken.server.data(), &["verify"]);
    assert!(reported.ends_with("all agree"), "{reported}");
}
