//! Metrics in CloudWatch's embedded format: a line of JSON on standard output becomes numbers, without
//! a call.

use std::io::Write as _;

use serde_json::{Map, Value, json};

use crate::clock;

/// Where CloudWatch keeps them.
const NAMESPACE: &str = "Roster";

/// Writes counts, for one value of the dimension `Function`.
pub(crate) fn counts(function: &str, counts: &[(&str, u64)]) {
    // Nothing fails because it could not be counted.
    let _ = writeln!(std::io::stdout().lock(), "{}", line(function, counts, clock::now().as_millisecond()));
}

fn line(function: &str, counts: &[(&str, u64)], milliseconds: i64) -> Value {
    let names: Vec<_> = counts.iter().map(|(name, _)| json!({"Name": name, "Unit": "Count"})).collect();
    let mut line: Map<String, Value> = counts.iter().map(|(name, count)| ((*name).to_owned(), json!(count))).collect();
    line.insert("Function".to_owned(), json!(function));
    line.insert(
        "_aws".to_owned(),
        json!({
            "Timestamp": milliseconds,
            "CloudWatchMetrics": [{"Namespace": NAMESPACE, "Dimensions": [["Function"]], "Metrics": names}],
        }),
    );
    Value::Object(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_metric_that_is_named_has_its_value_at_the_root() {
        let line = line("ops-cleanup", &[("seals", 3)], 7);
        let metrics = &line["_aws"]["CloudWatchMetrics"][0];
        assert_eq!(metrics["Metrics"][0], json!({"Name": "seals", "Unit": "Count"}));
        assert_eq!(
            (metrics["Dimensions"][0][0].as_str(), line["Function"].as_str()),
            (Some("Function"), Some("ops-cleanup"))
        );
        assert_eq!((&line["seals"], &line["_aws"]["Timestamp"]), (&json!(3), &json!(7)));
    }
}
