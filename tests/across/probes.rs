//! What one account can learn of another, through every endpoint: nothing.

use roster_functions::endpoints;
use serde_json::{Value, json};

use testkit::{Account, Response, Server, account, cost::CostHarness, send};

/// Someone to be found: by id, address, login, code, external id, city; and somebody who was deleted.
fn victim() -> (Account, String) {
    let account = account();
    let secret = "Victim7Q";
    for (path, body) in [
        ("/api/users", json!({"email": format!("{secret}@example.com"), "first_name": secret, "external_id": 424_242})),
        (
            "/api/v2/users",
            json!({"first_name": secret, "last_name": secret, "login": secret, "code": secret, "city": secret}),
        ),
        ("/api/users", json!({"email": format!("gone-{secret}@example.com"), "first_name": secret})),
    ] {
        assert_eq!(account.call("POST", path, &body.to_string()).status, 201);
    }
    let admin = json!({"username": format!("{secret}-admin"), "email": format!("{secret}-admin@example.com"), "password": "12345678",
        "password_confirmation": "12345678", "first_name": secret, "last_name": secret, "gender": "male", "birthday": "1990-01-01",
        "role_id": 1});
    assert_eq!(account.call("POST", "/api/v1/users", &admin.to_string()).status, 201);
    assert_eq!(account.call("DELETE", "/api/v1/users/3", "").status, 200);
    (account, secret.to_owned())
}

/// Every endpoint, asked in every way for what the victim has.
fn probes(secret: &str) -> Vec<(&'static str, &'static str, String, String)> {
    let mail = json!({"email": format!("{secret}@example.com")}).to_string();
    let code = json!({"code": secret}).to_string();
    let change = |more: Value| {
        let mut change = json!({"first_name": "taken over"});
        change.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        change.to_string()
    };
    let mut probes = vec![
        ("member-find", "POST", "/api/users/find".to_owned(), mail.clone()),
        ("member-get-subscriptions", "POST", "/api/users/get-subscriptions".to_owned(), mail),
        ("member-disabled", "GET", "/api/users".to_owned(), String::new()),
        ("admin-list", "GET", "/api/v1/users?page=1&per_page=100".to_owned(), String::new()),
        ("exceed-list", "GET", "/api/v2/users".to_owned(), String::new()),
        ("exceed-deletions", "GET", "/api/v2/users/deletions".to_owned(), String::new()),
        ("exceed-deletions", "GET", "/api/v2/users/deletions?deleted_at=2020-01-01".to_owned(), String::new()),
        ("exceed-get", "GET", format!("/api/v2/users/0?user[code]={secret}"), String::new()),
        ("exceed-update", "PUT", "/api/v2/users".to_owned(), change(json!({"code": secret}))),
        ("exceed-get", "GET", "/api/v2/users/0".to_owned(), code),
    ];
    for filter in ["first_name", "login", "code", "city", "email"] {
        let value = if filter == "email" { format!("{secret}@example.com") } else { secret.to_owned() };
        probes.push(("exceed-list", "GET", format!("/api/v2/users?user[{filter}]={value}"), String::new()));
    }
    probes.push(("exceed-list", "GET", "/api/v2/users?user[updated_on]=2020-01-01,".to_owned(), String::new()));
    for id in 1..=4 {
        probes.push(("exceed-list", "GET", format!("/api/v2/users?user[id]={id}"), String::new()));
        for (function, method, path, body) in [
            ("member-get", "GET", "/api/users", String::new()),
            ("member-update", "PUT", "/api/users", change(json!({}))),
            ("admin-get", "GET", "/api/v1/users", String::new()),
            ("admin-update", "PUT", "/api/v1/users", change(json!({}))),
            ("admin-delete", "DELETE", "/api/v1/users", String::new()),
            ("exceed-get", "GET", "/api/v2/users", String::new()),
            ("exceed-update", "PATCH", "/api/v2/users", change(json!({}))),
            ("exceed-delete", "DELETE", "/api/v2/users", String::new()),
        ] {
            probes.push((function, method, format!("{path}/{id}"), body));
        }
    }
    probes
}

