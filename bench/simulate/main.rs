//! What lists cost in a large account, measured: `cargo bench --bench simulate -- --users 1000000`.
//!
//! Fills an account of a fresh embedded engine through the path that imports use, deletes 5 % of it at
//! random, and runs each list through the functions' own code, with a meter between them and the
//! engine. Prints a table and writes `docs/scale.svg`.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a bench that meets the unexpected ends"
)]

mod chart;
mod fill;
#[path = "../../tests/support/mod.rs"]
mod support;

use std::{fmt::Write as _, time::Instant};

use roster_cli::gateway::{InProcess, Invoke as _};
use roster_shared::domain::AccountId;
use serde_json::{Value, json};
use support::{
    Account, Server,
    meter::{Metered, Receipt, trips},
    truth,
};

/// Runs of one list, of which the median counts.
const RUNS: usize = 7;

/// An account, and the functions' code behind a meter and without one.
struct Bench {
    account: Account,
    id: AccountId,
    metered: InProcess,
    meter: Metered,
    plain: InProcess,
    runtime: tokio::runtime::Runtime,
    table: String,
}

/// What one call cost.
struct Cost {
    read: f64,
    written: f64,
    calls: usize,
    trips: usize,
    milliseconds: f64,
}

impl Bench {
    fn answer(&self, functions: &InProcess, function: &str, query: &str, id: &str) -> Value {
        let event = json!({
            "version": "2.0", "routeKey": "$default", "rawPath": "/", "rawQueryString": query,
            "headers": {"authorization": format!("Bearer {}", self.account.key)},
            "requestContext": {"http": {"method": "GET", "path": "/", "sourceIp": "127.0.0.1"}, "stage": "$default"},
            "pathParameters": {"id": id}, "isBase64Encoded": false,
        });
        let invoked = functions.invoke(function, event.to_string().into_bytes(), "request");
        let payload: Value = serde_json::from_slice(&self.runtime.block_on(invoked).unwrap()).unwrap();
        assert_eq!(payload["statusCode"], 200, "{function} {query}: {payload}");
        payload
    }

    fn cost(&self, function: &str, query: &str, id: &str) -> Cost {
        self.meter.take();
        self.answer(&self.metered, function, query, id);
        let receipts = self.meter.take();
        let sum = |units: fn(&Receipt) -> f64| receipts.iter().map(units).sum();
        let mut times: Vec<f64> = (0..RUNS)
            .map(|_| {
                let start = Instant::now();
                self.answer(&self.plain, function, query, id);
                start.elapsed().as_secs_f64() * 1000.0
            })
            .collect();
        times.sort_by(f64::total_cmp);
        Cost {
            read: sum(|call| call.read),
            written: sum(|call| call.written),
            calls: receipts.len(),
            trips: trips(&receipts),
            milliseconds: times[RUNS / 2],
        }
    }

    fn line(&mut self, what: &str, function: &str, query: &str, id: &str) -> Cost {
        let cost = self.cost(function, query, id);
        let Cost { read, written, calls, trips, milliseconds } = cost;
        let line = format!("| {what} | {read} | {written} | {calls} | {trips} | {milliseconds:.1} |");
        println!("{line}");
        writeln!(self.table, "{line}").unwrap();
        cost
    }

    fn page(&mut self, page: u64, per_page: u64) -> Cost {
        self.line(
            &format!("{per_page} a page, page {page}"),
            "admin-list",
            &format!("page={page}&per_page={per_page}"),
            "",
        )
    }
}

fn main() {
    let mut arguments = std::env::args().skip_while(|argument| argument != "--users").skip(1);
    let users: u64 = arguments.next().map_or(1_000_000, |number| number.parse().expect("--users takes a number"));
    let server = Server::start_alone();
    let account = Account::create(&server.url, server.data(), &[]);
    let id = AccountId::parse(&account.id).unwrap();
    let meter = Metered::start_quick(&server.dynamodb);
    let metered = InProcess(truth::directory(&meter.url));
    let plain = InProcess(truth::directory(&server.dynamodb));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let mut bench = Bench { account, id, metered, meter, plain, runtime, table: String::new() };
    fill::users(&bench.runtime, &bench.plain.0, bench.id, users);
    bench.answer(&bench.plain, "exceed-read", "", "1");
    let mut chart = Vec::new();
    for page in fill::pages(users, 15) {
        chart.push((page, bench.page(page, 15).read));
    }
    for page in [1, users.div_ceil(100) / 2, users.div_ceil(100)] {
        bench.page(page, 100);
    }
    for page in [1, users.div_ceil(1000)] {
        bench.line(&format!("1,000 a page, page {page}"), "exceed-list", &format!("page={page}&fields=id"), "");
    }
    bench.line("get by id", "exceed-read", "", "1");
    bench.line("read by code", "exceed-read", "user[code]=i-77", "1");
    bench.line("filter: nobody matches, the whole account is read", "exceed-list", "user[city]=nowhere", "");
    fill::delete(&bench.runtime, &bench.plain.0, bench.id, users);
    for page in fill::pages(users * 95 / 100, 15) {
        let what = format!("after 5 % deletions: 15 a page, page {page}");
        bench.line(&what, "admin-list", &format!("page={page}&per_page=15"), "");
    }
    for page in [1, (users / 20).div_ceil(1000)] {
        bench.line(&format!("deletions, page {page}"), "exceed-deletions", &format!("page={page}"), "");
    }
    chart::write(&chart, users);
    println!("{}", bench.table);
}
