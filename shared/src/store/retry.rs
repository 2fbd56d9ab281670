use std::time::Duration;

use tokio::time::Instant;

use crate::usage;

const FIRST: Duration = Duration::from_millis(25);
const LONGEST: Duration = Duration::from_millis(400);
const ATTEMPTS: u32 = 16;
/// How long attempts that meet other writers go on.
const PATIENCE: Duration = Duration::from_secs(5);

/// Attempts at one thing, with full jitter between them: at most 16 and at most 5 s.
#[derive(Debug)]
pub(crate) struct Retry {
    end: Instant,
    made: u32,
}

impl Retry {
    /// The first attempt is about to be made.
    pub(crate) fn start() -> Self {
        Self::until(Instant::now() + PATIENCE)
    }

    /// As [`Retry::start`], with a limit of its own as well.
    pub(crate) fn until(end: Instant) -> Self {
        Self { end: end.min(Instant::now() + PATIENCE), made: 1 }
    }

    /// One attempt and no more.
    pub(crate) fn never() -> Self {
        Self { end: Instant::now(), made: ATTEMPTS }
    }

    /// Whether the next attempt may be made without a pause: the first three, where what came in between is known.
    pub(crate) fn at_once(&mut self) -> bool {
        self.made += 1;
        self.made <= 4
    }

    /// Waits before the next attempt; `false` when there shall be none.
    pub(crate) async fn again(&mut self) -> bool {
        let ceiling = FIRST.saturating_mul(1 << self.made.min(10)).min(LONGEST);
        let pause = ceiling.mul_f64(rand::random());
        if self.made >= ATTEMPTS || Instant::now() + pause >= self.end {
            return false;
        }
        self.made += 1;
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
