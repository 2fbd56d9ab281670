use super::{
    DELETED, UNAUTHENTICATED, administrator,
    login::{PASSWORD, login_from},
};
use testkit::{Account, Server, account, raw_tables, send};

fn token(account: &Account, username: &str) -> String {
    let response = login_from(account, "127.0.0.1", username, PASSWORD);
    assert_eq!(response.status, 200, "{}", response.body);
    response.json()["data"]["token"].as_str().unwrap().to_owned()
}

fn status(account: &Account, token: &str) -> u16 {
    let response = send(account.bare("GET", "/api/v1/users").bearer_auth(token));
    if response.status != 200 {
        response.expect(401, UNAUTHENTICATED);
    }
    response.status
}

#[test]
fn a_session_writes_and_sees_its_own_account_alone() {
    let (account, other) = (account(), account());
    let id = administrator(&account, "admin");
    let token = token(&account, "admin");
    let path = format!("/api/v1/users/{id}");
    let renamed = account.bare("PUT", &path).bearer_auth(&token).header("content-type", "application/json");
    assert_eq!(send(renamed.body(r#"{"first_name":"Renamed"}"#)).status, 200);
    assert_eq!(status(&account, &token), 200, "an ordinary change ends no session");
    let forged = token.replacen(&format!("ses_{}_", account.id), &format!("ses_{}_", other.id), 1);
    assert_eq!(status(&other, &forged), 401);
}

#[test]
fn a_session_dies_for_good_with_what_made_it() {
    let account = account();
    for (n, (method, path, body, back)) in [
        ("PUT", "/api/v1/users", r#"{"user_status":"inactive"}"#, r#"{"user_status":"active"}"#),
        ("PUT", "/api/v1/users", r#"{"role_id":2}"#, r#"{"role_id":1}"#),
        ("DELETE", "/api/v1/users", "", ""),
    ]
    .into_iter()
    .enumerate()
    {
        let name = format!("admin{n}");
        let id = administrator(&account, &name);
        let tokens = [token(&account, &name), token(&account, &name)];
        let response = account.call(method, &format!("{path}/{id}"), body);
        assert_eq!(response.status, 200, "{}", response.body);
        assert!(tokens.iter().all(|token| status(&account, token) == 401), "{body}");
        if back.is_empty() {
            assert_eq!(response.body, DELETED);
            continue;
        }
        assert_eq!(account.call("PUT", &format!("{path}/{id}"), back).status, 200);
        assert!(tokens.iter().all(|token| status(&account, token) == 401), "dead for good: {body}");
        assert_eq!(status(&account, &token(&account, &name)), 200);
    }
}

#[test]
fn a_new_password_through_another_door_ends_the_session() {
    let account = account();
    let id = administrator(&account, "admin");
    let token = token(&account, "admin");
    let (path, member) = (format!("/api/v1/users/{id}"), format!("/api/users/{id}"));
    // The member dialect may change regular users alone, so the administrator is one for a moment.
    account.call("PUT", &path, r#"{"role_id":2}"#);
    assert_eq!(account.call("PUT", &member, r#"{"password":"another password"}"#).status, 200);
    account.call("PUT", &path, r#"{"role_id":1}"#);
    assert_eq!(status(&account, &token), 401);
    assert_eq!(login_from(&account, "127.0.0.3", "admin", PASSWORD).status, 401);
    assert_eq!(login_from(&account, "127.0.0.3", "admin", "another password").status, 200);
}

#[test]
fn a_session_ends_after_twelve_hours() {
    let server = Server::start_alone();
    let account = Account::create(&server.url, server.data(), &[]);
    administrator(&account, "admin");
    let body = serde_json::json!({"username": "admin", "password": PASSWORD}).to_string();
    let request = account.bare("POST", "/api/login").header("x-account-id", &account.id);
    let response = send(request.header("content-type", "application/json").body(body)).json();
    let token = response["data"]["token"].as_str().unwrap();
    assert_eq!(status(&account, token), 200);
    let ends = raw_tables::session_ends(&server.dynamodb);
    let hours = (ends[0].as_millisecond() - roster_directory::clock::now().as_millisecond()) as f64 / 3_600_000.0;
    assert!((11.9..=12.0).contains(&hours), "{hours}");
    raw_tables::end_sessions(&server.dynamodb);
    assert_eq!(status(&account, token), 401);
}
