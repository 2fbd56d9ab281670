//! What a large directory costs, measured: `cargo bench --bench simulate -- --users 1000000`.
//!
//! Fills an account of a fresh embedded engine through the path that imports use and runs each list
//! through the functions' own code, with a meter between them and the engine; small accounts likewise;
//! and a fleet of accounts beyond one machine, simulated. Writes the tables into `docs/scale.md` and the chart
//! `docs/scale.svg`. With `--fleet` only the simulation.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a bench that meets the unexpected ends"
)]

mod account;
mod census;
mod chart;
mod fill;
mod fleet;
mod large;
#[path = "../support/report.rs"]
mod report;
mod small;
mod walk;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    report::write("scale.md", "fleet", &fleet::tables());
    if arguments.iter().any(|argument| argument == "--fleet") {
        return;
    }
    let users = arguments.iter().skip_while(|argument| *argument != "--users").nth(1);
    let users = users.map_or(1_000_000, |number| number.parse().expect("--users takes a number"));
    let server = testkit::Server::start_alone();
    report::write("scale.md", "small", &small::measure(&server));
    report::write("scale.md", "large", &large::measure(&server, users));
}
