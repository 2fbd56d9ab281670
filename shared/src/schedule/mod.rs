//! Functions that a schedule calls, and nobody waits for.

mod input;

use std::time::Duration;

use futures_util::future::BoxFuture;
pub use input::{BadInput, Input};
#[doc(hidden)]
pub use lambda_runtime::Error;
use lambda_runtime::{LambdaEvent, service_fn};
use serde_json::Value;
use tokio::time::Instant;

use crate::{
    Directory, clock,
    directory::{Failure, Hasher},
    log, metrics, store,
};

/// One such function.
pub struct Task {
    /// Its name in every layer: binary, function, event, test.
    pub name: &'static str,
    /// What it does; it begins nothing new after the moment that is given.
    pub run: for<'a> fn(&'a Directory, Input, Instant) -> BoxFuture<'a, Result<Value, Failure>>,
}

/// What is left of a function's time when it begins nothing new.
const MARGIN: Duration = Duration::from_secs(10);

/// Serves a task as a Lambda function until the environment ends. An event that fails is one for the
/// scheduler: it tries again, and then gives it to the dead-letter queue.
///
/// # Errors
/// The Lambda runtime cannot be reached.
pub fn run(task: &'static Task) -> Result<(), Error> {
    log::init();
    metrics::switch_on();
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
        let directory = Directory::new(store::from_environment(), Hasher::new(1));
        let handler = service_fn(move |event: LambdaEvent<Value>| {
            let directory = directory.clone();
            async move {
                let now = u64::try_from(clock::now().as_millisecond()).unwrap_or(0);
                let left = Duration::from_millis(event.context.deadline.saturating_sub(now));
                answer(task, &directory, &event.payload, Instant::now() + left.saturating_sub(MARGIN)).await
            }
        });
        lambda_runtime::run(handler).await
    })
}

/// Does what an event asks for, as the task's Lambda function would.
///
/// # Errors
/// The event asks for what the task does not know, or the directory fails.
pub async fn invoke(
    task: &'static Task,
    directory: &Directory,
    event: &[u8],
    time: Duration,
) -> Result<Vec<u8>, Error> {
    let done = answer(task, directory, &serde_json::from_slice(event)?, Instant::now() + time).await?;
    Ok(serde_json::to_vec(&done)?)
}

/// Reports how much a task did, as metrics.
pub fn count(task: &str, counts: &[(&'static str, u64)]) {
    let metrics: Vec<_> = counts.iter().map(|(name, count)| (*name, "Count", *count as f64)).collect();
    metrics::write(&[("Function", task)], &metrics, serde_json::Map::new());
}

async fn answer(task: &Task, directory: &Directory, event: &Value, end: Instant) -> Result<Value, Error> {
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
