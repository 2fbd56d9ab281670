use std::net::IpAddr;

use axum::http::{
    HeaderMap, HeaderValue,
    header::{CONTENT_TYPE, COOKIE, HOST, USER_AGENT},
    request::Parts,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use roster_directory::clock;
use roster_lambda::event::{
    ApiGatewayV2httpRequest, ApiGatewayV2httpRequestContext, ApiGatewayV2httpRequestContextHttpDescription,
};

use super::routes::{Found, decode};

/// Headers that the gateway sets itself and does not take from the client.
const OWN_HEADERS: [&str; 4] = ["host", "x-forwarded-for", "x-forwarded-port", "x-forwarded-proto"];

/// A request as a payload of version 2.0.
pub(super) fn payload(
    parts: &Parts,
    body: &[u8],
    found: &Found,
    authority: &str,
    source: IpAddr,
    request_id: &str,
) -> anyhow::Result<Vec<u8>> {
    let path = decode(parts.uri.path());
    let now = clock::now();
    let mut http = ApiGatewayV2httpRequestContextHttpDescription::default();
    http.method = parts.method.clone();
    http.path = Some(path.clone());
    http.protocol = Some(format!("{:?}", parts.version));
    http.source_ip = Some(source.to_string());
    http.user_agent = Some(text(&parts.headers, USER_AGENT.as_str()));
    let mut context = ApiGatewayV2httpRequestContext::default();
    context.account_id = Some("000000000000".to_owned());
    context.apiid = Some("local".to_owned());
    context.domain_name = Some(authority.to_owned());
    context.domain_prefix = Some("local".to_owned());
    context.http = http;
    context.request_id = Some(request_id.to_owned());
    context.route_key = Some(found.key.clone());
    context.stage = Some("$default".to_owned());
    context.time = Some(now.to_string());
    context.time_epoch = now.as_millisecond();
    let cookies = parts.headers.get_all(COOKIE).iter();
    let cookies: Vec<_> = cookies.map(|cookie| String::from_utf8_lossy(cookie.as_bytes()).into_owned()).collect();
    let mut event = ApiGatewayV2httpRequest::default();
    event.version = Some("2.0".to_owned());
    event.route_key = Some(found.key.clone());
    event.raw_path = Some(path);
    event.raw_query_string = Some(parts.uri.query().unwrap_or_default().to_owned());
    event.cookies = Some(cookies).filter(|cookies| !cookies.is_empty());
    event.headers = headers(&parts.headers, authority, source)?;
    event.path_parameters = found.variables.iter().cloned().collect();
    event.request_context = context;
    (event.body, event.is_base64_encoded) = encode(&parts.headers, body);
    Ok(serde_json::to_vec(&event)?)
}

/// The client's headers, each with its values joined by commas, and the gateway's own.
fn headers(headers: &HeaderMap, authority: &str, source: IpAddr) -> anyhow::Result<HeaderMap> {
    let mut all = HeaderMap::new();
    for name in headers.keys().filter(|name| **name != COOKIE && **name != HOST) {
        let joined = headers.get_all(name).iter().map(HeaderValue::as_bytes).collect::<Vec<_>>().join(&b","[..]);
        // Invalid UTF-8 reaches a function as replacement characters.
        all.insert(name, HeaderValue::from_bytes(String::from_utf8_lossy(&joined).as_bytes())?);
    }
    for (name, value) in OWN_HEADERS.into_iter().zip([authority, &source.to_string(), "443", "https"]) {
        all.insert(name, HeaderValue::from_str(value)?);
    }
    Ok(all)
}

/// All values of a header, joined by commas.
fn text(headers: &HeaderMap, name: &str) -> String {
    let values: Vec<_> = headers.get_all(name).iter().map(|value| String::from_utf8_lossy(value.as_bytes())).collect();
    values.join(",")
}

/// The gateway passes text on as it is and everything else as base64, forms included.
fn encode(headers: &HeaderMap, body: &[u8]) -> (Option<String>, bool) {
    if body.is_empty() {
        return (None, false);
    }
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default().to_ascii_lowercase();
    let textual =
        kind.starts_with("text/") || kind.starts_with("application/json") || kind.starts_with("application/xml");
    match std::str::from_utf8(body) {
        Ok(text) if textual => (Some(text.to_owned()), false),
        _ => (Some(STANDARD.encode(body)), true),
    }
}
