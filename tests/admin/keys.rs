use roster_domain::{AccountId, ApiKey, SessionToken, UserId};

use super::{UNAUTHENTICATED, UNAUTHORIZED, USERS, created, new_user};
use testkit::{account, send};

const CALLS: [(&str, &str); 6] = [
    ("GET", "/api/v1/users"),
    ("GET", "/api/v1/users/1"),
    ("POST", "/api/v1/users"),
    ("PUT", "/api/v1/users/1"),
    ("PATCH", "/api/v1/users/1"),
    ("DELETE", "/api/v1/users/1"),
];

#[test]
fn without_a_good_key_or_token_every_call_is_401() {
    let account = account();
    created(&account, &new_user("grace"));
    let id = AccountId::parse(&account.id).unwrap();
    let unknown = [ApiKey::random(id).reveal(), SessionToken::random(id, UserId::new(1)).reveal()];
    let revoked = account.new_key(&["--scope", "admin"]);
    account.roster(&["key", "revoke", revoked.split('_').nth(2).unwrap()]);
    for (method, path) in CALLS {
        send(account.bare(method, path)).expect(401, UNAUTHENTICATED);
        for token in ["", "x", "ses_", unknown[0].as_str(), unknown[1].as_str(), revoked.as_str()] {
            send(account.bare(method, path).bearer_auth(token).body("{")).expect(401, UNAUTHENTICATED);
        }
    }
    assert_eq!(account.call("GET", "/api/v1/users/1", "").status, 200);
}

#[test]
fn a_key_without_the_scope_is_403_and_so_is_a_read_only_one_for_a_write() {
    let account = account();
    created(&account, &new_user("grace"));
    let (other, reading) =
        (account.new_key(&["--scope", "member,exceed"]), account.new_key(&["--scope", "admin", "--read-only"]));
    for (method, path) in CALLS {
        send(account.bare(method, path).bearer_auth(&other).body("{")).expect(403, UNAUTHORIZED);
        let response = send(account.bare(method, path).bearer_auth(&reading).body("{"));
        if method == "GET" {
            assert_eq!(response.status, 200);
        } else {
            response.expect(403, UNAUTHORIZED);
        }
    }
}

#[test]
fn one_account_sees_and_counts_nothing_of_another() {
    let (ours, theirs) = (account(), account());
    created(&theirs, &new_user("grace"));
    assert_eq!(ours.call("GET", USERS, "").body, r#"{"data":[],"meta":{"current_page":1,"per_page":15,"total":0}}"#);
    for method in ["GET", "PUT", "DELETE"] {
        ours.call(method, "/api/v1/users/1", "{}").expect(404, super::NOT_FOUND);
    }
    created(&ours, &new_user("grace"));
    assert_eq!(theirs.call("GET", "/api/v1/users/1", "").status, 200);
}

#[test]
fn bodies_are_read_as_in_the_member_dialect() {
    let account = account();
    account.call("POST", USERS, "{").expect(400, r#"{"message":"The request body is not valid JSON."}"#);
    account.call("POST", USERS, "[]").expect(400, r#"{"message":"The request body must be a JSON object."}"#);
    let large = "x".repeat(300 * 1024);
    send(account.bare("POST", USERS).body(large))
        .expect(413, r#"{"message":"The request body is larger than 256 KiB."}"#);
    let form = "username=form&email=form%40example.com&password=12345678&password_confirmation=12345678&first_name=F&last_name=M&gender=male&birthday=1990-01-01&role_id=2";
    let request = account
        .bare("POST", USERS)
        .bearer_auth(&account.key)
        .header("content-type", "application/x-www-form-urlencoded");
    assert_eq!(send(request.body(form)).status, 201);
}
