//! Requests to functions that run in this process, and their answers whole.

use roster_cli::gateway::{InProcess, Invoke as _};
use serde_json::{Value, json};

use super::contract;

/// A client of an account.
#[derive(Clone, Debug)]
pub struct FunctionClient {
    pub account: String,
    pub key: String,
}

/// A request to a function.
#[derive(Clone, Debug)]
pub struct FunctionRequest {
    pub function: String,
    pub variables: Value,
    pub query: String,
    pub body: Value,
    /// Sent as `Idempotency-Key`.
    pub request_key: Option<String>,
}

impl FunctionRequest {
    pub fn new(function: &str, variables: Value, query: &str, body: Value) -> Self {
        Self { function: function.to_owned(), variables, query: query.to_owned(), body, request_key: None }
    }
}

/// What a function answered.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u64,
    pub headers: Value,
    pub body: String,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers[name].as_str()
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }

    /// The body without what no two answers have in common: times, tokens, and of a new user its id.
    pub fn masked(&self) -> String {
        const PASSING: [&str; 7] =
            ["created_at", "updated_at", "created_on", "updated_on", "deleted_at", "token", "account_id"];
        fn mask(value: &mut Value, is_new: bool) {
            match value {
                Value::Object(fields) => {
                    let of_new = |name: &str| is_new && matches!(name, "id" | "user_id");
                    fields.retain(|name, _| !PASSING.contains(&name.as_str()) && !of_new(name));
                    fields.values_mut().for_each(|value| mask(value, is_new));
                }
                Value::Array(values) => values.iter_mut().for_each(|value| mask(value, is_new)),
                _ => {}
            }
        }
        let mut body = self.json();
        mask(&mut body, self.status == 201);
        body.to_string()
    }
}

/// The event of a request.
pub fn event(client: &FunctionClient, asked: &FunctionRequest) -> Value {
    let mut event = json!({
        "version": "2.0", "routeKey": "$default", "rawPath": "/", "rawQueryString": asked.query,
        "headers": {
            "authorization": format!("Bearer {}", client.key), "content-type": "application/json",
            "x-account-id": client.account,
        },
        "requestContext": {"http": {"method": "POST", "path": "/", "sourceIp": "127.0.0.1"}, "stage": "$default"},
        "pathParameters": asked.variables, "body": asked.body.to_string(), "isBase64Encoded": false,
    });
    if let Some(key) = &asked.request_key {
        event["headers"]["idempotency-key"] = json!(key);
    }
    event
}

impl FunctionClient {
    /// Asks functions that may have anything before their engine.
    pub async fn send(&self, functions: &InProcess, asked: &FunctionRequest) -> Answer {
        let event = event(self, asked).to_string().into_bytes();
        let payload = functions.invoke(&asked.function, event, "request").await.unwrap();
        let payload: Value = serde_json::from_slice(&payload).unwrap();
        contract::check_payload(&asked.function, &payload);
        Answer {
            status: payload["statusCode"].as_u64().unwrap(),
            headers: payload["headers"].clone(),
            body: payload["body"].as_str().unwrap_or_default().to_owned(),
        }
    }
}
