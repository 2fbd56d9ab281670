use std::collections::HashMap;

use super::{BadBody, Request, Value, form, json};

/// The named values of a request's body.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fields(HashMap<String, Value>);

impl Fields {
    /// Reads the fields of a request's body: JSON (also `+json`, or without a type) or a form. Without a body there are
    /// no fields. The last of several values of one name counts.
    ///
    /// # Errors
    /// See [`BadBody`].
    pub fn read(request: &Request) -> Result<Self, BadBody> {
        if request.is_empty() {
            return Ok(Self::default());
        }
        let body = request.body.as_slice();
        let fields = match request.content_type().as_str() {
            "" | "application/json" => json::read(body),
            "application/x-www-form-urlencoded" => form::read(body),
            suffix if suffix.ends_with("+json") => json::read(body),
            _ => Err(BadBody::UnknownType),
        };
        fields.map(Self::from)
    }

    /// The value of a name; `None` where the client sent none.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }
}

/// The last of several values of one name counts.
impl From<Vec<(String, Value)>> for Fields {
    fn from(fields: Vec<(String, Value)>) -> Self {
        Self(fields.into_iter().collect())
    }
}
