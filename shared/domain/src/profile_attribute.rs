use super::{Date, Line, LineFault, Paragraph, ProfileValue};

/// The type of an attribute's values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueKind {
    /// A whole number of 64 bits.
    Integer,
    /// Yes or no.
    Boolean,
    /// `YYYY-MM-DD`
    Date,
    /// Date and time.
    Timestamp,
    /// One line of at most this many characters.
    Line(u64),
    /// Any number of lines, of at most this many characters together.
    Lines(u64),
}

/// Why a text is not a valid value of the attribute's kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ValueFault {
    /// It is not clean text within the limit of characters.
    #[error("{}", match fault.too_long {
        true => format!("has more than {limit} characters"),
        false => "holds a control character".to_owned(),
    })]
    Text {
        /// Which rules it breaks.
        fault: LineFault,
        /// The limit, in characters.
        limit: u64,
    },
    /// It is not a whole number of 64 bits.
    #[error("is no whole number")]
    NotAnInteger,
    /// It is not a date.
    #[error("is no date YYYY-MM-DD")]
    NotADate,
}

/// An attribute of a [`Profile`](super::Profile).
#[derive(Debug)]
pub struct ProfileAttribute {
    /// Its name in tables, files and dialects.
    pub name: &'static str,
    /// The type of its values.
    pub kind: ValueKind,
}

const TEXT: ValueKind = ValueKind::Line(255);
const CUSTOM: ValueKind = ValueKind::Lines(255);
const ADDRESS: ValueKind = ValueKind::Lines(100);
const PHONE: ValueKind = ValueKind::Line(20);

/// Every attribute of a profile, in order of their names.
pub static PROFILE_ATTRIBUTES: [ProfileAttribute; 42] = [
    row("address_one", ADDRESS),
    row("address_two", ADDRESS),
    row("city", ValueKind::Line(50)),
    row("country", TEXT),
    row("custom_a", CUSTOM),
    row("custom_b", CUSTOM),
    row("custom_c", CUSTOM),
    row("custom_d", CUSTOM),
    row("custom_e", CUSTOM),
    row("custom_f", CUSTOM),
    row("custom_g", CUSTOM),
    row("custom_h", CUSTOM),
    row("custom_i", CUSTOM),
    row("custom_j", CUSTOM),
    row("custom_k", CUSTOM),
    row("custom_l", CUSTOM),
    row("custom_m", CUSTOM),
    row("custom_n", CUSTOM),
    row("custom_o", CUSTOM),
    row("custom_p", CUSTOM),
    row("custom_q", CUSTOM),
    row("custom_r", CUSTOM),
    row("custom_s", CUSTOM),
    row("custom_t", CUSTOM),
    row("custom_u", CUSTOM),
    row("external_avatar_url", TEXT),
    row("facebook_id", TEXT),
    row("hired_on", ValueKind::Date),
    row("integration_id", ValueKind::Integer),
    row("is_pass_reset_required", ValueKind::Boolean),
    row("locale", TEXT),
    row("manager_id", ValueKind::Integer),
    row("phone_fax", PHONE),
    row("phone_home", PHONE),
    row("phone_mobile", PHONE),
    row("phone_work", PHONE),
    row("position_id", ValueKind::Integer),
    row("position_name", TEXT),
    row("registration_id", TEXT),
    row("state", ValueKind::Line(50)),
    row("tzid", TEXT),
    row("zip", ValueKind::Line(10)),
];

const fn row(name: &'static str, kind: ValueKind) -> ProfileAttribute {
    ProfileAttribute { name, kind }
}

impl ProfileAttribute {
    /// The attribute of a name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        PROFILE_ATTRIBUTES.iter().find(|attribute| attribute.name == name)
    }
}

impl ValueKind {
    /// The value that a text stands for. An empty text stands for null, so the result is `None`, unless the kind is
    /// itself a text.
    ///
    /// # Errors
    /// It is not a valid value of this kind.
    pub fn parse(self, text: &str) -> Result<Option<ProfileValue>, ValueFault> {
        let value = match self {
            Self::Line(limit) => {
                let line = Line::parse(text, limit).map_err(|fault| ValueFault::Text { fault, limit })?;
                ProfileValue::Text(line.into_string())
            }
            Self::Lines(limit) => {
                let paragraph = Paragraph::parse(text, limit).map_err(|fault| ValueFault::Text { fault, limit })?;
                ProfileValue::Text(paragraph.into_string())
            }
            _ if text.is_empty() => return Ok(None),
            Self::Boolean => ProfileValue::Boolean(is_yes(text)),
            Self::Integer => ProfileValue::Integer(text.parse().map_err(|_| ValueFault::NotAnInteger)?),
            Self::Date | Self::Timestamp => {
                ProfileValue::Text(Date::parse(text).ok_or(ValueFault::NotADate)?.to_string())
            }
        };
        Ok(Some(value))
    }
}

/// Whether a text that is not blank stands for yes.
#[must_use]
pub fn is_yes(text: &str) -> bool {
    !["false", "0", "f", "no", "off"].iter().any(|no| text.eq_ignore_ascii_case(no))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_in_order_and_each_stands_once() {
        assert!(PROFILE_ATTRIBUTES.is_sorted_by(|a, b| a.name < b.name));
    }

    #[test]
    fn each_text_that_stands_for_nothing_has_its_reason() {
        for (name, text, reason) in [
            ("city", &*"x".repeat(51), "has more than 50 characters"),
            ("custom_a", "a\u{7}b", "holds a control character"),
            ("manager_id", "1.5", "is no whole number"),
            ("hired_on", "2026-02-30", "is no date YYYY-MM-DD"),
        ] {
            let fault = ProfileAttribute::named(name).unwrap().kind.parse(text).unwrap_err();
            assert_eq!(fault.to_string(), reason, "{name}");
        }
    }
}
