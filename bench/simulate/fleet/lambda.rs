//! How many environments run at once, and how many requests wait for one to start.

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, HashMap},
    fmt::Write as _,
};

use super::{Fleet, RATE};
use crate::account::grouped;

/// An environment that waits so long is ended, in seconds.
const IDLE: f64 = 300.0;
/// What a cold start takes, in seconds: the start of the machine, and our own.
const INIT: f64 = 0.15;
/// Ends of the parts, in seconds, and how many times the full rate each has.
const PARTS: [(&str, f64, f64); 4] = [
    ("first second", 1.0, 1.0),
    ("rest of the first minute", 60.0, 1.0),
    ("four minutes", 300.0, 1.0),
    ("a minute of three times as much", 360.0, 3.0),
];

/// The environments of one function.
#[derive(Default)]
struct Pool {
    /// When each that works will be done, in nanoseconds.
    busy: BinaryHeap<Reverse<u64>>,
    /// Since when each that waits has waited; the last is taken first.
    idle: Vec<f64>,
}

impl Pool {
    /// Serves a request; whether an environment had to be started for it.
    fn serve(&mut self, at: f64, seconds: f64) -> bool {
        while let Some(done) = self.busy.peek().map(|done| done.0 as f64 / 1e9).filter(|done| *done <= at) {
            self.busy.pop();
            self.idle.push(done);
        }
        let is_cold = self.idle.pop().is_none_or(|since| at - since > IDLE);
        let done = at + seconds + if is_cold { INIT } else { 0.0 };
        self.busy.push(Reverse((done * 1e9) as u64));
        is_cold
    }
}

pub(super) fn table(fleet: &mut Fleet) -> String {
    let times = |at: f64| PARTS.iter().find(|(_, end, _)| at < *end).map_or(1.0, |(_, _, times)| *times);
    let end = PARTS[PARTS.len() - 1].1;
    let mut pools: HashMap<&str, Pool> = HashMap::new();
    let mut counts = [(0_u64, 0_u64, 0_usize); PARTS.len()];
    for request in fleet.requests(|at| RATE * times(at), end) {
        let pool = pools.entry(request.operation.name).or_default();
        let is_cold = pool.serve(request.at, request.operation.milliseconds / 1000.0);
        let part = PARTS.iter().position(|(_, end, _)| request.at < *end).unwrap();
        let (requests, cold, most) = &mut counts[part];
        *requests += 1;
        *cold += u64::from(is_cold);
        if is_cold {
            *most = (*most).max(pools.values().map(|pool| pool.busy.len()).sum());
        }
    }
    let mut text = String::from("| | requests | cold starts | share | most at once |\n|---|---:|---:|---:|---:|\n");
    for ((name, ..), (requests, cold, most)) in PARTS.iter().zip(counts) {
        let share = cold as f64 / requests as f64 * 100.0;
        let most = if cold == 0 { "no more".to_owned() } else { grouped(most as u64) };
        writeln!(text, "| {name} | {} | {} | {share:.3} % | {most} |", grouped(requests), grouped(cold)).unwrap();
    }
    text
}
