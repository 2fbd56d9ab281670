use std::collections::HashMap;

use super::{Call, form, json};

/// The named values of a request's body.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fields(HashMap<String, Value>);

/// One value as the client gave it, before any dialect has a say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A JSON number, in the digits that were sent: no double ever stands in between.
    Number(String),
    /// A text.
    Text(String),
    /// A text with a lone surrogate in it, which no field takes.
    IllFormed,
    /// An array or an object.
    Compound,
}

/// Why a body holds no fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadBody {
    /// Not UTF-8, or not JSON.
    #[error("The request body is not valid JSON.")]
    NotJson,
    /// JSON, but an array, a text, a number …
    #[error("The request body must be a JSON object.")]
    NotAnObject,
    /// Not UTF-8 once decoded.
    #[error("The request body is not valid form data.")]
    NotAForm,
    /// Neither JSON nor a form.
    #[error("The content type must be application/json or application/x-www-form-urlencoded.")]
    UnknownType,
}

impl Fields {
    /// Reads the fields of a call's body: JSON (also `+json`, or without a type) or a form. No
    /// body is no fields. The last of several values of one name counts.
    ///
    /// # Errors
    /// See [`BadBody`].
    pub fn read(call: &Call) -> Result<Self, BadBody> {
        let body = call.body();
        if body.trim_ascii().is_empty() {
            return Ok(Self::default());
        }
        match call.content_type().as_str() {
            "" | "application/json" => json::read(body),
            "application/x-www-form-urlencoded" => form::read(body),
            suffix if suffix.ends_with("+json") => json::read(body),
            _ => Err(BadBody::UnknownType),
        }
    }

    /// The value of a name; `None` where the client gave none.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }
}

impl FromIterator<(String, Value)> for Fields {
    fn from_iter<I: IntoIterator<Item = (String, Value)>>(fields: I) -> Self {
        Self(fields.into_iter().collect())
    }
}
