use std::net::IpAddr;

use serde_json::json;

use super::{administrator, created, invalid, new_user};
use testkit::{Account, Response, Server, account, raw_tables, try_send};

const REFUSED: &str = r#"{"message":"Invalid credentials."}"#;
const TOO_MANY: &str = r#"{"message":"Too many login attempts. Please try again in 10 minutes."}"#;
pub(crate) const PASSWORD: &str = "password of 8+";

/// A login from an address of this machine of its own: tests must not use up each other's tries.
pub(crate) fn login_from(account: &Account, source: &str, username: &str, password: &str) -> Response {
    let source: IpAddr = source.parse().unwrap();
    let client = reqwest::blocking::Client::builder().no_proxy().local_address(source).build().unwrap();
    let body = json!({"username": username, "password": password}).to_string();
    let request = client.post(format!("{}/api/login", testkit::bundle().url)).header("x-account-id", &account.id);
    try_send(request.header("content-type", "application/json").body(body)).unwrap()
}

/// As [`login_from`], from an address of the account's own.
fn login(account: &Account, username: &str, password: &str) -> Response {
    let id: u32 = account.id.parse().unwrap();
    let [_, a, b, c] = id.to_be_bytes();
    login_from(account, &format!("127.{}.{b}.{c}", 100 + a), username, password)
}

#[test]
fn an_active_administrator_gets_a_token_that_opens_the_dialect() {
    let account = account();
    let id = administrator(&account, "Grace");
    for name in ["Grace", " gRACE "] {
        let response = login(&account, name, PASSWORD);
        assert_eq!(response.status, 200, "{}", response.body);
        response.expect_headers();
        let reported = response.json();
        assert_eq!(reported["message"], "Login successful");
        assert_eq!(reported["data"]["user"], account.call("GET", &format!("/api/v1/users/{id}"), "").json()["data"]);
        assert_eq!(reported["data"].as_object().unwrap().len(), 2);
        let token = reported["data"]["token"].as_str().unwrap().to_owned();
        let opened = testkit::send(account.bare("GET", "/api/v1/users").bearer_auth(&token));
        assert_eq!(opened.status, 200);
        let elsewhere = testkit::send(account.bare("GET", "/api/users/1").bearer_auth(&token));
        elsewhere.expect(403, "{}");
    }
}

