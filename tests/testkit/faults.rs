//! A proxy between the store and its engine in which calls go wrong, as they do on the way to DynamoDB and in
//! it. What goes wrong is planned, or drawn from a seed, so that it can be brought about again.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use aws_smithy_runtime_api::client::http::SharedHttpClient;
use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};
use serde_json::{Value, json};

use super::wire::{self, Call, Engine, Hook, Lost, Response};

/// What goes wrong with a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fault {
    /// The table has no capacity left; nothing is done.
    Throttled,
    /// The store has a defect of its own; nothing is done.
    Internal,
    /// The connection is closed before anything is done.
    LostBefore,
    /// The connection is closed after it was done.
    LostAfter,
    /// No answer comes, and nothing is done.
    SilentBefore,
    /// No answer comes, and it was done.
    SilentAfter,
    /// The answer takes long, and comes in time.
    Slow,
    /// A write meets a transaction of somebody else; nothing is done.
    Conflict,
    /// A batch is done in part: its last item is reported as unprocessed.
    Unprocessed,
    /// An index answers as it did the time before, or does not know yet.
    IndexLags,
}

pub const FAULTS: [Fault; 10] = [
    Fault::Throttled,
    Fault::Internal,
    Fault::LostBefore,
    Fault::LostAfter,
    Fault::SilentBefore,
    Fault::SilentAfter,
    Fault::Slow,
    Fault::Conflict,
    Fault::Unprocessed,
    Fault::IndexLags,
];

/// When it goes wrong.
#[derive(Clone, Copy, Debug)]
pub enum When {
    /// With the call of this number, from 1 on.
    Once(usize),
    /// With this call and all that follow.
    From(usize),
    /// With so many of a hundred calls, drawn from a seed.
    Often { percent: u32, seed: u64 },
}

/// What goes wrong for one user of the proxy.
#[derive(Clone, Debug)]
struct Plan {
    faults: Vec<Fault>,
    when: When,
    calls: usize,
    hits: usize,
}

/// How long an answer takes that comes in time, and how long one is waited for that never comes: an
/// attempt is given up after a second.
const SLOW: Duration = Duration::from_millis(300);
const SILENT: Duration = Duration::from_millis(1_300);

/// A hook in which calls go wrong; see [`Faults::plan`].
#[derive(Clone)]
pub struct Faults(Arc<State>);

struct State {
    engine: Engine,
    plans: Mutex<HashMap<String, Plan>>,
    bug: Bug,
    /// What each read of a user, and each query of an index, was last answered.
    before: Mutex<HashMap<String, String>>,
}

/// What is wrong with a store that is itself broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bug {
    None,
    /// It writes users without their claims.
    LosesClaims,
    /// It takes a value for somebody else, though it is taken.
    ForgetsConditions,
    /// It answers reads of users as it did the time before.
    ReadsWhatWas,
}

impl Bug {
    fn spoil(self, asked: &mut Value) {
        let Some(actions) = asked["TransactItems"].as_array_mut() else { return };
        match self {
            Self::LosesClaims => actions.retain(|action| action["Put"]["TableName"] != "roster-claims"),
            Self::ForgetsConditions => {
                for action in actions.iter_mut().filter(|action| action["Put"]["TableName"] == "roster-claims") {
                    action["Put"].as_object_mut().unwrap().retain(|name, _| name == "TableName" || name == "Item");
                }
            }
            Self::None | Self::ReadsWhatWas => {}
        }
    }
}

impl Faults {
    /// Stands before an engine.
    pub fn new(engine: &str) -> Self {
        Self::with_bug(engine, Bug::None)
    }

    /// As [`Faults::new`], before a store that does not do what it is sent.
    pub fn with_bug(engine: &str, bug: Bug) -> Self {
        let engine = Engine::at(engine);
        Self(Arc::new(State { engine, plans: Mutex::default(), bug, before: Mutex::default() }))
    }

    pub fn engine(&self) -> &Engine {
        &self.0.engine
    }

    /// From here on, calls that come under a name meet these faults; a connector that calls under it.
    pub fn plan(&self, name: &str, faults: &[Fault], when: When) -> SharedHttpClient {
        let plan = Plan { faults: faults.to_vec(), when, calls: 0, hits: 0 };
        self.0.plans.lock().unwrap().insert(name.to_owned(), plan);
        wire::connector(Arc::clone(&self.0), name)
    }

    /// Nothing goes wrong for a name any more; how many calls came under it, and how many went wrong.
    pub fn heal(&self, name: &str) -> (usize, usize) {
        let plan = self.0.plans.lock().unwrap().remove(name);
        plan.map_or((0, 0), |plan| (plan.calls, plan.hits))
    }
}

