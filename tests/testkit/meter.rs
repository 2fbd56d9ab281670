//! A proxy before the engine that asks every call for its receipt, and lets no two writers at one item.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::State,
    http::{HeaderMap, Response},
};
use serde_json::Value;

use super::conflicts::Conflicts;

/// How long a trip takes at least.
const TRIP: Duration = Duration::from_millis(150);

/// One call of the store, as it was answered.
#[derive(Clone, Debug)]
pub struct Receipt {
    pub operation: String,
    pub started: Instant,
    pub ended: Instant,
    /// Units read and written, over all tables and indexes.
    pub read: f64,
    pub written: f64,
    /// The same by table (`users`) and index (`users/email-index`).
    pub places: BTreeMap<String, f64>,
}

#[derive(Clone)]
struct Meter {
    engine: String,
    trip: Duration,
    client: reqwest::Client,
    receipts: Arc<Mutex<Vec<Receipt>>>,
    conflicts: Arc<Mutex<Conflicts>>,
}

/// What came through a meter, in the order of the answers.
pub struct Metered {
    pub url: String,
    receipts: Arc<Mutex<Vec<Receipt>>>,
    conflicts: Arc<Mutex<Conflicts>>,
}

impl Metered {
    /// Starts a meter before an engine; it runs until the process ends.
    pub fn start(engine: &str) -> Self {
        Self::with_trip(engine, TRIP)
    }

    /// As [`Metered::start`], for many calls: trips take less long, and those of one moment are told
    /// from those of another less surely.
    pub fn start_quick(engine: &str) -> Self {
        Self::with_trip(engine, TRIP / 10)
    }

    fn with_trip(engine: &str, trip: Duration) -> Self {
        let (receipts, conflicts) = (Arc::default(), Arc::default());
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let meter = Meter {
            engine: engine.to_owned(),
            trip,
            client,
            receipts: Arc::clone(&receipts),
            conflicts: Arc::clone(&conflicts),
        };
        let (sender, receiver) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
                sender.send(format!("http://{}", listener.local_addr().unwrap())).unwrap();
                axum::serve(listener, Router::new().fallback(pass).with_state(meter)).await.unwrap();
            });
        });
        Self { url: receiver.recv().unwrap(), receipts, conflicts }
    }

    /// How many transactions there were since the last time, and how many writes met another.
    pub fn take_conflicts(&self) -> (usize, usize) {
        let mut conflicts = self.conflicts.lock().unwrap();
        (std::mem::take(&mut conflicts.transactions), std::mem::take(&mut conflicts.cancelled))
    }

    /// The receipts since the last time.
    pub fn take(&self) -> Vec<Receipt> {
        std::mem::take(&mut *self.receipts.lock().unwrap())
    }
}

/// What a call began ends, also when whoever made it has given up.
async fn pass(State(meter): State<Meter>, headers: HeaderMap, body: Bytes) -> Response<Body> {
    tokio::spawn(metered(meter, headers, body)).await.unwrap()
}

async fn metered(meter: Meter, headers: HeaderMap, body: Bytes) -> Response<Body> {
    let target = headers["x-amz-target"].to_str().unwrap().to_owned();
    let mut request: Value = serde_json::from_slice(&body).unwrap();
    request["ReturnConsumedCapacity"] = Value::from("INDEXES");
    let operation = target.rsplit('.').next().unwrap().to_owned();
    let begun = meter.conflicts.lock().unwrap().begin(&operation, &request);
    let started = Instant::now();
    // Long enough that calls made together are under way together, however busy the machine is.
    tokio::time::sleep(meter.trip).await;
    let items = match begun {
        Ok(items) => items,
        Err(conflict) => return answer(400, conflict.to_string()),
    };
    let answered = meter
        .client
        .post(&meter.engine)
        .header("x-amz-target", &target)
        .header("authorization", &headers["authorization"])
        .body(request.to_string())
        .send()
        .await
        .unwrap();
    let status = answered.status();
    let body = answered.text().await.unwrap();
    meter.conflicts.lock().unwrap().end(items);
    let answered: Value = serde_json::from_str(&body).unwrap();
    let capacity = match &answered["ConsumedCapacity"] {
        Value::Array(tables) => tables.clone(),
        one => vec![one.clone()],
    };
    let units: f64 = capacity.iter().filter_map(|table| table["CapacityUnits"].as_f64()).sum();
    let reads = matches!(operation.as_str(), "GetItem" | "Query" | "BatchGetItem");
    let places = capacity.iter().flat_map(places).collect();
    let (read, written) = if reads { (units, 0.0) } else { (0.0, units) };
    meter.receipts.lock().unwrap().push(Receipt { operation, started, ended: Instant::now(), read, written, places });
    answer(status.as_u16(), body)
}

fn answer(status: u16, body: String) -> Response<Body> {
    let answer = Response::builder().status(status).header("content-type", "application/x-amz-json-1.0");
    answer.body(Body::from(body)).unwrap()
}

/// A table's units and those of its indexes, by name; `roster-` is left out.
fn places(table: &Value) -> Vec<(String, f64)> {
    let name = table["TableName"].as_str().unwrap_or_default().trim_start_matches("roster-").to_owned();
    let units = |place: &Value| place["CapacityUnits"].as_f64().unwrap_or_default();
    let indexes = table["GlobalSecondaryIndexes"].as_object().into_iter().flatten();
    let indexes: Vec<_> = indexes.map(|(index, place)| (format!("{name}/{index}"), units(place))).collect();
    let all = units(table) - indexes.iter().map(|(_, units)| units).sum::<f64>();
    std::iter::once((name, all)).chain(indexes).filter(|(_, units)| *units > 0.0).collect()
}

/// How many trips had to wait for one before: the longest row of calls of which each began after
/// the one before had ended.
pub fn trips(receipts: &[Receipt]) -> usize {
    let mut calls = receipts.to_vec();
    calls.sort_by_key(|call| call.ended);
    let mut last: Option<Instant> = None;
    let mut row = 0;
    for call in calls {
        if last.is_none_or(|last| call.started >= last) {
            row += 1;
            last = Some(call.ended);
        }
    }
    row
}
