//! The admin dialect, row by row, from outside.

mod create;
mod delete;
mod get;
mod keys;
mod list;
mod login;
mod sessions;
mod tries;
mod update;

use serde_json::{Value, json};
use testkit::Account;

const USERS: &str = "/api/v1/users";
const UNAUTHENTICATED: &str = r#"{"message":"Unauthenticated."}"#;
const UNAUTHORIZED: &str = r#"{"message":"This action is unauthorized."}"#;
const NOT_FOUND: &str = r#"{"message":"User not found"}"#;
const DELETED: &str = r#"{"message":"User deleted successfully"}"#;

/// A create that passes, by this username.
fn new_user(username: &str) -> Value {
    json!({
        "username": username, "email": format!("{username}@example.com"), "password": "password of 8+",
        "password_confirmation": "password of 8+", "first_name": "Grace", "last_name": "Hopper", "gender": "female",
        "birthday": "1906-12-09",
    })
}

/// Makes an administrator; its id.
fn administrator(account: &Account, username: &str) -> u64 {
    let mut body = new_user(username);
    body["role_id"] = json!(1);
    created(account, &body)
}

fn created(account: &Account, body: &Value) -> u64 {
    let response = account.call("POST", USERS, &body.to_string());
    assert_eq!(response.status, 201, "{}", response.body);
    response.json()["data"]["user_id"].as_u64().unwrap()
}

/// The 422 of these fields, each with its texts.
fn invalid(fields: &[(&str, &[&str])]) -> String {
    let texts: Vec<_> = fields.iter().flat_map(|(_, texts)| texts.iter()).collect();
    let more = match texts.len() - 1 {
        0 => String::new(),
        1 => " (and 1 more error)".to_owned(),
        more => format!(" (and {more} more errors)"),
    };
    let errors: Vec<_> =
        fields.iter().map(|(field, texts)| format!("\"{field}\":{}", serde_json::to_string(texts).unwrap())).collect();
    format!(r#"{{"message":"{}{more}","errors":{{{}}}}}"#, texts[0], errors.join(","))
}
