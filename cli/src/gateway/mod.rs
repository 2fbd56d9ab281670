//! The local API gateway. It routes requests as the template describes, turns HTTP requests into payload-2.0 events,
//! and turns response payloads into HTTP responses.

mod event;
mod invoke;
mod landing;
mod response;
mod routes;

use std::{future::Future, net::SocketAddr, sync::Arc};

use axum::{
    Router,
    body::{Body, HttpBody as _},
    extract::{ConnectInfo, Request, State},
    http::{Method, StatusCode},
    response::Response,
};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
pub use invoke::{InProcess, Invoke};
use routes::Routes;
use tokio::net::TcpListener;

use crate::template::Route;

/// The maximum size of a request to an HTTP API, in bytes.
const MAX_REQUEST: usize = 10 * 1024 * 1024;

/// The maximum size of path and query of a request to an HTTP API, in bytes.
const MAX_TARGET: usize = 10_240;

struct Gateway<I> {
    routes: Routes,
    functions: I,
    /// The gateway's own name in events.
    authority: String,
}

/// Serves `routes` on `listener` with `functions`. Returns once `stop` completes and the requests then in progress have
/// received their responses.
///
/// # Errors
/// The listener fails.
pub async fn serve<I: Invoke>(
    listener: TcpListener,
    routes: &[Route],
    functions: I,
    stop: impl Future<Output = ()> + Send + 'static,
) -> anyhow::Result<()> {
    let authority = reachable(listener.local_addr()?);
    let gateway = Arc::new(Gateway { routes: Routes::new(routes), functions, authority });
    let app = Router::new().fallback(respond::<I>).with_state(gateway);
    let service = app.into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service).with_graceful_shutdown(stop).await?;
    Ok(())
}

/// The host and port by which a client on this machine reaches a server. The server may listen on all addresses.
fn reachable(address: SocketAddr) -> String {
    if address.ip().is_unspecified() { format!("localhost:{}", address.port()) } else { address.to_string() }
}

async fn respond<I: Invoke>(
    State(gateway): State<Arc<Gateway<I>>>,
    ConnectInfo(source): ConnectInfo<SocketAddr>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    if parts.uri.path_and_query().is_some_and(|target| target.as_str().len() > MAX_TARGET) {
        return reject(StatusCode::URI_TOO_LONG, "Request-URI Too Long");
    }
    if parts.method == Method::GET && parts.uri.path() == "/" {
        return landing::landing(&parts.headers, &gateway.authority);
    }
    let Some(found) = gateway.routes.find(&parts.method, parts.uri.path()) else {
        return reject(StatusCode::NOT_FOUND, "Not Found");
    };
    if body.size_hint().lower() > MAX_REQUEST as u64 {
        return reject(StatusCode::PAYLOAD_TOO_LARGE, "Request Too Long");
    }
    let body = match Limited::new(body, MAX_REQUEST).collect().await {
        Ok(body) => body.to_bytes(),
        Err(error) if error.is::<LengthLimitError>() => {
            return reject(StatusCode::PAYLOAD_TOO_LARGE, "Request Too Long");
        }
        Err(_) => return reject(StatusCode::BAD_REQUEST, "Bad Request"),
    };
    let request_id = uuid::Uuid::new_v4().to_string();
    let responding = async {
        let event = event::payload(&parts, &body, &found, &gateway.authority, source.ip(), &request_id)?;
        let payload = gateway.functions.invoke(&found.function, event, &request_id).await?;
        response::from_payload(&payload)
    };
    match responding.await {
        Ok(response) => response,
        Err(error) => {
            tracing::error!(error = format!("{error:#}"), request_id, function = found.function, "a function failed");
            reject(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error")
        }
    }
}

/// A response of the gateway itself, in its own format.
fn reject(status: StatusCode, message: &str) -> Response {
    let mut response = Response::new(Body::from(format!(r#"{{"message":"{message}"}}"#)));
    *response.status_mut() = status;
    response.headers_mut().insert("content-type", axum::http::HeaderValue::from_static("application/json"));
    response
}
