use std::borrow::Cow;

use roster_domain::{Line, LineFault, Password, Patch};

use super::text;
use crate::{
    Errors,
    http::{Fields, Value},
};

/// Characters that a password may have.
pub const MAX_PASSWORD: u64 = Password::MAX_LENGTH as u64;

/// A body being read, with the errors found so far.
pub(crate) struct Form<'a> {
    fields: &'a Fields,
    pub(crate) errors: Errors,
}

impl<'a> Form<'a> {
    pub(crate) fn new(fields: &'a Fields) -> Self {
        Self { fields, errors: Errors::default() }
    }

    /// A field's value, trimmed, with a blank text as null; `None` where the field is absent.
    pub(crate) fn value(&self, field: &str) -> Option<Cow<'a, Value>> {
        let value = self.fields.get(field)?;
        Some(match value {
            Value::Text(text) if text.trim().is_empty() => Cow::Owned(Value::Null),
            Value::Text(text) => Cow::Owned(Value::Text(text.trim().to_owned())),
            other => Cow::Borrowed(other),
        })
    }

    /// A field's value as it was sent: passwords are not trimmed.
    pub(crate) fn raw(&self, field: &str) -> Option<&'a Value> {
        self.fields.get(field)
    }

    /// A field that must have a value; an error without one.
    pub(crate) fn required(&mut self, field: &'static str) -> Option<Cow<'a, Value>> {
        match self.value(field).filter(|value| **value != Value::Null) {
            Some(value) => Some(value),
            None => self.fail(field, vec![text::required(field)]),
        }
    }

    /// Adds an error of a field.
    pub(crate) fn fail<T>(&mut self, field: &'static str, texts: Vec<String>) -> Option<T> {
        self.errors.add(field, texts);
        None
    }

    /// A text of at most `max` characters in an optional field.
    pub(crate) fn line(&mut self, field: &'static str, max: u64) -> Patch<Line> {
        match self.value(field).as_deref() {
            None => Patch::Keep,
            Some(Value::Null) => Patch::Clear,
            Some(value) => self.line_of(field, value, max).map_or(Patch::Keep, Patch::Set),
        }
    }

    /// A text of at most `max` characters.
    pub(crate) fn line_of(&mut self, field: &'static str, value: &Value, max: u64) -> Option<Line> {
        let texts = match value {
            Value::Text(text) => match Line::parse(text, max) {
                Ok(line) => return Some(line),
                Err(fault) => line_texts(field, max, fault),
            },
            Value::IllFormed => vec![text::format(field)],
            _ => vec![text::string(field)],
        };
        self.fail(field, texts)
    }
}

/// Reads a password.
///
/// # Errors
/// Its errors.
pub(crate) fn password(field: &str, value: &Value) -> Result<Password, Vec<String>> {
    match value {
        Value::Text(text) => Password::parse(text).map_err(|_| vec![text::max(field, MAX_PASSWORD)]),
        Value::IllFormed => Err(vec![text::format(field)]),
        _ => Err(vec![text::string(field)]),
    }
}

fn line_texts(field: &str, max: u64, fault: LineFault) -> Vec<String> {
    let too_long = fault.too_long.then(|| text::max(field, max));
    let ill_formed = fault.ill_formed.then(|| text::format(field));
    too_long.into_iter().chain(ill_formed).collect()
}
