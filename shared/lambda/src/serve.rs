use std::{
    panic::AssertUnwindSafe,
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};

use futures_util::FutureExt as _;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use roster_dialects::http::Response;
use roster_directory::{
    Argon2Hasher,
    timeouts::REQUEST,
    usage::{self, Usage},
};
use roster_domain::Failure;
use roster_store::DynamoDbStore;
use serde_json::{Map, Value, json};
use tracing::{Instrument as _, field::Empty};

use crate::{
    Context, Directory, Endpoint, Prewarm,
    event::{self, ApiGatewayV2httpRequest, ApiGatewayV2httpResponse},
    log, metrics,
};

/// Serves one endpoint as a Lambda function until the environment ends.
///
/// # Errors
/// The Lambda runtime cannot be reached.
pub fn run(endpoint: &'static Endpoint) -> Result<(), Error> {
    run_on(endpoint, async || roster_store::from_environment())
}

/// As [`run`], on another store.
///
/// # Errors
/// As [`run`].
pub fn run_on(endpoint: &'static Endpoint, connect: impl AsyncFnOnce() -> DynamoDbStore) -> Result<(), Error> {
    log::init();
    metrics::switch_on();
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
        // Lambda sends one request at a time, and a small function has less than one core.
        let directory = Directory::new(connect().await, Argon2Hasher::new(1));
        prewarm(endpoint.prewarm, &directory).await;
        let service = service_fn(move |event: LambdaEvent<ApiGatewayV2httpRequest>| {
            let directory = directory.clone();
            async move { handle(endpoint, directory, event.payload, &event.context.request_id).await }
        });
        lambda_runtime::run(service).await
    })
}

/// Prepares what the first event would otherwise wait for.
async fn prewarm(prewarm: Prewarm, directory: &Directory) {
    if prewarm == Prewarm::StoreAndHasher {
        // Runs while the connection waits for the network. The first hash waits for this if it is not done by then.
        let directory = directory.clone();
        tokio::spawn(async move { directory.prewarm_hasher().await });
    }
    if prewarm != Prewarm::Nothing {
        directory.prewarm_store().await;
    }
}

/// Responds to one event as the endpoint's Lambda function would: the same decoding, the same code, the same encoding.
/// `event` is a payload of version 2.0, and so is what is returned.
///
/// # Errors
/// `event` is not a valid payload.
pub async fn invoke(
    endpoint: &'static Endpoint,
    directory: Directory,
    event: &[u8],
    request_id: &str,
) -> Result<Vec<u8>, Error> {
    let response = handle(endpoint, directory, serde_json::from_slice(event)?, request_id).await?;
    Ok(serde_json::to_vec(&response)?)
}

/// Handles one event and writes its line to the log.
async fn handle(
    endpoint: &'static Endpoint,
    directory: Directory,
    event: ApiGatewayV2httpRequest,
    request_id: &str,
) -> Result<ApiGatewayV2httpResponse, Error> {
    let start = Instant::now();
    let context = Context::new(event::request(event, request_id)?, directory);
    let span = tracing::info_span!("request", request_id, endpoint = endpoint.name, account = Empty, key = Empty);
    let handling = async {
        let responding = usage::counted(async {
            let response = respond(endpoint, &context).await;
            context.background.drain().await;
            response
        });
        let (response, usage) = responding.await;
        log_request(endpoint, &context, response.status.as_u16(), start.elapsed(), &usage);
        response
    };
    let response = handling.instrument(span).await;
    Ok(event::response(response, request_id))
}

/// The response of an endpoint. A panic becomes a 500 of this request and stops nothing else.
async fn respond(endpoint: &'static Endpoint, context: &Context) -> Response {
    let handling = AssertUnwindSafe((endpoint.handle)(context)).catch_unwind();
    let failure = match tokio::time::timeout(REQUEST, handling).await {
        Ok(Ok(response)) => return response,
        Ok(Err(_)) => Failure::Internal("panicked".to_owned()),
        Err(_) => Failure::Unavailable("out of time".to_owned()),
    };
    (endpoint.failed)(&context.request, failure)
}

