use std::fmt;

use aws_smithy_runtime_api::{
    client::{
        http::{HttpConnector, HttpConnectorFuture, SharedHttpClient, SharedHttpConnector, http_client_fn},
        orchestrator::{HttpRequest, HttpResponse},
        result::ConnectorError,
    },
    http::StatusCode,
};
use aws_smithy_types::body::SdkBody;
use dynoxide::Database;

use super::dispatch::dispatch;

/// An HTTP client of the SDK that hands requests to the engine instead of to a socket.
pub(super) fn connector(database: Database) -> SharedHttpClient {
    let connector = SharedHttpConnector::new(Connector(database));
    http_client_fn(move |_, _| connector.clone())
}

struct Connector(Database);

impl fmt::Debug for Connector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Connector")
    }
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let database = self.0.clone();
        HttpConnectorFuture::new(async move {
            let target = request.headers().get("x-amz-target").unwrap_or_default();
            let operation = target.rsplit('.').next().unwrap_or_default().to_owned();
            let body = request.body().bytes().unwrap_or_default().to_vec();
            // The engine blocks, and commits wait for the disk.
            let answer = tokio::task::spawn_blocking(move || dispatch(&database, &operation, &body));
            let (status, body) = answer.await.map_err(|error| ConnectorError::other(error.into(), None))?;
            let status = StatusCode::try_from(status).map_err(|error| ConnectorError::other(error.into(), None))?;
            let mut response = HttpResponse::new(status, SdkBody::from(body));
            response.headers_mut().insert("content-type", "application/x-amz-json-1.0");
            Ok(response)
        })
    }
}
