//! Every limit of time in one place, with their sum.
//!
//! The gateway waits 29 s for a function. Within that:
//!
//! | what | limit | counted from |
//! |---|---|---|
//! | a request, before the dialect's 503 is sent instead | [`REQUEST`] | its beginning |
//! | a list, before it stores its position and is given up | [`LIST`] | its beginning |
//! | all attempts of a create: the last one begins by [`CREATE`] and takes [`STORE_OPERATION`] at most | 20 s | the first |
//! | attempts that meet other writers | [`RETRY`] | the first |
//! | background work, after the response is made | [`BACKGROUND`] | the response |
//!
//! [`REQUEST`] and [`BACKGROUND`] are 26 s together, and leave 3 s for events, network and logs.

use std::time::Duration;

/// A whole request. After this time the caller gets the dialect's 503 instead of the gateway's.
pub const REQUEST: Duration = Duration::from_secs(25);
/// A list. Its position is stored in the time that is left of [`REQUEST`].
pub const LIST: Duration = Duration::from_secs(23);
/// Work that the response does not depend on.
pub const BACKGROUND: Duration = Duration::from_secs(1);

/// From the first attempt of a create to the beginning of its last.
pub const CREATE: Duration = Duration::from_secs(12);
/// Attempts of one write that meet other writers.
pub const RETRY: Duration = Duration::from_secs(5);
/// The first ceiling of the random pause between such attempts; it doubles with each.
pub const FIRST_PAUSE: Duration = Duration::from_millis(25);
/// The last ceiling.
pub const LONGEST_PAUSE: Duration = Duration::from_millis(400);

/// One request to the store, its repetitions by the SDK included.
pub const STORE_OPERATION: Duration = Duration::from_secs(8);
/// One attempt of such a request.
pub const STORE_ATTEMPT: Duration = Duration::from_secs(1);
/// Opening a connection to the store.
pub const STORE_CONNECT: Duration = Duration::from_secs(1);

/// From the beginning of a login to its rejection. Longer than any hash takes, so that the time does not reveal which
/// hash was computed.
pub const REJECTED_LOGIN: Duration = Duration::from_secs(1);
/// A login waits this long for other attempts under the same name.
pub const LOGIN_QUEUE: Duration = Duration::from_secs(5);
/// The longest pause between two looks at that queue.
pub const LOGIN_PAUSE: Duration = Duration::from_millis(100);

/// What is left of a scheduled function's time when it begins nothing new.
pub const SCHEDULE_MARGIN: Duration = Duration::from_secs(10);
/// The verification pauses this long before it looks at something again: other writers have finished by then, and
/// indexes have caught up.
pub const VERIFY_PAUSE: Duration = Duration::from_secs(2);

/// How long a session lives.
pub const SESSION: Duration = Duration::from_secs(12 * 60 * 60);
/// How long the position that a list has reached is stored.
pub const CURSOR: Duration = Duration::from_secs(10 * 60);
/// The state of an import that is not continued expires after this time.
pub const IMPORT: Duration = Duration::from_secs(30 * 86_400);
/// An expired API key is listed this long.
pub const EXPIRED_API_KEY: Duration = Duration::from_secs(30 * 86_400);
