//! One account under measurement.

use std::{fmt::Write as _, time::Instant};

use roster_cli::gateway::InProcess;
use roster_domain::AccountId;
use serde_json::{Value, json};

use testkit::{
    Account, Server,
    cost::{CostHarness, Measured},
    raw_tables,
};

/// Runs of one operation, of which the median counts.
const RUNS: usize = 7;
pub(crate) const HEAD: &str =
    "| operation | read units | write units | calls | trips | ms |\n|---|---:|---:|---:|---:|---:|\n";

/// An account, and the functions' code behind a meter and without one.
pub(crate) struct MeasuredAccount {
    pub(crate) harness: CostHarness,
    pub(crate) plain: InProcess,
    /// For `plain`: its time is the wall's.
    pub(crate) runtime: tokio::runtime::Runtime,
    pub(crate) id: AccountId,
    /// The lines so far.
    pub(crate) table: String,
}

impl MeasuredAccount {
    pub(crate) fn new(server: &Server) -> Self {
        let account = Account::create(&server.url, server.data(), &[]);
        let harness = CostHarness::new(server, &account);
        let plain = InProcess(raw_tables::directory(&server.dynamodb));
        let id = AccountId::parse(&account.id).unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        Self { harness, plain, runtime, id, table: HEAD.to_owned() }
    }

    fn plain(&self, function: &str, variables: &Value, query: &str, body: &Value) -> Measured {
        self.harness.run(&self.runtime, &self.plain, function, variables, query, body)
    }

    /// Milliseconds of one run without the meter.
    pub(crate) fn time(&self, function: &str, query: &str) -> f64 {
        let start = Instant::now();
        assert_eq!(self.plain(function, &json!({}), query, &json!({})).status, 200, "{function} {query}");
        start.elapsed().as_secs_f64() * 1000.0
    }

    /// What one run costs at the store; one that runs out of time is repeated, as its response advises.
    pub(crate) fn measure(&self, function: &str, variables: &Value, query: &str, body: &Value) -> Measured {
        let mut receipts = Vec::new();
        loop {
            let mut measured = self.harness.measure(function, variables, query, body);
            receipts.append(&mut measured.receipts);
            if measured.status == 200 {
                return Measured { receipts, ..measured };
            }
            assert_eq!(measured.status, 503, "{function} {query}: {}", measured.body);
        }
    }

    /// A line of the table for one operation.
    pub(crate) fn line(&mut self, what: &str, function: &str, query: &str, body: &Value) -> Measured {
        let variables = json!({"id": "1", "user_id": "1"});
        let measured = self.measure(function, &variables, query, body);
        let times = (0..RUNS).map(|_| {
            let start = Instant::now();
            while self.plain(function, &variables, query, body).status == 503 {}
            start.elapsed().as_secs_f64() * 1000.0
        });
        let time = median(times.collect());
        self.write(what, &measured, time);
        measured
    }

    pub(crate) fn write(&mut self, what: &str, measured: &Measured, milliseconds: f64) {
        let (read, written, calls, trips) =
            (measured.read(), measured.written(), measured.receipts.len(), measured.trips());
        writeln!(self.table, "| {what} | {read} | {written} | {calls} | {trips} | {milliseconds:.1} |").unwrap();
        println!("{}", self.table.lines().last().unwrap());
    }

    /// A page of the list that has numbered pages and a total.
    pub(crate) fn page(&mut self, page: u64, per_page: u64) -> Measured {
        let query = format!("page={page}&per_page={per_page}");
        self.line(&format!("{} a page, page {}", grouped(per_page), grouped(page)), "admin-list", &query, &json!({}))
    }
}

pub(crate) fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers[numbers.len() / 2]
}

/// A number with its thousands apart.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let groups: Vec<_> = digits.as_bytes().rchunks(3).rev().map(|group| std::str::from_utf8(group).unwrap()).collect();
    groups.join(",")
}
