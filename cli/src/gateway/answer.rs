use std::collections::BTreeMap;

use anyhow::Context as _;
use axum::{
    body::Body,
    http::{HeaderName, HeaderValue, StatusCode},
    response::Response,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::Deserialize;

/// What a function answers, in the payload's version 2.0.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Payload {
    status_code: u16,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    body: Option<String>,
    #[serde(default)]
    is_base64_encoded: bool,
}

/// The HTTP response that a function's payload describes.
pub(super) fn from_payload(payload: &[u8]) -> anyhow::Result<Response> {
    let payload: Payload = serde_json::from_slice(payload).context("the function's answer is no payload")?;
    let body = payload.body.unwrap_or_default();
    let body = if payload.is_base64_encoded { Body::from(STANDARD.decode(body)?) } else { Body::from(body) };
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(payload.status_code)?;
    for (name, value) in payload.headers {
        response.headers_mut().insert(HeaderName::try_from(name)?, HeaderValue::try_from(value)?);
    }
    Ok(response)
}