/// Writes the log line of a request: caller, response, time and capacity. It contains nothing of a body, a query or a
/// user.
fn log_request(endpoint: &Endpoint, context: &Context, status: u16, time: Duration, usage: &Usage) {
    let Usage { units, calls, retries, conflicts, hashes, store, hash, away } = *usage;
    let is_cold = !IS_WARM.swap(true, Ordering::Relaxed);
    // Whole microseconds, so that a part of a time is never more than the total.
    let milliseconds = |time: Duration| time.as_micros() as f64 / 1000.0;
    let (dialect, name) = endpoint.name.split_once('-').expect("an endpoint is named dialect-operation");
    let (account, key) = context.caller.get().unzip();
    let fields = json!({
        "level": "INFO", "message": "answered", "request_id": context.request.id, "account": account, "key": key,
        "status": status, "store_calls": calls, "store_milliseconds": milliseconds(store),
        "hashes": hashes, "hash_milliseconds": milliseconds(hash), "own_milliseconds": milliseconds(time.saturating_sub(away)),
        "cold_start": is_cold,
    });
    let is = |yes: bool| if yes { 1.0 } else { 0.0 };
    let metrics = [
        ("Requests", "Count", 1.0),
        ("ServerErrors", "Count", is(status >= 500)),
        ("ClientErrors", "Count", is((400..500).contains(&status))),
        ("Time", "Milliseconds", milliseconds(time)),
        ("Units", "Count", units),
        ("Retries", "Count", retries as f64),
        ("Conflicts", "Count", conflicts as f64),
        ("ColdStarts", "Count", is(is_cold)),
    ];
    let fields = if let Value::Object(fields) = fields { fields } else { Map::new() };
    if !metrics::write(&[("Dialect", dialect), ("Endpoint", name)], &metrics, fields) {
        tracing::info!(status, milliseconds = milliseconds(time), units, retries, conflicts, "answered");
    }
}

/// Whether this process has handled a request before.
static IS_WARM: AtomicBool = AtomicBool::new(false);

#[cfg(test)]
mod tests {
    use super::*;
    use roster_dialects::member;

    use crate::endpoint::respond as render;

    static FRAGILE: Endpoint = Endpoint {
        name: "test-fragile",
        handle: |context| {
            Box::pin(async move {
                assert!(context.request.variable("id") != Some("bad"), "a defect");
                Response::empty(http::StatusCode::OK)
            })
        },
        failed: |request, failure| render(request, Err(member::Error::from(failure))),
        prewarm: Prewarm::Store,
    };

    fn directory() -> Directory {
        Directory::new(roster_store::from_environment(), Argon2Hasher::new(1))
    }

    async fn status(id: &str) -> (u64, String) {
        let event = serde_json::json!({
            "version": "2.0", "routeKey": "GET /{id}", "rawPath": format!("/{id}"), "rawQueryString": "", "headers": {},
            "requestContext": {"http": {"method": "GET", "path": "/"}, "stage": "$default"},
            "pathParameters": {"id": id}, "isBase64Encoded": false,
        });
        let payload = invoke(&FRAGILE, directory(), event.to_string().as_bytes(), "request-7").await.unwrap();
        let payload: serde_json::Value = serde_json::from_slice(&payload).unwrap();
        assert_eq!(payload["headers"]["x-request-id"], "request-7");
        (payload["statusCode"].as_u64().unwrap(), payload["body"].as_str().unwrap_or_default().to_owned())
    }

    #[tokio::test]
    async fn a_panic_is_one_500_that_names_the_request_and_the_next_call_is_answered() {
        assert_eq!(
            status("bad").await,
            (500, r#"{"message":"Internal server error. Request id: request-7"}"#.to_owned())
        );
        assert_eq!(status("good").await.0, 200);
    }
}
