//! How fast, how large: `cargo bench --bench performance` builds what it compares and writes `docs/performance.md` and its
//! charts. Names of its sections (`cold`, `warm`, `create`, `server`, `sizes`, `levers`) measure these alone.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a bench that meets the unexpected ends"
)]

mod asks;
mod charts;
mod cold;
mod create;
mod levers;
mod local_server;
#[path = "../support/report.rs"]
mod report;
mod sizes;
mod statistics;
mod subjects;
mod warm;

const SECTIONS: [&str; 6] = ["cold", "warm", "create", "server", "sizes", "levers"];

fn main() {
    // Cargo adds `--bench`.
    let named: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let unknown: Vec<_> = named.iter().filter(|name| !SECTIONS.contains(&name.as_str())).collect();
    assert!(unknown.is_empty(), "{unknown:?}: there are {SECTIONS:?}");

    let asks = asks::Asks::start();
    let is_asked = |section: &str| named.is_empty() || named.iter().any(|name| name == section);
    let functions = subjects::functions(is_asked("cold") || is_asked("sizes"));
    let others = cold::Others { hello: subjects::hello(), node: subjects::node(), python: subjects::python() };
    for section in SECTIONS.into_iter().filter(|section| is_asked(section)) {
        let text = match section {
            "cold" => cold::measure(&asks, &functions, &others),
            "warm" => warm::measure(&asks, &functions, &others),
            "create" => create::measure(&asks, &functions),
            "server" => local_server::measure(&asks),
            "sizes" => sizes::measure(&functions, &others.hello),
            _ => levers::measure(&asks, &functions),
        };
        report::write("performance.md", section, &text);
    }
    // What Node.js and Python wrote included.
    asks.verify();
}
