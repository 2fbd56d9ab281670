use std::borrow::Cow;

use http::{
    HeaderMap, HeaderValue, Method,
    header::{AUTHORIZATION, CONTENT_TYPE},
};
use roster_domain::Timestamp;

use super::{Value, form};

/// Bytes that a request's body may have.
pub const MAX_BODY: usize = 256 * 1024;

/// One request, as the gateway passed it.
#[derive(Clone, Debug)]
pub struct Request {
    /// Identifies this request in the response and the log. Never taken from the client.
    pub id: String,
    /// When it was received.
    pub received_at: Timestamp,
    /// The source address that the gateway saw; no header changes it.
    pub source: String,
    /// The method.
    pub method: Method,
    /// The path, decoded.
    pub path: String,
    /// The variables of the route, decoded.
    pub variables: Vec<(String, String)>,
    /// The query, still encoded.
    pub query: String,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, as the client sent it.
    pub body: Vec<u8>,
}

impl Request {
    /// A GET request of a path and query, without headers, that came in 1970: for documents and tests.
    #[must_use]
    pub fn to(target: &str) -> Self {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        Self {
            id: String::new(),
            received_at: Timestamp::from_millisecond(0),
            source: String::new(),
            method: Method::GET,
            path: path.to_owned(),
            variables: Vec::new(),
            query: query.to_owned(),
            headers: HeaderMap::new(),
            body: Vec::new(),
        }
    }

    /// A header's bytes.
    #[must_use]
    pub fn header_bytes(&self, name: &str) -> Option<&[u8]> {
        self.headers.get(name).map(HeaderValue::as_bytes)
    }

    /// A header's text, with replacement characters for what is not UTF-8.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<Cow<'_, str>> {
        self.header_bytes(name).map(String::from_utf8_lossy)
    }

    /// The last value of a parameter in the query, decoded; `None` also where that value is not UTF-8.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<String> {
        match form::read_query(&self.query).into_iter().rfind(|(key, _)| key == name) {
            Some((_, Value::Text(value))) => Some(value),
            _ => None,
        }
    }

    /// A variable of the route, decoded.
    #[must_use]
    pub fn variable(&self, name: &str) -> Option<&str> {
        self.variables.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    /// The token after `Bearer`, in any letter case, of the Authorization header.
    #[must_use]
    pub fn bearer_token(&self) -> Option<&str> {
        let header = self.headers.get(AUTHORIZATION)?.to_str().ok()?;
        let (scheme, token) = header.trim().split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
    }

    /// The Content-Type without its parameters, in lower case; empty when there is none.
    #[must_use]
    pub fn content_type(&self) -> String {
        let header = self.header(CONTENT_TYPE.as_str()).unwrap_or_default();
        header.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
    }

    /// Whether the body has more than [`MAX_BODY`] bytes.
    #[must_use]
    pub fn is_too_large(&self) -> bool {
        self.body.len() > MAX_BODY
    }

    /// Whether the body holds nothing but white space.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.body.trim_ascii().is_empty()
    }
}
