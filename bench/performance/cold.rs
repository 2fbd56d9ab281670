//! From the start of a process to its first answer.

use std::fmt::Write as _;

use crate::{
    asks::Asks,
    charts::{self, Bar},
    statistics::{median, milliseconds, ratio},
    subjects::{Subject, version},
};

/// How often each is started, one after the other in each round.
const ROUNDS: usize = 31;

/// What is written as one would otherwise, beside which of ours it is.
pub(crate) struct Others {
    pub(crate) hello: Subject,
    pub(crate) node: [Subject; 2],
    pub(crate) python: [Subject; 2],
}

/// The times of one subject, in milliseconds, one for each round.
#[derive(Default)]
pub(crate) struct Starts {
    pub(crate) init: Vec<f64>,
    pub(crate) answered: Vec<f64>,
}

impl Starts {
    /// From the first `/next` to the first answer.
    pub(crate) fn after_init(&self) -> Vec<f64> {
        self.answered.iter().zip(&self.init).map(|(answered, init)| answered - init).collect()
    }
}

/// Starts each of `subjects` in turn on the store at `dynamodb`, `rounds` times; each has the name of the function that it is
/// asked as.
pub(crate) fn starts(asks: &Asks, dynamodb: &str, subjects: &[(&Subject, &str)], rounds: usize) -> Vec<Starts> {
    assert!(!subjects.len().is_multiple_of(7), "a step of seven reaches all of them");
    let mut all: Vec<Starts> = subjects.iter().map(|_| Starts::default()).collect();
    for round in 0..rounds {
        for turn in 0..subjects.len() {
            // No two always follow one another.
            let place = (turn * 7 + round) % subjects.len();
            let (subject, function) = subjects[place];
            let (event, status) = asks.event(function);
            let mut started = subject.start(dynamodb);
            let answered = started.invoke_timed(&event);
            let expected = if subject.name == "hello" { 200 } else { status };
            let got = answered.payload["statusCode"].as_u64().unwrap_or_default();
            assert_eq!(got, expected, "{}: {}", subject.name, answered.payload);
            all[place].init.push(milliseconds(started.init));
            all[place].answered.push(milliseconds(answered.since_start));
        }
    }
    all
}

/// The table, and its chart.
pub(crate) fn measure(asks: &Asks, functions: &[Subject], others: &Others) -> String {
    let mut subjects: Vec<(&Subject, &str)> =
        functions.iter().map(|function| (function, function.name.as_str())).collect();
    let scripts = others.node.iter().chain(&others.python).zip(["member-get", "member-create"].into_iter().cycle());
    subjects.push((&others.hello, "member-get"));
    subjects.extend(scripts);
    let all = starts(asks, &asks.server.dynamodb, &subjects, ROUNDS);
    let of = |name: &str| &all[subjects.iter().position(|(subject, _)| subject.name == name).unwrap()];
    let hello = of("hello");

    let mut text = format!(
        "Medians of {ROUNDS} rounds. Each round started every function once. × are medians of the ratios within a \
         round. Compared with Node.js {} and {}.\n\n\
         | function | start to first `/next`, ms | compared with hello-world | start to first response, ms \
         | compared with hello-world |\n\
         |---|---:|---:|---:|---:|\n",
        version("node"),
        version("python3"),
    );
    let row = |text: &mut String, name: &str, starts: &Starts| {
        let (init, answered) = (median(starts.init.clone()), median(starts.answered.clone()));
        let (by_init, by_answered) = (ratio(&starts.init, &hello.init), ratio(&starts.answered, &hello.answered));
        writeln!(text, "| {name} | {init:.1} | {by_init:.2} × | {answered:.1} | {by_answered:.2} × |").unwrap();
    };
    row(&mut text, "hello-world (`lambda_http`)", hello);
    for (subject, starts) in subjects.iter().zip(&all).take(functions.len()) {
        row(&mut text, &format!("`{}`", subject.0.name), starts);
    }
    for name in ["node get", "node create", "python get", "python create"] {
        row(&mut text, name, of(name));
    }
    text += "\n| process start to first response | Node.js compared with Roster | Python compared with Roster |\n\
             |---|---:|---:|\n";
    for (what, ours) in [("get", "member-get"), ("create", "member-create")] {
        let beside = |other: &str| ratio(&of(&format!("{other} {what}")).answered, &of(ours).answered);
        writeln!(text, "| {what} | {:.1} × | {:.1} × |", beside("node"), beside("python")).unwrap();
    }
    let bar = |label: &str, name: &str| {
        let starts = of(name);
        let (init, answered) = (median(starts.init.clone()), median(starts.answered.clone()));
        Bar { label: label.to_owned(), parts: vec![init, answered - init] }
    };
    let bars = [
        bar("hello-world", "hello"),
        bar("Roster, get", "member-get"),
        bar("Python, get", "python get"),
        bar("Node.js, get", "node get"),
        bar("Roster, create", "member-create"),
        bar("Python, create", "python create"),
        bar("Node.js, create", "node create"),
    ];
    charts::bars(
        "cold-start.svg",
        "milliseconds from process start",
        &["to the first /next", "to the first response"],
        &bars,
    );
    text
}
