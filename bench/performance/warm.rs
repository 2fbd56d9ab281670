//! What a function that runs takes for an event, and where the time goes.

use std::{fmt::Write as _, time::Instant};

use serde_json::Value;

use crate::{
    asks::Asks,
    cold::Others,
    statistics::{median, milliseconds, p99, ratio},
    subjects::Subject,
};
use testkit::runtime::Function;

/// Each function in turn answers a batch, so that all of them have the same quiet and busy moments.
const BATCHES: usize = 20;
const BATCH: usize = 50;
/// Of what hashes a password.
const SMALL_BATCH: usize = 10;
/// Events before those that count.
const FIRST: usize = 20;

/// A function that runs, and what is known of it.
pub(crate) struct Running {
    name: String,
    function: Option<Function>,
    /// Milliseconds from an event to its answer.
    pub(crate) took: Vec<f64>,
    /// Events a second, by batch.
    pub(crate) pace: Vec<f64>,
    /// Resident memory at the end, in MB, and the most it ever was.
    pub(crate) resident: (f64, f64),
    /// The times in its log, by event.
    pub(crate) logged: Vec<LoggedTimes>,
}

/// Milliseconds of one event.
#[derive(Clone, Copy)]
pub(crate) struct LoggedTimes {
    pub(crate) time: f64,
    pub(crate) store: f64,
    pub(crate) hash: f64,
    pub(crate) own: f64,
}

impl Running {
    fn start(asks: &Asks, subject: &Subject, name: &str) -> Self {
        let mut running = Self {
            name: name.to_owned(),
            function: Some(subject.start(&asks.server.dynamodb)),
            took: Vec::new(),
            pace: Vec::new(),
            resident: (0.0, 0.0),
            logged: Vec::new(),
        };
        running.batch(asks, FIRST);
        (running.took, running.pace) = (Vec::new(), Vec::new());
        running
    }

    fn batch(&mut self, asks: &Asks, many: usize) {
        let function = self.function.as_mut().unwrap();
        let begun = Instant::now();
        for _ in 0..many {
            let (event, status) = asks.event(&self.name);
            let answered = function.invoke_timed(&event);
            assert_eq!(answered.payload["statusCode"], status, "{}: {}", self.name, answered.payload);
            self.took.push(milliseconds(answered.took));
        }
        self.pace.push(many as f64 / begun.elapsed().as_secs_f64());
    }

    /// Ends the function and reads what it has written.
    fn end(&mut self) {
        let function = self.function.take().unwrap();
        self.resident = resident(function.child.id());
        let (lines, _) = function.end();
        let number = |line: &Value, name: &str| line[name].as_f64().unwrap();
        let lines = lines.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        self.logged = lines
            .filter(|line| line["message"] == "answered")
            .skip(FIRST)
            .map(|line| LoggedTimes {
                time: number(&line, "Time"),
                store: number(&line, "store_milliseconds"),
                hash: number(&line, "hash_milliseconds"),
                own: number(&line, "own_milliseconds"),
            })
            .collect();
    }

    /// Milliseconds of each event in which neither the store nor a hash was waited for, the runtime's protocol included.
    pub(crate) fn outside(&self) -> Vec<f64> {
        self.took.iter().zip(&self.logged).map(|(took, logged)| took - (logged.time - logged.own)).collect()
    }

    fn median_of(&self, part: impl Fn(&LoggedTimes) -> f64) -> f64 {
        median(self.logged.iter().map(part).collect())
    }
}

/// Has each of `subjects` answer `BATCHES` batches in turn.
pub(crate) fn batches(asks: &Asks, subjects: &[(&Subject, &str)]) -> Vec<Running> {
    let mut all: Vec<Running> = subjects.iter().map(|(subject, name)| Running::start(asks, subject, name)).collect();
    for _ in 0..BATCHES {
        for running in &mut all {
            let many = if running.name.ends_with("-create") { SMALL_BATCH } else { BATCH };
            running.batch(asks, many);
        }
    }
    all.iter_mut().for_each(Running::end);
    all
}

/// The tables.
pub(crate) fn measure(asks: &Asks, functions: &[Subject], others: &Others) -> String {
    let ours = |name: &'static str| (functions.iter().find(|function| function.name == name).unwrap(), name);
    let subjects = [
        (&others.hello, "member-get"),
        ours("member-get"),
        ours("member-find"),
        ours("admin-list"),
        ours("member-create"),
        (&others.node[0], "member-get"),
        (&others.python[0], "member-get"),
        (&others.node[1], "member-create"),
        (&others.python[1], "member-create"),
    ];
    let all = batches(asks, &subjects);
    let mut text = format!(
        "{} events each, {} of a create, in {BATCHES} batches, function after function. *Outside* is the time without \
         waiting for the store or Argon2; it includes Lambda's runtime protocol over loopback and the log line.\n\n\
         | function | events/s | median, ms | p99, ms | store, ms | Argon2, ms | both together, ms | outside, ms | resident, MB |\n\
         |---|---:|---:|---:|---:|---:|---:|---:|---:|\n",
        BATCHES * BATCH,
        BATCHES * SMALL_BATCH,
    );
    for ((subject, _), running) in subjects.iter().zip(&all) {
        let (pace, took) = (median(running.pace.clone()), running.took.clone());
        write!(text, "| {} | {pace:.0} | {:.2} | {:.2} |", subject.name, median(took.clone()), p99(took)).unwrap();
        let (now, most) = running.resident;
        if running.logged.is_empty() {
            writeln!(text, " | | | | {now:.1} (most {most:.1}) |").unwrap();
            continue;
        }
        let store = running.median_of(|logged| logged.store);
        let hash = running.median_of(|logged| logged.hash);
        let away = running.median_of(|logged| logged.time - logged.own);
        let outside = median(running.outside());
        writeln!(text, " {store:.2} | {hash:.2} | {away:.2} | {outside:.2} | {now:.1} (most {most:.1}) |").unwrap();
    }
    text += "\n| an event, function running | Node.js compared with Roster | Python compared with Roster |\n\
             |---|---:|---:|\n";
    let pace = |name: &str| &all[subjects.iter().position(|(subject, _)| subject.name == name).unwrap()].pace;
    for (what, ours) in [("get", "member-get"), ("create", "member-create")] {
        let beside = |other: &str| ratio(pace(ours), pace(&format!("{other} {what}")));
        writeln!(text, "| {what} | {:.2} × | {:.2} × |", beside("node"), beside("python")).unwrap();
    }
    text
}

/// Resident memory of a process in MB, now and at its highest.
fn resident(process: u32) -> (f64, f64) {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let read = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        line.trim().trim_end_matches(" kB").parse::<f64>().unwrap() * 1024.0 / 1e6
    };
    (read("VmRSS:"), read("VmHWM:"))
}
