use http::header::{ACCEPT, CONTENT_TYPE};
use roster_dialects::http::{self as dialect, Request, Response};
use serde_json::{Value, json};

/// Types of bodies.
pub(crate) const JSON: &str = "application/json";
pub(crate) const FORM: &str = "application/x-www-form-urlencoded";
pub(crate) const XML: &str = "application/xml";

/// The request id in all examples.
const ID: &str = "0f5b9c1e-6b1c-4d0a-9d6e-3a4f5c2b7e18";

/// One operation of a dialect.
#[derive(Clone, Debug, Default)]
pub struct Operation {
    /// The function that handles it: `member-get`.
    pub function: &'static str,
    /// `GET`
    pub method: &'static str,
    /// `/api/users/{user_id}`
    pub path: &'static str,
    /// Its name in clients: `memberGetUser`.
    pub id: &'static str,
    /// What it does, in a line.
    pub summary: &'static str,
    /// Its description, in Markdown.
    pub description: &'static str,
    /// Whether it needs no key.
    pub is_open: bool,
    /// Its parameters, as the documents have them.
    pub parameters: Vec<Value>,
    /// Its request body.
    pub body: Option<Body>,
    /// Operations that use a value of this one's successful response: their id, their parameter, and the location of
    /// the value.
    pub links: Vec<(&'static str, &'static str, &'static str)>,
    /// The possible outcomes.
    pub cases: Vec<Case>,
}

impl Operation {
    /// The same operation under another method.
    #[must_use]
    pub fn also(&self, method: &'static str, id: &'static str) -> Self {
        Self { method, id, ..self.clone() }
    }
}

/// A request body of an operation.
#[derive(Clone, Debug)]
pub struct Body {
    /// Whether it is required.
    pub required: bool,
    /// Media types and schemas.
    pub content: Vec<(&'static str, Value)>,
}

/// A possible outcome of an operation, with an example.
#[derive(Clone, Debug)]
pub struct Case {
    /// The example's name.
    pub name: &'static str,
    /// When it occurs, in a line.
    pub says: &'static str,
    /// The request that causes it, if a single request can.
    pub sent: Option<Sent>,
    /// The responses, in each format.
    pub answered: Vec<ExpectedResponse>,
}

impl Case {
    /// Sets the request that causes it.
    #[must_use]
    pub fn sent(self, sent: Sent) -> Self {
        Self { sent: Some(sent), ..self }
    }
}

/// A response of an example.
#[derive(Clone, Debug)]
pub struct ExpectedResponse {
    /// The status.
    pub status: u16,
    /// Header names, in lower case, and values.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: String,
    /// The schema of such bodies.
    pub schema: Value,
}

impl ExpectedResponse {
    /// Converts a response of a dialect.
    pub(crate) fn of(response: Response, schema: Value) -> Self {
        let Response { status, headers, body } = response.finish(ID);
        let headers = headers.iter().map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()));
        let body = match body {
            dialect::Body::Empty => String::new(),
            dialect::Body::Text(text) => text,
            dialect::Body::Binary(_) => unreachable!("examples are short"),
        };
        Self { status: status.as_u16(), headers: headers.collect(), body, schema }
    }

    /// The body's type without its parameters, unless there is no body.
    #[must_use]
    pub fn media_type(&self) -> Option<&str> {
        let (_, value) = self.headers.iter().find(|(name, _)| name == CONTENT_TYPE.as_str())?;
        value.split(';').next()
    }
}

/// A request as a client sends it.
#[derive(Clone, Debug)]
pub struct Sent {
    /// Path and query.
    pub target: String,
    /// The key that it is sent with.
    pub signed: Signed,
    /// Other headers.
    pub headers: Vec<(&'static str, &'static str)>,
    /// The body's type.
    pub content_type: Option<&'static str>,
    /// The body; perhaps empty.
    pub body: String,
}

/// The key of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signed {
    /// A key for all dialects, in the header.
    Fully,
    /// A key for this dialect only.
    Alone,
    /// A key for the other dialects only.
    Elsewhere,
    /// No key.
    Not,
}

impl Sent {
    /// A request without a body.
    #[must_use]
    pub fn to(target: &str) -> Self {
        let target = target.to_owned();
        Self { target, signed: Signed::Fully, headers: Vec::new(), content_type: None, body: String::new() }
    }

    /// A request with a JSON document.
    #[must_use]
    pub fn json(target: &str, document: &Value) -> Self {
        Self::typed(target, JSON, &serde_json::to_string_pretty(document).unwrap())
    }

    /// A request with a body of a type.
    #[must_use]
    pub fn typed(target: &str, content_type: &'static str, body: &str) -> Self {
        Self { content_type: Some(content_type), body: body.to_owned(), ..Self::to(target) }
    }

    /// With another key.
    #[must_use]
    pub fn signed(self, signed: Signed) -> Self {
        Self { signed, ..self }
    }

    /// With one more header.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: &'static str) -> Self {
        self.headers.push((name, value));
        self
    }
}

/// A request that accepts a type.
pub(crate) fn request(accept: &str) -> Request {
    let mut request = Request { id: ID.to_owned(), ..Request::to("/") };
    request.headers.insert(ACCEPT, accept.parse().unwrap());
    request
}

/// A parameter of an operation.
pub(crate) fn parameter(place: &str, name: &str, description: &str, schema: &Value) -> Value {
    json!({
        "in": place, "name": name, "description": description, "required": place == "path", "schema": schema,
    })
}
