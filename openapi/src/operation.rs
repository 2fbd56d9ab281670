use http::header::{ACCEPT, CONTENT_TYPE};
use roster_dialects::http::{self as dialect, Request, Response};
use serde_json::{Value, json};

/// Types of bodies.
pub(crate) const JSON: &str = "application/json";
pub(crate) const FORM: &str = "application/x-www-form-urlencoded";
pub(crate) const XML: &str = "application/xml";

/// The request that all examples answer.
const ID: &str = "0f5b9c1e-6b1c-4d0a-9d6e-3a4f5c2b7e18";

/// One call of a dialect.
#[derive(Clone, Debug, Default)]
pub struct Operation {
    /// The function that answers it: `member-get`.
    pub function: &'static str,
    /// `GET`
    pub method: &'static str,
    /// `/api/users/{user_id}`
    pub path: &'static str,
    /// Its name in clients: `memberGetUser`.
    pub id: &'static str,
    /// What it does, in a line.
    pub summary: &'static str,
    /// What is to be known of it, in Markdown.
    pub description: &'static str,
    /// Whether it needs no key.
    pub is_open: bool,
    /// Its parameters, as the documents have them.
    pub parameters: Vec<Value>,
    /// What it takes.
    pub body: Option<Body>,
    /// Calls that take what this one answers when it succeeds: their id, their parameter and where it stands.
    pub links: Vec<(&'static str, &'static str, &'static str)>,
    /// What may happen.
    pub cases: Vec<Case>,
}

impl Operation {
    /// The same under another method.
    #[must_use]
    pub fn also(&self, method: &'static str, id: &'static str) -> Self {
        Self { method, id, ..self.clone() }
    }
}

/// A body that a call takes.
#[derive(Clone, Debug)]
pub struct Body {
    /// Whether it must be there.
    pub required: bool,
    /// Media types and schemas.
    pub content: Vec<(&'static str, Value)>,
}

/// One thing that may come of a call, with an example of it.
#[derive(Clone, Debug)]
pub struct Case {
    /// The example's name.
    pub name: &'static str,
    /// When it is so, in a line.
    pub says: &'static str,
    /// The request that brings it about, unless no single one does.
    pub sent: Option<Sent>,
    /// What is answered, in each format.
    pub answered: Vec<Answered>,
}

impl Case {
    /// Brought about by a request.
    #[must_use]
    pub fn sent(self, sent: Sent) -> Self {
        Self { sent: Some(sent), ..self }
    }
}

/// An answer as it was given.
#[derive(Clone, Debug)]
pub struct Answered {
    /// The status.
    pub status: u16,
    /// Header names, in lower case, and values.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: String,
    /// What all such bodies have in common.
    pub schema: Value,
}

impl Answered {
    /// An answer of ours, on its way out.
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
    /// The key it comes with.
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
    /// One that opens everything, in the header.
    Fully,
    /// One that opens this dialect alone.
    Alone,
    /// One that opens the others alone.
    Elsewhere,
    /// None.
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

    /// With a header more.
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

/// A parameter of a call.
pub(crate) fn parameter(place: &str, name: &str, description: &str, schema: &Value) -> Value {
    json!({
        "in": place, "name": name, "description": description, "required": place == "path", "schema": schema,
    })
}
