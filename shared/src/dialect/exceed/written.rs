//! How moments are written.

use crate::domain::{TimeZone, Timestamp};

/// `2020-07-07T11:24:43`, in UTC, without saying so.
pub(super) fn moment(at: Timestamp) -> String {
    at.instant().strftime("%Y-%m-%dT%H:%M:%S").to_string()
}

/// `2019-05-07T10:54:45.669-04:00`, in the account's zone.
pub(super) fn deletion_moment(at: Timestamp, zone: Option<&TimeZone>) -> String {
    let zone = zone.map_or(jiff::tz::TimeZone::UTC, TimeZone::rules);
    at.instant().to_zoned(zone).strftime("%Y-%m-%dT%H:%M:%S.%3f%:z").to_string()
}
