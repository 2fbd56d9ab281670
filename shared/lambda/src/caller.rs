use std::sync::OnceLock;

use roster_domain::{AccountId, Caller};
use tokio::sync::watch;

/// The caller of a request, once it has been verified.
#[derive(Debug, Default)]
pub struct CallerCell {
    is_authenticated: watch::Sender<bool>,
    caller: OnceLock<(AccountId, String)>,
}

impl CallerCell {
    /// Sets the verified caller. Work that waits for it continues, and the log names the caller.
    pub(crate) fn set(&self, caller: &Caller) {
        let account = caller.account.get();
        tracing::Span::current().record("account", account).record("key", caller.name.as_str());
        // A request is authenticated once.
        let _ = self.caller.set((caller.account, caller.name.clone()));
        self.is_authenticated.send_replace(true);
    }

    /// Waits until the caller has been verified. Writes that run concurrently with that check must wait here.
    pub async fn authenticated(&self) {
        let mut receiver = self.is_authenticated.subscribe();
        receiver.wait_for(|is_authenticated| *is_authenticated).await.expect("the sender lives as long as this");
    }

    /// The account and the name, for the log.
    pub(crate) fn get(&self) -> Option<(AccountId, &str)> {
        self.caller.get().map(|(account, name)| (*account, name.as_str()))
    }
}
