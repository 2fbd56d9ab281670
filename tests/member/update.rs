use serde_json::json;

use super::{NOT_FOUND, TAKEN, invalid};
use testkit::account;

const UPDATED: &str = r#"{"message":"User updated successfully"}"#;

#[test]
fn only_provided_fields_change() {
    let account = account();
    let body = r#"{"email":"a@example.com","first_name":"Ada","last_name":"L","external_id":1,"source":"sis","phone_number":"1","live_scanner":true}"#;
    let path = format!("/api/users/{}", account.user(body));
    let mut expected = account.call("GET", &path, "").json();
    for (method, change, field, value) in [
        ("PUT", r#"{"first_name":"Grace"}"#, "first_name", json!("Grace")),
        ("PATCH", r#"{"last_name":"Hopper"}"#, "last_name", json!("Hopper")),
        ("PUT", r#"{"external_id":"2.5"}"#, "external_id", json!(2.5)),
        ("PUT", r#"{"source":"crm"}"#, "source", json!("crm")),
        ("PUT", r#"{"phone_number":"2"}"#, "phone_number", json!("2")),
        ("PUT", r#"{"live_scanner":0}"#, "live_scanner", json!(false)),
        ("PUT", r#"{"email":"b@example.com"}"#, "email", json!("b@example.com")),
        ("PUT", r#"{"email":"B@example.com"}"#, "email", json!("B@example.com")),
    ] {
        account.call(method, &path, change).expect(200, UPDATED);
        expected[field] = value;
        let user = account.call("GET", &path, "").json();
        assert!(user["updated_at"].as_str() > expected["updated_at"].as_str(), "{change}");
        expected["updated_at"] = user["updated_at"].clone();
        assert_eq!(user, expected, "{change}");
    }
}

#[test]
fn null_and_blank_clear_two_fields_and_leave_the_others() {
    let account = account();
    let body = r#"{"email":"a@example.com","first_name":"Ada","last_name":"L","external_id":1,"source":"sis","phone_number":"1","live_scanner":true}"#;
    let path = format!("/api/users/{}", account.user(body));
    for blank in ["null", r#""""#, r#"" ""#] {
        let change = format!(
            r#"{{"first_name":{blank},"last_name":{blank},"source":{blank},"live_scanner":{blank},"password":null,"external_id":{blank},"phone_number":{blank}}}"#
        );
        account.call("PUT", &path, &change).expect(200, UPDATED);
        let user = account.call("GET", &path, "").json();
        assert_eq!(
            (&user["first_name"], &user["last_name"], &user["source"]),
            (&json!("Ada"), &json!("L"), &json!("sis"))
        );
        assert_eq!(
            (&user["live_scanner"], &user["external_id"], &user["phone_number"]),
            (&json!(true), &json!(null), &json!(null))
        );
        account.call("PUT", &path, r#"{"external_id":1,"phone_number":"1"}"#).expect(200, UPDATED);
    }
}

#[test]
fn an_empty_body_is_a_success_without_change() {
    let account = account();
    let path = format!("/api/users/{}", account.user(r#"{"email":"a@example.com"}"#));
    let before = account.call("GET", &path, "").body;
    for body in ["", "{}", " ", r#"{"unknown":1}"#, r#"{"first_name":null}"#] {
        account.call("PUT", &path, body).expect(200, UPDATED);
    }
    assert_eq!(account.call("GET", &path, "").body, before);
}

#[test]
fn every_rule_has_its_text_and_nothing_changes() {
    let account = account();
    let path = format!("/api/users/{}", account.user(r#"{"email":"a@example.com"}"#));
    let before = account.call("GET", &path, "").body;
    for (field, value, texts) in [
        ("email", json!(null), vec!["The email field is required."]),
        ("email", json!(""), vec!["The email field is required."]),
        (
            "email",
            json!("foo"),
            vec![
                "The email field must be a valid email address.",
                "The email must have a valid domain with an extension.",
            ],
        ),
        ("email", json!("foo@bar"), vec!["The email must have a valid domain with an extension."]),
        ("first_name", json!(1), vec!["The first name field must be a string."]),
        ("last_name", json!("x".repeat(256)), vec!["The last name field must not be greater than 255 characters."]),
        ("source", json!("a\u{7}b"), vec!["The source field format is invalid."]),
        ("external_id", json!("x"), vec!["The external id field must be a number."]),
        ("phone_number", json!("x".repeat(31)), vec!["The phone number field must not be greater than 30 characters."]),
        ("live_scanner", json!("x"), vec!["The live scanner field must be true or false."]),
        ("password", json!(1), vec!["The password field must be a string."]),
    ] {
        let mut body = json!({"first_name": "Changed"});
        body[field] = value;
        account.call("PUT", &path, &body.to_string()).expect(422, &invalid(field, &texts));
    }
    assert_eq!(account.call("GET", &path, "").body, before);
}

#[test]
fn an_address_of_somebody_else_is_taken_and_ones_own_is_not() {
    let account = account();
    let one = format!("/api/users/{}", account.user(r#"{"email":"one@example.com"}"#));
    account.user(r#"{"email":"two@example.com"}"#);
    account.call("PUT", &one, r#"{"email":"TWO@example.com","first_name":"X"}"#).expect(422, TAKEN);
    assert_eq!(account.call("GET", &one, "").json()["first_name"], "Student");
    account.call("PUT", &one, r#"{"email":"one@example.com"}"#).expect(200, UPDATED);
    account.call("PUT", &one, r#"{"email":"ONE@EXAMPLE.COM"}"#).expect(200, UPDATED);
    assert_eq!(account.call("GET", &one, "").json()["email"], "ONE@EXAMPLE.COM");
}

#[test]
fn a_changed_address_frees_the_old_one_and_its_login_and_takes_the_new() {
    let account = account();
    let one = account.user(r#"{"email":"old@example.com"}"#);
    account.call("PUT", &format!("/api/users/{one}"), r#"{"email":"new@example.com"}"#).expect(200, UPDATED);
    account.call("POST", "/api/users", r#"{"email":"new@example.com"}"#).expect(422, TAKEN);
    account.call("POST", "/api/users/find", r#"{"email":"old@example.com"}"#).expect(404, NOT_FOUND);
    account
        .call("POST", "/api/users/find", r#"{"email":"New@example.com"}"#)
        .expect(200, &format!(r#"{{"user_id":{one}}}"#));
    let two = account.user(r#"{"email":"old@example.com"}"#);
    account
        .call("POST", "/api/users/find", r#"{"email":"old@example.com"}"#)
        .expect(200, &format!(r#"{{"user_id":{two}}}"#));
}

#[test]
fn two_spellings_of_one_address_are_two_logins_and_both_follow() {
    let account = account();
    let one = account.user(r#"{"email":"a@bücher.example"}"#);
    let path = format!("/api/users/{one}");
    account.call("PUT", &path, r#"{"email":"a@xn--bcher-kva.example"}"#).expect(200, UPDATED);
    account.call("PUT", &path, r#"{"email":"b@example.com"}"#).expect(200, UPDATED);
    assert!(account.user(r#"{"email":"a@bücher.example"}"#) > one, "address and login are free again");
}

#[test]
fn ids_are_canonical_digits_of_users_that_are_there() {
    let account = account();
    account.user(r#"{"email":"a@example.com"}"#);
    for id in [
        "0",
        "01",
        "+1",
        "-1",
        "1.0",
        "1x",
        "2",
        "9007199254740993",
        "99999999999999999999999",
        "%31%20",
        "abc",
        "%FF",
        "1%00",
    ] {
        account.call("PUT", &format!("/api/users/{id}"), "{").expect(404, NOT_FOUND);
        account.call("GET", &format!("/api/users/{id}"), "").expect(404, NOT_FOUND);
    }
    account.call("GET", "/api/users/%31", "").expect_headers();
    assert_eq!(account.call("GET", "/api/users/%31", "").status, 200);
}

#[test]
fn a_new_password_is_accepted_and_never_shown() {
    let account = account();
    let path = format!("/api/users/{}", account.user(r#"{"email":"a@example.com"}"#));
    account.call("PUT", &path, r#"{"password":"correct horse"}"#).expect(200, UPDATED);
    assert!(!account.call("GET", &path, "").body.contains("password"));
}