impl Plan {
    /// What goes wrong with the next call, if anything that can go wrong with it does.
    fn next(&mut self, operation: &str, request: &Value) -> Option<Fault> {
        self.calls += 1;
        let fault = match self.when {
            When::Once(number) if number == self.calls => self.faults.first().copied(),
            When::From(number) if number <= self.calls => self.faults.first().copied(),
            When::Once(_) | When::From(_) => None,
            When::Often { percent, seed } => {
                let mut rng = StdRng::seed_from_u64(seed.wrapping_mul(1_000_003).wrapping_add(self.calls as u64));
                let fault = self.faults[rng.random_range(0..self.faults.len())];
                (rng.random_range(0..100) < percent).then_some(fault)
            }
        };
        let fault = fault.filter(|fault| fault.can_meet(operation, request));
        self.hits += usize::from(fault.is_some());
        fault
    }
}

impl Fault {
    fn can_meet(self, operation: &str, request: &Value) -> bool {
        match self {
            Self::Conflict => matches!(operation, "TransactWriteItems" | "PutItem" | "UpdateItem" | "DeleteItem"),
            Self::Unprocessed => matches!(operation, "BatchGetItem" | "BatchWriteItem"),
            Self::IndexLags => operation == "Query" && request["IndexName"].is_string(),
            _ => true,
        }
    }
}

impl Hook for State {
    async fn call(&self, mut call: Call) -> Result<Response, Lost> {
        self.bug.spoil(&mut call.body);
        let Call { operation, name, body: asked } = &mut call;
        let fault = self.plans.lock().unwrap().get_mut(name).and_then(|plan| plan.next(operation, asked));
        let error = |status, code: &str| {
            let body = json!({"__type": format!("com.amazonaws.dynamodb.v20120810#{code}"), "message": code});
            Ok(Response { status, body: body.to_string() })
        };
        match fault {
            Some(Fault::Throttled) => return error(400, "ProvisionedThroughputExceededException"),
            Some(Fault::Internal) => return error(500, "InternalServerError"),
            Some(Fault::LostBefore) => return Err(Lost),
            Some(Fault::SilentBefore) => {
                tokio::time::sleep(SILENT).await;
                return Err(Lost);
            }
            Some(Fault::Conflict) if operation == "TransactWriteItems" => {
                return Ok(Response { status: 400, body: cancelled(asked) });
            }
            Some(Fault::Conflict) => return error(400, "TransactionConflictException"),
            Some(Fault::IndexLags) => {
                let before = self.before.lock().unwrap().get(&asked.to_string()).cloned();
                let nothing = || json!({"Items": [], "Count": 0, "ScannedCount": 0}).to_string();
                return Ok(Response { status: 200, body: before.unwrap_or_else(nothing) });
            }
            Some(Fault::Slow) => tokio::time::sleep(SLOW).await,
            Some(Fault::LostAfter | Fault::SilentAfter | Fault::Unprocessed) | None => {}
        }
        let left = (fault == Some(Fault::Unprocessed)).then(|| leave_out(asked)).flatten();
        let mut response = self.engine.call(call.clone()).await?;
        let Call { operation, body: asked, .. } = call;
        if let Some(left) = left {
            let mut document: Value = serde_json::from_str(&response.body).unwrap();
            document[if operation == "BatchGetItem" { "UnprocessedKeys" } else { "UnprocessedItems" }] = left;
            response.body = document.to_string();
        }
        if operation == "Query" && asked["IndexName"].is_string() && response.status == 200 {
            self.before.lock().unwrap().insert(asked.to_string(), response.body.clone());
        }
        if self.bug == Bug::ReadsWhatWas && operation == "GetItem" && asked["TableName"] == "roster-users" {
            let before = self.before.lock().unwrap().insert(asked["Key"].to_string(), response.body.clone());
            response.body = before.unwrap_or(response.body);
        }
        match fault {
            Some(Fault::LostAfter) => Err(Lost),
            Some(Fault::SilentAfter) => {
                tokio::time::sleep(SILENT).await;
                Err(Lost)
            }
            _ => Ok(response),
        }
    }
}

/// A transaction of which the last action met another writer.
fn cancelled(asked: &Value) -> String {
    let many = asked["TransactItems"].as_array().unwrap().len();
    let reason = |n| json!({"Code": if n + 1 == many { "TransactionConflict" } else { "None" }});
    json!({
        "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
        "Message": "Transaction cancelled, please refer cancellation reasons for specific reasons",
        "CancellationReasons": (0..many).map(reason).collect::<Vec<_>>(),
    })
    .to_string()
}

/// Takes the last part out of a batch of several, as it is reported as unprocessed.
fn leave_out(asked: &mut Value) -> Option<Value> {
    let (table, parts) = asked["RequestItems"].as_object_mut()?.iter_mut().next()?;
    let table = table.clone();
    if let Some(keys) = parts.get_mut("Keys").and_then(Value::as_array_mut) {
        let last = if keys.len() > 1 { keys.pop()? } else { return None };
        return Some(json!({ table: { "Keys": [last], "ConsistentRead": true } }));
    }
    let writes = parts.as_array_mut()?;
    let last = if writes.len() > 1 { writes.pop()? } else { return None };
    Some(json!({ table: [last] }))
}
