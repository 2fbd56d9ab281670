//! Metrics in CloudWatch's embedded format: CloudWatch turns a line of JSON on standard output into metrics, without an
//! API call. The log line of a request is such a line too.

use std::{
    io::Write as _,
    sync::{
        LazyLock,
        atomic::{AtomicBool, Ordering},
    },
};

use roster_directory::clock;
use serde_json::{Map, Value, json};

/// The namespace of the metrics in CloudWatch.
const NAMESPACE: &str = "Roster";

/// The dimension that distinguishes stacks, and the variable that names ours.
const STACK: &str = "Stack";
const STACK_VARIABLE: &str = "ROSTER_STACK";

fn stack() -> &'static str {
    static OWN: LazyLock<String> =
        LazyLock::new(|| std::env::var(STACK_VARIABLE).unwrap_or_else(|_| "roster".to_owned()));
    &OWN
}

/// Whether CloudWatch reads standard output.
static IS_ON: AtomicBool = AtomicBool::new(false);

/// Enables the lines. Only a Lambda function calls this, because only CloudWatch reads them.
pub(crate) fn switch_on() {
    IS_ON.store(true, Ordering::Relaxed);
}

/// Name, unit and value.
pub(crate) type Metric = (&'static str, &'static str, f64);

/// Writes a line with `metrics` (name, unit, value) under `dimensions`, and other fields. Returns `false` if metrics
/// are not enabled.
pub(crate) fn write(dimensions: &[(&str, &str)], metrics: &[Metric], fields: Map<String, Value>) -> bool {
    if !IS_ON.load(Ordering::Relaxed) {
        return false;
    }
    let line = line(dimensions, metrics, fields, clock::now().as_millisecond());
    // A lost metric is no reason to fail.
    let _ = writeln!(std::io::stdout().lock(), "{line}");
    true
}

fn line(dimensions: &[(&str, &str)], metrics: &[Metric], fields: Map<String, Value>, milliseconds: i64) -> Value {
    let names: Vec<_> = metrics.iter().map(|(name, unit, _)| json!({"Name": name, "Unit": unit})).collect();
    let mut line = fields;
    line.extend(dimensions.iter().map(|(name, value)| ((*name).to_owned(), json!(value))));
    line.extend(metrics.iter().map(|(name, _, value)| ((*name).to_owned(), json!(value))));
    let stack = stack();
    line.insert(STACK.to_owned(), json!(stack));
    let by = std::iter::once(STACK).chain(dimensions.iter().map(|(name, _)| *name)).collect::<Vec<_>>();
    line.insert(
        "_aws".to_owned(),
        json!({
            "Timestamp": milliseconds,
            "CloudWatchMetrics": [{"Namespace": NAMESPACE, "Dimensions": [by, [STACK]], "Metrics": names}],
        }),
    );
    Value::Object(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_metric_that_is_named_has_its_value_at_the_root() {
        let told = Map::from_iter([("status".to_owned(), json!(200))]);
        let line = line(&[("Dialect", "admin"), ("Endpoint", "list")], &[("Units", "Count", 2.5)], told, 7);
        let metrics = &line["_aws"]["CloudWatchMetrics"][0];
        assert_eq!(metrics["Metrics"][0], json!({"Name": "Units", "Unit": "Count"}));
        assert_eq!(metrics["Dimensions"], json!([["Stack", "Dialect", "Endpoint"], ["Stack"]]));
        assert_eq!((&line["Units"], &line["Endpoint"], &line["status"]), (&json!(2.5), &json!("list"), &json!(200)));
        assert_eq!((&line["_aws"]["Timestamp"], &metrics["Namespace"]), (&json!(7), &json!("Roster")));
    }
}
