use super::{Line, UserId, token::random_id};

/// A user's external code: unique in the account, compared exactly, never changed.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Code(String);

impl Code {
    /// Attempts at a predictable default code. Other users may hold these on purpose.
    pub const ATTEMPTS: u32 = 9;

    /// The default code of a user: `i-7`. Where another user holds it, the second attempt is `i-7-2`, the third
    /// `i-7-3`, and so on. After `i-7-9` the suffix is random.
    #[must_use]
    pub fn default_for(id: UserId, attempt: u32) -> Self {
        Self(match attempt {
            0 | 1 => format!("i-{id}"),
            2..=Self::ATTEMPTS => format!("i-{id}-{attempt}"),
            _ => format!("i-{id}-{}", random_id()),
        })
    }

    /// The user whose default code this is: user 7 for `i-7`.
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

/// A code that a client sends may be any line of text.
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
