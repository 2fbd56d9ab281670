//! Converts events of the gateway, payload version 2.0, to requests, and responses to the gateway's format.

use base64::{Engine as _, engine::general_purpose::STANDARD};
pub use lambda_http::aws_lambda_events::apigw::{
    ApiGatewayV2httpRequest, ApiGatewayV2httpRequestContext, ApiGatewayV2httpRequestContextHttpDescription,
    ApiGatewayV2httpResponse,
};
use roster_dialects::http::{Body, Request, Response};
use roster_directory::clock;

/// The body of an event is not valid base64 although the event claims it. No gateway sends this.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the event's body is not base64")]
pub struct InvalidBody;

/// The request in an event. `id` is the id of the invocation, never one from the client.
///
/// # Errors
/// See [`InvalidBody`].
pub fn request(event: ApiGatewayV2httpRequest, id: &str) -> Result<Request, InvalidBody> {
    let body = event.body.unwrap_or_default();
    let body =
        if event.is_base64_encoded { STANDARD.decode(body).map_err(|_| InvalidBody)? } else { body.into_bytes() };
    let http = event.request_context.http;
    Ok(Request {
        id: id.to_owned(),
        received_at: clock::now(),
        source: http.source_ip.unwrap_or_default(),
        method: http.method,
        path: event.raw_path.unwrap_or_default(),
        variables: event.path_parameters.into_iter().collect(),
        query: event.raw_query_string.unwrap_or_default(),
        headers: event.headers,
        body,
    })
}

/// A response in the gateway's format, with the headers of every response.
#[must_use]
pub fn response(response: Response, request_id: &str) -> ApiGatewayV2httpResponse {
    let response = response.finish(request_id);
    let body = match response.body {
        Body::Empty => None,
        Body::Text(text) => Some(lambda_http::Body::Text(text)),
        Body::Binary(bytes) => Some(lambda_http::Body::Binary(bytes)),
    };
    let mut answer = ApiGatewayV2httpResponse::default();
    answer.status_code = i64::from(response.status.as_u16());
    answer.headers = response.headers.into_iter().collect();
    answer.is_base64_encoded = matches!(body, Some(lambda_http::Body::Binary(_)));
    answer.body = body;
    answer
}
