use serde_json::{Value, json};

use super::{JSON, USERS, created, expect, expect_done, ids, new_user, user};
use testkit::{Account, account};

fn put(account: &Account, id: u64, body: &Value) -> testkit::Response {
    account.call("PUT", &format!("{USERS}/{id}"), &body.to_string())
}

#[test]
fn only_what_is_given_changes() {
    let account = account();
    let before = created(
        &account,
        &json!({"first_name": "a", "last_name": "b", "login": "one", "email": "one@example.com", "city": "Bern", "manager_id": 3, "custom_a": "x"}),
    );
    expect_done(&put(&account, 1, &json!({"first_name": "C", "custom_b": "y", "is_pass_reset_required": true})));
    let mut expected = before;
    for (name, value) in [
        ("first_name", json!("C")),
        ("full_name", json!("c b")),
        ("custom_b", json!("y")),
        ("is_pass_reset_required", json!(true)),
    ] {
        expected[name] = value;
    }
    let after = user(&account, 1);
    expected["updated_on"] = after["updated_on"].clone();
    assert_eq!(after, expected);
    assert_eq!(ids(&account, "user[full_name]=c%20b"), [1]);
    assert_eq!(ids(&account, "user[full_name]=a%20b"), Vec::<u64>::new());
}

#[test]
fn blanks_are_null_or_nothing_by_type() {
    let account = account();
    let full = json!({"first_name": "a", "last_name": "b", "login": "one", "email": "one@example.com", "manager_id": 3, "hired_on": "2020-01-01",
        "city": "Bern", "state": "BE", "is_active": false, "is_pass_reset_required": true, "password": "p", "locale": "de"});
    created(&account, &full);
    let blank = json!({"email": "", "manager_id": "", "hired_on": " ", "city": "", "state": null, "is_active": "", "is_pass_reset_required": null, "password": "", "locale": null});
    expect_done(&put(&account, 1, &blank));
    let now = user(&account, 1);
    for (name, value) in [
        ("email", Value::Null),
        ("manager_id", Value::Null),
        ("hired_on", Value::Null),
        ("city", json!("")),
        ("state", Value::Null),
        ("is_active", json!(false)),
        ("is_pass_reset_required", json!(true)),
        ("locale", Value::Null),
    ] {
        assert_eq!(now[name], value, "{name}");
    }
    for name in ["first_name", "last_name", "login"] {
        for value in [json!(null), json!(""), json!(" \t")] {
            put(&account, 1, &json!({ name: value })).expect_error(&format!(r#"{{"{name}":["can't be blank"]}}"#));
        }
    }
    // The address is free again, and its former owner can have it back.
    created(&account, &json!({"first_name": "a", "last_name": "b", "login": "two", "email": "ONE@example.com"}));
    put(&account, 1, &json!({"email": "one@example.com"})).expect_error(r#"{"email":["has already been taken"]}"#);
    expect_done(&put(&account, 2, &json!({"email": null})));
    expect_done(&put(&account, 1, &json!({"email": "one@example.com"})));
    assert_eq!(account.call("POST", "/api/users/find", r#"{"email":"one@example.com"}"#).body, r#"{"user_id":1}"#);
}

#[test]
fn a_value_that_is_so_already_is_no_error_and_no_change() {
    let account = account();
    let name = "x".repeat(255);
    let long = "y".repeat(60);
    account.user(&json!({"email": format!("a@{long}.{long}.example"), "first_name": name}).to_string());
    let before = user(&account, 1);
    let changed = || account.call("GET", "/api/users/1", "").json()["updated_at"].clone();
    let then = changed();
    expect_done(&put(&account, 1, &before));
    assert_eq!((user(&account, 1), changed()), (before.clone(), then), "not even the time of its change");
    expect_done(&put(&account, 1, &json!({"first_name": name, "email": before["email"], "city": "Bern"})));
    // A new name counts, together with the one that stays.
    put(&account, 1, &json!({"last_name": "z"}))
        .expect_error(r#"{"full_name":["is too long (maximum is 200 characters)"]}"#);
    put(&account, 1, &json!({"first_name": "x".repeat(254)}))
        .expect_error(r#"{"first_name":["is too long (maximum is 100 characters)"]}"#);
}

#[test]
fn letter_case_of_a_login_is_not_shown_here_and_not_changed() {
    let account = account();
    created(&account, &new_user("TiM"));
    expect_done(&put(&account, 1, &json!({"login": "tim"})));
    assert_eq!(account.call("GET", "/api/v1/users/1", "").json()["data"]["username"], "TiM");
    expect_done(&put(&account, 1, &json!({"login": "Tom"})));
    assert_eq!(user(&account, 1)["login"], "tom");
    assert_eq!(account.call("GET", "/api/v1/users/1", "").json()["data"]["username"], "Tom");
    created(&account, &new_user("tim"));
    put(&account, 1, &json!({"login": "TIM"})).expect_error(r#"{"login":["has already been taken"]}"#);
}

#[test]
fn a_code_names_the_user_and_is_never_written() {
    let account = account();
    for login in ["one", "two"] {
        created(&account, &new_user(login));
    }
    let call = |path: &str, body: &Value| account.call("PATCH", &format!("{USERS}{path}"), &body.to_string());
    let city = |id| user(&account, id)["city"].clone();
    expect_done(&call("", &json!({"user": {"code": "i-2", "city": "a"}})));
    expect_done(&call("/?user[code]=i-1", &json!({"city": "b"})));
    assert_eq!((city(1), city(2)), (json!("b"), json!("a")));
    // A code that resolves wins over an id that does not, and the other way round.
    expect_done(&call("/nobody", &json!({"code": "i-2", "city": "c"})));
    expect_done(&call("/1", &json!({"code": "unknown", "city": "d"})));
    assert_eq!((city(1), city(2)), (json!("d"), json!("c")));
    assert_eq!(user(&account, 1)["code"], "i-1");
    call("/1", &json!({"code": "i-2", "city": "e"})).expect_error(r#"{"code":["does not match id"]}"#);
    expect_done(&call("/1", &json!({"code": "", "city": "f"})));
    let none = |path: &str, body: Value, text: &str| {
        expect(&call(path, &body), 404, JSON, &format!(r#"{{"error":"Couldn't find User {text}"}}"#));
    };
    none("", json!({"code": "unknown"}), "with 'code'=unknown");
    none("/9", json!({"code": "unknown"}), "with 'id'=9");
    none("", json!({"city": "x"}), "without an ID");
    none("", json!({"code": null}), "without an ID");
    none(".json/", json!({"code": ["i-1"]}), "with 'code'=");
}

#[test]
fn different_attributes_changed_at_once_are_all_kept() {
    let account = account();
    created(&account, &new_user("one"));
    std::thread::scope(|scope| {
        for letter in 'a'..='p' {
            let account = &account;
            scope.spawn(move || {
                expect_done(&put(account, 1, &json!({ format!("custom_{letter}"): letter.to_string() })));
            });
        }
    });
    let now = user(&account, 1);
    for letter in 'a'..='p' {
        assert_eq!(now[format!("custom_{letter}")], json!(letter.to_string()));
    }
}

#[test]
fn names_changed_at_once_stay_one_full_name() {
    let account = account();
    created(&account, &new_user("one"));
    std::thread::scope(|scope| {
        for n in 0..8 {
            let account = &account;
            scope.spawn(move || expect_done(&put(account, 1, &json!({ "first_name": format!("f{n}") }))));
            scope.spawn(move || expect_done(&put(account, 1, &json!({ "last_name": format!("l{n}") }))));
        }
    });
    let full_name = user(&account, 1)["full_name"].as_str().unwrap().to_owned();
    assert_eq!(ids(&account, &super::filter("full_name", &full_name)), [1], "{full_name}");
}

#[test]
fn what_the_other_doors_change_is_seen_here() {
    let account = account();
    account.user(r#"{"email":"a@example.com","first_name":"A","last_name":"B"}"#);
    let shown = user(&account, 1);
    assert_eq!(
        (&shown["login"], &shown["locale"], &shown["code"]),
        (&json!("a@example.com"), &json!("en"), &json!("i-1"))
    );
    expect_done(&put(&account, 1, &json!({"email": "b@example.com"})));
    assert_eq!(user(&account, 1)["login"], "a@example.com", "no other door moves the login");
    account.call("PUT", "/api/users/1", r#"{"first_name":"C"}"#);
    assert_eq!(ids(&account, "user[full_name]=c%20b"), [1]);
}
