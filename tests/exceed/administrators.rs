use serde_json::{Value, json};

use super::{USERS, created, expect_done, new_user, user};
use testkit::{self, Account, Response, account};

const NOT_ALLOWED: &str = r#"{"authority":["does not allow this change"]}"#;

/// User 1 is an administrator; a key for this dialect alone.
fn administrator() -> (Account, String) {
    let account = account();
    let body = json!({"username": "Root", "email": "root@example.com", "password": "a good password", "password_confirmation": "a good password",
        "first_name": "R", "last_name": "T", "gender": "male", "birthday": "1990-01-01", "role_id": 1});
    assert_eq!(account.call("POST", "/api/v1/users", &body.to_string()).status, 201);
    let key = account.new_key(&["--scope", "exceed"]);
    (account, key)
}

fn put(account: &Account, key: &str, body: &Value) -> Response {
    let request = account.bare("PUT", &format!("{USERS}/1")).bearer_auth(key);
    testkit::send(request.header("content-type", "application/json").body(body.to_string()))
}

fn login(account: &Account, password: &str) -> u16 {
    let body = json!({"username": "root", "password": password}).to_string();
    let request = account.bare("POST", "/api/login").header("x-account-id", &account.id);
    testkit::send(request.header("content-type", "application/json").body(body)).status
}

#[test]
fn how_an_administrator_signs_in_is_not_changed_without_the_admin_scope() {
    let (account, key) = administrator();
    for body in [
        json!({"password": "x"}),
        json!({"login": "other"}),
        json!({"email": "other@example.com"}),
        json!({"email": ""}),
        json!({"email": "ROOT@example.com"}),
        json!({"is_active": false}),
        json!({"is_active": "no"}),
    ] {
        put(&account, &key, &body).expect_error(NOT_ALLOWED);
        put(&account, &key, &json!({"user": body})).expect_error(NOT_ALLOWED);
        let by_code = account.bare("PATCH", &format!("{USERS}?user[code]=i-1")).bearer_auth(&key);
        testkit::send(by_code.header("content-type", "application/json").body(body.to_string()))
            .expect_error(NOT_ALLOWED);
    }
    // Reported together with the other errors; nothing changes.
    put(&account, &key, &json!({"login": "other", "zip": "12345678901", "city": "Bern"})).expect_error(
        r#"{"authority":["does not allow this change"],"zip":["is too long (maximum is 10 characters)"]}"#,
    );
    assert_eq!(user(&account, 1)["city"], Value::Null);
    assert_eq!(login(&account, "a good password"), 200);
}

#[test]
fn the_rest_of_an_administrator_and_what_is_no_change_may_be_written() {
    let (account, key) = administrator();
    let shown = user(&account, 1);
    assert_eq!((&shown["authority"], &shown["login"]), (&json!("superadmin"), &json!("root")));
    expect_done(&put(&account, &key, &shown));
    expect_done(&put(
        &account,
        &key,
        &json!({"password": "", "login": "ROOT", "email": "root@example.com", "city": "Bern"}),
    ));
    assert_eq!(user(&account, 1)["city"], "Bern");
    assert_eq!(login(&account, "a good password"), 200);
}

#[test]
fn an_administrator_is_not_deleted_without_the_admin_scope() {
    let (account, key) = administrator();
    let delete =
        |key: &str, path: &str| testkit::send(account.bare("DELETE", &format!("{USERS}{path}")).bearer_auth(key));
    delete(&key, "/1").expect_error(NOT_ALLOWED);
    delete(&key, "/1.json").expect_error(NOT_ALLOWED);
    let xml = delete(&key, "/1.xml");
    assert_eq!((xml.status, xml.body.contains("Authority does not allow this change")), (422, true), "{}", xml.body);
    assert_eq!(user(&account, 1)["is_active"], true);
    // A body that cannot be read comes first; an id that there is not, before both.
    let bad =
        account.bare("DELETE", &format!("{USERS}/1")).bearer_auth(&key).header("content-type", "application/json");
    assert_eq!(testkit::send(bad.body("{")).status, 400);
    assert_eq!(delete(&key, "/9").status, 404);
    // Regular users are deleted, and administrators by a key that has both scopes.
    created(&account, &new_user("regular"));
    expect_done(&delete(&key, "/2"));
    let both = account.new_key(&["--scope", "exceed,admin"]);
    expect_done(&put(&account, &both, &json!({"is_active": false})));
    expect_done(&delete(&both, "/1"));
}

