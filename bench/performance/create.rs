//! What of a create lies beside what.

use std::{collections::BTreeMap, fmt::Write as _, time::Instant};

use serde_json::Value;

use crate::{
    asks::Asks,
    charts::{self, Row, Span},
    cold::starts,
    statistics::{median, milliseconds, ratio},
    subjects::{Subject, built},
};
use testkit::{meter::Meter, wire};

const CREATES: usize = 60;
const STARTS: usize = 31;

/// Its calls, as the store sees them, and what each is for.
const CALLS: [(&str, &str); 3] =
    [("GetItem", "check of the key"), ("UpdateItem", "reservation of an id"), ("TransactWriteItems", "transaction")];

/// Creates users over a store that is some milliseconds away, as DynamoDB is.
pub(crate) fn measure(asks: &Asks, functions: &[Subject]) -> String {
    let create = functions.iter().find(|function| function.name == "member-create").unwrap();
    let meter = Meter::before(&asks.server.dynamodb);
    let store = wire::serve(std::sync::Arc::clone(&meter));
    let mut function = create.start(&store);
    meter.take();
    let mut calls: BTreeMap<&str, Vec<(f64, f64)>> = BTreeMap::new();
    let mut took = Vec::new();
    for _ in 0..CREATES {
        let (event, status) = asks.event("member-create");
        let begun = Instant::now();
        let answered = function.invoke_timed(&event);
        assert_eq!(answered.payload["statusCode"], status);
        took.push(milliseconds(answered.took));
        let receipts = meter.take();
        for (operation, _) in CALLS {
            let call = receipts.iter().find(|receipt| receipt.operation == operation).unwrap();
            let since = |moment: Instant| milliseconds(moment.saturating_duration_since(begun));
            calls.entry(operation).or_default().push((since(call.started.into_std()), since(call.ended.into_std())));
        }
    }
    let (lines, _) = function.end();
    let lines = lines.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let hash = median(lines.filter_map(|line| line["hash_milliseconds"].as_f64()).collect());

    let whole = median(took);
    let span = |operation: &str| {
        let (from, to): (Vec<_>, Vec<_>) = calls[operation].iter().copied().unzip();
        (median(from), median(to))
    };
    let mut rows: Vec<(&str, f64, f64)> = CALLS
        .map(|(operation, name)| {
            let (from, to) = span(operation);
            (name, from, to)
        })
        .into();
    // It is started with the lease.
    let lease = rows[1].1;
    rows.insert(2, ("Argon2", lease, lease + hash));
    let one_after_the_other: f64 = rows.iter().map(|(_, from, to)| to - from).sum();

    let mut text = format!(
        "Medians of {CREATES} creates over a store that is 15 ms away.\n\n| | from, ms | to, ms | takes, ms |\n|---|---:|---:|---:|\n"
    );
    for (name, from, to) in &rows {
        writeln!(text, "| {name} | {from:.1} | {to:.1} | {:.1} |", to - from).unwrap();
    }
    writeln!(text, "| the whole create | 0 | {whole:.1} | {whole:.1} |").unwrap();
    writeln!(
        text,
        "\nThe position of Argon2 is calculated: it begins with the reservation and takes the time in the log. One \
         after the other, the parts would take {one_after_the_other:.1} ms: {:.1} ms are saved because parts overlap.",
        one_after_the_other - whole
    )
    .unwrap();
    text += &first(asks, &store, create);
    let row = |(name, from, to): &(&str, f64, f64)| Row {
        label: (*name).to_owned(),
        spans: vec![Span { part: usize::from(*name == "Argon2"), from: *from, to: *to }],
        reported: format!("{:.1}", to - from),
    };
    let rows: Vec<Row> = rows.iter().map(row).collect();
    charts::spans("create.svg", "milliseconds since the event", &["waiting for the store", "hashing"], &rows);
    text
}

/// What a first create takes over the store at `dynamodb`, and without what it does before it asks for its event.
fn first(asks: &Asks, dynamodb: &str, create: &Subject) -> String {
    let otherwise = built(&["unwarmed-hash"], &["--package", "roster-levers", "--bin", "unwarmed-hash"], None);
    let both = [(create, "member-create"), (&otherwise[0], "member-create")];
    let [ours, theirs] = starts(asks, dynamodb, &both, STARTS).try_into().ok().unwrap();
    format!(
        "\nThe first create gets its response {:.1} ms after the function's start, {:.1} ms after the function \
         requested the event. If the memory is not allocated before, these are {:.2} and {:.2} times as long \
         (medians of {STARTS} pairs of starts).\n",
        median(ours.answered.clone()),
        median(ours.after_init()),
        ratio(&theirs.answered, &ours.answered),
        ratio(&theirs.after_init(), &ours.after_init()),
    )
}
