use std::sync::OnceLock;

use roster_domain::{AccountId, Caller};
use tokio::sync::watch;

/// Who sent a request, once that has been verified.
#[derive(Debug, Default)]
pub struct CallerCell {
    is_authenticated: watch::Sender<bool>,
    caller: OnceLock<(AccountId, String)>,
}

impl CallerCell {
    /// The caller has been verified: what waits for that continues, and the log names it.
    pub(crate) fn set(&self, caller: &Caller) {
        let account = caller.account.get();
        tracing::Span::current().record("account", account).record("key", caller.name.as_str());
        // A request is authenticated once.
        let _ = self.caller.set((caller.account, caller.name.clone()));
        self.is_authenticated.send_replace(true);
    }

    /// Waits until the caller has been verified. What writes beside that check waits for it.
    pub async fn authenticated(&self) {
        let mut receiver = self.is_authenticated.subscribe();
        receiver.wait_for(|is_authenticated| *is_authenticated).await.expect("the sender lives as long as this");
    }

    /// Account and name for the log.
    pub(crate) fn get(&self) -> Option<(AccountId, &str)> {
        self.caller.get().map(|(account, name)| (*account, name.as_str()))
    }
}
