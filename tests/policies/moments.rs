//! Moments that come seldom, brought about: what functions may do then they must be able to do.

use std::fs;

use aws_sdk_dynamodb::types::AttributeValue;
use roster_functions::endpoints;
use serde_json::{Value, json};

use testkit::{
    Account, account, bundle,
    raw_tables::{self, Corrupter, Item},
    send,
};

fn corrupter() -> Corrupter {
    Corrupter::new(bundle().dynamodb())
}

fn clean(account: &Account) -> Value {
    bundle().invoke("ops-cleanup", &json!({"account": account.id.parse::<u64>().unwrap()}).to_string())
}

/// An account of forty users, one of which was never written: more than a list leaves unsealed.
fn with_a_gap() -> Account {
    let account = account();
    account.user(r#"{"email":"first@example.com"}"#);
    let long_ago = AttributeValue::S("2024-01-01T00:00:00.000000Z".to_owned());
    raw_tables::copy_users(bundle().dynamodb(), &account.id, 40, |_, user| {
        user.insert("created_on".to_owned(), long_ago.clone());
    });
    let users = corrupter().items("users", "block", &format!("{}#0", account.id));
    let lost = users.iter().find(|user| user["id"] == AttributeValue::N("20".to_owned())).unwrap();
    corrupter().delete("users", lost, &["block", "id"]);
    account
}

fn is_plugged(account: &Account) -> bool {
    let users = corrupter().items("users", "block", &format!("{}#0", account.id));
    users.iter().any(|user| user.contains_key("void") && user["id"] == AttributeValue::N("20".to_owned()))
}

#[test]
fn lists_and_the_cleanup_plug_an_old_gap_and_seal() {
    let [of_admin, of_exceed, of_cleanup] = [(); 3].map(|()| with_a_gap());
    let list = of_admin.call("GET", "/api/v1/users?per_page=1", "").json();
    assert_eq!(list["meta"]["total"], 39);
    assert_eq!(of_exceed.call("GET", "/api/v2/users?fields=id", "").json().as_array().unwrap().len(), 39);
    assert_eq!(clean(&of_cleanup)["seals"], 1);
    for account in [of_admin, of_exceed, of_cleanup] {
        assert!(is_plugged(&account), "account {}", account.id);
    }
}

/// Makes of the note of the second page of a walk one of a reading that ran out of time there.
fn interrupt(account: &Account) {
    let notes = corrupter().items("keys", "key", &format!("walk#{}#", account.id));
    let is_second = |note: &&Item| note["key"].as_s().unwrap().ends_with("#2");
    let mut note = notes.iter().find(is_second).expect("the walk was noted").clone();
    corrupter().delete("keys", &note, &["key"]);
    let key = note["key"].as_s().unwrap().strip_suffix("#2").unwrap();
    note.insert("key".to_owned(), AttributeValue::S(format!("{key}#unfinished")));
    corrupter().put("keys", note);
}

fn is_interrupted(account: &Account) -> bool {
    let notes = corrupter().items("keys", "key", &format!("walk#{}#", account.id));
    notes.iter().any(|note| note["key"].as_s().unwrap().ends_with("#unfinished"))
}

#[test]
fn walks_are_noted_and_go_on_where_they_stopped() {
    let account = account();
    account.user(r#"{"email":"first@example.com"}"#);
    raw_tables::copy_users(bundle().dynamodb(), &account.id, 1_100, |_, _| {});
    raw_tables::put_tombstones(bundle().dynamodb(), &account.id, 1_100);
    for (list, rest) in [("users?fields=id&user[is_active]=1", 100), ("users/deletions?deleted_at=2020-01-01", 100)] {
        let page = |page: u64| {
            let list = account.call("GET", &format!("/api/v2/{list}&page={page}"), "");
            list.json().as_array().unwrap().len()
        };
        assert_eq!(page(1), 1_000, "{list}");
        interrupt(&account);
        assert_eq!(page(2), rest, "{list}");
        assert!(!is_interrupted(&account), "{list}");
        for note in corrupter().items("keys", "key", &format!("walk#{}#", account.id)) {
            corrupter().delete("keys", &note, &["key"]);
        }
    }
}

#[test]
fn a_hash_from_elsewhere_is_renewed_at_a_login() {
    let account = account();
    let user = json!({
        "login": "elsewhere", "first_name": "A", "last_name": "B", "role": "administrator",
        // "password" under the salt "somesalt", at 64 MiB and two passes.
        "password_hash": "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
    });
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), user.to_string()).unwrap();
    account.roster(&["import", file.path().to_str().unwrap()]);
    let login = json!({"username": "elsewhere", "password": "password"}).to_string();
    let request = account.bare("POST", "/api/login").header("content-type", "application/json");
    let answer = send(request.header("x-account-id", &account.id).body(login));
    assert_eq!(answer.status, 200, "{}", answer.body);
    let user = corrupter().items("users", "block", &format!("{}#0", account.id)).remove(0);
    let hash = user.values().find_map(|value| value.as_s().ok().filter(|text| text.starts_with("$argon2id$"))).unwrap();
    assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
}

#[test]
fn what_has_expired_is_cleaned_away() {
    let account = account();
    for n in 1..=3 {
        account.user(&json!({"email": format!("u{n}@example.com")}).to_string());
    }
    assert_eq!(account.call("DELETE", "/api/v1/users/2", "").status, 200);
    raw_tables::set_deleted_at(bundle().dynamodb(), &account.id, 2, "2024-01-01T00:00:00Z");
    account.roster(&["account", "update", "--keep-deletions", "30d"]);
    let key: Value =
        serde_json::from_str(&account.new_key(&["--scope", "member", "--expires-in", "1s", "--json"])).unwrap();
    let mut item = corrupter().items("keys", "key", &format!("api-key#{}", key["id"].as_str().unwrap())).remove(0);
    item.insert("expires_at".to_owned(), AttributeValue::S("2024-01-01T00:00:00.000000Z".to_owned()));
    corrupter().put("keys", item);
    // Of all accounts: another test's cleanup may have been first.
    assert_eq!(bundle().invoke("ops-cleanup", "{}")["is_unfinished"], false);
    assert_eq!(account.call("GET", "/api/v2/users/deletions", "").body, "[]");
    assert!(corrupter().items("keys", "key", &format!("api-key#{}", key["id"].as_str().unwrap())).is_empty());
}

#[test]
fn every_endpoint_notes_the_hour_in_which_a_key_is_used() {
    let account = account();
    for endpoint in
        endpoints().filter(|endpoint| !matches!(endpoint.name, "admin-login" | "docs-page" | "member-disabled"))
    {
        let path = testkit::repository(&format!("events/{}.json", endpoint.name));
        let key = account.new_key(&["--scope", "member,admin,exceed"]);
        let event = fs::read_to_string(path).unwrap().replace("ros_1_REPLACE_WITH_YOUR_KEY", &key);
        bundle().invoke(endpoint.name, &event);
        let id = key.split('_').nth(2).unwrap();
        let item = corrupter().items("keys", "key", &format!("api-key#{id}")).remove(0);
        assert!(item.contains_key("last_used"), "{}: {item:?}", endpoint.name);
    }
}
