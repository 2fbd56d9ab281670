use std::{
    borrow::Cow,
    io::{Read as _, Write as _},
};

use flate2::{
    Compression,
    read::{DeflateDecoder, GzDecoder},
    write::{DeflateEncoder, GzEncoder},
};
use lambda_http::{
    Body, Response,
    http::{
        HeaderName, HeaderValue, StatusCode,
        header::{ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, RETRY_AFTER, VARY},
    },
};
use serde::{Deserialize, Serialize};

use super::Call;

const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Octets of all that a function may hand to Lambda for one answer.
const MAX_PAYLOAD: usize = 6_291_556;
/// Octets kept for what stands around the body: status, headers, names.
const AROUND: usize = 2048;

/// What an endpoint answers.
#[derive(Debug)]
pub struct Answer {
    status: StatusCode,
    headers: Vec<(HeaderName, HeaderValue)>,
    body: Body,
}

/// An answer as it is kept.
#[derive(Serialize, Deserialize)]
struct Written<'a> {
    status: u16,
    headers: Vec<(Cow<'a, str>, Cow<'a, str>)>,
    body: Option<Cow<'a, str>>,
}

impl Answer {
    /// A JSON document.
    #[must_use]
    pub fn json(status: StatusCode, document: &impl Serialize) -> Self {
        // Our own documents have string keys only, so this cannot fail.
        let body = serde_json::to_string(document).unwrap_or_default();
        Self::text(status, "application/json", body)
    }

    /// A text of a type.
    #[must_use]
    pub fn text(status: StatusCode, content_type: &'static str, body: String) -> Self {
        let content_type = (CONTENT_TYPE, HeaderValue::from_static(content_type));
        Self { status, headers: vec![content_type], body: Body::Text(body) }
    }

    /// A document that has been compressed with gzip: as it is where the client accepts that, else unpacked.
    #[must_use]
    pub fn compressed(call: &Call, content_type: &'static str, octets: &'static [u8]) -> Self {
        let mut answer = Self::text(StatusCode::OK, content_type, String::new()).header(VARY, ACCEPT_ENCODING.as_str());
        if accepts_gzip(&call.header(ACCEPT_ENCODING.as_str()).unwrap_or_default()) {
            answer.body = Body::Binary(octets.to_vec());
            return answer.header(CONTENT_ENCODING, "gzip");
        }
        let mut text = String::new();
        // It is our own, so this cannot fail.
        let _ = GzDecoder::new(octets).read_to_string(&mut text);
        answer.body = Body::Text(text);
        answer
    }

    /// Nothing but a status.
    #[must_use]
    pub const fn empty(status: StatusCode) -> Self {
        Self { status, headers: Vec::new(), body: Body::Empty }
    }

