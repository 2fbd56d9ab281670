use super::{Email, Line, LineFault, email::fold};

/// The maximum length of a login in any dialect, in characters: an e-mail address of 254 is the longest.
const LONGEST: u64 = 254;
/// The maximum length of a compared login, in bytes. A character has up to four, and composition may triple them. A
/// longer login would not fit the store's keys.
const LONGEST_KEY: usize = 1200;

/// The name a user signs in with. Stored as typed; compared by NFC and lower case.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Login {
    typed: String,
    key: String,
}

impl Login {
    /// Trims `text` and checks it; `max` counts Unicode characters.
    ///
    /// # Errors
    /// As [`Line::parse`].
    pub fn parse(text: &str, max: u64) -> Result<Self, LineFault> {
        Line::parse(text, max).map(Self::from)
    }

    /// Reads a login that a user of any dialect may have; `None` where no user can have it.
    #[must_use]
    pub fn parse_any(text: &str) -> Option<Self> {
        Self::parse(text, LONGEST).ok().filter(|login| login.key.len() <= LONGEST_KEY)
    }

    /// Wraps a login that was valid when it was stored.
    #[must_use]
    pub fn stored(typed: String) -> Self {
        Self { key: fold(&typed), typed }
    }

    /// The login as typed.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.typed
    }

    /// The form in which two spellings of one login are equal.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }
}

impl From<Line> for Login {
    fn from(line: Line) -> Self {
        Self::stored(line.into_string())
    }
}

/// A user created without a login signs in with its e-mail address.
impl From<&Email> for Login {
    fn from(email: &Email) -> Self {
        Self::stored(email.as_str().to_owned())
    }
}

/// Hides the value, so that personal data stays out of logs.
impl std::fmt::Debug for Login {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Login(…)")
    }
}
