//! Functions that a schedule invokes.

use std::time::Duration;

use futures_util::future::BoxFuture;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use roster_dialects::schedule::Input;
use roster_directory::{Argon2Hasher, clock, timeouts::SCHEDULE_MARGIN};
use roster_domain::Failure;
use serde_json::Value;
use tokio::time::Instant;

use crate::{Directory, log, metrics};

/// A scheduled task.
pub struct Task {
    /// Its name in every layer: binary, function, event, test.
    pub name: &'static str,
    /// Runs it. It begins nothing new after this instant.
    pub run: for<'a> fn(&'a Directory, Input, Instant) -> BoxFuture<'a, Result<Value, Failure>>,
}

/// Serves a task as a Lambda function until the environment ends. A failed event is retried by Lambda,
/// and then goes to the dead-letter queue.
///
/// # Errors
/// The Lambda runtime cannot be reached.
pub fn run(task: &'static Task) -> Result<(), Error> {
    log::init();
    metrics::switch_on();
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
        let directory = Directory::new(roster_store::from_environment(), Argon2Hasher::new(1));
        let handler = service_fn(move |event: LambdaEvent<Value>| {
            let directory = directory.clone();
            async move {
                let now = u64::try_from(clock::now().as_millisecond()).expect("it is after 1970");
                let left = Duration::from_millis(event.context.deadline.saturating_sub(now));
                run_event(task, &directory, &event.payload, Instant::now() + left.saturating_sub(SCHEDULE_MARGIN)).await
            }
        });
        lambda_runtime::run(handler).await
    })
}

/// Runs a task for an event, as its Lambda function would.
///
/// # Errors
/// `event` is not a valid input, or the directory fails.
pub async fn invoke(
    task: &'static Task,
    directory: &Directory,
    event: &[u8],
    time: Duration,
) -> Result<Vec<u8>, Error> {
    let done = run_event(task, directory, &serde_json::from_slice(event)?, Instant::now() + time).await?;
    Ok(serde_json::to_vec(&done)?)
}

/// Reports the results of a task, as metrics.
pub fn count(task: &str, counts: &[(&'static str, u64)]) {
    let metrics: Vec<_> = counts.iter().map(|(name, count)| (*name, "Count", *count as f64)).collect();
    metrics::write(&[("Function", task)], &metrics, serde_json::Map::new());
}

async fn run_event(task: &Task, directory: &Directory, event: &Value, end: Instant) -> Result<Value, Error> {
    let input = Input::read(event)?;
    let begun = Instant::now();
    let done = (task.run)(directory, input, end).await;
    let milliseconds = begun.elapsed().as_millis();
    match &done {
        Ok(done) => tracing::info!(endpoint = task.name, milliseconds, %done, "done"),
        Err(failure) => tracing::error!(endpoint = task.name, milliseconds, %failure, "failed"),
    }
    Ok(done?)
}
