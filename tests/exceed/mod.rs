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
use testkit::{Account, Response};

const USERS: &str = "/api/v2/users";
const UNAUTHORIZED: &str = r#"{"error":"Invalid Request: API Key has not been setup or does not match"}"#;
const JSON: &str = "application/json; charset=utf-8";
const XML: &str = "application/xml; charset=utf-8";

/// Status, body to the letter, type, and the headers that every answer carries.
#[track_caller]
fn expect(response: &Response, status: u16, kind: &str, body: &str) {
    assert_eq!((response.status, response.body.as_str()), (status, body));
    assert_eq!(response.header("content-type"), Some(kind));
    expect_headers(response);
}

#[track_caller]
fn expect_headers(response: &Response) {
    let line = response.header("status").unwrap();
    let reason = reqwest::StatusCode::from_u16(response.status).unwrap().canonical_reason().unwrap();
    assert_eq!(line, format!("{} {reason}", response.status));
    assert_eq!(response.header("cache-control"), Some("no-store"));
    assert!(response.header("x-request-id").is_some_and(|id| uuid::Uuid::parse_str(id).is_ok()), "{response:?}");
}

/// Done, with an empty body.
#[track_caller]
fn expect_done(response: &Response) {
    assert_eq!((response.status, response.body.as_str(), response.header("content-type")), (200, "", None));
    expect_headers(response);
}

/// A create that passes, by this login.
fn new_user(login: &str) -> Value {
    json!({"first_name": "Tim", "last_name": "Lee", "login": login})
}

/// Makes a user; the object that is answered.
#[track_caller]
fn created(account: &Account, body: &Value) -> Value {
    let response = account.call("POST", USERS, &body.to_string());
    assert_eq!(response.status, 201, "{}", response.body);
    response.json()
}

fn user(account: &Account, id: u64) -> Value {
    account.call("GET", &format!("{USERS}/{id}"), "").json()
}

/// The ids of a list with these parameters.
#[track_caller]
fn ids(account: &Account, query: &str) -> Vec<u64> {
    let response = account.call("GET", &format!("{USERS}?fields=id&{query}"), "");
    assert_eq!(response.status, 200, "{query}: {}", response.body);
    response.json().as_array().unwrap().iter().map(|user| user["id"].as_u64().unwrap()).collect()
}

/// A filter as it stands in a query.
fn filter(attribute: &str, value: &str) -> String {
    let value: String = value.bytes().map(|b| format!("%{b:02X}")).collect();
    format!("user%5B{attribute}%5D={value}")
}
