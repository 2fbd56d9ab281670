//! An hour's worth of mixed traffic in ten minutes: `cargo bench --bench load -- --minutes 10`.
//!
//! The local server, as it is released, is asked through all dialects at an even pace for what clients ask; its memory and its
//! open files are looked at every five seconds. Writes `docs/load.md`.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a bench that meets the unexpected ends"
)]

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    sync::Mutex,
    time::{Duration, Instant},
};

use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};
use serde_json::json;
use testkit::{Account, Server};

/// Requests a second; an hour of ten a second is ten minutes of sixty.
const PACE: u64 = 60;
const CLIENTS: u64 = 8;
/// Users there are before it begins.
const USERS: u64 = 500;
const SAMPLED: Duration = Duration::from_secs(5);

/// What is asked for, and how many of a hundred requests are for it.
const MIX: [(&str, u64); 12] = [
    ("member-get", 25),
    ("admin-get", 15),
    ("exceed-get", 15),
    ("member-find", 12),
    ("admin-list", 8),
    ("exceed-list, by e-mail", 6),
    ("exceed-list, changed lately", 3),
    ("member-update", 6),
    ("exceed-update", 4),
    ("exceed-create, without a password", 3),
    ("member-create", 1),
    ("admin-login", 2),
];

#[derive(Clone, Copy, Debug)]
struct Sample {
    resident: u64,
    files: usize,
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let minutes = arguments.iter().skip_while(|argument| *argument != "--minutes").nth(1);
    let minutes: u64 = minutes.map_or(10, |minutes| minutes.parse().expect("--minutes takes a number"));
    let server = Server::start_alone();
    let account = Account::create(&server.url, server.data(), &[]);
    for n in 1..=USERS {
        let body = json!({"first_name": "A", "last_name": "B", "login": format!("u{n}"), "email": format!("u{n}@example.com")});
        assert_eq!(account.call("POST", "/api/v2/users", &body.to_string()).status, 201);
    }
    let admin = json!({"username": "root", "email": "root@example.com", "password": "12345678", "password_confirmation": "12345678",
        "first_name": "R", "last_name": "T", "gender": "male", "birthday": "1990-01-01", "role_id": 1});
    assert_eq!(account.call("POST", "/api/v1/users", &admin.to_string()).status, 201);

    let times: Mutex<BTreeMap<&str, Vec<Duration>>> = Mutex::default();
    let end = Instant::now() + Duration::from_secs(60 * minutes);
    let samples = std::thread::scope(|scope| {
        for client in 0..CLIENTS {
            let (account, times) = (&account, &times);
            scope.spawn(move || work(client, account, end, times));
        }
        let mut samples = Vec::new();
        while Instant::now() < end {
            samples.push(sample(server.id()));
            std::thread::sleep(SAMPLED);
        }
        samples
    });
    let written = report(minutes, &times.into_inner().unwrap(), &samples);
    print!("{written}");
    std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/load.md"), written).unwrap();
    let verified = account.roster(&["verify"]);
    assert!(verified.ends_with("all agree"), "{verified}");
}

/// One client's requests, at its part of the pace. A request that is late is sent at once.
fn work(client: u64, account: &Account, end: Instant, times: &Mutex<BTreeMap<&'static str, Vec<Duration>>>) {
    let mut rng = StdRng::seed_from_u64(client);
    let begun = Instant::now();
    for n in 0.. {
        let due = begun + Duration::from_micros(1_000_000 * CLIENTS / PACE) * n;
        if due >= end {
            return;
        }
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
        let mut drawn = rng.random_range(0..100);
        let what = MIX.iter().find(|(_, share)| {
            let is_it = drawn < *share;
            drawn = drawn.saturating_sub(*share);
            is_it
        });
        let what = what.unwrap().0;
        let start = Instant::now();
        let status = send(what, rng.random_range(1..=USERS), &format!("c{client}n{n}"), account);
        let took = start.elapsed();
        assert!((200..300).contains(&status), "{what}: {status}");
        times.lock().unwrap().entry(what).or_default().push(took);
    }
}