    /// With a header more; one whose value no header can hold is left out.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: &str) -> Self {
        self.headers.extend(HeaderValue::from_str(value).map(|value| (name, value)));
        self
    }

    /// With a header of our own making more.
    #[must_use]
    pub fn fixed_header(mut self, name: &'static str, value: &'static str) -> Self {
        self.headers.push((HeaderName::from_static(name), HeaderValue::from_static(value)));
        self
    }

    /// Tells the client when to come back.
    #[must_use]
    pub fn retry_after(mut self, seconds: u32) -> Self {
        self.headers.push((RETRY_AFTER, HeaderValue::from(seconds)));
        self
    }

    /// The status.
    #[must_use]
    pub const fn status(&self) -> StatusCode {
        self.status
    }

    /// The answer in a size that Lambda takes: compressed where it must be and the client accepts
    /// that; `None` where it is too large all the same.
    #[must_use]
    pub fn fitted(mut self, call: &Call) -> Option<Self> {
        let Body::Text(text) = &self.body else { return Some(self) };
        if escaped_length(text) + AROUND <= MAX_PAYLOAD {
            return Some(self);
        }
        if !accepts_gzip(&call.header(ACCEPT_ENCODING.as_str()).unwrap_or_default()) {
            return None;
        }
        let octets = gzip(text).ok()?;
        if octets.len().div_ceil(3) * 4 + AROUND > MAX_PAYLOAD {
            return None;
        }
        self.body = Body::Binary(octets);
        Some(self.header(CONTENT_ENCODING, "gzip").header(VARY, ACCEPT_ENCODING.as_str()))
    }

    /// The answer written down, to be given again: status, headers and body, compressed.
    #[must_use]
    pub fn written(&self) -> Vec<u8> {
        let body = match &self.body {
            Body::Text(text) => Some(Cow::from(text)),
            // Only lists are so long that they are compressed, and nobody keeps those.
            _ => None,
        };
        // All are of our own making, and ASCII.
        let headers = self
            .headers
            .iter()
            .map(|(name, value)| (Cow::from(name.as_str()), String::from_utf8_lossy(value.as_bytes())));
        let written = Written { status: self.status.as_u16(), headers: headers.collect(), body };
        // Neither writing nor compressing into memory can fail.
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
        let _ = serde_json::to_writer(&mut encoder, &written);
        encoder.finish().unwrap_or_default()
    }

    /// The answer that was [written](Answer::written) down; `None` for anything else.
    #[must_use]
    pub fn read(written: &[u8]) -> Option<Self> {
        let written: Written<'_> = serde_json::from_reader(DeflateDecoder::new(written)).ok()?;
        let status = StatusCode::from_u16(written.status).ok()?;
        let body = written.body.map_or(Body::Empty, |text| Body::Text(text.into_owned()));
        let header = |(name, value): &(Cow<'_, str>, Cow<'_, str>)| {
            Some((HeaderName::from_bytes(name.as_bytes()).ok()?, HeaderValue::from_str(value).ok()?))
        };
        let headers = written.headers.iter().map(header).collect::<Option<_>>()?;
        Some(Self { status, headers, body })
    }

    /// The answer as Lambda takes it, with the headers that every answer carries.
    pub(crate) fn into_response(self, request_id: &str) -> Response<Body> {
        let mut response = Response::new(self.body);
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.extend(self.headers);
        headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
        if let Ok(id) = HeaderValue::from_str(request_id) {
            headers.insert(X_REQUEST_ID, id);
        }
        response
    }
}

/// Octets of a text once it stands in a JSON string.
fn escaped_length(text: &str) -> usize {
    let octets = text.bytes().map(|octet| match octet {
        b'"' | b'\\' | b'\n' | b'\r' | b'\t' | 0x08 | 0x0c => 2,
        0x00..=0x1f => 6,
        _ => 1,
    });
    octets.sum()
}

fn gzip(text: &str) -> std::io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text.as_bytes())?;
    encoder.finish()
}

/// Whether an `Accept-Encoding` names gzip, or everything, and not with a weight of nothing.
fn accepts_gzip(header: &str) -> bool {
    let header = header.to_ascii_lowercase();
    let weight = |name: &str| {
        let found = header.split(',').map(|part| part.split(';').map(str::trim)).find_map(|mut part| {
            part.next().filter(|coding| *coding == name).map(|_| part.find_map(|p| p.strip_prefix("q=")))
        });
        found.map(|weight| weight.and_then(|weight| weight.trim().parse::<f32>().ok()).unwrap_or(1.0))
    };
    weight("gzip").or_else(|| weight("*")).is_some_and(|weight| weight > 0.0)
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
    fn what_is_written_down_reads_back() {
        let created = Answer::text(StatusCode::CREATED, "application/xml", "<user>é</user>\n".to_owned());
        for answer in [created.header(VARY, "accept").retry_after(3), Answer::empty(StatusCode::OK)] {
            let again = Answer::read(&answer.written()).unwrap();
            assert_eq!((again.status, &again.headers, &again.body), (answer.status, &answer.headers, &answer.body));
        }
        assert!(Answer::read(b"").is_none() && Answer::read(b"{}").is_none());
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
