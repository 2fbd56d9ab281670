use super::{Birthday, CountryId, Decimal, Gender, Line, Timestamp};

/// A plain value of an attribute, as it is stored in tables and files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scalar {
    /// A text.
    Text(String),
    /// A whole number.
    Number(u64),
    /// Yes or no.
    Flag(bool),
}

/// Why a text is not a valid value of an attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "each says what it is")]
pub enum AttributeFault {
    #[error("has more than {0} characters")]
    TooLong(u64),
    #[error("holds a control character")]
    IllFormed,
    #[error("is no number of at most 38 digits")]
    NotADecimal,
    #[error("is neither true nor false")]
    NotAFlag,
    #[error("is neither male nor female")]
    NotAGender,
    #[error("is no date YYYY-MM-DD up to today")]
    NotABirthday,
    #[error("is no number from 1")]
    NotACountry,
}

/// A type of an attribute's values.
pub(crate) trait ScalarValue: Sized {
    /// The plain value.
    fn to_scalar(&self) -> Scalar;
    /// Converts a plain value that was valid when it was stored.
    fn stored(scalar: Scalar) -> Option<Self>;
    /// Parses a value. A text may have at most `limit` characters. A date must not be after `now`.
    fn parse(text: &str, limit: u64, now: Timestamp) -> Result<Self, AttributeFault>;
}

impl Scalar {
    fn text(self) -> Option<String> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }
}

impl ScalarValue for Line {
    fn to_scalar(&self) -> Scalar {
        Scalar::Text(self.as_str().to_owned())
    }

    fn stored(scalar: Scalar) -> Option<Self> {
        scalar.text().map(Self::stored)
    }

    fn parse(text: &str, limit: u64, _now: Timestamp) -> Result<Self, AttributeFault> {
        let fault = |too_long| if too_long { AttributeFault::TooLong(limit) } else { AttributeFault::IllFormed };
        Self::parse(text, limit).map_err(|line| fault(line.too_long))
    }
}

impl ScalarValue for Decimal {
    fn to_scalar(&self) -> Scalar {
        Scalar::Text(self.as_str().to_owned())
    }

    fn stored(scalar: Scalar) -> Option<Self> {
        scalar.text().map(Self::stored)
    }

    fn parse(text: &str, _limit: u64, _now: Timestamp) -> Result<Self, AttributeFault> {
        Self::parse(text.trim()).map_err(|_| AttributeFault::NotADecimal)
    }
}

impl ScalarValue for bool {
    fn to_scalar(&self) -> Scalar {
        Scalar::Flag(*self)
    }

    fn stored(scalar: Scalar) -> Option<Self> {
        if let Scalar::Flag(flag) = scalar { Some(flag) } else { None }
    }

    fn parse(text: &str, _limit: u64, _now: Timestamp) -> Result<Self, AttributeFault> {
        flag(text).ok_or(AttributeFault::NotAFlag)
    }
}

impl ScalarValue for Gender {
    fn to_scalar(&self) -> Scalar {
        Scalar::Text(self.as_str().to_owned())
    }

    fn stored(scalar: Scalar) -> Option<Self> {
        Self::parse(&scalar.text()?)
    }

    fn parse(text: &str, _limit: u64, _now: Timestamp) -> Result<Self, AttributeFault> {
        Self::parse(text.trim()).ok_or(AttributeFault::NotAGender)
    }
}

impl ScalarValue for Birthday {
    fn to_scalar(&self) -> Scalar {
        Scalar::Text(self.to_string())
    }

    fn stored(scalar: Scalar) -> Option<Self> {
        Self::stored(&scalar.text()?)
    }

    fn parse(text: &str, _limit: u64, now: Timestamp) -> Result<Self, AttributeFault> {
        Self::parse(text.trim(), now).ok_or(AttributeFault::NotABirthday)
    }
}

impl ScalarValue for CountryId {
    fn to_scalar(&self) -> Scalar {
        Scalar::Number(self.get())
    }

    fn stored(scalar: Scalar) -> Option<Self> {
        if let Scalar::Number(number) = scalar { Some(Self::stored(number)) } else { None }
    }

    fn parse(text: &str, _limit: u64, _now: Timestamp) -> Result<Self, AttributeFault> {
        Self::parse(text.trim()).ok_or(AttributeFault::NotACountry)
    }
}

/// A boolean, in the words that files use.
#[must_use]
pub fn flag(text: &str) -> Option<bool> {
    match text.trim().to_ascii_lowercase().as_str() {
        "true" | "yes" | "1" | "active" => Some(true),
        "false" | "no" | "0" | "inactive" => Some(false),
        _ => None,
    }
}