fn send(what: &str, id: u64, label: &str, account: &Account) -> u16 {
    let call = |method, path: &str, body: &str| account.call(method, path, body).status;
    let changed = json!({"first_name": label}).to_string();
    match what {
        "member-get" => call("GET", &format!("/api/users/{id}"), ""),
        "admin-get" => call("GET", &format!("/api/v1/users/{id}"), ""),
        "exceed-get" => call("GET", &format!("/api/v2/users/{id}.xml"), ""),
        "member-find" => call("POST", "/api/users/find", &json!({"email": format!("u{id}@example.com")}).to_string()),
        "admin-list" => call("GET", &format!("/api/v1/users?page={}", 1 + id / 20), ""),
        "exceed-list, by e-mail" => call("GET", &format!("/api/v2/users?user[email]=u{id}@example.com"), ""),
        "exceed-list, changed lately" => {
            let since = roster_directory::clock::now().saturating_sub(Duration::from_secs(5));
            call("GET", &format!("/api/v2/users?fields=id&user[updated_on]={since},"), "")
        }
        "member-update" => call("PUT", &format!("/api/users/{id}"), &changed),
        "exceed-update" => call("PUT", &format!("/api/v2/users/{id}"), &changed),
        "exceed-create, without a password" => {
            call("POST", "/api/v2/users", &json!({"first_name": "A", "last_name": "B", "login": label}).to_string())
        }
        "member-create" => {
            let body = json!({"email": format!("{label}@example.com"), "password": "a good password"});
            call("POST", "/api/users", &body.to_string())
        }
        _ => {
            let body = json!({"username": "root", "password": "12345678"}).to_string();
            let request = account.bare("POST", "/api/login").header("x-account-id", &account.id);
            testkit::send(request.header("content-type", "application/json").body(body)).status
        }
    }
}

/// What the process holds at the moment.
fn sample(process: u32) -> Sample {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    let resident = resident.split_whitespace().next().unwrap().parse::<u64>().unwrap() * 1024;
    Sample { resident, files: std::fs::read_dir(format!("/proc/{process}/fd")).unwrap().count() }
}

fn report(minutes: u64, times: &BTreeMap<&str, Vec<Duration>>, samples: &[Sample]) -> String {
    let requests: usize = times.values().map(Vec::len).sum();
    let mut written = format!(
        "# Load\n\n{requests} requests of all dialects in {minutes} minutes, {PACE} a second by {CLIENTS} clients, to \
         the release build of the local server, with its\n\
         data file on disk. That is an hour's worth of ten a second. \
         `cargo bench --bench load -- --minutes {minutes}` writes this page. The times are from one run on one\n\
         machine that also did other work: compare them with one another, not with other machines. \
         Every response was a success. At the end, `roster verify`\n\
         found no violation.\n\n\
         | | requests | median, ms | p99, ms | p99 compared with a get's median |\n|---|---|---|---|---|\n"
    );
    let at = |times: &[Duration], part: f64| times[((times.len() - 1) as f64 * part) as usize].as_secs_f64() * 1000.0;
    let sorted = |times: &[Duration]| {
        let mut times = times.to_vec();
        times.sort_unstable();
        times
    };
    let unit = at(&sorted(&times["member-get"]), 0.5);
    let all = ("all", times.values().flatten().copied().collect::<Vec<_>>());
    for (what, times) in times.iter().map(|(what, times)| (*what, times.clone())).chain([all]) {
        let times = sorted(&times);
        let (half, most) = (at(&times, 0.5), at(&times, 0.99));
        let _ = writeln!(written, "| {what} | {} | {half:.2} | {most:.1} | {:.1} × |", times.len(), most / unit);
    }
    written.push_str("\n| minutes | resident memory, MB (most) | open files (most) |\n|---|---|---|\n");
    let per_part = samples.len().div_ceil(5).max(1);
    for (n, part) in samples.chunks(per_part).enumerate() {
        let most = part.iter().map(|sample| sample.resident).max().unwrap() as f64 / 1e6;
        let files = part.iter().map(|sample| sample.files).max().unwrap();
        let (from, to) = (n as u64 * minutes / 5, (n as u64 + 1) * minutes / 5);
        let _ = writeln!(written, "| {from} to {to} | {most:.1} | {files} |");
    }
    written
}
