//! The exceed dialect, row by row, from outside.

mod administrators;
mod compound;
mod create;
mod delete;
mod deletions;
mod forms;
mod get;
mod keys;
mod large;
mod list;
mod real_requests;
mod update;
mod walk;
mod xml;

use serde_json::{Value, json};
use testkit::{Account, Reply};

const USERS: &str = "/api/v2/users";
const UNAUTHORIZED: &str = r#"{"error":"Invalid Request: API Key has not been setup or does not match"}"#;
const JSON: &str = "application/json; charset=utf-8";
const XML: &str = "application/xml; charset=utf-8";

/// Status, body to the letter, type, and the headers that every answer carries.
#[track_caller]
fn expect(reply: &Reply, status: u16, kind: &str, body: &str) {
    assert_eq!((reply.status, reply.body.as_str()), (status, body));
    assert_eq!(reply.header("content-type"), Some(kind));
    expect_headers(reply);
}

#[track_caller]
fn expect_headers(reply: &Reply) {
    let line = reply.header("status").unwrap();
    let reason = reqwest::StatusCode::from_u16(reply.status).unwrap().canonical_reason().unwrap();
    assert_eq!(line, format!("{} {reason}", reply.status));
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    assert!(reply.header("x-request-id").is_some_and(|id| uuid::Uuid::parse_str(id).is_ok()), "{reply:?}");
}

/// Done, and nothing told.
#[track_caller]
fn expect_done(reply: &Reply) {
    assert_eq!((reply.status, reply.body.as_str(), reply.header("content-type")), (200, "", None));
    expect_headers(reply);
}

/// A create that passes, by this login.
fn new_user(login: &str) -> Value {
    json!({"first_name": "Tim", "last_name": "Lee", "login": login})
}

/// Makes a user; the object that is answered.
#[track_caller]
fn created(account: &Account, body: &Value) -> Value {
    let reply = account.call("POST", USERS, &body.to_string());
    assert_eq!(reply.status, 201, "{}", reply.body);
    reply.json()
}

fn user(account: &Account, id: u64) -> Value {
    account.call("GET", &format!("{USERS}/{id}"), "").json()
}

/// The ids of a list with these parameters.
#[track_caller]
fn ids(account: &Account, query: &str) -> Vec<u64> {
    let reply = account.call("GET", &format!("{USERS}?fields=id&{query}"), "");
    assert_eq!(reply.status, 200, "{query}: {}", reply.body);
    reply.json().as_array().unwrap().iter().map(|user| user["id"].as_u64().unwrap()).collect()
}

/// A filter as it stands in a query.
fn filter(attribute: &str, value: &str) -> String {
    let value: String = value.bytes().map(|b| format!("%{b:02X}")).collect();
    format!("user%5B{attribute}%5D={value}")
}
