use std::{collections::BTreeMap, net::IpAddr};

use axum::http::{
    HeaderMap,
    header::{CONTENT_TYPE, COOKIE, HOST, USER_AGENT},
    request::Parts,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use roster_shared::clock;
use serde_json::{Value, json};

use super::routes::{Found, decode};

/// Header names that the gateway sets itself, whatever the client says.
const OWN_HEADERS: [&str; 4] = ["host", "x-forwarded-for", "x-forwarded-port", "x-forwarded-proto"];

/// A request as a payload of version 2.0.
pub(super) fn payload(
    parts: &Parts,
    body: &[u8],
    found: &Found,
    authority: &str,
    source: IpAddr,
    request_id: &str,
) -> Vec<u8> {
    let path = decode(parts.uri.path());
    let now = clock::now();
    let (body, encoded) = encode(&parts.headers, body);
    let mut event = json!({
        "version": "2.0",
        "routeKey": found.key,
        "rawPath": path,
        "rawQueryString": parts.uri.query().unwrap_or_default(),
        "headers": headers(&parts.headers, authority, source),
        "requestContext": {
            "accountId": "000000000000",
            "apiId": "local",
            "domainName": authority,
            "domainPrefix": "local",
            "http": {
                "method": parts.method.as_str(),
                "path": path,
                "protocol": format!("{:?}", parts.version),
                "sourceIp": source.to_string(),
                "userAgent": text(&parts.headers, USER_AGENT.as_str()),
            },
            "requestId": request_id,
            "routeKey": found.key,
            "stage": "$default",
            "time": now.to_string(),
            "timeEpoch": now.as_millisecond(),
        },
        "isBase64Encoded": encoded,
    });
    if let Value::Object(event) = &mut event {
        let cookies: Vec<_> =
            parts.headers.get_all(COOKIE).iter().map(|cookie| String::from_utf8_lossy(cookie.as_bytes())).collect();
        if !cookies.is_empty() {
            event.insert("cookies".to_owned(), json!(cookies));
        }
        if !found.variables.is_empty() {
            event.insert(
                "pathParameters".to_owned(),
                found.variables.iter().map(|(name, value)| (name.clone(), Value::from(value.clone()))).collect(),
            );
        }
        if !body.is_empty() {
            event.insert("body".to_owned(), Value::from(body));
        }
    }
    event.to_string().into_bytes()
}

fn headers(headers: &HeaderMap, authority: &str, source: IpAddr) -> BTreeMap<String, String> {
    let names = headers.keys().filter(|name| **name != COOKIE && **name != HOST);
    let mut map: BTreeMap<String, String> =
        names.map(|name| (name.to_string(), text(headers, name.as_str()))).collect();
    for (name, value) in OWN_HEADERS.into_iter().zip([authority, &source.to_string(), "443", "https"]) {
        map.insert(name.to_owned(), value.to_owned());
    }
    map
}

/// All values of a header, joined by commas.
fn text(headers: &HeaderMap, name: &str) -> String {
    let values: Vec<_> = headers.get_all(name).iter().map(|value| String::from_utf8_lossy(value.as_bytes())).collect();
    values.join(",")
}

/// The gateway passes text on as it is and everything else as base64, forms included.
fn encode(headers: &HeaderMap, body: &[u8]) -> (String, bool) {
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default().to_ascii_lowercase();
    let textual =
        kind.starts_with("text/") || kind.starts_with("application/json") || kind.starts_with("application/xml");
    match std::str::from_utf8(body) {
        Ok(text) if textual => (text.to_owned(), false),
        _ => (STANDARD.encode(body), !body.is_empty()),
    }
}
