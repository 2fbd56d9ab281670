//! The local server under `oha`, with more and more clients.

use std::{fmt::Write as _, path::Path, process::Command, time::Instant};

use serde_json::{Value, json};

use crate::{
    asks::Asks,
    charts,
    statistics::{median, milliseconds},
    subjects,
};
use testkit::Server;

const CONNECTIONS: [u64; 7] = [1, 2, 4, 8, 16, 32, 64];
const LASTS: &str = "4s";
/// Bodies that `oha` draws from: so many that hardly two are drawn that are one user.
const BODIES: u64 = 2_000_000;

struct Load {
    pace: f64,
    median: f64,
    p99: f64,
}

/// How often it is started on a fresh directory, and again on the same.
const STARTS: usize = 11;

/// The tables, and the chart.
pub(crate) fn measure(asks: &Asks) -> String {
    let (first, later): (Vec<f64>, Vec<f64>) = (0..STARTS)
        .map(|_| {
            let data = tempfile::tempdir().unwrap();
            let ready = || {
                let begun = Instant::now();
                let server = Server::start(data.path());
                let ready = milliseconds(begun.elapsed());
                drop(server);
                ready
            };
            (ready(), ready())
        })
        .unzip();
    let mut text = format!(
        "`roster serve` is ready after {:.0} ms on a new directory and after {:.0} ms on an existing one \
         (medians of {STARTS}).\n\n",
        median(first),
        median(later)
    );
    text += &under_load(asks);
    text
}

fn under_load(asks: &Asks) -> String {
    let oha = subjects::oha();
    let place = tempfile::tempdir().unwrap();
    let bodies = place.path().join("bodies");
    let mut lines = String::new();
    for n in 0..BODIES {
        writeln!(lines, "{}", json!({"email": format!("o{n}@example.com"), "password": "correct horse"})).unwrap();
    }
    std::fs::write(&bodies, lines).unwrap();
    let url = |path: &str| format!("{}{path}", asks.server.url);
    let create = ["-m", "POST", "-T", "application/json", "-Z", bodies.to_str().unwrap()];
    let kinds: [(&str, String, &[&str], &str); 4] = [
        ("404", url("/none"), &[], "404"),
        ("get", url("/api/users/7"), &[], "200"),
        ("list", url("/api/v1/users?per_page=15"), &[], "200"),
        ("create", url("/api/users"), &create, "201"),
    ];
    let mut text = format!(
        "`oha -z {LASTS} -c n`, one kind of request after the other for each number of connections; the \
         reference is the gateway's own 404.\n\n\
         | connections | | requests/s | compared with one connection | compared with the 404 | median, ms | p99, ms |\n\
         |---:|---|---:|---:|---:|---:|---:|\n"
    );
    let mut paces: Vec<Vec<f64>> = vec![Vec::new(); kinds.len()];
    for connections in CONNECTIONS {
        let mut yardstick = 0.0;
        for ((name, url, options, status), paces) in kinds.iter().zip(&mut paces) {
            let load = load(&oha, &asks.account.key, connections, url, options, status);
            paces.push(load.pace);
            if *name == "404" {
                yardstick = load.pace;
            }
            let (by_one, by_yardstick) = (load.pace / paces[0], load.pace / yardstick);
            writeln!(
                text,
                "| {connections} | {name} | {:.0} | {by_one:.2} × | {by_yardstick:.2} × | {:.2} | {:.2} |",
                load.pace, load.median, load.p99
            )
            .unwrap();
        }
    }
    let lines: Vec<(&str, Vec<f64>)> = kinds.iter().map(|(name, ..)| *name).zip(paces).collect();
    charts::lines("local-server.svg", "connections", "requests a second", &CONNECTIONS, &lines);
    text
}

fn load(oha: &Path, key: &str, connections: u64, url: &str, options: &[&str], status: &str) -> Load {
    let output = Command::new(oha)
        .args(["--no-tui", "--output-format", "json", "-z", LASTS, "-c", &connections.to_string()])
        .args(["-H", &format!("Authorization: Bearer {key}")])
        .args(options)
        .arg(url)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let reported: Value = serde_json::from_slice(&output.stdout).unwrap();
    let statuses = reported["statusCodeDistribution"].as_object().unwrap();
    let all: u64 = statuses.values().filter_map(Value::as_u64).sum();
    let good = statuses.get(status).and_then(Value::as_u64).unwrap_or_default();
    assert!(all > 0 && good * 100 >= all * 99, "{url}: {statuses:?}");
    let milliseconds = |name: &str| reported["latencyPercentiles"][name].as_f64().unwrap() * 1000.0;
    Load {
        pace: reported["summary"]["requestsPerSec"].as_f64().unwrap(),
        median: milliseconds("p50"),
        p99: milliseconds("p99"),
    }
}
