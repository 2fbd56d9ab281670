use super::{Date, Timestamp};

/// The admin dialect's gender.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gender {
    /// `male`
    Male,
    /// `female`
    Female,
}

impl Gender {
    /// Reads `male` or `female`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Male, Self::Female].into_iter().find(|gender| gender.as_str() == text)
    }

    /// The word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Male => "male",
            Self::Female => "female",
        }
    }
}

/// A date of birth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Birthday(Date);

impl Birthday {
    /// Reads a real calendar date, `YYYY-MM-DD`, not after the day on which `now` falls in UTC.
    #[must_use]
    pub fn parse(text: &str, now: Timestamp) -> Option<Self> {
        Date::parse(text).filter(|date| *date <= now.date()).map(Self)
    }

    /// Reads a date that was valid when it was stored.
    #[must_use]
    pub fn stored(text: &str) -> Option<Self> {
        Date::parse(text).map(Self)
    }
}

impl std::fmt::Display for Birthday {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// The admin dialect's number of a country: 1 to 2^53.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CountryId(u64);

impl CountryId {
    /// Reads canonical decimal digits.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        super::id::canonical(text).map(Self)
    }

    /// Wraps a number that was valid when it was stored.
    #[must_use]
    pub const fn stored(number: u64) -> Self {
        Self(number)
    }

    /// The number itself.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn birthdays_are_real_dates_up_to_today() {
        let now = Timestamp::try_from("2026-02-28T23:59:59Z".to_owned()).unwrap();
        for text in ["1990-01-01", "2024-02-29", "0001-01-01", "2026-02-28"] {
            assert_eq!(Birthday::parse(text, now).map(|date| date.to_string()).as_deref(), Some(text));
        }
        for text in [
            "",
            "0000-01-01",
            "2026-03-01",
            "1990-02-30",
            "2023-02-29",
            "1990-1-1",
            "01/01/1990",
            "1990-01-01T00:00:00",
            "19900101",
            "-000001-01-01",
            "1990-01-01 ",
            "tomorrow",
            "1990-01-01[UTC]",
        ] {
            assert_eq!(Birthday::parse(text, now), None, "{text}");
        }
    }
}
