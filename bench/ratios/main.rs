//! What only times show, as ratios of two things measured in turn: whether a look-up reveals who exists, and
//! whether a body that is twice as long takes more than twice as long.
//!
//! `cargo bench --bench ratios`; fails where a ratio is out of its bounds.

#![allow(
    clippy::indexing_slicing,
    clippy::type_complexity,
    clippy::unwrap_used,
    reason = "a bench that meets the unexpected ends"
)]

use std::{
    collections::HashMap,
    process::ExitCode,
    time::{Duration, Instant},
};

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::json;
use testkit::{Account, Server, raw_tables, request, send};

const PAIRS: usize = 201;

fn main() -> ExitCode {
    // Cargo asks each target for its tests.
    if std::env::args().any(|argument| argument == "--test" || argument == "--list") {
        return ExitCode::SUCCESS;
    }
    let server = Server::start_alone();
    let account = Account::create(&server.url, server.data(), &[]);
    let mut table = Table::default();
    look_ups(&account, &mut table);
    hostile_bodies(&account, &mut table);
    alphabets(&server, &mut table);
    println!("{}", table.text);
    if table.is_good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

struct Table {
    text: String,
    is_good: bool,
}

impl Default for Table {
    fn default() -> Self {
        let text = "| what | one, ms | other, ms | other / one | bounds |\n|---|---:|---:|---:|---|\n";
        Self { text: text.to_owned(), is_good: true }
    }
}

impl Table {
    fn row(&mut self, what: &str, (one, other): (Duration, Duration), least: f64, most: f64) {
        let ratio = other.as_secs_f64() / one.as_secs_f64();
        let verdict = if (least..=most).contains(&ratio) { "" } else { " **out of bounds**" };
        self.is_good &= verdict.is_empty();
        let [one, other] = [one, other].map(|time| time.as_secs_f64() * 1000.0);
        self.text += &format!("| {what} | {one:.2} | {other:.2} | {ratio:.2} | {least} to {most}{verdict} |\n");
    }
}

/// The medians of the times of two calls, taken turn about.
fn medians(pairs: usize, one: impl Fn(usize), other: impl Fn(usize)) -> (Duration, Duration) {
    let timed = |call: &dyn Fn(usize), n| {
        let start = Instant::now();
        call(n);
        start.elapsed()
    };
    let (mut ones, mut others): (Vec<_>, Vec<_>) = (0..pairs).map(|n| (timed(&one, n), timed(&other, n))).unzip();
    ones.sort_unstable();
    others.sort_unstable();
    (ones[pairs / 2], others[pairs / 2])
}

fn look_ups(account: &Account, table: &mut Table) {
    for n in 0..PAIRS {
        account.user(&json!({"email": format!("there{n}@example.com")}).to_string());
    }
    let find = |name: String, status| {
        let body = json!({"email": format!("{name}@example.com")}).to_string();
        assert_eq!(account.call("POST", "/api/users/find", &body).status, status);
    };
    let times = medians(PAIRS, |n| find(format!("there{n}"), 200), |n| find(format!("absent{n}"), 404));
    table.row("find: a user who is there, and one who is not", times, 0.75, 1.33);
}

/// Pages of a thousand users whose texts are of one alphabet or another; times are those of a megabyte of the answer.
fn alphabets(server: &Server, table: &mut Table) {
    let page = |letter: char| {
        let account = Account::create(&server.url, server.data(), &[]);
        let body = json!({"first_name": "a", "last_name": "b", "login": "one"}).to_string();
        assert_eq!(account.call("POST", "/api/v2/users", &body).status, 201);
        let text = AttributeValue::S(letter.to_string().repeat(40));
        let customs = ('a'..='u').map(|name| (format!("custom_{name}"), text.clone())).collect();
        raw_tables::copy_users(&server.dynamodb, &account.id, 1_000, |_, item| {
            item.insert("profile".to_owned(), AttributeValue::M(HashMap::clone(&customs)));
        });
        account
    };
    let list = |account: &Account| {
        let response = account.call("GET", "/api/v2/users", "");
        assert_eq!(response.status, 200);
        response.body.len()
    };
    let ascii = page('a');
    for (alphabet, letter) in [("Cyrillic", 'ж'), ("Chinese", '日'), ("emoji", '😀')] {
        let other = page(letter);
        let megabytes = [&ascii, &other].map(|account| list(account) as f64 / 1e6);
        let (one, two) = medians(21, |_| assert!(list(&ascii) > 0), |_| assert!(list(&other) > 0));
        let times = (one.div_f64(megabytes[0]), two.div_f64(megabytes[1]));
        table.row(&format!("list of 1,000, a megabyte of the answer: ASCII, {alphabet}"), times, 0.0, 1.5);
    }
}

/// Bodies that would take long if anything were done again for each part of them.
fn hostile_bodies(account: &Account, table: &mut Table) {
    let deep = |n: usize| format!("{{\"x\":{}{}}}", "[".repeat(n), "]".repeat(n));
    let json = "application/json";
    let xml = "application/xml";
    let kinds: [(&str, &str, &str, &dyn Fn(usize) -> String, usize); 6] = [
        ("JSON, nested arrays", "/api/users", json, &deep, 60_000),
        ("JSON, nested objects that never end", "/api/users", json, &|n| "{\"a\":".repeat(n), 20_000),
        (
            "JSON, many keys",
            "/api/users",
            json,
            &|n| {
                let keys: Vec<_> = (0..n).map(|n| format!("\"k{n}\":{n}")).collect();
                format!("{{{}}}", keys.join(","))
            },
            8_000,
        ),
        ("form, many fields", "/api/users", "application/x-www-form-urlencoded", &|n| "&=&".repeat(n), 40_000),
        ("XML, many elements", "/api/v2/users", xml, &|n| format!("<user>{}</user>", "<x/>".repeat(n)), 25_000),
        ("XML, one long name", "/api/v2/users", xml, &|n| format!("<user {}/>", "a".repeat(n)), 100_000),
    ];
    for (what, path, kind, body, size) in kinds {
        let post = |size: usize| {
            let request = request("POST", &format!("{}{path}", account.url())).bearer_auth(&account.key);
            let status = send(request.header("content-type", kind).body(body(size))).status;
            assert!((400..500).contains(&status), "{what}: {status}");
        };
        table.row(what, medians(31, |_| post(size), |_| post(2 * size)), 0.5, 3.0);
    }
}
