//! One directory behind several dialects: what is written through one is read through the others.

mod probes;
mod repeats;

use serde_json::{Value, json};
use testkit::{Account, account};

/// A dialect's way to write and to read a user, and its name for each shared attribute.
struct Door {
    path: &'static str,
    shown_under: &'static str,
    names: [Option<&'static str>; 3],
}

const MEMBER: Door =
    Door { path: "/api/users", shown_under: "", names: [Some("email"), Some("first_name"), Some("last_name")] };
const ADMIN: Door =
    Door { path: "/api/v1/users", shown_under: "data", names: [Some("email"), Some("first_name"), Some("last_name")] };
const DOORS: [&Door; 2] = [&MEMBER, &ADMIN];

fn shown(account: &Account, door: &Door, id: u64) -> Value {
    let document = account.call("GET", &format!("{}/{id}", door.path), "").json();
    if door.shown_under.is_empty() { document } else { document[door.shown_under].clone() }
}

fn new_user(door: &Door, name: &str) -> Value {
    let mut body = json!({"email": format!("{name}@example.com"), "first_name": "First", "last_name": "Last"});
    if door.path == ADMIN.path {
        let more = json!({"username": name, "password": "12345678", "password_confirmation": "12345678", "gender": "male", "birthday": "1990-01-01"});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    }
    body
}

#[test]
fn every_shared_attribute_written_through_one_door_is_read_through_the_others() {
    let account = account();
    for writer in DOORS {
        for reader in DOORS {
            let name = format!("from{}to{}", writer.path.len(), reader.path.len());
            let reply = account.call("POST", writer.path, &new_user(writer, &name).to_string());
            assert_eq!(reply.status, 201, "{}", reply.body);
            let reply = reply.json();
            let id = [&reply["user_id"], &reply["data"]["user_id"]].into_iter().find_map(Value::as_u64).unwrap();
            for (n, value) in [format!("New.{name}@Example.com"), "Zoë".to_owned(), "O'Neil & Söhne".to_owned()]
                .into_iter()
                .enumerate()
            {
                let (Some(written), Some(read)) = (writer.names[n], reader.names[n]) else { continue };
                let body = json!({ written: value }).to_string();
                assert_eq!(account.call("PUT", &format!("{}/{id}", writer.path), &body).status, 200, "{body}");
                assert_eq!(shown(&account, reader, id)[read], value, "{} → {}", writer.path, reader.path);
            }
            assert_eq!(shown(&account, reader, id)["user_id"], id);
        }
    }
}

#[test]
fn what_one_dialect_does_not_know_is_null_in_it_and_survives_its_writes() {
    let account = account();
    account.user(r#"{"email":"m@example.com","external_id":7,"source":"sis","phone_number":"1","live_scanner":true}"#);
    let seen = shown(&account, &ADMIN, 1);
    assert_eq!((&seen["gender"], &seen["birthday"], &seen["country_id"]), (&json!(null), &json!(null), &json!(null)));
    assert_eq!(
        (&seen["username"], &seen["user_status"], &seen["role_id"]),
        (&json!("m@example.com"), &json!("active"), &json!(2))
    );
    assert_eq!(account.call("PUT", "/api/v1/users/1", r#"{"gender":"female","country_id":3}"#).status, 200);
    let member = shown(&account, &MEMBER, 1);
    assert_eq!(
        (&member["external_id"], &member["source"], &member["live_scanner"]),
        (&json!(7), &json!("sis"), &json!(true))
    );
    assert_eq!(account.call("PUT", "/api/users/1", r#"{"source":"crm"}"#).status, 200);
    assert_eq!(shown(&account, &ADMIN, 1)["country_id"], 3);

    assert_eq!(account.call("POST", ADMIN.path, &new_user(&ADMIN, "a").to_string()).status, 201);
    let member = shown(&account, &MEMBER, 2);
    assert_eq!(
        (&member["source"], &member["external_id"], &member["live_scanner"]),
        (&json!(null), &json!(null), &json!(false))
    );
}

#[test]
fn e_mails_and_logins_are_unique_across_the_doors() {
    let account = account();
    account.user(r#"{"email":"m@example.com"}"#);
    let mut body = new_user(&ADMIN, "x");
    body["username"] = json!("M@example.com");
    body["email"] = json!("m@EXAMPLE.com");
    let reply = account.call("POST", ADMIN.path, &body.to_string());
    assert_eq!(reply.json()["message"], "The username has already been taken. (and 1 more error)");
    body["email"] = json!("free@example.com");
    body["username"] = json!("wanted@example.com");
    assert_eq!(account.call("POST", ADMIN.path, &body.to_string()).status, 201);
    let taken = r#"{"message":"The given data was invalid.","errors":{"email":["The email has already been taken."]}}"#;
    account.call("POST", MEMBER.path, r#"{"email":"Wanted@example.com"}"#).expect(422, taken);
    account.call("PUT", "/api/users/1", r#"{"email":"wanted@example.com"}"#).expect(422, taken);
}

#[test]
fn a_login_follows_the_address_only_through_the_member_door_and_only_while_they_are_equal() {
    let account = account();
    account.user(r#"{"email":"a@example.com"}"#);
    account.call("PUT", "/api/users/1", r#"{"email":"B@example.com"}"#);
    assert_eq!(shown(&account, &ADMIN, 1)["username"], "B@example.com");
    account.call("PUT", "/api/users/1", r#"{"email":"b@example.com"}"#);
    assert_eq!(shown(&account, &ADMIN, 1)["username"], "b@example.com", "letter case too");
    account.call("PUT", "/api/v1/users/1", r#"{"username":"B@EXAMPLE.com"}"#);
    account.call("PUT", "/api/users/1", r#"{"email":"b@example.com","first_name":"X"}"#);
    assert_eq!(shown(&account, &ADMIN, 1)["username"], "B@EXAMPLE.com", "an address that stays moves nothing");
    account.call("PUT", "/api/v1/users/1", r#"{"username":"own"}"#);
    account.call("PUT", "/api/users/1", r#"{"email":"c@example.com"}"#);
    assert_eq!(shown(&account, &ADMIN, 1)["username"], "own");
}

#[test]
fn promotion_hides_a_user_from_the_member_dialect_at_once_and_demotion_shows_it_again() {
    let account = account();
    account.user(r#"{"email":"a@example.com"}"#);
    let lookups = ["/api/users/find", "/api/users/get-subscriptions"];
    for _ in 0..2 {
        assert_eq!(account.call("PUT", "/api/v1/users/1", r#"{"role_id":1}"#).status, 200);
        account.call("GET", "/api/users/1", "").expect(404, r#"{"error":"User not found"}"#);
        for path in lookups {
            account.call("POST", path, r#"{"email":"a@example.com"}"#).expect(404, r#"{"error":"User not found"}"#);
        }
        for body in [r#"{"first_name":"X"}"#, "{", "", r#"{"email":"foo"}"#] {
            account.call("PUT", "/api/users/1", body).expect(403, "{}");
        }
        let taken = account.call("POST", "/api/users", r#"{"email":"a@example.com"}"#);
        assert_eq!(taken.status, 422, "an administrator's address still counts");
        assert_eq!(account.call("PUT", "/api/v1/users/1", r#"{"role_id":2}"#).status, 200);
        assert_eq!(account.call("GET", "/api/users/1", "").json()["first_name"], "Student");
        assert_eq!(account.call("POST", lookups[0], r#"{"email":"a@example.com"}"#).status, 200);
    }
}

#[test]
fn inactive_users_are_ordinary_in_member() {
    let account = account();
    account.user(r#"{"email":"a@example.com"}"#);
    account.call("PUT", "/api/v1/users/1", r#"{"user_status":"inactive"}"#);
    assert_eq!(account.call("GET", "/api/users/1", "").status, 200);
    assert_eq!(account.call("PUT", "/api/users/1", r#"{"first_name":"X"}"#).status, 200);
    assert_eq!(account.call("POST", "/api/users/find", r#"{"email":"a@example.com"}"#).status, 200);
}
