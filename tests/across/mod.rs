//! One directory behind several dialects: what is written through one is read through the others.

mod probes;
mod repeats;

use serde_json::{Value, json};
use testkit::{Account, account};

/// A dialect's way to write and to read a user, and its name for each attribute of [`SHARED`].
struct Dialect {
    path: &'static str,
    shown_under: &'static str,
    names: [Option<&'static str>; 5],
}

/// The attributes that more than one dialect shows: a new value for each, as it is written and read. What exceed shows
/// of a login is lower case.
const SHARED: [&str; 5] = ["New.Address@Example.com", "new-login", "Zoë", "O'Neil & Söhne", "inactive"];

const MEMBER: Dialect = Dialect {
    path: "/api/users",
    shown_under: "",
    names: [Some("email"), None, Some("first_name"), Some("last_name"), None],
};
const ADMIN: Dialect = Dialect {
    path: "/api/v1/users",
    shown_under: "data",
    names: [Some("email"), Some("username"), Some("first_name"), Some("last_name"), Some("user_status")],
};
const EXCEED: Dialect = Dialect {
    path: "/api/v2/users",
    shown_under: "",
    names: [Some("email"), Some("login"), Some("first_name"), Some("last_name"), Some("is_active")],
};
const DIALECTS: [&Dialect; 3] = [&MEMBER, &ADMIN, &EXCEED];

impl Dialect {
    /// A value of [`SHARED`] as this dialect has it.
    fn value(&self, name: &str, value: &str) -> Value {
        if name == "is_active" { json!(value != "inactive") } else { json!(value) }
    }

