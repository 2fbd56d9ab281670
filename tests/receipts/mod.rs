//! What each operation costs at the store: calls, sequential trips, capacity units, as
//! `docs/receipts.md` says. Fails when one costs anything else. (Units of the embedded engine, which
//! follow AWS's rules; users of less than 1 KB.)
//!
//! `ROSTER_WRITE_DOCS=1 cargo test --test suites -- receipts::` writes the document.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::{Value, json};
use testkit::{Account, Server, cost::CostHarness, raw_tables};

/// What DynamoDB on demand costs, in US dollars for a million units (us-east-1, November 2026).
const READ: f64 = 0.125;
const WRITE: f64 = 0.625;

/// A line of the document.
fn line(
    harness: &CostHarness,
    what: &str,
    status: u64,
    function: &str,
    variables: &Value,
    query: &str,
    body: &Value,
) -> String {
    let measured = harness.measure(function, variables, query, body);
    assert_eq!(measured.status, status, "{what}");
    let mut places: BTreeMap<String, f64> = BTreeMap::new();
    for receipt in &measured.receipts {
        for (place, units) in &receipt.places {
            let sign = if receipt.read > 0.0 { "r" } else { "w" };
            *places.entry(format!("{place} {sign}")).or_default() += units;
        }
    }
    let places: Vec<_> = places.iter().map(|(place, units)| format!("{place}{units}")).collect();
    let (read, written) = (measured.read(), measured.written());
    let dollars = read * READ + written * WRITE;
    let (calls, trips, places) = (measured.receipts.len(), measured.trips(), places.join(", "));
    format!("| {what} | `{function}` | {status} | {calls} | {trips} | {read} | {written} | {dollars:.2} | {places} |\n")
}

const HEAD: &str = "# Receipts

What each operation costs at DynamoDB, counted from `ReturnConsumedCapacity` on the embedded engine, which follows AWS's
rules, with the check of the key in it. Users have less than 1 KB; each further KB of a user adds 2 write units to a write
in a transaction and 1 to another. *Trips* are calls that had to wait for one before. The price is for a million calls at
0.125 US$ a million read units and 0.625 US$ a million write units (on demand, us-east-1, November 2026), without Lambda and
API Gateway. Once an hour a key's use is noted, for 1 write unit.

`cargo test --test suites -- receipts::` holds this table; `ROSTER_WRITE_DOCS=1 cargo test --test suites -- receipts::` writes it.

| operation | function | status | calls | trips | read units | write units | US$ a million | where |
|---|---|---|---|---|---|---|---|---|
";

