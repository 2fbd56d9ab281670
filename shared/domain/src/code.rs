use super::{Line, UserId, token::random_id};

/// A user's external code: unique in the account, compared exactly, never changed.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Code(String);

impl Code {
    /// Attempts at a default code that can be foreseen, and so be held by others on purpose.
    pub const ATTEMPTS: u32 = 9;

    /// The code of a user to whom none was given: `i-7`, or `i-7-2`, `i-7-3` … for the second,
    /// third … attempt, where another user holds the ones before; after `i-7-9` a random suffix.
    #[must_use]
    pub fn default_for(id: UserId, attempt: u32) -> Self {
        Self(match attempt {
            0 | 1 => format!("i-{id}"),
            2..=Self::ATTEMPTS => format!("i-{id}-{attempt}"),
            _ => format!("i-{id}-{}", random_id()),
        })
    }

    /// The user to whom this code would be given if none were: of `i-7`, user 7.
    #[must_use]
    pub fn default_of(&self) -> Option<UserId> {
        self.0.strip_prefix("i-").and_then(UserId::parse)
    }

    /// Wraps a code that was valid when it was stored.
    #[must_use]
    pub fn stored(text: String) -> Self {
        Self(text)
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A code that a client gives is any line of text.
impl From<Line> for Code {
    fn from(line: Line) -> Self {
        Self(line.into_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn default_codes_count_their_attempts_from_the_second() {
        let id = UserId::new(7);
        let codes: Vec<_> = (1..=3).map(|n| Code::default_for(id, n).0).collect();
        assert_eq!(codes, ["i-7", "i-7-2", "i-7-3"]);
        assert_eq!(Code::default_for(id, 9).0, "i-7-9");
        let [one, other] = [Code::default_for(id, 10).0, Code::default_for(id, 10).0];
        assert!(one.starts_with("i-7-") && one.len() > 12 && one != other, "{one}");
    }
}
