//! What each operation costs at the store: calls, sequential trips, capacity units. Fails when one
//! gets dearer. (Units of the embedded engine, which follow AWS's rules; a user of less than 1 KB.)

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that meets the unexpected fails"
)]

#[path = "../support/mod.rs"]
mod support;

use roster_cli::gateway::{InProcess, Invoke as _};
use serde_json::{Value, json};
use support::{
    Account, Server,
    meter::{Metered, trips},
    truth,
};

struct Till {
    meter: Metered,
    functions: InProcess,
    key: String,
    account: String,
    runtime: tokio::runtime::Runtime,
}

impl Till {
    /// Runs one operation; its status, then calls, trips, units read and written.
    fn receipt(&self, function: &str, variables: &Value, body: &Value) -> (u64, usize, usize, f64, f64) {
        let event = json!({
            "version": "2.0", "routeKey": "$default", "rawPath": "/", "rawQueryString": "",
            "headers": {
                "authorization": format!("Bearer {}", self.key), "content-type": "application/json", "x-account-id": self.account,
            },
            "requestContext": {"http": {"method": "POST", "path": "/", "sourceIp": "127.0.0.1"}, "stage": "$default"},
            "pathParameters": variables, "body": body.to_string(), "isBase64Encoded": false,
        });
        self.meter.take();
        let payload =
            self.runtime.block_on(self.functions.invoke(function, event.to_string().into_bytes(), "request")).unwrap();
        let payload: Value = serde_json::from_slice(&payload).unwrap();
        let receipts = self.meter.take();
        let sum = |units: fn(&support::meter::Receipt) -> f64| receipts.iter().map(units).sum::<f64>();
        (
            payload["statusCode"].as_u64().unwrap(),
            receipts.len(),
            trips(&receipts),
            sum(|call| call.read),
            sum(|call| call.written),
        )
    }
}

#[test]
fn no_operation_has_become_dearer() {
    let server = Server::start_alone();
    let account = Account::create(&server.url, server.data(), &[]);
    let meter = Metered::start(&server.dynamodb);
    let functions = InProcess(truth::directory(&meter.url));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let till = Till { meter, functions, key: account.key.clone(), account: account.id.clone(), runtime };
    let user = json!({"email": "a@example.com", "first_name": "Ada"});
    let admin = json!({"username": "admin", "email": "admin@example.com", "password": "12345678", "password_confirmation": "12345678",
        "first_name": "A", "last_name": "B", "gender": "male", "birthday": "1990-01-01", "role_id": 1});
    let tim =
        json!({"first_name": "Tim", "last_name": "Lee", "login": "tim", "email": "tim@example.com", "code": "c-1"});
    let (one, two) = (json!({"user_id": "1", "id": "1"}), json!({"user_id": "2", "id": "2"}));
    let none = json!({});
    // The first use of a key in an hour is noted, beside the rest; that is not what is counted here.
    till.receipt("member-get", &one, &none);
    for (what, function, variables, body, expected) in [
        ("create with e-mail, login, code", "member-create", &none, &user, (201, 3, 3, 1.0, 12.0)),
        ("create through admin", "admin-create", &none, &admin, (201, 3, 3, 1.0, 12.0)),
        ("get by id", "member-get", &one, &none, (200, 2, 1, 2.0, 0.0)),
        ("get of an absent id", "member-get", &json!({"user_id": "9"}), &none, (404, 2, 1, 2.0, 0.0)),
        ("get by an id that is none", "member-get", &json!({"user_id": "x"}), &none, (404, 1, 1, 1.0, 0.0)),
        ("find by e-mail, hit", "member-find", &none, &json!({"email": "a@example.com"}), (200, 3, 2, 2.5, 0.0)),
        ("find by e-mail, absent", "member-find", &none, &json!({"email": "b@example.com"}), (404, 3, 2, 2.5, 0.0)),
        (
            "update, no unique value changed",
            "member-update",
            &one,
            &json!({"first_name": "Augusta"}),
            (200, 3, 2, 2.0, 3.0),
        ),
        ("update that changes nothing", "member-update", &one, &none, (200, 2, 1, 2.0, 0.0)),
        (
            "update of e-mail and login",
            "member-update",
            &one,
            &json!({"email": "c@example.com"}),
            (200, 3, 2, 2.0, 14.0),
        ),
        ("update through admin", "admin-update", &two, &json!({"gender": "female"}), (200, 3, 2, 2.0, 3.0)),
        // Within the hash there is no trip; with the account named there are three.
        ("login", "admin-login", &none, &json!({"username": "admin", "password": "12345678"}), (200, 5, 3, 2.0, 6.0)),
        ("create through exceed, no password", "exceed-create", &none, &tim, (201, 3, 3, 1.0, 12.0)),
        ("read by code", "exceed-read", &none, &json!({"code": "c-1"}), (200, 3, 2, 2.5, 0.0)),
        ("read by a code that nobody has", "exceed-read", &none, &json!({"code": "c-2"}), (404, 3, 2, 2.5, 0.0)),
        ("read by a code that is its default", "exceed-read", &none, &json!({"code": "i-2"}), (200, 3, 1, 2.5, 0.0)),
        ("update by code", "exceed-update", &none, &json!({"code": "c-1", "city": "Bern"}), (200, 4, 3, 2.5, 3.0)),
        ("update that is none", "exceed-update", &none, &json!({"code": "c-1", "city": "Bern"}), (200, 3, 2, 2.5, 0.0)),
        ("delete", "admin-delete", &one, &none, (200, 3, 2, 2.0, 15.0)),
    ] {
        assert_eq!(
            till.receipt(function, variables, body),
            expected,
            "{what}: status, calls, trips, units read, written"
        );
    }
}

#[test]
fn a_malformed_key_costs_no_call_at_all() {
    let server = Server::start_alone();
    let meter = Metered::start(&server.dynamodb);
    let functions = InProcess(truth::directory(&meter.url));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let till = Till { meter, functions, key: "ros_1_aaaaaaaaaaaa_guess".to_owned(), account: "1".to_owned(), runtime };
    for (function, status) in [("member-get", 403), ("member-create", 403), ("admin-list", 401), ("admin-delete", 401)]
    {
        assert_eq!(
            till.receipt(function, &json!({"user_id": "1", "id": "1"}), &json!({})),
            (status, 0, 0, 0.0, 0.0),
            "{function}"
        );
    }
}
