//! A hook before the engine that asks every call for its receipt, and lets no two writers at one item.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use serde_json::Value;
use tokio::time::Instant;

use super::{
    conflicts::Conflicts,
    wire::{Call, Engine, Hook, Lost, Response},
};

/// How long a trip takes at least: calls that are made together are under way together.
const TRIP: Duration = Duration::from_millis(15);

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

/// Calls and their receipts, in the order of the answers.
#[derive(Debug)]
pub struct Meter {
    engine: Engine,
    receipts: Mutex<Vec<Receipt>>,
    conflicts: Mutex<Conflicts>,
}

impl Meter {
    /// Stands before an engine; see [`super::wire`].
    pub fn before(engine: &str) -> Arc<Self> {
        Arc::new(Self { engine: Engine::at(engine), receipts: Mutex::default(), conflicts: Mutex::default() })
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

impl Hook for Meter {
    async fn call(&self, mut call: Call) -> Result<Response, Lost> {
        call.body["ReturnConsumedCapacity"] = Value::from("INDEXES");
        let operation = call.operation.clone();
        let begun = self.conflicts.lock().unwrap().begin(&operation, &call.body);
        let started = Instant::now();
        tokio::time::sleep(TRIP).await;
        let items = match begun {
            Ok(items) => items,
            Err(conflict) => return Ok(Response { status: 400, body: conflict.to_string() }),
        };
        let response = self.engine.call(call).await;
        self.conflicts.lock().unwrap().end(items);
        let response = response?;
        let (read, written, places) = capacity(&operation, &response.body);
        let receipt = Receipt { operation, started, ended: Instant::now(), read, written, places };
        self.receipts.lock().unwrap().push(receipt);
        Ok(response)
    }
}

/// Units read and written, and those of each table and index.
fn capacity(operation: &str, body: &str) -> (f64, f64, BTreeMap<String, f64>) {
    let answered: Value = serde_json::from_str(body).unwrap();
    let capacity = match &answered["ConsumedCapacity"] {
        Value::Array(tables) => tables.clone(),
        one => vec![one.clone()],
    };
    let units: f64 = capacity.iter().filter_map(|table| table["CapacityUnits"].as_f64()).sum();
    let reads = matches!(operation, "GetItem" | "Query" | "BatchGetItem" | "TransactGetItems");
    let (read, written) = if reads { (units, 0.0) } else { (0.0, units) };
    (read, written, capacity.iter().flat_map(places).collect())
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
