//! The member dialect, row by row, from outside.

mod body;
mod create;
mod disabled;
mod find;
mod get;
mod get_subscriptions;
mod keys;
mod update;

const FORBIDDEN: &str = "{}";
const NOT_FOUND: &str = r#"{"error":"User not found"}"#;
const TAKEN: &str =
    r#"{"message":"The given data was invalid.","errors":{"email":["The email has already been taken."]}}"#;

/// The 422 of one field.
fn invalid(field: &str, texts: &[&str]) -> String {
    format!(
        r#"{{"message":"The given data was invalid.","errors":{{"{field}":{}}}}}"#,
        serde_json::to_string(texts).unwrap()
    )
}