#[test]
fn every_refusal_is_the_same() {
    let account = account();
    administrator(&account, "admin");
    created(&account, &new_user("regular"));
    let inactive = administrator(&account, "inactive");
    account.call("PUT", &format!("/api/v1/users/{inactive}"), r#"{"user_status":"inactive"}"#);
    for (name, password) in [
        ("admin", "wrong"),
        ("admin", &format!("{PASSWORD} ")),
        ("regular", PASSWORD),
        ("inactive", PASSWORD),
        ("nobody", PASSWORD),
        ("a\u{0}", PASSWORD),
        ("admin@example.com", PASSWORD),
        (&"x".repeat(10_000), PASSWORD),
        ("long", &"x".repeat(1001)),
        (&"\u{1D160}".repeat(200), PASSWORD),
    ] {
        login(&account, name, password).expect(401, REFUSED);
    }
    let unknown = |id: &str| {
        let body = json!({"username": "admin", "password": PASSWORD}).to_string();
        let request =
            account.bare("POST", "/api/login").header("x-account-id", id).header("content-type", "application/json");
        testkit::send(request.body(body))
    };
    for id in ["999999999", "0", "x", ""] {
        unknown(id).expect(401, REFUSED);
    }
}

#[test]
fn without_the_header_several_accounts_leave_no_telling() {
    let account = account();
    // Tries for no account at all are counted together: the name is this test's own.
    administrator(&account, "untold");
    let body = json!({"username": "untold", "password": PASSWORD}).to_string();
    account.call("POST", "/api/login", &body).expect(401, REFUSED);
}

#[test]
fn name_and_password_are_required() {
    let account = account();
    let (name, password) = ("The username field is required.", "The password field is required.");
    account.call("POST", "/api/login", "{}").expect(422, &invalid(&[("username", &[name]), ("password", &[password])]));
    account
        .call("POST", "/api/login", r#"{"username":"a","password":""}"#)
        .expect(422, &invalid(&[("password", &[password])]));
    account
        .call("POST", "/api/login", r#"{"username":" ","password":" "}"#)
        .expect(422, &invalid(&[("username", &[name])]));
    account.call("POST", "/api/login", "{").expect(400, r#"{"message":"The request body is not valid JSON."}"#);
}

#[test]
fn after_three_failed_tries_even_the_right_password_is_refused_for_a_while() {
    let account = account();
    administrator(&account, "admin");
    for _ in 0..3 {
        login(&account, "admin", "wrong").expect(401, REFUSED);
    }
    for password in ["wrong", PASSWORD] {
        let response = login(&account, "ADMIN", password);
        response.expect(429, TOO_MANY);
        let wait: u32 = response.header("retry-after").unwrap().parse().unwrap();
        assert!((1..=600).contains(&wait), "{wait}");
    }
    assert_eq!(
        login_from(&account, "127.0.0.2", "admin", PASSWORD).status,
        200,
        "no user is locked out from elsewhere"
    );
    login(&account, "admin", PASSWORD).expect(429, TOO_MANY);
    let other = testkit::account();
    administrator(&other, "admin");
    assert_eq!(login(&other, "admin", PASSWORD).status, 200, "nor in another account");
}

#[test]
fn names_that_do_not_exist_are_throttled_alike() {
    let account = account();
    for _ in 0..3 {
        login(&account, "nobody", "wrong").expect(401, REFUSED);
    }
    login(&account, "nobody", "wrong").expect(429, TOO_MANY);
}

#[test]
fn a_success_clears_the_count() {
    let account = account();
    administrator(&account, "admin");
    for _ in 0..2 {
        for _ in 0..2 {
            login(&account, "admin", "wrong").expect(401, REFUSED);
        }
        assert_eq!(login(&account, "admin", PASSWORD).status, 200);
    }
}

#[test]
fn of_many_tries_at_once_three_are_looked_at() {
    let account = account();
    administrator(&account, "admin");
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let trying: Vec<_> = (0..16).map(|_| scope.spawn(|| login(&account, "admin", "wrong").status)).collect();
        trying.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(statuses.iter().filter(|status| **status == 401).count(), 3, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == 429).count(), 13, "{statuses:?}");
}

#[test]
fn registering_is_not_served() {
    let account = account();
    let response = account.call("POST", "/api/register", "{}");
    assert_eq!((response.status, response.body.as_str()), (404, r#"{"message":"Not Found"}"#));
}

#[test]
fn when_a_window_is_over_three_tries_are_free_again_however_they_come() {
    let server = Server::start_alone();
    let account = Account::create(&server.url, server.data(), &[]);
    let attempt = || attempt(&server.url, &account).status;
    for _ in 0..3 {
        assert_eq!(attempt(), 401);
        assert_eq!((attempt(), attempt(), attempt()), (401, 401, 429));
        raw_tables::end_login_windows(&server.dynamodb);
        let statuses: Vec<u16> = std::thread::scope(|scope| {
            let trying: Vec<_> = (0..6).map(|_| scope.spawn(attempt)).collect();
            trying.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert_eq!(statuses.iter().filter(|status| **status == 401).count(), 3, "{statuses:?}");
        raw_tables::end_login_windows(&server.dynamodb);
    }
}

/// A wrong try on a server of one's own.
fn attempt(url: &str, account: &Account) -> Response {
    let body = json!({"username": "nobody", "password": "wrong"}).to_string();
    let request = testkit::request("POST", &format!("{url}/api/login")).header("x-account-id", &account.id);
    testkit::send(request.header("content-type", "application/json").body(body))
}

#[test]
fn the_count_survives_a_restart() {
    let mut server = Server::start_alone();
    let account = Account::create(&server.url, server.data(), &[]);
    for _ in 0..3 {
        attempt(&server.url, &account).expect(401, REFUSED);
    }
    server.kill();
    let again = Server::start(server.data());
    attempt(&again.url, &account).expect(429, TOO_MANY);
}

#[test]
fn in_a_directory_with_one_account_no_header_is_needed() {
    let server = Server::start_alone();
    let key = server.banner.split_whitespace().find(|word| word.starts_with("ros_")).unwrap();
    let mut body = new_user("admin");
    body["role_id"] = json!(1);
    let call = |path: &str, body: &serde_json::Value| {
        let request = testkit::request("POST", &format!("{}{path}", server.url)).bearer_auth(key);
        testkit::send(request.header("content-type", "application/json").body(body.to_string())).status
    };
    assert_eq!(call("/api/v1/users", &body), 201);
    assert_eq!(call("/api/login", &json!({"username": "admin", "password": PASSWORD})), 200);
}
