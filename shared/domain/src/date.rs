/// A calendar date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date(jiff::civil::Date);

impl Date {
    /// Reads a real calendar date, `YYYY-MM-DD`, from the year 1 to 9999.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let date = Self(text.parse().ok()?);
        // A year of other than four digits, a time of day and the like also parse as dates.
        (text.len() == 10 && date.to_string() == text && date.0.year() > 0).then_some(date)
    }

    /// The same date in the type of the calendar library.
    #[must_use]
    pub const fn civil(self) -> jiff::civil::Date {
        self.0
    }
}

impl From<jiff::civil::Date> for Date {
    fn from(date: jiff::civil::Date) -> Self {
        Self(date)
    }
}

impl std::fmt::Display for Date {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}
