use std::{
    future::Future,
    sync::{Mutex, MutexGuard},
};

use roster_directory::{timeouts::BACKGROUND, usage};
use tokio::task::JoinSet;
use tracing::Instrument as _;

/// Work that the response to a request does not depend on.
#[derive(Debug, Default)]
pub struct Background(Mutex<JoinSet<()>>);

impl Background {
    /// Starts work in the background of the request.
    pub fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        self.tasks().spawn(usage::carried(work).in_current_span());
    }

    /// Waits for all work, up to a time limit. An execution environment is frozen once it has responded.
    pub(crate) async fn drain(&self) {
        let mut tasks = std::mem::take(&mut *self.tasks());
        let all = async { while tasks.join_next().await.is_some() {} };
        if tokio::time::timeout(BACKGROUND, all).await.is_err() {
            tracing::warn!("background work was given up");
        }
    }

    fn tasks(&self) -> MutexGuard<'_, JoinSet<()>> {
        self.0.lock().expect("nothing panics while it is held")
    }
}
