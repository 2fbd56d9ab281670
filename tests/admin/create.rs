use serde_json::{Value, json};

use super::{USERS, created, invalid, new_user};
use testkit::account;

#[test]
fn a_user_is_created_and_shown_with_exactly_ten_keys() {
    let account = account();
    let expected = |id: u64, more: &str| {
        format!(
            r#""data":{{"user_id":{id},"username":"Grace","first_name":"Grace","last_name":"Hopper","email":"Grace@example.com","gender":"female","birthday":"1906-12-09",{more}}}}}"#
        )
    };
    let ordinary = expected(1, r#""country_id":null,"user_status":"active","role_id":2"#);
    account
        .call("POST", USERS, &new_user("Grace").to_string())
        .expect(201, &format!(r#"{{"message":"User created successfully",{ordinary}"#));
    account.call("GET", "/api/v1/users/1", "").expect(200, &format!("{{{ordinary}"));
}

#[test]
fn optional_fields_are_stored_and_numbers_may_come_as_text() {
    let account = account();
    for (n, (country, role)) in [(json!(49), json!(1)), (json!("49"), json!("1"))].into_iter().enumerate() {
        let mut body = new_user(&format!("u{n}"));
        body["country_id"] = country;
        body["role_id"] = role;
        body["user_status"] = json!("inactive");
        let user = account.call("POST", USERS, &body.to_string()).json()["data"].clone();
        assert_eq!(
            (&user["country_id"], &user["role_id"], &user["user_status"]),
            (&json!(49), &json!(1), &json!("active"))
        );
    }
    let mut body = new_user("blank");
    body["country_id"] = json!("");
    body["role_id"] = json!(null);
    let user = account.call("POST", USERS, &body.to_string()).json()["data"].clone();
    assert_eq!((&user["country_id"], &user["role_id"]), (&json!(null), &json!(2)));
}

#[test]
fn every_missing_field_is_named_in_order() {
    let account = account();
    let fields =
        ["username", "email", "password", "password_confirmation", "first_name", "last_name", "gender", "birthday"];
    let texts: Vec<String> =
        fields.iter().map(|field| format!("The {} field is required.", field.replace('_', " "))).collect();
    let errors: Vec<(&str, [&str; 1])> =
        fields.iter().zip(&texts).map(|(field, text)| (*field, [text.as_str()])).collect();
    let errors: Vec<(&str, &[&str])> = errors.iter().map(|(field, texts)| (*field, texts.as_slice())).collect();
    account.call("POST", USERS, "{}").expect(422, &invalid(&errors));
    account.call("POST", USERS, "").expect(422, &invalid(&errors));
    for blank in ["null", r#""""#] {
        let body: Vec<_> = fields.iter().map(|field| format!("\"{field}\":{blank}")).collect();
        account.call("POST", USERS, &format!("{{{}}}", body.join(","))).expect(422, &invalid(&errors));
    }
    assert!(
        account
            .call("POST", USERS, "{}")
            .body
            .starts_with(r#"{"message":"The username field is required. (and 7 more errors)""#)
    );
}

#[test]
fn every_rule_has_its_text() {
    let account = account();
    let long = "x".repeat(65);
    let tomorrow = "9999-12-31";
    for (field, value, texts) in [
        ("username", json!(7), vec!["The username field must be a string."]),
        ("username", json!(long), vec!["The username field must not be greater than 64 characters."]),
        ("username", json!("a\u{0}b"), vec!["The username field format is invalid."]),
        ("first_name", json!([]), vec!["The first name field must be a string."]),
        ("first_name", json!(long), vec!["The first name field must not be greater than 64 characters."]),
        ("last_name", json!(true), vec!["The last name field must be a string."]),
        ("last_name", json!(long), vec!["The last name field must not be greater than 64 characters."]),
        ("email", json!("foo"), vec!["The email field must be a valid email address."]),
        ("email", json!("foo@bar"), vec!["The email field must be a valid email address."]),
        ("email", json!(7), vec!["The email field must be a valid email address."]),
        ("gender", json!("other"), vec!["The selected gender is invalid."]),
        ("gender", json!("Male"), vec!["The selected gender is invalid."]),
        ("gender", json!(1), vec!["The selected gender is invalid."]),
        ("birthday", json!("1990-02-30"), vec!["The birthday field must be a valid date."]),
        ("birthday", json!("01/02/1990"), vec!["The birthday field must be a valid date."]),
        ("birthday", json!(tomorrow), vec!["The birthday field must be a valid date."]),
        ("birthday", json!(19_900_101), vec!["The birthday field must be a valid date."]),
        ("country_id", json!("x"), vec!["The country id field must be an integer."]),
        ("country_id", json!(0), vec!["The country id field must be an integer."]),
        ("country_id", json!(-1), vec!["The country id field must be an integer."]),
        ("country_id", json!(1.5), vec!["The country id field must be an integer."]),
        ("country_id", json!(9_007_199_254_740_993_u64), vec!["The country id field must be an integer."]),
        ("country_id", json!([1]), vec!["The country id field must be an integer."]),
        ("role_id", json!("x"), vec!["The role id field must be an integer."]),
        ("role_id", json!(1.5), vec!["The role id field must be an integer."]),
        ("role_id", json!(true), vec!["The role id field must be an integer."]),
        ("role_id", json!(3), vec!["The selected role id is invalid."]),
        ("role_id", json!("0"), vec!["The selected role id is invalid."]),
    ] {
        let mut body = new_user("rules");
        body[field] = value;
        account.call("POST", USERS, &body.to_string()).expect(422, &invalid(&[(field, &texts)]));
    }
    assert_eq!(created(&account, &new_user("rules")), 1, "a refused create changes nothing");
}

#[test]
fn a_password_is_long_enough_and_typed_twice_alike() {
    let account = account();
    let short = "The password field must be at least 8 characters.";
    let other = "The password field confirmation does not match.";
    let refused = |password: Value, confirmation: Value, errors: &[(&str, &[&str])]| {
        let mut body = new_user("passwords");
        body["password"] = password;
        body["password_confirmation"] = confirmation;
        account.call("POST", USERS, &body.to_string()).expect(422, &invalid(errors));
    };
    refused(json!("1234567"), json!("1234567"), &[("password", &[short])]);
    refused(json!("1234567"), json!("7654321"), &[("password", &[short, other])]);
    refused(json!("12345678"), json!("87654321"), &[("password", &[other])]);
    refused(json!("12345678"), json!(12_345_678), &[("password", &[other])]);
    refused(json!("12345678"), json!("12345678 "), &[("password", &[other])]);
    refused(json!(12_345_678), json!(12_345_678), &[("password", &["The password field must be a string."])]);
    refused(
        json!("x".repeat(1001)),
        json!("x".repeat(1001)),
        &[("password", &["The password field must not be greater than 1000 characters."])],
    );
    refused(
        json!("12345678"),
        json!(null),
        &[("password_confirmation", &["The password confirmation field is required."])],
    );
    refused(
        json!("1234567"),
        json!(""),
        &[("password", &[short]), ("password_confirmation", &["The password confirmation field is required."])],
    );
    let mut body = new_user("passwords");
    body["password"] = json!("        ");
    body["password_confirmation"] = json!("        ");
    created(&account, &body);
}

#[test]
fn taken_values_are_reported_together_and_in_order() {
    let account = account();
    created(&account, &new_user("grace"));
    let (username, email) = ("The username has already been taken.", "The email has already been taken.");
    let refused = |username: &str, address: &str, errors: &[(&str, &[&str])]| {
        let mut body = new_user(username);
        body["email"] = json!(address);
        account.call("POST", USERS, &body.to_string()).expect(422, &invalid(errors));
    };
    refused("grace", "grace@example.com", &[("username", &[username]), ("email", &[email])]);
    refused("GRACE", "other@example.com", &[("username", &[username])]);
    refused("other", "GRACE@EXAMPLE.COM", &[("email", &[email])]);
    created(&account, &new_user("other"));
}
