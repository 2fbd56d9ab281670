use std::{
    convert::Infallible,
    panic::AssertUnwindSafe,
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};

use futures_util::FutureExt;
use lambda_http::{
    Adapter, Body, Context, Error, LambdaEvent, Request, Response, Service, request::LambdaRequest, service_fn,
};
use serde::Serialize;
use serde_json::{Map, Value, json};
use tracing::{Instrument, field::Empty};

use super::{Answer, Call, Endpoint, Needs, raw::Raw};
use crate::{
    Directory,
    directory::{Failure, Hasher},
    log, metrics,
    store::{self, Store},
    usage::{self, Usage},
};

/// Serves one endpoint as a Lambda function until the environment ends.
///
/// # Errors
/// The Lambda runtime cannot be reached.
pub fn run(endpoint: &'static Endpoint) -> Result<(), Error> {
    run_on(endpoint, async || store::from_environment())
}

/// As [`run`], on another store.
///
/// # Errors
/// As [`run`].
pub fn run_on(endpoint: &'static Endpoint, connect: impl AsyncFnOnce() -> Store) -> Result<(), Error> {
    log::init();
    metrics::switch_on();
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
        // One request at a time comes here, and a small function has less than a core.
        let directory = Directory::new(connect().await, Hasher::new(1));
        warm(endpoint.needs, &directory).await;
        let service = service_fn(move |event| handle(endpoint, directory.clone(), event));
        lambda_runtime::run(service).await
    })
}

/// Makes ready what the first event would otherwise wait for.
async fn warm(needs: Needs, directory: &Directory) {
    if needs == Needs::StoreAndHash {
        // Beside the connection, which waits for the network. The first hash waits for this if it is not done by then.
        let directory = directory.clone();
        tokio::spawn(async move { directory.warm_hash().await });
    }
    if needs != Needs::Nothing {
        directory.warm_store().await;
    }
}

/// Answers one event as the endpoint's Lambda function would: the same decoding, the same code,
/// the same encoding. `event` is a payload of version 2.0, and so is what is returned.
///
/// # Errors
/// The event is none.
pub async fn invoke(
    endpoint: &'static Endpoint,
    directory: Directory,
    event: &[u8],
    request_id: &str,
) -> Result<Vec<u8>, Error> {
    let payload: LambdaRequest = serde_json::from_slice(event)?;
    let mut context = Context::default();
    request_id.clone_into(&mut context.request_id);
    // The event's own decoding panics on some that no gateway sends.
    let answering = AssertUnwindSafe(handle(endpoint, directory, LambdaEvent { payload, context }));
    let answer = answering.catch_unwind().await.map_err(|_| "the event cannot be decoded")?;
    Ok(serde_json::to_vec(&answer?)?)
}

async fn handle(
    endpoint: &'static Endpoint,
    directory: Directory,
    mut event: LambdaEvent<LambdaRequest>,
) -> Result<impl Serialize + use<>, Error> {
    let mut raw = Some(Raw::take(&mut event.payload));
    let mut service = Adapter::from(service_fn(move |request: Request| {
        let call = Call::of_event(request, raw.take().unwrap_or_default());
        let directory = directory.clone();
        async move { Ok::<_, Infallible>(serve(endpoint, &directory, call).await) }
    }));
    Ok(service.call(event).await?)
}

/// The gateway waits 29 s for a function. Whoever waits longer than this gets the dialect's 503
/// instead of the gateway's.
const PATIENCE: Duration = Duration::from_secs(25);

/// Answers one call and writes its line to the log. A panic is one 500 and ends nothing else.
async fn serve(endpoint: &'static Endpoint, directory: &Directory, call: Call) -> Response<Body> {
    let start = Instant::now();
    let span = tracing::info_span!(
        "request",
        request_id = call.request_id(),
        endpoint = endpoint.name,
        account = Empty,
        key = Empty
    );
    async {
        let answering = usage::counted(async {
            let answer = answer(endpoint, directory, &call).await;
            call.settle().await;
            answer
        });
        let (answer, usage) = answering.await;
        tell(endpoint, &call, answer.status().as_u16(), start.elapsed(), &usage);
        answer.into_response(call.request_id())
    }
    .instrument(span)
    .await
}

/// The line of a request: who asked for what, what was answered, what it took. Nothing of a body, a
/// query or a user.
fn tell(endpoint: &Endpoint, call: &Call, status: u16, time: Duration, usage: &Usage) {
    let Usage { units, calls, retries, conflicts, hashes, store, hash, away } = *usage;
    let is_cold = !IS_WARM.swap(true, Ordering::Relaxed);
    // Whole microseconds: what is part of a time is never more than all of it.
    let milliseconds = |time: Duration| time.as_micros() as f64 / 1000.0;
    let (dialect, name) = endpoint.name.split_once('-').unwrap_or(("", endpoint.name));
    let (account, key) = call.asked_by().unzip();
    let told = json!({
        "level": "INFO", "message": "answered", "request_id": call.request_id(), "account": account, "key": key,
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
    let told = if let Value::Object(told) = told { told } else { Map::new() };
    if !metrics::write(&[("Dialect", dialect), ("Endpoint", name)], &metrics, told) {
        tracing::info!(status, milliseconds = milliseconds(time), units, retries, conflicts, "answered");
    }
}

/// Whether this process has answered a request before.
static IS_WARM: AtomicBool = AtomicBool::new(false);

/// A panic is one 500 and ends nothing else.
async fn answer(endpoint: &'static Endpoint, directory: &Directory, call: &Call) -> Answer {
    let handling = AssertUnwindSafe((endpoint.handle)(call, directory)).catch_unwind();
    let failure = match tokio::time::timeout(PATIENCE, handling).await {
        Ok(Ok(answer)) => return answer,
        Ok(Err(_)) => Failure::Internal("panicked".to_owned()),
        Err(_) => Failure::Unavailable("out of time".to_owned()),
    };
    (endpoint.failed)(call, &failure)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{dialect::member, store::Tables};

    static FRAGILE: Endpoint = Endpoint {
        name: "fragile",
        handle: |call, _| {
            Box::pin(async move {
                assert!(call.path("id") != Some("bad"), "a defect");
                member::user_updated()
            })
        },
        failed: member::failed,
        needs: Needs::Store,
    };

    fn directory(endpoint: &str) -> Directory {
        let credentials = aws_sdk_dynamodb::config::Credentials::new("x", "x", None, None, "test");
        let region = aws_sdk_dynamodb::config::Region::new("local");
        let config = store::config().region(region).credentials_provider(credentials).endpoint_url(endpoint).build();
        let client = aws_sdk_dynamodb::Client::from_conf(config);
        Directory::new(store::Store::new(client, Tables::from_environment()), Hasher::new(1))
    }

    async fn status(id: &str) -> (u64, String) {
        let event = serde_json::json!({
            "version": "2.0", "routeKey": "GET /{id}", "rawPath": format!("/{id}"), "rawQueryString": "", "headers": {},
            "requestContext": {"http": {"method": "GET", "path": "/"}, "stage": "$default"},
            "pathParameters": {"id": id}, "isBase64Encoded": false,
        });
        let payload =
            invoke(&FRAGILE, directory("http://127.0.0.1:1"), event.to_string().as_bytes(), "request-7").await.unwrap();
        let payload: serde_json::Value = serde_json::from_slice(&payload).unwrap();
        assert_eq!(payload["headers"]["x-request-id"], "request-7");
        (payload["statusCode"].as_u64().unwrap(), payload["body"].as_str().unwrap().to_owned())
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
