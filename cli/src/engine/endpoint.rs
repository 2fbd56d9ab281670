use std::{future::Future, net::IpAddr};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{DefaultBodyLimit, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header::HOST, uri::Authority},
    response::Response,
};
use dynoxide::Database;
use tokio::net::TcpListener;

use super::dispatch::dispatch;

/// Octets of a request that DynamoDB takes.
const MAX_REQUEST: usize = 16 * 1024 * 1024;

#[derive(Clone)]
struct Endpoint {
    database: Database,
    any_host: bool,
}

/// Serves DynamoDB's protocol until `stop` is done, for whatever signature.
///
/// Since signatures prove nothing here, being on this machine is all that is asked. A web page is
/// not: what a browser sends from one carries an Origin, and a page that has its own name lead
/// here still sends that name. `any_host` lets other names pass.
///
/// # Errors
/// The listener fails.
pub async fn serve(
    listener: TcpListener,
    database: Database,
    any_host: bool,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let app = Router::new()
        .fallback(answer)
        .layer(DefaultBodyLimit::max(MAX_REQUEST))
        .with_state(Endpoint { database, any_host });
    axum::serve(listener, app).with_graceful_shutdown(stop).await
}

async fn answer(State(endpoint): State<Endpoint>, method: Method, headers: HeaderMap, body: Bytes) -> Response {
    if headers.contains_key("origin") || !(endpoint.any_host || is_here(&headers)) {
        let body = r#"{"__type":"AccessDeniedException","message":"not for web pages"}"#;
        return respond(StatusCode::FORBIDDEN, body.to_owned());
    }
    if method != Method::POST {
        return respond(StatusCode::NOT_FOUND, "{}".to_owned());
    }
    let target = headers.get("x-amz-target").and_then(|target| target.to_str().ok()).unwrap_or_default();
    let operation = target.rsplit('.').next().unwrap_or_default().to_owned();
    let answer = tokio::task::spawn_blocking(move || dispatch(&endpoint.database, &operation, &body)).await;
    let (status, body) = answer.unwrap_or_else(|_| (500, "{}".to_owned()));
    respond(StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), body)
}

/// Whether the client calls this machine by an address, or by the one name that nobody else has.
fn is_here(headers: &HeaderMap) -> bool {
    let authority =
        headers.get(HOST).and_then(|host| host.to_str().ok()).and_then(|host| host.parse::<Authority>().ok());
    authority.is_some_and(|authority| {
        let host = authority.host().trim_start_matches('[').trim_end_matches(']');
        host.eq_ignore_ascii_case("localhost") || host.parse::<IpAddr>().is_ok()
    })
}

fn respond(status: StatusCode, body: String) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert("content-type", HeaderValue::from_static("application/x-amz-json-1.0"));
    if let Ok(id) = HeaderValue::try_from(uuid::Uuid::new_v4().to_string()) {
        headers.insert("x-amzn-requestid", id);
    }
    response
}
