use std::future::Future;

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{DefaultBodyLimit, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, Uri},
    response::Response,
};
use dynoxide::Database;
use roster_directory::clock;
use serde_json::json;
use tokio::net::TcpListener;

use super::{
    dispatch::dispatch,
    signature::{KeyPair, verify},
};

/// The maximum size of a request to DynamoDB, in bytes.
const MAX_REQUEST: usize = 16 * 1024 * 1024;

#[derive(Clone)]
struct Endpoint {
    database: Database,
    keys: KeyPair,
}

/// Serves DynamoDB's protocol until `stop` completes, for requests signed with `keys`.
///
/// # Errors
/// The listener fails.
pub async fn serve(
    listener: TcpListener,
    database: Database,
    keys: KeyPair,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let app = Router::new()
        .fallback(answer)
        .layer(DefaultBodyLimit::max(MAX_REQUEST))
        .with_state(Endpoint { database, keys });
    axum::serve(listener, app).with_graceful_shutdown(stop).await
}

async fn answer(
    State(endpoint): State<Endpoint>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if method != Method::POST {
        return respond(StatusCode::NOT_FOUND, "{}".to_owned());
    }
    if let Err(rejected) = verify(&endpoint.keys, &method, &uri, &headers, &body, clock::now()) {
        let kind = format!("com.amazon.coral.service#{}", rejected.code);
        return respond(StatusCode::BAD_REQUEST, json!({ "__type": kind, "message": rejected.text }).to_string());
    }
    let target = headers.get("x-amz-target").and_then(|target| target.to_str().ok()).unwrap_or_default();
    let operation = target.rsplit('.').next().unwrap_or_default().to_owned();
    let answer = tokio::task::spawn_blocking(move || dispatch(&endpoint.database, &operation, &body)).await;
    let (status, body) = answer.unwrap_or_else(|_| (500, "{}".to_owned()));
    respond(StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), body)
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
