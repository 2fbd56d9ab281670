use std::sync::Barrier;

use testkit::{Account, Server, raw_tables, request, send};

const CLIENTS: usize = 64;

/// What `clients` calls return that set out together.
fn at_once<T: Send>(clients: usize, call: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let start = Barrier::new(clients);
    let turn = |n| {
        start.wait();
        call(n)
    };
    std::thread::scope(|scope| {
        let turn = &turn;
        let running: Vec<_> = (0..clients).map(|n| scope.spawn(move || turn(n))).collect();
        running.into_iter().map(|client| client.join().unwrap()).collect()
    })
}

#[test]
fn of_64_simultaneous_creates_of_one_address_exactly_one_succeeds() {
    // Two processes on one data file, as two functions on one table.
    let servers = [Server::start_alone()];
    let other = Server::start(servers[0].data());
    let urls = [servers[0].url.clone(), other.url.clone()];
    let account = Account::create(&urls[0], servers[0].data(), &[]);
    for round in 0..3 {
        let body = format!(r#"{{"email":"round{round}@example.com"}}"#);
        let statuses = at_once(CLIENTS, |n| {
            let request = request("POST", &format!("{}/api/users", urls[n % 2])).bearer_auth(&account.key);
            send(request.header("content-type", "application/json").body(body.clone())).status
        });
        let count = |status| statuses.iter().filter(|found| **found == status).count();
        assert_eq!((count(201), count(422)), (1, CLIENTS - 1), "{statuses:?}");
    }
    assert_eq!(raw_tables::violations(&servers[0].dynamodb), Vec::<String>::new());
}

#[test]
fn of_two_users_who_want_one_address_at_once_one_gets_it() {
    let server = Server::start_alone();
    let account = Account::create(&server.url, server.data(), &[]);
    let users: Vec<u64> = (0..8).map(|n| account.user(&format!(r#"{{"email":"u{n}@example.com"}}"#))).collect();
    for round in 0..5 {
        let body = format!(r#"{{"email":"wanted{round}@example.com","first_name":"round{round}"}}"#);
        let statuses = at_once(users.len(), |n| account.call("PUT", &format!("/api/users/{}", users[n]), &body).status);
        let count = |status| statuses.iter().filter(|found| **found == status).count();
        assert_eq!((count(200), count(422)), (1, users.len() - 1), "{statuses:?}");
    }
    assert_eq!(raw_tables::violations(&server.dynamodb), Vec::<String>::new());
}

#[test]
fn updates_of_one_user_at_once_all_count() {
    let server = Server::start_alone();
    let account = Account::create(&server.url, server.data(), &[]);
    let path = format!("/api/users/{}", account.user(r#"{"email":"a@example.com"}"#));
    let bodies = [
        r#"{"first_name":"F"}"#,
        r#"{"last_name":"L"}"#,
        r#"{"source":"S"}"#,
        r#"{"external_id":7}"#,
        r#"{"phone_number":"1"}"#,
        r#"{"live_scanner":true}"#,
        r#"{"email":"b@example.com"}"#,
        r#"{"password":"new password"}"#,
    ];
    std::thread::scope(|scope| {
        for body in bodies {
            scope.spawn(|| assert_eq!(account.call("PUT", &path, body).status, 200));
        }
    });
    let user = account.call("GET", &path, "").json();
    let expected = serde_json::json!({"first_name": "F", "last_name": "L", "source": "S", "external_id": 7, "phone_number": "1", "live_scanner": true, "email": "b@example.com"});
    for (field, value) in expected.as_object().unwrap() {
        assert_eq!(&user[field], value, "{field}");
    }
    assert_eq!(raw_tables::violations(&server.dynamodb), Vec::<String>::new());
}
