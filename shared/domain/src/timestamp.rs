use serde::{Deserialize, Serialize};

use super::Date;

/// An instant in UTC, in whole microseconds.
///
/// Its text, `2025-01-01T00:00:00.000000Z`, sorts in chronological order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
#[cfg_attr(
    feature = "openapi",
    derive(schemars::JsonSchema),
    schemars(inline, description = "In UTC, with microseconds")
)]
pub struct Timestamp(
    #[cfg_attr(feature = "openapi", schemars(with = "String", extend("format" = "date-time")))] jiff::Timestamp,
);

impl Timestamp {
    /// The instant `span` later, or the last representable one.
    #[must_use]
    pub fn saturating_add(self, span: std::time::Duration) -> Self {
        Self(self.0.saturating_add(span).unwrap_or(jiff::Timestamp::MAX))
    }

    /// The instant `span` earlier, or the first representable one.
    #[must_use]
    pub fn saturating_sub(self, span: std::time::Duration) -> Self {
        Self(self.0.saturating_sub(span).unwrap_or(jiff::Timestamp::MIN))
    }

    /// The time from `earlier` to this instant; zero if `earlier` is later.
    #[must_use]
    pub fn since(self, earlier: Self) -> std::time::Duration {
        self.0.duration_since(earlier.0).try_into().unwrap_or_default()
    }

    /// The last instant before this one.
    #[must_use]
    pub fn just_before(self) -> Self {
        Self(self.0.checked_sub(jiff::SignedDuration::from_micros(1)).unwrap_or(jiff::Timestamp::MIN))
    }

    /// The hour that contains it, `2025-01-01T00`.
    #[must_use]
    pub fn hour(self) -> String {
        self.to_string().chars().take(13).collect()
    }

    /// The day in UTC that contains it.
    #[must_use]
    pub fn date(self) -> Date {
        Date::from(self.0.to_zoned(jiff::tz::TimeZone::UTC).date())
    }

    /// The same instant in the type of the calendar library.
    #[must_use]
    pub const fn instant(self) -> jiff::Timestamp {
        self.0
    }

    /// Seconds from this instant to `later`, rounded up; 0 if `later` is not later.
    #[must_use]
    pub fn seconds_until(self, later: Self) -> u32 {
        let milliseconds = later.as_millisecond().saturating_sub(self.as_millisecond()).max(0);
        u32::try_from((milliseconds + 999) / 1000).unwrap_or(u32::MAX)
    }

    /// The instant this many milliseconds after 1970, or the first or last representable one.
    #[must_use]
    pub fn from_millisecond(milliseconds: i64) -> Self {
        let bound = if milliseconds < 0 { jiff::Timestamp::MIN } else { jiff::Timestamp::MAX };
        Self::from(jiff::Timestamp::from_millisecond(milliseconds).unwrap_or(bound))
    }

    /// Milliseconds since 1970.
    #[must_use]
    pub fn as_millisecond(self) -> i64 {
        self.0.as_millisecond()
    }
}

impl From<jiff::Timestamp> for Timestamp {
    fn from(moment: jiff::Timestamp) -> Self {
        Self(jiff::Timestamp::from_microsecond(moment.as_microsecond()).unwrap_or(moment))
    }
}

impl std::fmt::Display for Timestamp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:.6}", self.0)
    }
}

impl From<Timestamp> for String {
    fn from(moment: Timestamp) -> Self {
        moment.to_string()
    }
}

impl TryFrom<String> for Timestamp {
    type Error = jiff::Error;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse::<jiff::Timestamp>().map(Self::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_has_six_digits_and_a_z() {
        let moment = Timestamp::try_from("2025-01-01T00:00:00Z".to_owned()).unwrap();
        assert_eq!(moment.to_string(), "2025-01-01T00:00:00.000000Z");
        assert_eq!(moment.hour(), "2025-01-01T00");
        let fine = Timestamp::try_from("2025-01-01T00:00:00.1234567Z".to_owned()).unwrap();
        assert_eq!(fine.to_string(), "2025-01-01T00:00:00.123456Z");
    }
}