#[test]
fn every_operation_costs_what_the_document_says() {
    let server = Server::start_alone();
    let account = Account::create(&server.url, server.data(), &[]);
    let mut harness = CostHarness::new(&server, &account);
    let user = json!({"email": "a@example.com", "first_name": "Ada"});
    let admin = json!({"username": "admin", "email": "admin@example.com", "password": "12345678", "password_confirmation": "12345678",
        "first_name": "A", "last_name": "B", "gender": "male", "birthday": "1990-01-01", "role_id": 1});
    let tim =
        json!({"first_name": "Tim", "last_name": "Lee", "login": "tim", "email": "tim@example.com", "code": "c-1"});
    let (one, two) = (json!({"user_id": "1", "id": "1"}), json!({"user_id": "2", "id": "2"}));
    let (absent, no_id, none) = (json!({"user_id": "9"}), json!({"user_id": "x"}), json!({}));
    let mut document = HEAD.to_owned();
    for (what, status, function, variables, body) in [
        ("create with e-mail, login and code", 201, "member-create", &none, &user),
        ("create through admin", 201, "admin-create", &none, &admin),
        ("create through exceed, without a password", 201, "exceed-create", &none, &tim),
        ("create of a taken address", 422, "member-create", &none, &user),
        ("get by id", 200, "member-get", &one, &none),
        ("get of an absent id", 404, "member-get", &absent, &none),
        ("get by what is no id", 404, "member-get", &no_id, &none),
        ("find by e-mail, hit", 200, "member-find", &none, &json!({"email": "a@example.com"})),
        ("find by e-mail, absent", 404, "member-find", &none, &json!({"email": "b@example.com"})),
        ("read by code", 200, "exceed-get", &none, &json!({"code": "c-1"})),
        ("read by code, absent", 404, "exceed-get", &none, &json!({"code": "c-2"})),
        ("read by the default code", 200, "exceed-get", &none, &json!({"code": "i-2"})),
        ("update, no unique value changed", 200, "member-update", &one, &json!({"first_name": "Augusta"})),
        ("update that changes nothing", 200, "member-update", &one, &none),
        ("update of e-mail and login", 200, "member-update", &one, &json!({"email": "c@example.com"})),
        ("update through admin", 200, "admin-update", &two, &json!({"gender": "female"})),
        ("update by code", 200, "exceed-update", &none, &json!({"code": "c-1", "city": "Bern"})),
        ("login", 200, "admin-login", &none, &json!({"username": "admin", "password": "12345678"})),
        ("login, wrong password", 401, "admin-login", &none, &json!({"username": "admin", "password": "1234567"})),
        ("delete", 200, "admin-delete", &one, &none),
        ("list of a small account", 200, "admin-list", &none, &none),
    ] {
        document += &line(&harness, what, status, function, variables, "", body);
    }
    let again = json!({"email": "again@example.com", "first_name": "Ada"});
    let keyed = json!({"username": "keyed", "email": "keyed@example.com", "password": "12345678", "password_confirmation": "12345678",
        "first_name": "A", "last_name": "B", "gender": "male", "birthday": "1990-01-01"});
    for (what, status, function, variables, body, key) in [
        ("create with an Idempotency-Key", 201, "member-create", &none, &again, "1"),
        ("its repeat", 201, "member-create", &none, &again, "1"),
        ("create through admin with an Idempotency-Key", 201, "admin-create", &none, &keyed, "2"),
        ("update with an Idempotency-Key", 200, "admin-update", &two, &json!({"gender": "male"}), "3"),
        ("its repeat", 200, "admin-update", &two, &json!({"gender": "male"}), "3"),
        ("delete of a user with one kept answer", 200, "admin-delete", &two, &none, "4"),
    ] {
        harness.request_key = Some(key);
        document += &line(&harness, what, status, function, variables, "", body);
    }
    harness.request_key = None;
    let large = large_account(&server, &mut harness);
    for (what, function, query) in [
        ("list, 15 of 20,000, the first page", "admin-list", "page=1&per_page=15"),
        ("list, 15 of 20,000, the last page", "admin-list", "page=1334&per_page=15"),
        ("list, 1,000 of 20,000", "exceed-list", "page=7&fields=id"),
        ("filter by id", "exceed-list", "user[id]=7"),
        ("filter by code", "exceed-list", "user[code]=i-7"),
        ("filter by login", "exceed-list", "user[login]=one"),
        ("filter by e-mail, absent", "exceed-list", "user[email]=nobody@example.com"),
        ("filter by a range of changes with six hits", "exceed-list", "user[updated_on]=2024-02-01"),
        ("deletions, the first of 2 pages", "exceed-deletions", "page=1"),
        ("deletions, the last page", "exceed-deletions", "page=2"),
    ] {
        document += &line(&harness, what, 200, function, &none, query, &none);
    }
    drop(large);
    let path = testkit::repository("docs/receipts.md");
    if std::env::var_os("ROSTER_WRITE_DOCS").is_some() {
        std::fs::write(&path, &document).unwrap();
    }
    let reported = std::fs::read_to_string(path).unwrap();
    for (reported, counted) in reported.lines().zip(document.lines()) {
        assert_eq!(counted, reported, "ROSTER_WRITE_DOCS=1 cargo test --test suites -- receipts:: writes it");
    }
    assert_eq!(reported.lines().count(), document.lines().count());
}

/// An account of 20,000 users, sealed, with 1,500 tombstones; the harness goes over to it.
fn large_account(server: &Server, harness: &mut CostHarness) -> Account {
    let account = Account::create(&server.url, server.data(), &[]);
    let body = json!({"first_name": "a", "last_name": "b", "login": "one"}).to_string();
    assert_eq!(account.call("POST", "/api/v2/users", &body).status, 201);
    raw_tables::copy_users(&server.dynamodb, &account.id, 20_000, |id, item| {
        let day = if id % 3_333 == 0 { "2024-02-01" } else { "2024-01-01" };
        for attribute in ["created_on", "updated_on"] {
            item.insert(attribute.to_owned(), AttributeValue::S(format!("{day}T00:00:00.000000Z")));
        }
        item.insert("source".to_owned(), AttributeValue::S("x".repeat(400)));
    });
    raw_tables::put_tombstones(&server.dynamodb, &account.id, 1_500);
    harness.serve(server, &account);
    harness.seal();
    account
}

#[test]
fn a_malformed_key_costs_no_call_at_all() {
    let server = Server::start_alone();
    let account = Account::create(&server.url, server.data(), &[]);
    let mut harness = CostHarness::new(&server, &account);
    "ros_1_aaaaaaaaaaaa_guess".clone_into(&mut harness.key);
    for (function, status) in
        [("member-get", 403), ("member-create", 403), ("admin-list", 401), ("admin-delete", 401), ("exceed-list", 401)]
    {
        let measured = harness.measure(function, &json!({"user_id": "1", "id": "1"}), "", &json!({}));
        assert_eq!((measured.status, measured.receipts.len()), (status, 0), "{function}");
    }
}
