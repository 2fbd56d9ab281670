use std::fmt::Write as _;

/// Digits a number may be written with, leading zeros aside.
const MAX_DIGITS: usize = 38;
/// The magnitude stays below ten to this power.
const MAX_EXPONENT: i64 = 100;
/// Digits an exponent may be written with, leading zeros aside.
const MAX_EXPONENT_DIGITS: usize = 15;
/// Stands for an exponent that is longer.
const FAR: i64 = 1 << 60;
/// Numbers with up to this many places on either side are written without an exponent.
const PLAIN_PLACES: i64 = 38;

/// A decimal number, exact, in one canonical text that is also its JSON form: `42`, `-1.5`,
/// `1e99`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decimal(String);

/// Not a decimal number of at most 38 digits and a magnitude below 10^100.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a decimal number of at most 38 digits below 10^100")]
pub struct NotADecimal;

impl Decimal {
    /// Trims `text` and reads digits with an optional sign, point and exponent.
    ///
    /// # Errors
    /// Anything else, more than 38 digits, or a magnitude of 10^100 and more.
    pub fn parse(text: &str) -> Result<Self, NotADecimal> {
        let text = text.trim();
        let (negative, unsigned) = match text.as_bytes().first() {
            Some(b'-') => (true, &text[1..]),
            Some(b'+') => (false, &text[1..]),
            _ => (false, text),
        };
        let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, read_exponent(exponent)?),
            None => (unsigned, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let mut digits = format!("{whole}{fraction}");
        if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(NotADecimal);
        }
        let leading = digits.len() - digits.trim_start_matches('0').len();
        digits.drain(..leading);
        if digits.len() > MAX_DIGITS {
            return Err(NotADecimal);
        }
        // value = 0.DIGITS × 10^point
        let point = i64::try_from(whole.len()).map_err(|_| NotADecimal)?
            - i64::try_from(leading).map_err(|_| NotADecimal)?
            + exponent;
        let digits = digits.trim_end_matches('0');
        if digits.is_empty() {
            return Ok(Self("0".to_owned()));
        }
        if point > MAX_EXPONENT || point <= -FAR / 2 {
            return Err(NotADecimal);
        }
        Ok(Self(write(negative, digits, point)))
    }

    /// Wraps a number that was valid when it was stored.
    #[must_use]
    pub fn stored(text: String) -> Self {
        Self(text)
    }

    /// The canonical text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn read_exponent(text: &str) -> Result<i64, NotADecimal> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(NotADecimal);
    }
    // A longer exponent is useless, and out of the range of this arithmetic.
    if digits.trim_start_matches('0').len() > MAX_EXPONENT_DIGITS {
        return Ok(if text.starts_with('-') { -FAR } else { FAR });
    }
    text.parse().map_err(|_| NotADecimal)
}

/// Writes 0.`digits` × 10^`point`; `digits` has no zero at either end.
fn write(negative: bool, digits: &str, point: i64) -> String {
    let mut text = String::from(if negative { "-" } else { "" });
    let count = i64::try_from(digits.len()).expect("a decimal has at most 38 digits");
    let zeros = |n: i64| "0".repeat(usize::try_from(n).expect("no negative number of zeros"));
    if point > 0 && point <= PLAIN_PLACES {
        if point >= count {
            text.push_str(digits);
            text.push_str(&zeros(point - count));
        } else {
            let (whole, fraction) = digits.split_at(usize::try_from(point).expect("the point is positive here"));
            let _ = write!(text, "{whole}.{fraction}");
        }
    } else if point <= 0 && count - point <= PLAIN_PLACES {
        let _ = write!(text, "0.{}{digits}", zeros(-point));
    } else {
        let (first, rest) = digits.split_at(1);
        let dot = if rest.is_empty() { "" } else { "." };
        let _ = write!(text, "{first}{dot}{rest}e{}", point - 1);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn canonical(text: &str) -> Result<String, NotADecimal> {
        Decimal::parse(text).map(|n| n.0)
    }

    #[test]
    fn numbers_have_one_text() {
        for (given, text) in [
            ("42", "42"),
            ("-42", "-42"),
            ("+42", "42"),
            (" 42 ", "42"),
            ("042", "42"),
            ("1.50", "1.5"),
            (".5", "0.5"),
            ("5.", "5"),
            ("-0", "0"),
            ("0.000", "0"),
            ("0e99999", "0"),
            ("1e3", "1000"),
            ("1E+3", "1000"),
            ("12e-1", "1.2"),
            ("1e99", "1e99"),
            ("-1.25e50", "-1.25e50"),
            ("0.001", "0.001"),
            ("1e-60", "1e-60"),
            ("1e-2147483649", "1e-2147483649"),
            ("0e99999999999999999999", "0"),
            ("9.99e99", "9.99e99"),
            ("00012", "12"),
            ("1.5e1", "15"),
        ] {
            assert_eq!(canonical(given).as_deref(), Ok(text), "{given}");
        }
    }

    #[test]
    fn thirty_eight_digits_are_kept_exactly_and_one_more_is_refused() {
        let nines = "9".repeat(38);
        assert_eq!(canonical(&nines), Ok(nines.clone()));
        assert_eq!(canonical(&format!("0.{nines}")), Ok(format!("0.{nines}")));
        assert_eq!(canonical(&format!("{nines}9")), Err(NotADecimal));
        assert_eq!(canonical(&"1".repeat(400)), Err(NotADecimal));
    }

    #[test]
    fn what_is_no_decimal_below_ten_to_the_hundred_is_refused() {
        for text in [
            "",
            " ",
            "-",
            ".",
            "e5",
            "1e",
            "1e9999999999999999999999",
            "1e-9999999999999999999999",
            "1e+",
            "1e1.5",
            "0x1f",
            "1_000",
            "1,5",
            "NaN",
            "inf",
            "١",
            "1e100",
            "--1",
            "1e99999999999",
            "1 2",
        ] {
            assert_eq!(canonical(text), Err(NotADecimal), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn the_canonical_text_is_json_and_its_own_canonical_text(text in "[+-]?[0-9]{0,20}\\.?[0-9]{0,20}([eE][+-]?[0-9]{1,3})?") {
            if let Ok(text) = canonical(&text) {
                prop_assert_eq!(canonical(&text), Ok(text.clone()));
                prop_assert!(serde_json::from_str::<f64>(&text).is_ok());
            }
        }

        #[test]
        fn nothing_panics(text in "\\PC*") {
            let _ = canonical(&text);
        }
    }
}
