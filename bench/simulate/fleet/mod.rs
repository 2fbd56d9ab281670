//! A fleet of accounts beyond one machine: which key saturates first, what runs at once, what it costs.
//! A simulation with the inputs below; units are those of `docs/receipts.md`.

mod keys;
mod lambda;
mod operations;

use std::fmt::Write as _;

use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};

use crate::account::grouped;
use operations::{OPERATIONS, Operation};

const ACCOUNTS: usize = 10_000;
const USERS: f64 = 100e6;
const LARGEST: f64 = 10e6;
/// Requests a second.
const RATE: f64 = 5_000.0;
/// How the sizes of the other accounts fall with their rank.
const ZIPF: f64 = 0.8;

/// A request of the simulation.
struct Request {
    /// Seconds from the beginning.
    at: f64,
    operation: &'static Operation,
    account: usize,
    /// From 0 to below 1: where in its account the user stands.
    user: f64,
}

/// The accounts, and whose turn it is.
struct Fleet {
    /// Users of all accounts up to and with this one.
    up_to: Vec<f64>,
    rng: StdRng,
}

impl Fleet {
    fn new() -> Self {
        let ranks = (1..ACCOUNTS).map(|rank| (rank as f64).powf(-ZIPF));
        let scale = (USERS - LARGEST) / ranks.clone().sum::<f64>();
        let mut all = 0.0;
        let sizes = std::iter::once(LARGEST).chain(ranks.map(|share| share * scale));
        let up_to = sizes.map(|size| {
            all += size;
            all
        });
        Self { up_to: up_to.collect(), rng: StdRng::seed_from_u64(1) }
    }

    fn size(&self, account: usize) -> f64 {
        self.up_to[account] - if account == 0 { 0.0 } else { self.up_to[account - 1] }
    }

    /// The requests of some seconds; an account has as many as it has users.
    fn requests(&mut self, rate: impl Fn(f64) -> f64, seconds: f64) -> impl Iterator<Item = Request> {
        let mut at = 0.0;
        std::iter::from_fn(move || {
            at -= (1.0 - self.rng.random::<f64>()).ln() / rate(at);
            let one_of_all = self.rng.random::<f64>() * USERS;
            let account = self.up_to.partition_point(|up_to| *up_to <= one_of_all).min(ACCOUNTS - 1);
            let operation = operations::pick(self.rng.random());
            (at < seconds).then(|| Request { at, operation, account, user: self.rng.random() })
        })
    }
}

/// The tables of the document.
pub(crate) fn tables() -> String {
    let mut text =
        String::from("| operation | share | read units | write units | ms | MB |\n|---|---:|---:|---:|---:|---:|\n");
    for operation in OPERATIONS {
        let Operation { name, share, read, write, milliseconds, memory, .. } = operation;
        writeln!(text, "| {name} | {share} % | {read} | {write} | {milliseconds} | {memory} |").unwrap();
    }
    text += "\nThe hottest key of each kind, in percent of the capacity of one partition (3,000 read units, 1,000 \
             write units a second), in the 99th of 100 seconds:\n\n";
    text += &keys::table(&mut Fleet::new());
    text += "\nThe traffic starts at the full rate, stays there for five minutes, and then triples for one minute:\n\n";
    text += &lambda::table(&mut Fleet::new());
    text += &format!("\nOne month of {} requests a second without a pause:\n\n", grouped(RATE as u64));
    text + &price()
}

/// A month's price in US dollars, on demand, us-east-1, November 2026.
fn price() -> String {
    let requests = RATE * 730.0 * 3600.0;
    let sum =
        |of: fn(&Operation) -> f64| OPERATIONS.iter().map(|one| f64::from(one.share) / 100.0 * of(one)).sum::<f64>();
    let seconds = sum(|one| one.milliseconds / 1000.0 * one.memory / 1024.0);
    let lines = [
        ("DynamoDB, reads at 0.125 a million units", requests * sum(|one| one.read) * 0.125e-6),
        ("DynamoDB, writes at 0.625 a million units", requests * sum(|one| one.write) * 0.625e-6),
        // A user with indexes and claims.
        ("DynamoDB, 2 KB a user at 0.25 a GB", USERS * 2e-6 * 0.25),
        ("Lambda, 0.20 a million requests", requests * 0.2e-6),
        ("Lambda, 0.0000166667 a GB-second", requests * seconds * 0.000_016_666_7),
        ("HTTP API, 0.90 a million (the first 300 million at 1.00)", requests * 0.9e-6 + 300.0 * 0.1),
    ];
    let mut text = String::from("| | US$ a month |\n|---|---:|\n");
    for (what, dollars) in lines {
        writeln!(text, "| {what} | {} |", grouped(dollars as u64)).unwrap();
    }
    let all: f64 = lines.iter().map(|(_, dollars)| dollars).sum();
    writeln!(text, "| total | {} |", grouped(all as u64)).unwrap();
    writeln!(text, "| a million requests | {:.2} |", all / requests * 1e6).unwrap();
    text
}
