use std::{sync::Mutex, time::Duration};

use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};

use testkit::{Account, Server, raw_tables, request, roster, try_send};

/// How often the server is killed; a hundred times where all cases are asked for.
const ROUNDS: u64 = 8;
const ALL_ROUNDS: u64 = 100;
/// Of what is known, looked at after each round; all of it at the end.
const RECENT: usize = 60;
const CLIENTS: u64 = 6;

/// A user as far as its client knows: what was acknowledged, and what was asked for last.
struct Known {
    id: u64,
    acknowledged: String,
    asked: String,
}

#[test]
fn after_kill_9_what_was_acknowledged_is_there_and_nothing_is_half_done() {
    let mut server = Server::start_alone();
    let account = Account::create(&server.url, server.data(), &[]);
    let data = server.data().to_owned();
    let known = Mutex::new(Vec::new());
    let rounds = if std::env::var_os("ROSTER_ALL_CASES").is_some() { ALL_ROUNDS } else { ROUNDS };
    for round in 0..rounds {
        let mut rng = StdRng::seed_from_u64(round);
        let pause = Duration::from_millis(rng.random_range(0..80));
        let enough = known.lock().unwrap().len() + 4;
        let url = server.url.clone();
        std::thread::scope(|scope| {
            for client in 0..CLIENTS {
                let (url, key, known) = (&url, &account.key, &known);
                scope.spawn(move || work(url, key, &format!("r{round}c{client}"), known));
            }
            // However slow the machine is: some work is done, and then it ends at any moment.
            while known.lock().unwrap().len() < enough {
                std::thread::sleep(Duration::from_millis(1));
            }
            std::thread::sleep(pause);
            server.kill();
        });
        let restarted = Server::start(&data);
        let known = known.lock().unwrap();
        check(&restarted, &account.key, &known[known.len().saturating_sub(RECENT)..]);
        assert_eq!(raw_tables::violations(&restarted.dynamodb), Vec::<String>::new(), "round {round}");
        // The first server owns the directory; it stays, dead, until the end.
        std::mem::forget(std::mem::replace(&mut server, restarted));
    }
    check(&server, &account.key, &known.lock().unwrap());
    let verified = roster(&data, &["verify"]);
    assert!(verified.ends_with("all agree"), "{verified}");
    drop(server);
    let _ = std::fs::remove_dir_all(data);
}

/// Makes users, changes address and name of each together, finds them, until the server is gone.
fn work(url: &str, key: &str, label: &str, known: &Mutex<Vec<Known>>) -> Option<()> {
    let call = |method, path: &str, body: String| {
        let request =
            request(method, &format!("{url}{path}")).bearer_auth(key).header("content-type", "application/json");
        try_send(request.body(body)).ok()
    };
    let body = |name: &str| format!(r#"{{"email":"{name}@example.com","first_name":"{name}"}}"#);
    for n in 0.. {
        let (first, second) = (format!("{label}n{n}a"), format!("{label}n{n}b"));
        let made = call("POST", "/api/users", body(&first))?;
        assert_eq!(made.status, 201, "{}", made.body);
        let id = made.json()["user_id"].as_u64().unwrap();
        let at = {
            let mut known = known.lock().unwrap();
            known.push(Known { id, acknowledged: first, asked: second.clone() });
            known.len() - 1
        };
        let changed = call("PUT", &format!("/api/users/{id}"), body(&second))?;
        assert_eq!(changed.status, 200, "{}", changed.body);
        known.lock().unwrap()[at].acknowledged = second.clone();
        let found = call("POST", "/api/users/find", format!(r#"{{"email":"{second}@example.com"}}"#))?;
        assert_eq!(found.body, format!(r#"{{"user_id":{id}}}"#));
    }
    Some(())
}

fn check(server: &Server, key: &str, known: &[Known]) {
    let call = |method, path: &str, body: String| {
        let request = request(method, &format!("{}{path}", server.url))
            .bearer_auth(key)
            .header("content-type", "application/json");
        try_send(request.body(body)).unwrap()
    };
    for user in known {
        let shown = call("GET", &format!("/api/users/{}", user.id), String::new()).json();
        let name = shown["first_name"].as_str().unwrap_or_else(|| panic!("{} is lost: {shown}", user.id));
        assert!(name == user.acknowledged || name == user.asked, "{name}");
        assert_eq!(shown["email"], format!("{name}@example.com"), "half an update");
        let found = call("POST", "/api/users/find", format!(r#"{{"email":"{name}@example.com"}}"#));
        assert_eq!(found.body, format!(r#"{{"user_id":{}}}"#, user.id));
    }
}
