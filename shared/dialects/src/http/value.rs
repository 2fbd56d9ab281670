/// One value as the client sent it, before any dialect interprets it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A JSON number, in the digits that were sent: it is never converted to a double.
    Number(String),
    /// A text.
    Text(String),
    /// A text with a lone surrogate, which no field accepts.
    IllFormed,
    /// Several values, at most a hundred: an array of plain values, `a[]=1`, `a[0]=1`.
    List(Vec<Value>),
    /// An object, an array of arrays or objects, a longer array, `a[b]=1`.
    Compound,
}

/// Values of a list.
pub(crate) const MAX_LIST: usize = 100;

impl Value {
    /// A list, where these values can be one.
    pub(crate) fn list(values: Vec<Self>) -> Self {
        let is_plain = |value: &Self| !matches!(value, Self::List(_) | Self::Compound);
        if values.len() <= MAX_LIST && values.iter().all(is_plain) { Self::List(values) } else { Self::Compound }
    }
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
    /// Not UTF-8, not well-formed, deeper than is read, or with a document type in it.
    #[error("The request body is not valid XML.")]
    NotXml,
    /// None of the types that are read.
    #[error("The content type must be application/json or application/x-www-form-urlencoded.")]
    UnknownType,
}
