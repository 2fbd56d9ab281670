use serde_json::json;

use super::{TAKEN, invalid};
use testkit::account;

const ADDRESS: &str = "The email field must be a valid email address.";
const EXTENSION: &str = "The email must have a valid domain with an extension.";

#[test]
fn an_address_is_enough_and_the_rest_has_defaults() {
    let account = account();
    account
        .call("POST", "/api/users", r#"{"email":"ada@example.com"}"#)
        .expect(201, r#"{"message":"User created successfully","user_id":1}"#);
    let user = account.call("GET", "/api/users/1", "").json();
    for (field, value) in [
        ("email", json!("ada@example.com")),
        ("first_name", json!("Student")),
        ("last_name", json!("Member")),
        ("source", json!("api")),
        ("external_id", json!(null)),
        ("phone_number", json!(null)),
        ("live_scanner", json!(false)),
        ("role", json!("Member")),
    ] {
        assert_eq!(user[field], value, "{field}");
    }
}

#[test]
fn every_field_is_stored() {
    let account = account();
    let body = r#"{"email":" Ada@Example.com ","first_name":"Ada ","last_name":"Łovelace","external_id":12345678901234567890123456789012345678,
        "source":"sis","password":"  any \u0000 password ","phone_number":"+49 30 1","live_scanner":"1","unknown":{"x":[1]},"role":"Admin","id":99}"#;
    account.call("POST", "/api/users", body).expect(201, r#"{"message":"User created successfully","user_id":1}"#);
    let response = account.call("GET", "/api/users/1", "");
    let at = |field: &str| response.json()[field].as_str().unwrap().to_owned();
    let expected = format!(
        r#"{{"id":1,"user_id":1,"email":"Ada@Example.com","first_name":"Ada","last_name":"Łovelace","external_id":12345678901234567890123456789012345678,"source":"sis","phone_number":"+49 30 1","live_scanner":true,"role":"Member","created_at":"{0}","updated_at":"{0}"}}"#,
        at("created_at")
    );
    response.expect(200, &expected);
    let moment = at("created_at");
    assert!(moment.len() == 27 && moment.ends_with('Z') && moment.as_bytes()[19] == b'.', "{moment}");
}

#[test]
fn every_rule_has_its_text() {
    let account = account();
    let long = "x".repeat(256);
    for (field, value, texts) in [
        ("email", json!("foo"), vec![ADDRESS, EXTENSION]),
        ("email", json!("foo@bar"), vec![EXTENSION]),
        ("email", json!("a..b@example.com"), vec![ADDRESS]),
        ("email", json!("a\u{0}b@example.com"), vec![ADDRESS]),
        ("email", json!(7), vec![ADDRESS, EXTENSION]),
        ("email", json!(["a@example.com"]), vec![ADDRESS, EXTENSION]),
        ("email", json!(null), vec!["The email field is required."]),
        ("email", json!(""), vec!["The email field is required."]),
        ("email", json!(" \t"), vec!["The email field is required."]),
        ("first_name", json!(7), vec!["The first name field must be a string."]),
        ("first_name", json!(true), vec!["The first name field must be a string."]),
        ("first_name", json!({"a": 1}), vec!["The first name field must be a string."]),
        ("first_name", json!(long), vec!["The first name field must not be greater than 255 characters."]),
        ("first_name", json!("a\u{0}b"), vec!["The first name field format is invalid."]),
        ("first_name", json!("a\u{fffe}b"), vec!["The first name field format is invalid."]),
        ("last_name", json!([]), vec!["The last name field must be a string."]),
        ("last_name", json!(long), vec!["The last name field must not be greater than 255 characters."]),
        ("last_name", json!("a\nb"), vec!["The last name field format is invalid."]),
        ("source", json!(1.5), vec!["The source field must be a string."]),
        ("source", json!(long), vec!["The source field must not be greater than 255 characters."]),
        ("external_id", json!("abc"), vec!["The external id field must be a number."]),
        ("external_id", json!(true), vec!["The external id field must be a number."]),
        ("external_id", json!([1]), vec!["The external id field must be a number."]),
        ("external_id", json!("9".repeat(39)), vec!["The external id field must be a number."]),
        ("external_id", json!("1e100"), vec!["The external id field must be a number."]),
        ("phone_number", json!(5_551_234), vec!["The phone number field must be a string."]),
        ("phone_number", json!("1".repeat(31)), vec!["The phone number field must not be greater than 30 characters."]),
        ("live_scanner", json!("yes"), vec!["The live scanner field must be true or false."]),
        ("live_scanner", json!(2), vec!["The live scanner field must be true or false."]),
        ("live_scanner", json!(1.0), vec!["The live scanner field must be true or false."]),
        ("live_scanner", json!([]), vec!["The live scanner field must be true or false."]),
        ("password", json!(12_345_678), vec!["The password field must be a string."]),
        ("password", json!("x".repeat(1001)), vec!["The password field must not be greater than 1000 characters."]),
    ] {
        let mut body = json!({"email": "rules@example.com"});
        body[field] = value;
        account.call("POST", "/api/users", &body.to_string()).expect(422, &invalid(field, &texts));
    }
    account.call("POST", "/api/users", "{}").expect(422, &invalid("email", &["The email field is required."]));
    account.call("POST", "/api/users", r#"{"first_name":"\ud800"}"#).expect(
        422,
        r#"{"message":"The given data was invalid.","errors":{"email":["The email field is required."],"first_name":["The first name field format is invalid."]}}"#,
    );
    assert_eq!(account.user(r#"{"email":"rules@example.com"}"#), 1, "a refused create changes nothing");
}

#[test]
fn all_failing_fields_are_reported_together_in_order() {
    let account = account();
    let body = r#"{"password":1,"live_scanner":"x","phone_number":1,"external_id":"x","source":1,"last_name":1,"first_name":1,"email":"foo"}"#;
    let expected = concat!(
        r#"{"message":"The given data was invalid.","errors":{"#,
        r#""email":["The email field must be a valid email address.","The email must have a valid domain with an extension."],"#,
        r#""first_name":["The first name field must be a string."],"#,
        r#""last_name":["The last name field must be a string."],"#,
        r#""source":["The source field must be a string."],"#,
        r#""external_id":["The external id field must be a number."],"#,
        r#""phone_number":["The phone number field must be a string."],"#,
        r#""live_scanner":["The live scanner field must be true or false."],"#,
        r#""password":["The password field must be a string."]}}"#
    );
    account.call("POST", "/api/users", body).expect(422, expected);
}

#[test]
fn what_is_at_its_limit_passes() {
    let account = account();
    let body = json!({
        "email": "limits@example.com",
        "first_name": "é".repeat(255),
        "last_name": "😀".repeat(255),
        "source": "s".repeat(255),
        "phone_number": "1".repeat(30),
        "external_id": "9".repeat(38),
        "password": "x".repeat(1000),
        "live_scanner": "true",
    });
    let id = account.user(&body.to_string());
    let user = account.call("GET", &format!("/api/users/{id}"), "");
    assert_eq!(user.json()["last_name"], json!("😀".repeat(255)));
    assert!(user.body.contains(&format!(r#""external_id":{},"#, "9".repeat(38))), "{}", user.body);
}

#[test]
fn null_and_blank_count_as_not_provided() {
    let account = account();
    for blank in ["null", r#""""#, r#"" ""#] {
        let email = format!("u{}@example.com", blank.len());
        let body = format!(
            r#"{{"email":"{email}","first_name":{blank},"last_name":{blank},"source":{blank},"external_id":{blank},"phone_number":{blank},"live_scanner":{blank},"password":{blank}}}"#
        );
        let id = account.user(&body);
        let user = account.call("GET", &format!("/api/users/{id}"), "").json();
        assert_eq!(
            (&user["first_name"], &user["source"], &user["live_scanner"]),
            (&json!("Student"), &json!("api"), &json!(false))
        );
        assert_eq!((&user["external_id"], &user["phone_number"]), (&json!(null), &json!(null)));
    }
}

#[test]
fn external_ids_come_back_as_numbers_with_every_digit() {
    let account = account();
    for (n, (given, shown)) in [
        ("7", "7"),
        ("\"7\"", "7"),
        ("\" +7 \"", "7"),
        ("-1.50", "-1.5"),
        ("\"1e3\"", "1000"),
        ("1E99", "1e99"),
        ("0.1", "0.1"),
        ("\".5\"", "0.5"),
        ("-0", "0"),
        ("12345678901234567890.123456789012345678", "12345678901234567890.123456789012345678"),
    ]
    .into_iter()
    .enumerate()
    {
        let id = account.user(&format!(r#"{{"email":"n{n}@example.com","external_id":{given}}}"#));
        let body = account.call("GET", &format!("/api/users/{id}"), "").body;
        assert!(body.contains(&format!(r#""external_id":{shown},"#)), "{given}: {body}");
    }
    // They are not unique.
    let again = account.user(r#"{"email":"same@example.com","external_id":7}"#);
    assert_eq!(account.call("GET", &format!("/api/users/{again}"), "").json()["external_id"], 7);
    assert_eq!(account.call("GET", "/api/users/1", "").json()["external_id"], 7);
}

#[test]
fn live_scanner_takes_eight_spellings() {
    let account = account();
    for (n, (given, shown)) in [
        ("true", true),
        ("false", false),
        ("1", true),
        ("0", false),
        ("\"1\"", true),
        ("\"0\"", false),
        ("\"true\"", true),
        ("\"false\"", false),
    ]
    .into_iter()
    .enumerate()
    {
        let id = account.user(&format!(r#"{{"email":"s{n}@example.com","live_scanner":{given}}}"#));
        assert_eq!(account.call("GET", &format!("/api/users/{id}"), "").json()["live_scanner"], shown, "{given}");
    }
}

#[test]
fn an_address_is_taken_in_every_spelling() {
    let account = account();
    account.user(r#"{"email":"A@Bücher.example"}"#);
    for email in ["A@Bücher.example", "a@bücher.example", " a@xn--bcher-kva.example", "a@BU\u{308}CHER.example"] {
        account.call("POST", "/api/users", &json!({ "email": email }).to_string()).expect(422, TAKEN);
    }
    let other = account.user(r#"{"email":"a@bucher.example"}"#);
    assert_eq!(account.call("GET", &format!("/api/users/{other}"), "").json()["email"], "a@bucher.example");
}

#[test]
fn taken_is_reported_only_when_all_fields_are_valid() {
    let account = account();
    account.user(r#"{"email":"a@example.com"}"#);
    account
        .call("POST", "/api/users", r#"{"email":"a@example.com","first_name":1}"#)
        .expect(422, &invalid("first_name", &["The first name field must be a string."]));
}

#[test]
fn no_id_is_given_twice() {
    let account = account();
    let mut ids = Vec::new();
    for n in 0..5 {
        ids.push(account.user(&format!(r#"{{"email":"u{n}@example.com"}}"#)));
        account.call("POST", "/api/users", r#"{"email":"u0@example.com"}"#).expect(422, TAKEN);
    }
    assert!(ids.is_sorted_by(|a, b| a < b), "{ids:?}");
}
