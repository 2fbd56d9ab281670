use serde_json::json;

use super::{NOT_FOUND, USERS, created, invalid, new_user};
use testkit::account;

#[test]
fn only_provided_fields_change_and_the_answer_shows_the_user() {
    let account = account();
    let path = format!("{USERS}/{}", created(&account, &new_user("grace")));
    let mut expected = account.call("GET", &path, "").json()["data"].clone();
    for (method, field, value) in [
        ("PUT", "username", json!("GRACE")),
        ("PATCH", "username", json!("admiral")),
        ("PUT", "email", json!("Grace@example.com")),
        ("PUT", "email", json!("admiral@example.com")),
        ("PUT", "first_name", json!("Amazing")),
        ("PUT", "last_name", json!("Grace")),
        ("PUT", "gender", json!("male")),
        ("PUT", "birthday", json!("2000-02-29")),
        ("PUT", "country_id", json!(1)),
        ("PUT", "country_id", json!(null)),
        ("PUT", "role_id", json!(1)),
        ("PUT", "user_status", json!("inactive")),
        ("PUT", "user_status", json!("active")),
    ] {
        let response = account.call(method, &path, &json!({ field: value }).to_string());
        expected[field] = value;
        assert_eq!(response.status, 200, "{}", response.body);
        response.expect_headers();
        assert_eq!(response.json(), json!({"message": "User updated successfully", "data": expected}), "{field}");
        assert_eq!(account.call("GET", &path, "").json()["data"], expected);
    }
    let all = json!({"username": "a", "email": "a@example.com", "first_name": "A", "last_name": "B", "gender": "female",
        "birthday": "1990-01-01", "country_id": "7", "role_id": "2", "user_status": "inactive"});
    let shown = account.call("PUT", &path, &all.to_string()).json()["data"].clone();
    assert_eq!(
        shown,
        json!({"user_id": 1, "username": "a", "first_name": "A", "last_name": "B", "email": "a@example.com",
        "gender": "female", "birthday": "1990-01-01", "country_id": 7, "user_status": "inactive", "role_id": 2})
    );
}

#[test]
fn every_rule_has_its_text_and_nothing_changes() {
    let account = account();
    let path = format!("{USERS}/{}", created(&account, &new_user("grace")));
    let before = account.call("GET", &path, "").body;
    for (field, value, text) in [
        ("username", json!(null), "The username field is required."),
        ("username", json!(" "), "The username field is required."),
        ("email", json!(""), "The email field is required."),
        ("first_name", json!(null), "The first name field is required."),
        ("last_name", json!(""), "The last name field is required."),
        ("gender", json!(null), "The gender field is required."),
        ("birthday", json!(""), "The birthday field is required."),
        ("role_id", json!(null), "The role id field is required."),
        ("user_status", json!(""), "The user status field is required."),
        ("username", json!("x".repeat(65)), "The username field must not be greater than 64 characters."),
        ("email", json!("foo@bar"), "The email field must be a valid email address."),
        ("gender", json!("x"), "The selected gender is invalid."),
        ("birthday", json!("x"), "The birthday field must be a valid date."),
        ("country_id", json!("x"), "The country id field must be an integer."),
        ("role_id", json!(9), "The selected role id is invalid."),
        ("user_status", json!("gone"), "The selected user status is invalid."),
        ("user_status", json!(1), "The selected user status is invalid."),
    ] {
        let mut body = json!({"first_name": "Changed"});
        body[field] = value;
        account.call("PUT", &path, &body.to_string()).expect(422, &invalid(&[(field, &[text])]));
    }
    let body = json!({"username": 1, "email": "x", "role_id": "x", "user_status": "x"});
    account.call("PUT", &path, &body.to_string()).expect(
        422,
        &invalid(&[
            ("username", &["The username field must be a string."]),
            ("email", &["The email field must be a valid email address."]),
            ("role_id", &["The role id field must be an integer."]),
            ("user_status", &["The selected user status is invalid."]),
        ]),
    );
    assert_eq!(account.call("GET", &path, "").body, before);
}

#[test]
fn a_password_is_no_field_of_update() {
    let account = account();
    let path = format!("{USERS}/{}", created(&account, &new_user("grace")));
    for password in [json!("another password"), json!(7), json!(null)] {
        let body = json!({"password": password, "password_confirmation": 1});
        assert_eq!(account.call("PUT", &path, &body.to_string()).status, 200);
    }
    assert_eq!(account.call("PUT", &path, "").status, 200);
}

#[test]
fn what_somebody_else_holds_is_taken_and_ones_own_is_not() {
    let account = account();
    let path = format!("{USERS}/{}", created(&account, &new_user("grace")));
    created(&account, &new_user("ada"));
    let both = json!({"username": "ADA", "email": "Ada@example.com", "first_name": "X"});
    account.call("PUT", &path, &both.to_string()).expect(
        422,
        &invalid(&[
            ("username", &["The username has already been taken."]),
            ("email", &["The email has already been taken."]),
        ]),
    );
    assert_eq!(account.call("GET", &path, "").json()["data"]["first_name"], "Grace");
    let own = json!({"username": "grace", "email": "grace@example.com"});
    assert_eq!(account.call("PUT", &path, &own.to_string()).status, 200);
}

#[test]
fn what_the_user_has_already_is_no_error_whatever_this_dialects_limits() {
    let account = account();
    let long = format!("{}@example.com", "a".repeat(60));
    let name = "n".repeat(255);
    account.user(&json!({"email": long, "first_name": name, "last_name": name}).to_string());
    let shown = account.call("GET", "/api/v1/users/1", "").json()["data"].clone();
    assert_eq!((&shown["gender"], &shown["birthday"]), (&json!(null), &json!(null)));
    let response = account.call("PUT", "/api/v1/users/1", &shown.to_string());
    assert_eq!(
        (response.status, &response.json()["data"]),
        (200, &shown),
        "what was read can be written back: {}",
        response.body
    );
    let changed = json!({"first_name": format!("{}m", "n".repeat(254))});
    account
        .call("PUT", "/api/v1/users/1", &changed.to_string())
        .expect(422, &invalid(&[("first_name", &["The first name field must not be greater than 64 characters."])]));
}

#[test]
fn a_login_does_not_follow_an_address_here() {
    let account = account();
    account.user(r#"{"email":"a@example.com"}"#);
    let shown = account.call("PUT", "/api/v1/users/1", r#"{"email":"b@example.com"}"#).json();
    assert_eq!(
        (&shown["data"]["username"], &shown["data"]["email"]),
        (&json!("a@example.com"), &json!("b@example.com"))
    );
}

#[test]
fn absent_users_are_not_found_before_the_body_is_looked_at() {
    let account = account();
    for id in ["1", "01", "x", "0", "9007199254740993"] {
        for method in ["GET", "PUT", "PATCH", "DELETE"] {
            account.call(method, &format!("{USERS}/{id}"), "{").expect(404, NOT_FOUND);
        }
    }
}
