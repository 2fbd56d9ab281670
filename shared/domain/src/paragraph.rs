use validator::ValidateLength;

use super::{LineFault, line::is_rejected};

/// Clean text of any number of lines: as a [`Line`](super::Line), but TAB and LF are allowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paragraph(String);

impl Paragraph {
    /// Trims `text`, replaces every CR LF by LF and checks it; `max` counts Unicode characters.
    ///
    /// # Errors
    /// As [`Line::parse`](super::Line::parse).
    pub fn parse(text: &str, max: u64) -> Result<Self, LineFault> {
        let text = text.trim().replace("\r\n", "\n");
        let fault = LineFault {
            too_long: !text.validate_length(None, Some(max), None),
            ill_formed: text.chars().any(|c| is_rejected(c) && !matches!(c, '\t' | '\n')),
        };
        if fault.too_long || fault.ill_formed { Err(fault) } else { Ok(Self(text)) }
    }

    /// The text, owned.
    #[must_use]
    pub fn into_string(self) -> String {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tabs_and_lines_may_stand_in_it_and_nothing_else_that_controls() {
        let parsed = |text| Paragraph::parse(text, 5).map(Paragraph::into_string);
        assert_eq!(parsed(" a\r\nb\tc\r\n"), Ok("a\nb\tc".to_owned()));
        for text in ["a\rb", "a\u{1}", "a\u{85}b", "a\u{ffff}"] {
            assert_eq!(parsed(text), Err(LineFault { too_long: false, ill_formed: true }), "{text:?}");
        }
        assert_eq!(parsed("abcdef"), Err(LineFault { too_long: true, ill_formed: false }));
    }
}
