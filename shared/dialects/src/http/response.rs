use std::{
    borrow::Cow,
    io::{Read as _, Write as _},
};

use flate2::{
    Compression,
    read::{DeflateDecoder, GzDecoder},
    write::{DeflateEncoder, GzEncoder},
};
use http::{
    HeaderName, HeaderValue, StatusCode,
    header::{ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, RETRY_AFTER, VARY},
};
use serde::{Deserialize, Serialize};

use super::{Request, accept::accepts_gzip};

const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The maximum size of a function's response to Lambda, in bytes.
const MAX_PAYLOAD: usize = 6_291_556;
/// Bytes reserved for everything except the body: status, headers, names.
const ENVELOPE: usize = 2048;

/// The response of an endpoint.
#[derive(Debug)]
pub struct Response {
    /// The status.
    pub status: StatusCode,
    /// The headers, without those that every response carries.
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// The body.
    pub body: Body,
}

/// The body of a response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// None.
    Empty,
    /// A text.
    Text(String),
    /// Bytes that are no text: it is compressed.
    Binary(Vec<u8>),
}

/// A response as it is stored.
#[derive(Serialize, Deserialize)]
struct Stored<'a> {
    status: u16,
    headers: Vec<(Cow<'a, str>, Cow<'a, str>)>,
    body: Option<Cow<'a, str>>,
}

impl Response {
    /// A JSON document.
    #[must_use]
    pub fn json(status: StatusCode, document: &impl Serialize) -> Self {
        let body = serde_json::to_string(document).expect("documents of ours have string keys only");
        Self::text(status, "application/json", body)
    }

    /// A text of a type.
    #[must_use]
    pub fn text(status: StatusCode, content_type: &'static str, body: String) -> Self {
        let content_type = (CONTENT_TYPE, HeaderValue::from_static(content_type));
        Self { status, headers: vec![content_type], body: Body::Text(body) }
    }

    /// A document of ours, compressed with gzip: as it is where the client accepts that, else decompressed.
    #[must_use]
    pub fn compressed(request: &Request, content_type: &'static str, document: &'static [u8]) -> Self {
        let response = Self::text(StatusCode::OK, content_type, String::new()).header(VARY, ACCEPT_ENCODING.as_str());
        if accepts_gzip(&request.header(ACCEPT_ENCODING.as_str()).unwrap_or_default()) {
            return Self { body: Body::Binary(document.to_vec()), ..response.header(CONTENT_ENCODING, "gzip") };
        }
        let mut text = String::new();
        GzDecoder::new(document).read_to_string(&mut text).expect("the build script compressed this text");
        Self { body: Body::Text(text), ..response }
    }

    /// Only a status.
    #[must_use]
    pub const fn empty(status: StatusCode) -> Self {
        Self { status, headers: Vec::new(), body: Body::Empty }
    }

