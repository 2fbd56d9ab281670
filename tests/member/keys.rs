use roster_domain::{AccountId, ApiKey};

use super::FORBIDDEN;
use testkit::{Account, account, bundle, raw_tables, send};

/// Every call of the dialect, with whether a read-only key may make it.
const CALLS: [(&str, &str, bool); 8] = [
    ("POST", "/api/users", false),
    ("PUT", "/api/users/1", false),
    ("PATCH", "/api/users/1", false),
    ("GET", "/api/users/1", true),
    ("POST", "/api/users/find", true),
    ("POST", "/api/users/get-subscriptions", true),
    ("GET", "/api/users", true),
    ("DELETE", "/api/users/1", false),
];

fn refused(account: &Account, authorization: Option<&str>) {
    for (method, path, _) in CALLS {
        let mut request = account.bare(method, path).header("content-type", "application/json").body("{");
        if let Some(value) = authorization {
            request = request.header("authorization", value);
        }
        send(request).expect(403, FORBIDDEN);
    }
}

#[test]
fn without_a_good_key_every_call_is_an_empty_403_whatever_else_is_wrong() {
    let account = account();
    let key = &account.key;
    let mut typo = key.clone();
    typo.replace_range(key.len() - 8..key.len() - 7, if key.as_bytes()[key.len() - 8] == b'a' { "b" } else { "a" });
    let unknown = ApiKey::random(AccountId::parse(&account.id).unwrap()).reveal();
    refused(&account, None);
    for value in ["", "Bearer", "Bearer ", "Basic dTpw", key.as_str()] {
        refused(&account, Some(value));
    }
    for wrong in [&typo, &unknown, &key[..key.len() - 1], &format!("{key}x"), &format!("{key},Bearer {key}")] {
        refused(&account, Some(&format!("Bearer {wrong}")));
    }
}

#[test]
fn bearer_is_accepted_in_any_letter_case() {
    let account = account();
    for scheme in ["Bearer", "bearer", "BEARER"] {
        let request = account.bare("GET", "/api/users").header("authorization", format!("{scheme} {}", account.key));
        assert_eq!(send(request).status, 404);
    }
}

#[test]
fn a_key_for_other_dialects_is_refused() {
    let account = account();
    let key = account.new_key(&["--scope", "admin,exceed"]);
    refused(&account, Some(&format!("Bearer {key}")));
}

#[test]
fn a_revoked_key_is_refused_from_the_next_request_on() {
    let account = account();
    let key = account.new_key(&["--scope", "member"]);
    let authorization = format!("Bearer {key}");
    assert_eq!(send(account.bare("GET", "/api/users").header("authorization", &authorization)).status, 404);
    let id = key.split('_').nth(2).unwrap();
    account.roster(&["key", "revoke", id]);
    refused(&account, Some(&authorization));
}

#[test]
fn an_expired_key_is_refused() {
    let account = account();
    let key = account.new_key(&["--scope", "member", "--expires-in", "1h"]);
    assert_eq!(send(account.bare("GET", "/api/users").bearer_auth(&key)).status, 404);
    raw_tables::end_key(bundle().dynamodb(), key.split('_').nth(2).unwrap());
    refused(&account, Some(&format!("Bearer {key}")));
}

#[test]
fn a_read_only_key_may_look_and_nothing_else() {
    let account = account();
    let id = account.user(r#"{"email":"a@example.com"}"#);
    assert_eq!(id, 1);
    let key = account.new_key(&["--scope", "member", "--read-only"]);
    for (method, path, may) in CALLS {
        let body = r#"{"email":"a@example.com","first_name":"Changed"}"#;
        let response =
            send(account.bare(method, path).bearer_auth(&key).header("content-type", "application/json").body(body));
        match (may, path) {
            (false, _) => response.expect(403, FORBIDDEN),
            (true, "/api/users") => assert_eq!(response.status, 404),
            (true, _) => assert_eq!(response.status, 200),
        }
    }
    assert_eq!(account.call("GET", "/api/users/1", "").json()["first_name"], "Student");
}

#[test]
fn one_account_sees_nothing_of_another() {
    let (ours, theirs) = (account(), account());
    let id = theirs.user(r#"{"email":"secret@example.com"}"#);
    ours.call("GET", &format!("/api/users/{id}"), "").expect(404, super::NOT_FOUND);
    ours.call("PUT", &format!("/api/users/{id}"), r#"{"first_name":"X"}"#).expect(404, super::NOT_FOUND);
    for path in ["/api/users/find", "/api/users/get-subscriptions"] {
        ours.call("POST", path, r#"{"email":"secret@example.com"}"#).expect(404, super::NOT_FOUND);
    }
    assert_eq!(ours.user(r#"{"email":"secret@example.com"}"#), 1, "ids and addresses count per account");
    assert_eq!(theirs.call("GET", "/api/users/1", "").json()["first_name"], "Student");
}

#[test]
fn a_key_that_names_another_account_in_front_opens_neither() {
    let (ours, theirs) = (account(), account());
    let forged = ours.key.replacen(&format!("ros_{}_", ours.id), &format!("ros_{}_", theirs.id), 1);
    refused(&theirs, Some(&format!("Bearer {forged}")));
}

#[test]
fn our_request_id_is_ours() {
    let account = account();
    let response = send(account.bare("GET", "/api/users").bearer_auth(&account.key).header("x-request-id", "theirs"));
    assert_ne!(response.header("x-request-id"), Some("theirs"));
    response.expect_headers();
}
