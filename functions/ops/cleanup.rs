//! Removes expired items, and seals ids that lists would otherwise have to read.

use roster_dialects::schedule::Input;
use roster_domain::Failure;
use roster_lambda::{
    Directory, Error,
    schedule::{self, Task},
};
use serde_json::{Value, json};
use tokio::time::Instant;

const NAME: &str = "ops-cleanup";

/// This task.
pub const TASK: Task = Task { name: NAME, run: |directory, input, end| Box::pin(cleanup(directory, input, end)) };

async fn cleanup(directory: &Directory, input: Input, end: Instant) -> Result<Value, Failure> {
    let cleaned = directory.cleanup(input.account, end).await?;
    schedule::count(NAME, &cleaned.counts());
    let mut done: serde_json::Map<String, Value> =
        cleaned.counts().into_iter().map(|(name, count)| (name.to_owned(), json!(count))).collect();
    done.insert("is_unfinished".to_owned(), json!(cleaned.is_unfinished));
    Ok(Value::Object(done))
}

/// Serves only this task, as a Lambda function.
///
/// # Errors
/// The runtime cannot be reached.
pub fn main() -> Result<(), Error> {
    schedule::run(&TASK)
}
