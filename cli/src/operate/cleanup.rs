use std::time::Duration;

use serde_json::{Map, Value};
use tokio::time::Instant;

use crate::{args::Target, connect, output::report_created};

/// The time limit; no client waits for a cleanup here.
const TIME: Duration = Duration::from_secs(24 * 3600);

pub(super) async fn run(target: &Target) -> anyhow::Result<()> {
    let directory = connect::target(target, false).await?;
    let cleaned = directory.cleanup(None, Instant::now() + TIME).await?;
    let counts = cleaned.counts();
    let document: Map<String, Value> =
        counts.iter().map(|(name, count)| ((*name).to_owned(), (*count).into())).collect();
    let lines: Vec<_> = counts.iter().map(|(name, count)| format!("{name}: {count}")).collect();
    report_created(target.json, &document, &lines.join("\n"))
}
