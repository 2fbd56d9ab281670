//! The one place where the wall clock is read.

use crate::domain::Timestamp;

/// The present moment, UTC, in whole microseconds.
#[must_use]
pub fn now() -> Timestamp {
    #[expect(clippy::disallowed_methods, reason = "this is the one place")]
    Timestamp::from(jiff::Timestamp::now())
}
