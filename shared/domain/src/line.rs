use validator::ValidateLength;

/// A line of clean text: trimmed, no control characters, no noncharacters U+FFFE and U+FFFF.
/// May be empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line(String);

/// Why a text is not a [`Line`]. Both can be true of one text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a line of clean text within its limit")]
pub struct LineFault {
    /// It has more Unicode characters than the field allows.
    pub too_long: bool,
    /// It contains a character that no field may contain.
    pub ill_formed: bool,
}

impl Line {
    /// Trims `text` and checks it; `max` counts Unicode characters.
    ///
    /// # Errors
    /// States which of the two rules it breaks.
    pub fn parse(text: &str, max: u64) -> Result<Self, LineFault> {
        let text = text.trim();
        let fault = LineFault {
            too_long: !text.validate_length(None, Some(max), None),
            ill_formed: text.chars().any(is_rejected),
        };
        if fault.too_long || fault.ill_formed {
            return Err(fault);
        }
        Ok(Self(text.to_owned()))
    }

    /// Wraps a text that was a [`Line`] when it was stored.
    #[must_use]
    pub fn stored(text: String) -> Self {
        Self(text)
    }

    /// The text, owned.
    #[must_use]
    pub fn into_string(self) -> String {
        self.0
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Characters that no stored text may contain: Unicode's Cc and two noncharacters. (A Rust string cannot contain a lone
/// surrogate; the decoders turn it into U+FFFF.)
pub fn is_rejected(c: char) -> bool {
    c.is_control() || matches!(c, '\u{FFFE}' | '\u{FFFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_count_characters_not_bytes() {
        assert!(Line::parse("ééé", 3).is_ok());
        assert!(Line::parse("éééé", 3).unwrap_err().too_long);
        assert_eq!(Line::parse("  a b\u{a0}", 3).unwrap().as_str(), "a b");
    }

    #[test]
    fn control_characters_are_refused_inside_but_white_space_at_the_ends_is_trimmed() {
        for text in ["a\0b", "a\nb", "a\tb", "a\u{7f}", "\u{85}a\u{9f}b", "a\u{ffff}", "\u{fffe}"] {
            assert!(Line::parse(text, 10).unwrap_err().ill_formed, "{text:?}");
        }
        assert_eq!(Line::parse("\n a \t", 10).unwrap().as_str(), "a");
    }
}
