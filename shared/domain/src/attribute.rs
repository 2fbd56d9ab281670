//! The table of attributes that the directory stores and that only some dialects show.
//!
//! A row here is all that the directory, the store, the import and the export need to know of one. What a dialect calls
//! it, and which values it accepts, is in the dialect.

use super::{
    Birthday, CountryId, Decimal, Gender, Line, Patch, Timestamp,
    scalar::{AttributeFault, Scalar, ScalarValue},
};

macro_rules! attributes {
    ($($(#[$doc:meta])+ $name:ident: $type:ty { limit: $limit:expr, clearable: $clearable:expr, default: $default:expr })+) => {
        /// The attributes of one user; `None` is null.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct Attributes {
            $($(#[$doc])+ pub $name: Option<$type>,)+
        }

        /// The value that a new user has by default.
        impl Default for Attributes {
            fn default() -> Self {
                Self { $($name: $default,)+ }
            }
        }

        /// Changes to [`Attributes`]; the default changes nothing.
        #[derive(Clone, Debug, Default, PartialEq, Eq)]
        pub struct AttributesChange {
            $($(#[$doc])+ pub $name: Patch<$type>,)+
        }

        impl Attributes {
            /// The names; tables and files use the same ones.
            pub const NAMES: &[&str] = &[$(stringify!($name)),+];

            /// Every attribute as a plain value, in the order of [`Attributes::NAMES`].
            pub fn scalars(&self) -> impl Iterator<Item = (&'static str, Option<Scalar>)> {
                [$((stringify!($name), self.$name.as_ref().map(ScalarValue::to_scalar))),+].into_iter()
            }

            /// Reads them from stored values. `Some(None)` stands for a value that is not a plain one. An absent
            /// attribute gets its default.
            ///
            /// # Errors
            /// The name of an attribute whose stored value is invalid.
            pub fn stored(mut value: impl FnMut(&'static str) -> Option<Option<Scalar>>) -> Result<Self, &'static str> {
                Ok(Self {
                    $($name: match value(stringify!($name)) {
                        None => $default,
                        Some(scalar) => Some(scalar.and_then(ScalarValue::stored).ok_or(stringify!($name))?),
                    },)+
                })
            }
        }

        impl AttributesChange {
            /// Applies the change.
            pub fn apply_to(&self, attributes: &mut Attributes) {
                $(self.$name.apply_to(&mut attributes.$name);)+
            }

            /// The change without the values that `attributes` have already.
            #[must_use]
            pub fn without_unchanged(self, attributes: &Attributes) -> Self {
                Self { $($name: self.$name.unless(attributes.$name.as_ref()),)+ }
            }

            /// Every attribute that changes, as a plain value; `None` becomes null.
            pub fn scalars(&self) -> impl Iterator<Item = (&'static str, Option<Scalar>)> {
                let all = [$((stringify!($name), self.$name.as_ref().map(ScalarValue::to_scalar))),+];
                all.into_iter().filter_map(|(name, patch)| match patch {
                    Patch::Keep => None,
                    Patch::Clear => Some((name, None)),
                    Patch::Set(scalar) => Some((name, Some(scalar))),
                })
            }

            /// Sets the attribute of a name to the value that a text stands for. Other names are ignored.
            ///
            /// # Errors
            /// The text is not a valid value of the attribute.
            pub fn parse(&mut self, name: &str, text: &str, now: Timestamp) -> Result<(), AttributeFault> {
                match name {
                    $(stringify!($name) => self.$name = Patch::Set(ScalarValue::parse(text, $limit, now)?),)+
                    _ => {}
                }
                Ok(())
            }

            /// Makes the attribute of a name null, if it can be.
            pub fn clear(&mut self, name: &str) {
                match name {
                    $(stringify!($name) if $clearable => self.$name = Patch::Clear,)+
                    _ => {}
                }
            }
        }

        /// The attributes of a new user after the change.
        impl From<AttributesChange> for Attributes {
            fn from(change: AttributesChange) -> Self {
                let mut attributes = Self::default();
                change.apply_to(&mut attributes);
                attributes
            }
        }
    };
}

/// Characters of a line without a limit of its own.
const LINE: u64 = 255;

attributes! {
    /// The member dialect's external id.
    external_id: Decimal { limit: 0, clearable: true, default: None }
    /// The user's source, as the member dialect's client reports it.
    source: Line { limit: LINE, clearable: false, default: None }
    /// The member dialect's telephone number.
    phone_number: Line { limit: 30, clearable: true, default: None }
    /// The member dialect's flag of that name.
    live_scanner: bool { limit: 0, clearable: false, default: Some(false) }
    /// The admin dialect's gender.
    gender: Gender { limit: 0, clearable: false, default: None }
    /// The admin dialect's date of birth.
    birthday: Birthday { limit: 0, clearable: false, default: None }
    /// The admin dialect's country.
    country_id: CountryId { limit: 0, clearable: true, default: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        Timestamp::try_from("2026-02-28T23:59:59Z".to_owned()).unwrap()
    }

    fn full() -> Attributes {
        let mut change = AttributesChange::default();
        let texts = ["4711", "api", "+41 22", "true", "female", "1906-12-09", "41"];
        for (name, text) in Attributes::NAMES.iter().zip(texts) {
            change.parse(name, text, now()).unwrap();
        }
        change.into()
    }

    #[test]
    fn what_is_stored_is_read_again() {
        for attributes in [Attributes::default(), full()] {
            let stored: Vec<_> = attributes.scalars().collect();
            let value =
                |name| stored.iter().find(|(own, _)| *own == name).and_then(|(_, scalar)| scalar.clone()).map(Some);
            assert_eq!(Attributes::stored(value), Ok(attributes));
        }
        assert!(full().scalars().all(|(_, scalar)| scalar.is_some()));
    }

    #[test]
    fn a_stored_value_of_another_kind_is_unreadable() {
        for (name, stored) in Attributes::NAMES.iter().zip(full().scalars()) {
            let other = if matches!(stored.1, Some(Scalar::Flag(_))) { Scalar::Number(1) } else { Scalar::Flag(true) };
            for other in [None, Some(other)] {
                assert_eq!(Attributes::stored(|own| (own == *name).then(|| other.clone())), Err(*name));
            }
        }
    }

    #[test]
    fn what_a_user_has_is_no_change() {
        let mut change = AttributesChange::default();
        change.parse("phone_number", "+41 22", now()).unwrap();
        change.parse("source", "import", now()).unwrap();
        change.clear("country_id");
        let names = |change: AttributesChange| change.scalars().map(|(name, _)| name).collect::<Vec<_>>();
        assert_eq!(names(change.clone().without_unchanged(&full())), ["source", "country_id"]);
        assert_eq!(names(change.without_unchanged(&Attributes::default())), ["source", "phone_number"]);
    }

    #[test]
    fn only_some_can_become_null() {
        let mut change = AttributesChange::default();
        Attributes::NAMES.iter().for_each(|name| change.clear(name));
        let names: Vec<_> = change.scalars().map(|(name, _)| name).collect();
        assert_eq!(names, ["external_id", "phone_number", "country_id"]);
    }

    #[test]
    fn each_text_that_stands_for_nothing_has_its_reason() {
        for (name, text, reason) in [
            ("external_id", "x", "is no number of at most 38 digits"),
            ("phone_number", &*"1".repeat(31), "has more than 30 characters"),
            ("source", "a\u{7}b", "holds a control character"),
            ("live_scanner", "maybe", "is neither true nor false"),
            ("gender", "Male", "is neither male nor female"),
            ("birthday", "2026-03-01", "is no date YYYY-MM-DD up to today"),
            ("country_id", "0", "is no number from 1"),
        ] {
            let fault = AttributesChange::default().parse(name, text, now()).unwrap_err();
            assert_eq!(fault.to_string(), reason, "{name}");
        }
    }
}
