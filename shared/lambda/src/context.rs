use std::future::Future;

use roster_dialects::http::Request;
use roster_domain::Caller;
use tokio::time::Instant;

use crate::{Background, CallerCell, Directory};

/// The input of an endpoint.
#[derive(Debug)]
pub struct Context {
    /// The request.
    pub request: Request,
    /// The directory.
    pub directory: Directory,
    /// When the request began.
    pub began: Instant,
    /// The caller.
    pub caller: CallerCell,
    /// Work that the response does not depend on.
    pub background: Background,
}

impl Context {
    pub(crate) fn new(request: Request, directory: Directory) -> Self {
        Self {
            request,
            directory,
            began: Instant::now(),
            caller: CallerCell::default(),
            background: Background::default(),
        }
    }

    /// Sets the verified caller of the request. The hour of the key's use is recorded in the background.
    pub fn authenticate(&self, caller: &Caller) {
        self.caller.set(caller);
        if let Some((key, hour)) = caller.unrecorded_use.clone() {
            let directory = self.directory.clone();
            self.background.spawn(async move { directory.api_key_record_use(&key, &hour).await });
        }
    }

    /// Waits until the caller has been verified.
    pub fn authenticated(&self) -> impl Future<Output = ()> + Send + '_ {
        self.caller.authenticated()
    }
}
