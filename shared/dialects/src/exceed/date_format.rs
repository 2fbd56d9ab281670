//! How instants are written.

use roster_domain::{TimeZone, Timestamp};

/// `2020-07-07T11:24:43`: UTC, without an offset.
pub(super) fn timestamp(at: Timestamp) -> String {
    at.instant().strftime("%Y-%m-%dT%H:%M:%S").to_string()
}

/// `2019-05-07T10:54:45.669-04:00`, in the account's zone.
pub(super) fn deletion_timestamp(at: Timestamp, time_zone: Option<&TimeZone>) -> String {
    let zone = time_zone.map_or(jiff::tz::TimeZone::UTC, TimeZone::rules);
    at.instant().to_zoned(zone).strftime("%Y-%m-%dT%H:%M:%S.%3f%:z").to_string()
}
