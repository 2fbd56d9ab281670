use anyhow::Context as _;
use axum::{body::Body, http::StatusCode, response::Response};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use roster_lambda::event::ApiGatewayV2httpResponse;

/// The HTTP response that a function's payload describes.
pub(super) fn from_payload(payload: &[u8]) -> anyhow::Result<Response> {
    let payload: ApiGatewayV2httpResponse =
        serde_json::from_slice(payload).context("the function did not respond with a valid payload")?;
    let body = payload.body.as_deref().unwrap_or_default();
    let body = if payload.is_base64_encoded { STANDARD.decode(body)? } else { body.to_vec() };
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = StatusCode::from_u16(u16::try_from(payload.status_code)?)?;
    response.headers_mut().extend(payload.headers);
    Ok(response)
}
