use std::{future::Future, time::Duration};

use anyhow::Context as _;
use roster_lambda as http;
use roster_lambda::{Directory, schedule};

/// The time limit of a task, since no client waits for it.
const TASK_TIME: Duration = Duration::from_secs(900);

/// Runs functions by name.
pub trait Invoke: Clone + Send + Sync + 'static {
    /// Invokes `function` with an event and returns its response payload.
    fn invoke(
        &self,
        function: &str,
        event: Vec<u8>,
        request_id: &str,
    ) -> impl Future<Output = anyhow::Result<Vec<u8>>> + Send;
}

/// Runs the functions' own code in this process.
#[derive(Clone, Debug)]
pub struct InProcess(pub Directory);

impl Invoke for InProcess {
    async fn invoke(&self, function: &str, event: Vec<u8>, request_id: &str) -> anyhow::Result<Vec<u8>> {
        if let Some(task) = roster_functions::task(function) {
            let done = schedule::invoke(task, &self.0, &event, TASK_TIME).await;
            return done.map_err(|error| anyhow::anyhow!("{error}"));
        }
        let endpoint =
            roster_functions::endpoint(function).with_context(|| format!("there is no function {function}"))?;
        http::invoke(endpoint, self.0.clone(), &event, request_id).await.map_err(|error| anyhow::anyhow!("{error}"))
    }
}
