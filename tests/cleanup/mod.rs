//! `roster cleanup` and the function on a schedule: what has had its time goes, and nothing else.

use std::{sync::Arc, time::Duration};

use aws_sdk_dynamodb::types::AttributeValue;
use roster_domain::AccountId;
use serde_json::{Value, json};
use testkit::{Account, Server, gate::Gate, raw_tables, roster, wire};
use tokio::time::Instant;

fn server() -> (Server, Account) {
    let server = Server::start_alone();
    let account = Account::create(&server.url, server.data(), &[]);
    (server, account)
}

fn cleanup(server: &Server) -> Value {
    serde_json::from_str(&roster(server.data(), &["cleanup", "--json"])).unwrap()
}

fn deletions(account: &Account) -> Vec<u64> {
    let list = account.call("GET", "/api/v2/users/deletions", "").json();
    list.as_array().unwrap().iter().map(|gone| gone["id"].as_u64().unwrap()).collect()
}

#[test]
fn records_of_deletions_are_kept_as_long_as_the_account_says() {
    let (server, account) = server();
    for n in 1..=6 {
        account.user(&json!({"email": format!("u{n}@example.com")}).to_string());
    }
    for id in 1..=5 {
        assert_eq!(account.call("DELETE", &format!("/api/v1/users/{id}"), "").status, 200);
    }
    for id in [2, 4] {
        raw_tables::set_deleted_at(&server.dynamodb, &account.id, id, "2024-01-01T00:00:00Z");
    }
    // For ever, unless it is said otherwise.
    assert_eq!(cleanup(&server)["tombstones"], 0);
    assert_eq!(deletions(&account), [1, 2, 3, 4, 5]);
    account.roster(&["account", "update", "--keep-deletions", "30d"]);
    assert_eq!(cleanup(&server)["tombstones"], 2);
    assert_eq!(deletions(&account), [1, 3, 5]);
    assert_eq!(cleanup(&server)["tombstones"], 0);
    assert!(account.roster(&["verify"]).ends_with("all agree"));
    account.roster(&["account", "update", "--keep-deletions", "forever"]);
    raw_tables::set_deleted_at(&server.dynamodb, &account.id, 1, "2024-01-01T00:00:00Z");
    assert_eq!(cleanup(&server)["tombstones"], 0);
}

#[test]
fn thousands_of_records_go_by_themselves_however_often_time_is_over() {
    let (server, account) = server();
    account.user(r#"{"email":"first@example.com"}"#);
    raw_tables::put_tombstones(&server.dynamodb, &account.id, 5_000);
    account.roster(&["account", "update", "--keep-deletions", "1d"]);
    let runtime = wire::paused_runtime();
    let mut removed = 0;
    // Where two read different thousands, one leaves a few to the next pass: how many runs it takes is not fixed.
    let finished = (0..20).any(|_| {
        // Two at once; their time is over while the store is at the fifth of their transactions.
        let gate = Gate::before_call(&server.dynamodb, "TransactWriteItems", 5);
        let directory = raw_tables::directory_through(wire::connector(Arc::clone(&gate), ""));
        let time = Duration::from_millis(500);
        let run = || directory.cleanup(None, Instant::now() + time);
        let (one, two) = runtime.block_on(async {
            let pass = async {
                gate.holds().await;
                tokio::time::advance(time).await;
                gate.release();
                std::future::pending::<()>().await;
            };
            tokio::select! {
                both = async { tokio::join!(run(), run()) } => both,
                () = pass => unreachable!(),
            }
        });
        let (one, two) = (one.unwrap(), two.unwrap());
        // A run ends with the thousand that it is at.
        assert!(one.tombstones <= 1_000 && two.tombstones <= 1_000, "{one:?}, {two:?}");
        removed += one.tombstones + two.tombstones;
        !one.is_unfinished && !two.is_unfinished && deletions(&account).is_empty()
    });
    assert!(finished, "{removed} of 5,000 were removed");
    assert_eq!(removed, 5_000);
    let verified = account.roster(&["verify"]);
    assert!(verified.ends_with("all agree"), "{verified}");
}

#[test]
fn what_has_expired_goes_and_what_is_good_stays() {
    let (server, account) = server();
    let admin = r#"{"username":"root","email":"root@example.com","password":"12345678","password_confirmation":"12345678","first_name":"R","last_name":"T","gender":"male","birthday":"1990-01-01","role_id":1}"#;
    assert_eq!(account.call("POST", "/api/v1/users", admin).status, 201);
    let login = |password: &str| {
        let body = json!({"username": "root", "password": password}).to_string();
        let request = account.bare("POST", "/api/login").header("content-type", "application/json");
        testkit::send(request.header("x-account-id", &account.id).body(body)).status
    };
    let expired_key = account.new_key(&["--scope", "member", "--expires-in", "1h", "--json"]);
    let expired_key: Value = serde_json::from_str(&expired_key).unwrap();
    assert_eq!((login("12345678"), login("wrong")), (200, 401));
    account.call("GET", "/api/v2/users?user[first_name]=R", "");
    let nothing = cleanup(&server);
    for what in ["api_keys", "sessions", "login_tries", "walks", "imports"] {
        assert_eq!(nothing[what], 0, "{what}");
    }
    // A key that has ended is listed for a while; then it goes, with its row in the list.
    raw_tables::end_sessions(&server.dynamodb);
    raw_tables::end_login_windows(&server.dynamodb);
    let id = expired_key["id"].as_str().unwrap();
    assert!(account.roster(&["key", "list"]).contains(id));
    let corrupter = raw_tables::Corrupter::new(&server.dynamodb);
    let mut key = corrupter.items("keys", "key", &format!("api-key#{id}")).remove(0);
    key.insert("expires_at".to_owned(), AttributeValue::S("2024-01-01T00:00:00.000000Z".to_owned()));
    corrupter.put("keys", key);
    let cleaned = cleanup(&server);
    assert_eq!(
        (&cleaned["sessions"], &cleaned["login_tries"], &cleaned["api_keys"]),
        // Tries are counted of the name and of the address.
        (&json!(1), &json!(2), &json!(1))
    );
    assert!(!account.roster(&["key", "list"]).contains(id));
    assert_eq!(account.call("GET", "/api/v1/users", "").status, 200, "the key without an end is good");
    assert!(account.roster(&["verify"]).ends_with("all agree"));
}

#[test]
fn it_seals_what_lists_would_have_to_read() {
    let (server, account) = server();
    account.user(r#"{"email":"first@example.com"}"#);
    raw_tables::copy_users(&server.dynamodb, &account.id, 40_000, |_, _| {});
    assert_eq!(cleanup(&server)["seals"], 3);
    assert_eq!(cleanup(&server)["seals"], 0);
    let total = account.call("GET", "/api/v1/users?per_page=1", "").json()["meta"]["total"].clone();
    assert_eq!(total, 40_000);
    // A user who was never written leaves a gap; it is no user later either.
    let directory = raw_tables::directory(&server.dynamodb);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let account = AccountId::parse(&account.id).unwrap();
    let cleaned = runtime.block_on(directory.cleanup(Some(account), Instant::now())).unwrap();
    assert!(cleaned.is_unfinished && cleaned.accounts == 0);
}
