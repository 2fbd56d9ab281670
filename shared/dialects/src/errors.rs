#[cfg(feature = "openapi")]
use std::collections::BTreeMap;

use serde::{Serialize, Serializer};

/// Field errors, in the order in which they were found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(
    feature = "openapi",
    derive(schemars::JsonSchema),
    schemars(inline, with = "BTreeMap<String, Vec<String>>", description = "Texts by field")
)]
pub struct Errors(Vec<(&'static str, Vec<String>)>);

impl Errors {
    /// Adds the errors of a field; does nothing if `texts` is empty.
    pub(crate) fn add(&mut self, field: &'static str, texts: Vec<String>) {
        if !texts.is_empty() {
            self.0.push((field, texts));
        }
    }

    /// `value` where there are no errors.
    pub(crate) fn or<T>(self, value: T) -> Result<T, Self> {
        if self.0.is_empty() { Ok(value) } else { Err(self) }
    }

    /// Every field and text, in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.0.iter().flat_map(|(field, texts)| texts.iter().map(|text| (*field, text.as_str())))
    }

    /// The first text, and how many more there are: ` (and 2 more errors)`.
    pub(crate) fn summary(&self) -> String {
        let mut texts = self.iter().map(|(_, text)| text);
        let first = texts.next().unwrap_or_default();
        match texts.count() {
            0 => first.to_owned(),
            1 => format!("{first} (and 1 more error)"),
            more => format!("{first} (and {more} more errors)"),
        }
    }
}

/// An object of arrays.
impl Serialize for Errors {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(field, texts)| (field, texts)))
    }
}
