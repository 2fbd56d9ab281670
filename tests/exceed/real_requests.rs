//! Requests as existing public clients send them.

use serde_json::{Value, json};

use super::{JSON, created, expect_done, expect_headers, new_user, user};
use testkit::{self, Account, Response, account};

fn send(account: &Account, method: &str, path: &str, body: &str) -> Response {
    let path = path.replace("api_key=K", &format!("api_key={}", account.key));
    let request =
        account.bare(method, &path).header("accept", "application/json").header("content-type", "application/json");
    testkit::send(request.body(body.to_owned()))
}

#[test]
fn a_look_up_in_the_list() {
    let account = account();
    let empty = send(&account, "GET", "/api/v2/users.json/?user%5Blogin%5D=123&api_key=K", "");
    super::expect(&empty, 200, JSON, "[]");
    created(&account, &json!({"first_name": "a", "last_name": "b", "login": "123", "email": "a@example.com"}));
    for filter in ["user%5Blogin%5D=123", "user%5Bid%5D=1", "user%5Bemail%5D=a%40example.com"] {
        let found = send(&account, "GET", &format!("/api/v2/users.json/?{filter}&api_key=K"), "");
        assert_eq!((found.status, found.json()), (200, json!([user(&account, 1)])));
        expect_headers(&found);
    }
}

#[test]
fn the_first_of_the_list_shows_which_attributes_there_are() {
    let account = account();
    created(&account, &new_user("one"));
    let list = send(&account, "GET", "/api/v2/users.json/?api_key=K", "").json();
    assert_eq!(list[0].as_object().unwrap().len(), 69);
}

#[test]
fn a_create_with_unknown_keys() {
    let account = account();
    let body = r#"{"first_name":"Tim","last_name":"Lee","login":"tim","email":"tim@example.com","manager_email":"boss@example.com","manager_id":"","is_active":true}"#;
    let response = send(&account, "POST", "/api/v2/users.json?api_key=K", body);
    assert_eq!((response.status, response.header("content-type")), (201, Some(JSON)));
    let made = response.json();
    assert_eq!(
        ["id", "email", "login", "is_active", "manager_id"].map(|name| made[name].clone()),
        [json!(1), json!("tim@example.com"), json!("tim"), json!(true), Value::Null]
    );
}

#[test]
fn a_deactivation_in_the_query() {
    let account = account();
    created(&account, &new_user("one"));
    expect_done(&send(&account, "PUT", "/api/v2/users/1?api_key=K&user%5Bis_active%5D=false", ""));
    assert_eq!(user(&account, 1)["is_active"], false);
}

#[test]
fn an_activation_with_the_code_beside_it() {
    let account = account();
    created(&account, &json!({"first_name": "a", "last_name": "b", "login": "c", "is_active": false}));
    expect_done(&send(&account, "PATCH", "/api/v2/users/1?api_key=K", r#"{"is_active":"true","code":"i-1"}"#));
    assert_eq!(user(&account, 1)["is_active"], true);
}

#[test]
fn any_error_is_an_object_and_its_reason_a_header() {
    let account = account();
    let invalid = send(&account, "POST", "/api/v2/users.json?api_key=K", r#"{"login":"x"}"#);
    for (response, status) in [
        (send(&account, "GET", "/api/v2/users.json/?api_key=wrong", ""), "401 Unauthorized"),
        (send(&account, "PATCH", "/api/v2/users/7?api_key=K", "{}"), "404 Not Found"),
        (send(&account, "POST", "/api/v2/users.json?api_key=K", "{"), "400 Bad Request"),
        (invalid, "422 Unprocessable Entity"),
    ] {
        assert!(response.json().is_object(), "{}", response.body);
        assert_eq!(response.header("status"), Some(status));
    }
}