    /// Adds a header; one whose value no header can hold is left out.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: &str) -> Self {
        self.headers.extend(HeaderValue::from_str(value).map(|value| (name, value)));
        self
    }

    /// Adds a header whose name and value are constants.
    #[must_use]
    pub fn static_header(mut self, name: &'static str, value: &'static str) -> Self {
        self.headers.push((HeaderName::from_static(name), HeaderValue::from_static(value)));
        self
    }

    /// Adds the seconds after which the client may try again.
    #[must_use]
    pub fn retry_after(mut self, seconds: u32) -> Self {
        self.headers.push((RETRY_AFTER, HeaderValue::from(seconds)));
        self
    }

    /// The response in a size that Lambda accepts. It is compressed if necessary and if the client accepts gzip. `None`
    /// if it is still too large.
    #[must_use]
    pub fn fitted(mut self, request: &Request) -> Option<Self> {
        let Body::Text(text) = &self.body else { return Some(self) };
        if escaped_length(text) + ENVELOPE <= MAX_PAYLOAD {
            return Some(self);
        }
        if !accepts_gzip(&request.header(ACCEPT_ENCODING.as_str()).unwrap_or_default()) {
            return None;
        }
        let compressed = gzip(text);
        if compressed.len().div_ceil(3) * 4 + ENVELOPE > MAX_PAYLOAD {
            return None;
        }
        self.body = Body::Binary(compressed);
        Some(self.header(CONTENT_ENCODING, "gzip").header(VARY, ACCEPT_ENCODING.as_str()))
    }

    /// Adds the headers of every response: the request id, and `no-store` unless the response sets its own caching.
    #[must_use]
    pub fn finish(mut self, request_id: &str) -> Self {
        if !self.headers.iter().any(|(name, _)| name == CACHE_CONTROL) {
            self.headers.push((CACHE_CONTROL, HeaderValue::from_static("no-store")));
        }
        self.header(X_REQUEST_ID, request_id)
    }

    /// The response as it is stored, to be sent again: status, headers and body, compressed.
    ///
    /// # Panics
    /// The body is binary: only long lists are, and those are never stored.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let body = match &self.body {
            Body::Empty => None,
            Body::Text(text) => Some(Cow::from(text)),
            Body::Binary(_) => unreachable!("responses to writes are never compressed"),
        };
        let header = |(name, value): &(HeaderName, HeaderValue)| {
            let value = value.to_str().expect("headers of ours are ASCII");
            (Cow::from(name.as_str().to_owned()), Cow::from(value.to_owned()))
        };
        let stored = Stored { status: self.status.as_u16(), headers: self.headers.iter().map(header).collect(), body };
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
        serde_json::to_writer(&mut encoder, &stored).expect("writing to memory cannot fail");
        encoder.finish().expect("writing to memory cannot fail")
    }

    /// The response that [`Response::to_bytes`] wrote; `None` for anything else.
    #[must_use]
    pub fn from_bytes(stored: &[u8]) -> Option<Self> {
        let stored: Stored<'_> = serde_json::from_reader(DeflateDecoder::new(stored)).ok()?;
        let status = StatusCode::from_u16(stored.status).ok()?;
        let body = stored.body.map_or(Body::Empty, |text| Body::Text(text.into_owned()));
        let header = |(name, value): &(Cow<'_, str>, Cow<'_, str>)| {
            Some((HeaderName::from_bytes(name.as_bytes()).ok()?, HeaderValue::from_str(value).ok()?))
        };
        let headers = stored.headers.iter().map(header).collect::<Option<_>>()?;
        Some(Self { status, headers, body })
    }
}

/// Bytes of a text once it stands in a JSON string.
fn escaped_length(text: &str) -> usize {
    let lengths = text.bytes().map(|byte| match byte {
        b'"' | b'\\' | b'\n' | b'\r' | b'\t' | 0x08 | 0x0c => 2,
        0x00..=0x1f => 6,
        _ => 1,
    });
    lengths.sum()
}

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text.as_bytes()).expect("writing to memory cannot fail");
    encoder.finish().expect("writing to memory cannot fail")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_escaped_length_is_what_the_encoder_writes() {
        let text: String = (0u32..0x250).filter_map(char::from_u32).chain(['\u{ffff}', '😀']).collect();
        assert_eq!(escaped_length(&text) + 2, serde_json::to_string(&text).unwrap().len());
    }

    #[test]
    fn a_stored_response_reads_back() {
        let created = Response::text(StatusCode::CREATED, "application/xml", "<user>é</user>\n".to_owned());
        for response in [created.header(VARY, "accept").retry_after(3), Response::empty(StatusCode::OK)] {
            let again = Response::from_bytes(&response.to_bytes()).unwrap();
            assert_eq!(
                (again.status, &again.headers, &again.body),
                (response.status, &response.headers, &response.body)
            );
        }
        assert!(Response::from_bytes(b"").is_none() && Response::from_bytes(b"{}").is_none());
    }

    #[test]
    fn gzip_is_accepted_by_name_or_star_with_weight() {
        for header in ["gzip", "deflate, GZIP;Q=0.5", "*", "br;q=1.0, *;q=0.1", "gzip, *;q=0"] {
            assert!(accepts_gzip(header), "{header}");
        }
        for header in ["", "br", "gzip;q=0", "*;q=0", "gzip; q=0, *", "xgzip"] {
            assert!(!accepts_gzip(header), "{header}");
        }
    }
}