#[test]
fn no_endpoint_tells_one_account_of_another_or_lets_it_write_there() {
    let (victim, secret) = victim();
    let shown = |account: &Account| account.call("GET", "/api/v2/users", "").body;
    let before = shown(&victim);
    let (stranger, empty) = (account(), account());
    let mut asked: Vec<&str> = Vec::new();
    for (function, method, path, body) in probes(&secret) {
        asked.push(function);
        // An account without users gets the same.
        let reported = stranger.call(method, &path, &body);
        let reported_empty = empty.call(method, &path, &body);
        assert_eq!((reported.status, &reported.body), (reported_empty.status, &reported_empty.body), "{method} {path}");
        let echoed = path.contains(&secret) || body.contains(&secret);
        assert!(echoed || !reported.body.contains(&secret), "{method} {path}: {}", reported.body);
        assert!(reported.status == 404 || reported.status == 200, "{method} {path}: {}", reported.status);
        if reported.status == 200 {
            let document = reported.json();
            let (list, total) =
                (document["data"].as_array().or(document.as_array()).unwrap(), &document["meta"]["total"]);
            assert!(list.is_empty() && (total.is_null() || *total == 0), "{method} {path}: {}", reported.body);
        }
    }
    // What the victim has is free to the stranger, and ids begin at 1.
    let taken = json!({"email": format!("{secret}@example.com"), "first_name": "own"});
    let made = stranger.call("POST", "/api/users", &taken.to_string());
    assert_eq!((made.status, &made.json()["user_id"]), (201, &json!(1)));
    asked.push("member-create");
    let admin = json!({"username": format!("{secret}-admin"), "email": format!("{secret}-admin@example.com"), "password": "another one",
        "password_confirmation": "another one", "first_name": "own", "last_name": "own", "gender": "male", "birthday": "1990-01-01"});
    assert_eq!(stranger.call("POST", "/api/v1/users", &admin.to_string()).status, 201);
    asked.push("admin-create");
    let exceed = json!({"first_name": "own", "last_name": "own", "login": secret, "code": secret});
    assert_eq!(stranger.call("POST", "/api/v2/users", &exceed.to_string()).status, 201);
    asked.push("exceed-create");
    // Who signs in is who it is in the account that is named.
    let login = |account: &Account, password: &str| -> Response {
        let body = json!({"username": format!("{secret}-admin"), "password": password}).to_string();
        let request = account.bare("POST", "/api/login").header("content-type", "application/json");
        send(request.header("x-account-id", &account.id).body(body))
    };
    assert_eq!((login(&victim, "12345678").status, login(&stranger, "12345678").status), (200, 401));
    let token = login(&victim, "12345678").json()["data"]["token"].as_str().unwrap().to_owned();
    let request = stranger.bare("GET", "/api/v1/users").bearer_auth(&token).header("x-account-id", &stranger.id);
    assert_eq!(
        send(request).json()["meta"]["total"],
        3,
        "a token opens its own account, whichever account a header names"
    );
    asked.push("admin-login");
    assert_eq!(shown(&victim), before);
    // The documentation knows of no account.
    for endpoint in endpoints().filter(|endpoint| endpoint.name != "docs-page") {
        assert!(asked.contains(&endpoint.name), "{} was not probed", endpoint.name);
    }
}

#[test]
fn a_look_up_or_a_login_costs_the_same_whether_there_is_such_a_name_or_not() {
    let server = Server::start_alone();
    let account = Account::create(&server.url, server.data(), &[]);
    let admin = json!({"username": "there", "email": "admin@example.com", "password": "12345678",
        "password_confirmation": "12345678", "first_name": "A", "last_name": "B", "gender": "male", "birthday": "1990-01-01",
        "role_id": 1});
    assert_eq!(account.call("POST", "/api/v1/users", &admin.to_string()).status, 201);
    account.user(&json!({"email": "there@example.com"}).to_string());
    let harness = CostHarness::new(&server, &account);
    let cost = |function: &str, body: Value, status| {
        let measured = harness.measure(function, &json!({}), "", &body);
        assert_eq!(measured.status, status, "{function} {body}");
        (measured.receipts.len(), measured.trips(), measured.written())
    };
    let login = |name: &str| cost("admin-login", json!({"username": name, "password": "wrong"}), 401);
    // The first of all opens the count of the address.
    login("first");
    assert_eq!(login("there"), login("absent"));
    for function in ["member-find", "member-get-subscriptions"] {
        let find = |name: &str, status| cost(function, json!({"email": format!("{name}@example.com")}), status);
        // An administrator is hidden: found, and then treated as absent.
        assert_eq!(find("admin", 404), find("absent", 404), "{function}");
    }
}
