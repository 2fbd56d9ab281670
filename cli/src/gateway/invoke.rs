use std::{future::Future, time::Duration};

use anyhow::Context as _;
use roster_lambda as http;
use roster_lambda::{Directory, schedule};

/// What a task gets that nobody waits for.
const TASK_TIME: Duration = Duration::from_secs(900);

/// Something that runs functions by name.
pub trait Invoke: Clone + Send + Sync + 'static {
    /// Gives `function` an event and returns the payload it answers with.
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