    /// Makes a user by this name; its id.
    fn create(&self, account: &Account, name: &str) -> u64 {
        let response = account.call("POST", self.path, &new_user(self, name).to_string());
        assert_eq!(response.status, 201, "{}", response.body);
        let response = response.json();
        let ids = [&response["user_id"], &response["data"]["user_id"], &response["id"]];
        ids.into_iter().find_map(Value::as_u64).unwrap()
    }
}

fn shown(account: &Account, dialect: &Dialect, id: u64) -> Value {
    let document = account.call("GET", &format!("{}/{id}", dialect.path), "").json();
    if dialect.shown_under.is_empty() { document } else { document[dialect.shown_under].clone() }
}

fn new_user(dialect: &Dialect, name: &str) -> Value {
    let mut body = json!({"email": format!("{name}@example.com"), "first_name": "First", "last_name": "Last"});
    let more = match dialect.path {
        "/api/v1/users" => json!({"username": name, "password": "12345678", "password_confirmation": "12345678",
            "gender": "male", "birthday": "1990-01-01"}),
        "/api/v2/users" => json!({ "login": name }),
        _ => json!({}),
    };
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    body
}

#[test]
fn every_shared_attribute_written_through_one_dialect_is_read_through_the_others() {
    for writer in DIALECTS {
        let account = account();
        let id = writer.create(&account, "first");
        // As it was created, then changed one attribute at a time.
        let made = DIALECTS.map(|reader| shown(&account, reader, id));
        let login = if writer.path == MEMBER.path { "first@example.com" } else { "first" };
        let first = ["first@example.com", login, "First", "Last", "active"];
        for (reader, shown) in DIALECTS.iter().zip(&made) {
            for (name, value) in reader.names.iter().zip(first) {
                let Some(name) = name else { continue };
                assert_eq!(
                    shown[name],
                    reader.value(name, value),
                    "created by {}: {} {name}",
                    writer.path,
                    reader.path
                );
            }
        }
        for (n, value) in SHARED.iter().enumerate() {
            let Some(written) = writer.names[n] else { continue };
            let body = json!({ written: writer.value(written, value) }).to_string();
            assert_eq!(account.call("PUT", &format!("{}/{id}", writer.path), &body).status, 200, "{body}");
            for reader in DIALECTS {
                let Some(read) = reader.names[n] else { continue };
                assert_eq!(
                    shown(&account, reader, id)[read],
                    reader.value(read, value),
                    "{} → {}",
                    writer.path,
                    reader.path
                );
            }
        }
        let [member, admin, exceed] = DIALECTS.map(|reader| shown(&account, reader, id));
        assert_eq!((&member["user_id"], &admin["user_id"], &exceed["id"]), (&json!(id), &json!(id), &json!(id)));
        for (of_member, of_exceed) in [("created_at", "created_on"), ("updated_at", "updated_on")] {
            let [one, other] =
                [&member[of_member], &exceed[of_exceed]].map(|time| time.as_str().unwrap()[..19].to_owned());
            assert_eq!(one, other);
        }
    }
}

#[test]
fn a_role_set_through_admin_is_read_through_the_others() {
    let account = account();
    for (n, writer) in DIALECTS.iter().enumerate() {
        let id = writer.create(&account, &format!("role{n}"));
        assert_eq!(shown(&account, &EXCEED, id)["authority"], "student");
        assert_eq!(account.call("PUT", &format!("{}/{id}", ADMIN.path), r#"{"role_id":1}"#).status, 200);
        assert_eq!(shown(&account, &EXCEED, id)["authority"], "superadmin");
        assert_eq!(shown(&account, &MEMBER, id), json!({"error": "User not found"}));
        // No other dialect sets it.
        for (dialect, body) in [(&MEMBER, r#"{"role":"Member"}"#), (&EXCEED, r#"{"authority":"student"}"#)] {
            account.call("PUT", &format!("{}/{id}", dialect.path), body);
            assert_eq!(shown(&account, &ADMIN, id)["role_id"], 1, "{}", dialect.path);
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

    // What exceed alone knows survives the others' writes, and theirs survives its own.
    let own = json!({"city": "Bern", "hired_on": "2020-02-29", "manager_id": 7, "custom_u": "u"});
    assert_eq!(account.call("PUT", &format!("{}/1", EXCEED.path), &own.to_string()).status, 200);
    assert_eq!(account.call("PUT", "/api/users/1", r#"{"source":"lms"}"#).status, 200);
    assert_eq!(account.call("PUT", "/api/v1/users/1", r#"{"country_id":4}"#).status, 200);
    let exceed = shown(&account, &EXCEED, 1);
    for (name, value) in own.as_object().unwrap() {
        assert_eq!(&exceed[name], value, "{name}");
    }
    assert_eq!((&exceed["country"], &exceed["phone_home"]), (&json!(null), &json!(null)), "nothing is mapped by guess");
    assert_eq!(
        (&shown(&account, &MEMBER, 1)["source"], &shown(&account, &ADMIN, 1)["country_id"]),
        (&json!("lms"), &json!(4))
    );
}

#[test]
fn e_mails_and_logins_are_unique_across_dialects() {
    let account = account();
    account.user(r#"{"email":"m@example.com"}"#);
    let mut body = new_user(&ADMIN, "x");
    body["username"] = json!("M@example.com");
    body["email"] = json!("m@EXAMPLE.com");
    let response = account.call("POST", ADMIN.path, &body.to_string());
    assert_eq!(response.json()["message"], "The username has already been taken. (and 1 more error)");
    body["email"] = json!("free@example.com");
    body["username"] = json!("wanted@example.com");
    assert_eq!(account.call("POST", ADMIN.path, &body.to_string()).status, 201);
    let taken = r#"{"message":"The given data was invalid.","errors":{"email":["The email has already been taken."]}}"#;
    account.call("POST", MEMBER.path, r#"{"email":"Wanted@example.com"}"#).expect(422, taken);
    account.call("PUT", "/api/users/1", r#"{"email":"wanted@example.com"}"#).expect(422, taken);
}

#[test]
fn a_login_follows_the_address_only_through_the_member_dialect_and_only_while_they_are_equal() {
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
