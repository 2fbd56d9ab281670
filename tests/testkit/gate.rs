//! A hook that holds calls: a program stands still at a call to the store that the test has chosen.

use std::{fmt, sync::Arc};

use tokio::sync::watch;

use super::wire::{Call, Engine, Hook, Lost, Response};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Open,
    Holding,
    Released,
}

/// See [`Gate::before`].
pub struct Gate {
    engine: Engine,
    closes: Box<dyn Fn(&Call) -> bool + Send + Sync>,
    state: watch::Sender<State>,
}

impl fmt::Debug for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Gate")
    }
}

impl Gate {
    /// Stands before an engine and holds the first call for which `closes` is true, and all that follow.
    pub fn before(engine: &str, closes: impl Fn(&Call) -> bool + Send + Sync + 'static) -> Arc<Self> {
        Arc::new(Self { engine: Engine::at(engine), closes: Box::new(closes), state: watch::Sender::new(State::Open) })
    }

    /// As [`Gate::before`], from the call of this number (from 1) of one kind on.
    pub fn before_call(engine: &str, operation: &'static str, number: usize) -> Arc<Self> {
        let calls = std::sync::atomic::AtomicUsize::new(0);
        Self::before(engine, move |call| {
            call.operation == operation && calls.fetch_add(1, std::sync::atomic::Ordering::SeqCst) + 1 == number
        })
    }

    /// Whether a call is held.
    pub fn is_holding(&self) -> bool {
        *self.state.borrow() == State::Holding
    }

    /// Waits until a call is held.
    pub async fn holds(&self) {
        self.state.subscribe().wait_for(|state| *state == State::Holding).await.expect("the sender is here");
    }

    /// Lets what is held and all that follows pass.
    pub fn release(&self) {
        self.state.send_replace(State::Released);
    }
}

impl Hook for Gate {
    async fn call(&self, call: Call) -> Result<Response, Lost> {
        if *self.state.borrow() == State::Open && (self.closes)(&call) {
            self.state.send_replace(State::Holding);
        }
        let mut state = self.state.subscribe();
        state.wait_for(|state| *state != State::Holding).await.expect("the sender is here");
        self.engine.call(call).await
    }
}
