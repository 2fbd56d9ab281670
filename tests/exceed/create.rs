use serde_json::json;

use super::{JSON, USERS, XML, created, expect, ids, new_user, user};
use testkit::account;

/// Every key of a user, with the values of a user of whom little is known.
fn plain(id: u64, account: &str, moment: &str) -> String {
    let customs: String = ('a'..='u').map(|letter| format!(r#""custom_{letter}":null,"#)).collect();
    format!(
        r#"{{"account_id":{account},"address_one":null,"address_two":null,"authority":"student","city":null,"code":"i-{id}","country":null,"created_on":"{moment}",{customs}"email":null,"external_avatar_url":null,"facebook_as_id":null,"facebook_id":null,"first_name":"Tim","full_name":"tim lee","google_auth":null,"hide_welcome_page":false,"hired_on":null,"id":{id},"integration_id":null,"is_account_owner":false,"is_active":true,"is_instructor":false,"is_pass_reset_required":false,"last_login_at":null,"last_name":"Lee","locale":"en","login":"tim","manager_id":null,"organization_id":null,"phone_fax":null,"phone_home":null,"phone_mobile":null,"phone_work":null,"picture_id":null,"position_id":null,"position_name":null,"provider":null,"registered_at":null,"registration_code":null,"registration_id":null,"rehired_on":null,"state":null,"tzid":null,"uid":null,"updated_by":"API","updated_on":"{moment}","verified_at":null,"zip":null}}"#
    )
}

#[test]
fn a_create_answers_the_whole_user_and_where_it_is() {
    let account = account();
    let response = account.call("POST", USERS, &new_user("Tim").to_string());
    let moment = response.json()["created_on"].as_str().unwrap().to_owned();
    assert!(moment.ends_with("+00:00") && moment.len() == 25, "{moment}");
    expect(&response, 201, JSON, &plain(1, &account.id, &moment));
    assert_eq!(response.header("location"), Some("/api/v2/users/1"));
    assert_eq!(account.call("GET", "/api/v2/users/1", "").body, response.body);
}

#[test]
fn what_is_writable_is_kept_and_the_rest_ignored() {
    let account = account();
    let mut body = json!({
        "first_name": " Ada ", "last_name": "Lovelace", "login": "ADA", "email": "Ada@Example.com", "password": "x",
        "code": "c-1", "hired_on": "2020-02-29", "position_id": "7", "position_name": "Analyst",
        "address_one": "1 High St\r\n\tFlat 2", "address_two": "", "country": "GB", "city": "London", "state": "LDN",
        "zip": "SW1", "is_active": "no", "is_pass_reset_required": 1, "manager_id": -9_223_372_036_854_775_808_i64,
        "phone_fax": "1", "phone_home": "2", "phone_mobile": "3", "phone_work": 4, "facebook_id": true,
        "locale": null, "tzid": "Europe/London", "external_avatar_url": "https://x.example/a?b&c",
        "registration_id": "r", "integration_id": 9_223_372_036_854_775_807_i64, "custom_u": "😀 & <u>",
    });
    let writable = body.clone();
    for ignored in [
        "authority",
        "account_id",
        "id",
        "is_account_owner",
        "is_instructor",
        "uid",
        "provider",
        "updated_by",
        "remember_me_token",
        "created_on",
        "updated_on",
        "last_login_at",
        "registered_at",
        "verified_at",
        "rehired_on",
        "picture_id",
        "organization_id",
        "full_name",
        "google_auth",
        "hide_welcome_page",
        "manager_email",
        "registration_code",
        "facebook_as_id",
    ] {
        body[ignored] = json!("1");
    }
    let shown = created(&account, &body);
    let mut expected = created(&account, &new_user("other"));
    for (name, value) in writable.as_object().unwrap() {
        expected[name] = value.clone();
    }
    expected.as_object_mut().unwrap().remove("password");
    for (name, value) in [
        ("id", json!(1)),
        ("first_name", json!("Ada")),
        ("full_name", json!("ada lovelace")),
        ("login", json!("ada")),
        ("position_id", json!(7)),
        ("address_one", json!("1 High St\n\tFlat 2")),
        ("is_active", json!(false)),
        ("is_pass_reset_required", json!(true)),
        ("phone_work", json!("4")),
        ("facebook_id", json!("true")),
        ("created_on", shown["created_on"].clone()),
        ("updated_on", shown["updated_on"].clone()),
    ] {
        expected[name] = value;
    }
    assert_eq!(shown, expected);
    assert_eq!(user(&account, 1), expected);
    let admin = account.call("GET", "/api/v1/users/1", "").json()["data"].clone();
    assert_eq!(
        (&admin["username"], &admin["user_status"], &admin["role_id"]),
        (&json!("ADA"), &json!("inactive"), &json!(2))
    );
}

#[test]
fn all_errors_are_reported_together() {
    let account = account();
    account
        .call("POST", USERS, "{}")
        .expect_error(r#"{"first_name":["can't be blank"],"last_name":["can't be blank"],"login":["can't be blank"]}"#);
    let long = |n: usize| "x".repeat(n);
    let body = json!({
        "first_name": long(101), "last_name": " ", "login": null, "email": "x", "password": long(1001),
        "address_one": long(101), "custom_a": long(256), "phone_work": long(21), "city": long(51), "zip": long(11),
        "country": long(256), "hired_on": "2020-02-30", "manager_id": "9223372036854775808", "position_id": 1.5,
        "integration_id": [1], "state": {}, "tzid": "a\nb", "custom_b": "a\u{7}b", "is_active": [true],
        "code": long(256),
    });
    account.call("POST", USERS, &body.to_string()).expect_error(
        &json!({
            "address_one": ["is too long (maximum is 100 characters)"],
            "city": ["is too long (maximum is 50 characters)"],
            "code": ["is too long (maximum is 255 characters)"],
            "country": ["is too long (maximum is 255 characters)"],
            "custom_a": ["is too long (maximum is 255 characters)"],
            "custom_b": ["is invalid"],
            "email": ["is invalid"],
            "first_name": ["is too long (maximum is 100 characters)"],
            "hired_on": ["is invalid"],
            "integration_id": ["is invalid"],
            "is_active": ["is invalid"],
            "last_name": ["can't be blank"],
            "login": ["can't be blank"],
            "manager_id": ["is not a number"],
            "password": ["is too long (maximum is 1000 characters)"],
            "phone_work": ["is too long (maximum is 20 characters)"],
            "position_id": ["is not a number"],
            "state": ["is invalid"],
            "tzid": ["is invalid"],
            "zip": ["is too long (maximum is 10 characters)"],
        })
        .to_string(),
    );
    assert_eq!(ids(&account, ""), Vec::<u64>::new());
}

#[test]
fn limits_count_characters_and_names_have_one_together() {
    let account = account();
    let wide = |n: usize| "é".repeat(n);
    let mut body = json!({"first_name": wide(100), "last_name": wide(99), "login": wide(100), "custom_a": "😀".repeat(255),
        "email": format!("{}@example.com", "x".repeat(64)), "zip": wide(10), "code": "😀".repeat(255)});
    created(&account, &body);
    body["last_name"] = json!(wide(100));
    account
        .call("POST", USERS, &body.to_string())
        .expect_error(r#"{"full_name":["is too long (maximum is 200 characters)"]}"#);
    let email = format!("{}@{}.example", "x".repeat(64), "d".repeat(40));
    account
        .call("POST", USERS, &json!({"first_name": "a", "last_name": "b", "login": "c", "email": email}).to_string())
        .expect_error(r#"{"email":["is too long (maximum is 100 characters)"]}"#);
}

#[test]
fn values_taken_through_another_dialect_are_reported_together() {
    let account = account();
    account.user(r#"{"email":"tim@bücher.example"}"#);
    created(&account, &json!({"first_name": "a", "last_name": "b", "login": "Taken", "code": "c"}));
    let body = json!({"first_name": "a", "last_name": "b", "login": "TAKEN", "code": "c", "email": "TIM@xn--bcher-kva.example"});
    let taken = r#"["has already been taken"]"#;
    account
        .call("POST", USERS, &body.to_string())
        .expect_error(&format!(r#"{{"code":{taken},"email":{taken},"login":{taken}}}"#));
    // Codes compare exactly.
    assert_eq!(
        created(&account, &json!({"first_name": "a", "last_name": "b", "login": "d", "code": "C"}))["code"],
        "C"
    );
    let xml = "<user><first-name>a</first-name><last-name>b</last-name><login>taken</login></user>";
    let request = account.bare("POST", "/api/v2/users.xml").bearer_auth(&account.key);
    let response = testkit::send(request.header("content-type", "text/xml").body(xml));
    let body = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<errors>\n  <error>Login has already been taken</error>\n</errors>\n";
    expect(&response, 422, XML, body);
}

#[test]
fn a_default_code_that_somebody_holds_gets_a_number() {
    let account = account();
    created(&account, &json!({"first_name": "a", "last_name": "b", "login": "one", "code": "i-2"}));
    created(&account, &json!({"first_name": "a", "last_name": "b", "login": "two", "code": ""}));
    assert_eq!(user(&account, 2)["code"], "i-2-2");
    assert_eq!(ids(&account, "user[code]=i-2"), [1]);
    assert_eq!(ids(&account, "user[code]=i-2-2"), [2]);
}

#[test]
fn of_thirty_two_creates_of_one_login_at_once_one_succeeds() {
    let account = account();
    let body =
        |n: usize| json!({"first_name": "a", "last_name": "b", "login": "same", "code": format!("c{n}")}).to_string();
    let replies: Vec<_> = std::thread::scope(|scope| {
        let creating: Vec<_> = (0..32)
            .map(|n| {
                scope.spawn({
                    let account = &account;
                    let body = &body;
                    move || account.call("POST", USERS, &body(n))
                })
            })
            .collect();
        creating.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(replies.iter().filter(|response| response.status == 201).count(), 1);
    for refused in replies.iter().filter(|response| response.status != 201) {
        refused.expect_error(r#"{"login":["has already been taken"]}"#);
    }
    assert_eq!(ids(&account, "").len(), 1);
}

/// A code for the user of the next id is held by others, and so is each suffix that can be foreseen.
#[test]
fn held_default_codes_fail_no_create() {
    let account = account();
    let held = std::iter::once("i-10".to_owned()).chain((2..=9).map(|n| format!("i-10-{n}")));
    for (n, code) in held.enumerate() {
        let mut body = new_user(&format!("holder{n}"));
        body["code"] = json!(code);
        created(&account, &body);
    }
    let code = created(&account, &new_user("tenth"))["code"].as_str().unwrap().to_owned();
    let suffix = code.strip_prefix("i-10-").unwrap();
    assert!(suffix.len() == 12 && suffix.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{code}");
    assert_eq!(created(&account, &new_user("eleventh"))["code"], "i-11");
}
