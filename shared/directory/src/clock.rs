//! The only place where the wall clock is read.

use roster_domain::Timestamp;

/// The present instant, UTC, in whole microseconds.
#[must_use]
pub fn now() -> Timestamp {
    #[expect(clippy::disallowed_methods, reason = "this is the only place")]
    Timestamp::from(jiff::Timestamp::now())
}