#[test]
fn a_user_who_becomes_an_administrator_meanwhile_is_not_deleted() {
    // Either the deletion comes first, or the role does and the deletion is refused.
    for _ in 0..5 {
        let account = account();
        let key = account.new_key(&["--scope", "exceed"]);
        created(&account, &new_user("root"));
        let (promoted, deleted) = std::thread::scope(|scope| {
            let promoting = scope.spawn(|| account.call("PUT", "/api/v1/users/1", r#"{"role_id":1}"#).status);
            let request = account.bare("DELETE", &format!("{USERS}/1")).bearer_auth(&key);
            (promoting.join().unwrap(), testkit::send(request))
        });
        let is_there = account.call("GET", "/api/v1/users/1", "").status;
        match deleted.status {
            200 => assert_eq!(is_there, 404),
            _ => {
                deleted.expect_error(NOT_ALLOWED);
                assert_eq!((promoted, is_there), (200, 200));
            }
        }
    }
}

#[test]
fn with_the_admin_scope_everything_may_be_written() {
    let (account, _) = administrator();
    let key = account.new_key(&["--scope", "exceed,admin"]);
    expect_done(&put(&account, &key, &json!({"password": "another", "email": "new@example.com"})));
    assert_eq!(login(&account, "a good password"), 401);
    assert_eq!(login(&account, "another"), 200);
    expect_done(&put(&account, &key, &json!({"login": "boss"})));
    assert_eq!(user(&account, 1)["login"], "boss");
}

#[test]
fn authority_is_never_written_here() {
    let (account, key) = administrator();
    created(
        &account,
        &json!({"first_name": "a", "last_name": "b", "login": "c", "authority": "superadmin", "role_id": 1, "role": "administrator"}),
    );
    assert_eq!(user(&account, 2)["authority"], "student");
    expect_done(&put(&account, &key, &json!({"authority": "student"})));
    assert_eq!(user(&account, 1)["authority"], "superadmin");
}

#[test]
fn sessions_end_with_deactivation_and_a_new_password() {
    for (body, status) in
        [(json!({"is_active": false}), 401), (json!({"password": "another"}), 401), (json!({"city": "Bern"}), 200)]
    {
        let (account, _) = administrator();
        let signed_in = json!({"username": "root", "password": "a good password"}).to_string();
        let request = account.bare("POST", "/api/login").header("x-account-id", &account.id);
        let response = testkit::send(request.header("content-type", "application/json").body(signed_in));
        let token = response.json()["data"]["token"].as_str().unwrap().to_owned();
        let list = || testkit::send(account.bare("GET", "/api/v1/users").bearer_auth(&token)).status;
        assert_eq!(list(), 200);
        expect_done(&put(&account, &account.key, &body));
        assert_eq!(list(), status, "{body}");
    }
}

#[test]
fn a_user_who_becomes_an_administrator_meanwhile_keeps_its_password() {
    // Either the password comes first, or the role does and the password is refused.
    for _ in 0..5 {
        let account = account();
        let key = account.new_key(&["--scope", "exceed"]);
        created(
            &account,
            &json!({"first_name": "a", "last_name": "b", "login": "root", "email": "a@example.com", "password": "first"}),
        );
        let (promoted, changed) = std::thread::scope(|scope| {
            let promoting = scope.spawn(|| account.call("PUT", "/api/v1/users/1", r#"{"role_id":1}"#).status);
            let changing = scope.spawn(|| put(&account, &key, &json!({"password": "second"})));
            (promoting.join().unwrap(), changing.join().unwrap())
        });
        assert_eq!(promoted, 200);
        let kept = if changed.status == 200 { "second" } else { "first" };
        if kept == "first" {
            changed.expect_error(NOT_ALLOWED);
        }
        assert_eq!(login(&account, kept), 200);
    }
}

#[test]
fn a_user_without_a_password_cannot_sign_in() {
    let account = account();
    created(&account, &new_user("root"));
    assert_eq!(account.call("PUT", "/api/v1/users/1", r#"{"role_id":1}"#).status, 200);
    assert_eq!(login(&account, ""), 422);
    assert_eq!(login(&account, "x"), 401);
    expect_done(&put(&account, &account.key, &json!({"password": "now there is one"})));
    assert_eq!(login(&account, "now there is one"), 200);
}
