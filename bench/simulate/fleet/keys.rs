//! How hot the hottest keys get.

use std::{
    collections::{BTreeMap, HashMap},
    fmt::Write as _,
};

use super::{Fleet, Request, operations::Kind};
use crate::account::grouped;

const RATES: [f64; 5] = [5_000.0, 10_000.0, 20_000.0, 50_000.0, 100_000.0];
const SECONDS: f64 = 100.0;
/// What one partition gives in a second.
const READ: f64 = 3_000.0;
const WRITE: f64 = 1_000.0;
/// Bytes of a count row, with a few deletions in it, and ids it stands for.
const COUNT_ROW: f64 = 130.0;
const BLOCK: f64 = 16_384.0;
/// Ids of a partition of users.
const PARTITION: f64 = 1_024.0;

/// A key: its kind, its account, and which of the account's.
type Key = (&'static str, usize, u64);

/// The share of a partition that a request takes of each key. Claims, the two look-up indexes and
/// sessions are left out: each value has a key of its own.
fn load(request: &Request, size: f64) -> Vec<(Key, f64)> {
    let Request { operation, account, user, .. } = *request;
    let id = (user * size) as u64;
    let key = |kind, which| (kind, account, which);
    let counts = (size / BLOCK).ceil() * COUNT_ROW / 4_096.0;
    let users = key("users: 1,024 ids", (user * size / PARTITION) as u64);
    // Those who are new are all in the last partition.
    let newest = key("users: 1,024 ids", u64::MAX);
    let changes = key("changes-index: a fourth of an account", id % 4);
    let mut load = vec![(key("keys: one API key for each account", 0), 1.0 / READ)];
    match operation.kind {
        Kind::Get | Kind::Login => load.push((users, 1.0 / READ)),
        Kind::List => load.extend([
            (key("accounts: the counter", 0), 1.0 / READ),
            (key("accounts: count rows", 0), counts.ceil() / READ),
            (key("accounts: bitmaps", 0), 1.0 / READ),
            (users, 3.0 / READ),
        ]),
        Kind::Deletions => load.extend([
            (key("accounts: count rows", 0), counts.ceil() / READ),
            (key("deletions: an account", 0), 12.0 / READ),
        ]),
        Kind::Changes => load.extend((0..4).map(|n| (key("changes-index: a fourth of an account", n), 0.5 / READ))),
        Kind::Create => {
            load.extend([
                (key("accounts: the counter", 0), 1.0 / WRITE),
                (newest, 2.0 / WRITE),
                (changes, 1.0 / WRITE),
            ]);
        }
        Kind::Update => load.extend([(users, 1.0 / WRITE), (changes, 2.0 / WRITE)]),
        Kind::Delete => load.extend([
            (users, 2.0 / WRITE),
            (changes, 1.0 / WRITE),
            (key("deletions: an account", 0), 2.0 / WRITE),
            (key("accounts: count rows", 0), 2.0 / WRITE),
        ]),
    }
    load
}

pub(super) fn table(fleet: &mut Fleet) -> String {
    let mut percents: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    for rate in RATES {
        for (kind, hottest) in hottest(fleet, rate) {
            percents.entry(kind).or_default().push(hottest * 100.0);
        }
    }
    let rates: Vec<_> = RATES.iter().map(|rate| format!("{}/s", grouped(*rate as u64))).collect();
    let mut text = format!("| key | {} |\n|---|{}\n", rates.join(" | "), "---:|".repeat(RATES.len()));
    for (kind, percents) in percents {
        let percents: Vec<_> = percents.iter().map(|percent| format!("{percent:.0}")).collect();
        writeln!(text, "| {kind} | {} |", percents.join(" | ")).unwrap();
    }
    text
}

/// Of each kind, the load on its hottest key in the 99th of 100 seconds.
fn hottest(fleet: &mut Fleet, rate: f64) -> BTreeMap<&'static str, f64> {
    let sizes: Vec<f64> = (0..super::ACCOUNTS).map(|account| fleet.size(account)).collect();
    let mut seconds: BTreeMap<&'static str, Vec<f64>> = BTreeMap::new();
    let mut loads: HashMap<Key, f64> = HashMap::new();
    let mut second = 0.0;
    let mut close = |loads: &mut HashMap<Key, f64>| {
        let mut hottest: BTreeMap<&'static str, f64> = BTreeMap::new();
        for ((kind, ..), load) in loads.drain() {
            let most = hottest.entry(kind).or_default();
            *most = most.max(load);
        }
        for (kind, load) in hottest {
            seconds.entry(kind).or_default().push(load);
        }
    };
    for request in fleet.requests(|_| rate, SECONDS) {
        if request.at.floor() > second {
            close(&mut loads);
            second = request.at.floor();
        }
        for (key, share) in load(&request, sizes[request.account]) {
            *loads.entry(key).or_default() += share;
        }
    }
    let of = |mut seconds: Vec<f64>| {
        seconds.sort_by(f64::total_cmp);
        seconds[seconds.len() - 2]
    };
    seconds.into_iter().map(|(kind, seconds)| (kind, of(seconds))).collect()
}
