use std::time::Duration;

use tokio::time::Instant;

use crate::{
    timeouts::{FIRST_PAUSE, LONGEST_PAUSE, RETRY},
    usage,
};

/// Attempts at one thing.
const MAX_ATTEMPTS: u32 = 16;
/// Attempts without a pause, used when the state that another writer left is known.
const MAX_IMMEDIATE: u32 = 4;

/// Attempts at one thing, with full jitter between them: at most 16, within [`RETRY`].
#[derive(Debug)]
pub struct Retry {
    end: Instant,
    attempts: u32,
}

impl Retry {
    /// The first attempt is about to be made.
    #[must_use]
    pub fn start() -> Self {
        Self::until(Instant::now() + RETRY)
    }

    /// As [`Retry::start`], with an end of its own as well.
    #[must_use]
    pub fn until(end: Instant) -> Self {
        Self { end: end.min(Instant::now() + RETRY), attempts: 1 }
    }

    /// One attempt and no more.
    #[must_use]
    pub fn never() -> Self {
        Self { end: Instant::now(), attempts: MAX_ATTEMPTS }
    }

    /// Whether the next attempt may be made without a pause.
    pub fn at_once(&mut self) -> bool {
        self.attempts += 1;
        self.attempts <= MAX_IMMEDIATE
    }

    /// Waits before the next attempt; `false` if there must be no more.
    pub async fn again(&mut self) -> bool {
        let ceiling = FIRST_PAUSE.saturating_mul(1 << self.attempts.min(10)).min(LONGEST_PAUSE);
        let pause: Duration = ceiling.mul_f64(rand::random());
        if self.attempts >= MAX_ATTEMPTS || Instant::now() + pause >= self.end {
            return false;
        }
        self.attempts += 1;
        usage::retry();
        tokio::time::sleep(pause).await;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn sixteen_attempts_are_made_and_no_more() {
        let mut retry = Retry::start();
        let mut attempts = 1;
        while retry.again().await {
            attempts += 1;
        }
        assert_eq!(attempts, 16);
    }

    #[tokio::test]
    async fn none_is_made_past_the_end() {
        assert!(!Retry::until(Instant::now()).again().await);
    }
}
