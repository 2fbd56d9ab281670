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
    /// Several values, at most a hundred: an array of plain values, `a[]=1`, `a[0]=1`.
    List(Vec<Value>),
    /// An object, an array of arrays or objects, a longer array, `a[b]=1`.
    Compound,
}

/// Values of a list.
pub(super) const MAX_LIST: usize = 100;

impl Value {
    /// A list, where these values can be one.
    pub(super) fn list(values: Vec<Self>) -> Self {
        let is_plain = |value: &Self| !matches!(value, Self::List(_) | Self::Compound);
        if values.len() <= MAX_LIST && values.iter().all(is_plain) { Self::List(values) } else { Self::Compound }
    }
}

/// Named values, as a reader finds them: those at the top, and those in a wrapper among them.
#[derive(Debug, Default)]
pub(super) struct Named {
    pub(super) outer: Vec<(String, Value)>,
    pub(super) inner: Option<Vec<(String, Value)>>,
    /// The wrapper is there and holds no named values: `{"user":"x"}`, `user[]=x`.
    pub(super) is_malformed: bool,
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
