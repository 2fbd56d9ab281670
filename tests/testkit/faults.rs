//! A proxy between the store and its engine in which calls go wrong, as they do on the way to DynamoDB and in
//! it. What goes wrong is told beforehand, or drawn from a seed, so that it can be brought about again.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use http_body_util::{BodyExt as _, Full};
use hyper::{Request, Response, body::Bytes, body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};
use serde_json::{Value, json};

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
    /// A batch is done in part: its last item is told to be left.
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

#[derive(Clone)]
pub struct Faults {
    pub url: String,
    state: Arc<State>,
}

struct State {
    client: reqwest::Client,
    engine: Mutex<String>,
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
    /// Starts a proxy before an engine; it runs until the process ends.
    pub fn start(engine: &str) -> Self {
        Self::with_bug(engine, Bug::None)
    }

    /// As [`Faults::start`], before a store that does not do as it is asked.
    pub fn with_bug(engine: &str, bug: Bug) -> Self {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let state = State {
            client,
            engine: Mutex::new(engine.to_owned()),
            plans: Mutex::default(),
            bug,
            before: Mutex::default(),
        };
        let state = Arc::new(state);
        let (sender, receiver) = std::sync::mpsc::channel();
        let serving = Arc::clone(&state);
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
            runtime.block_on(async {
                let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
                sender.send(format!("http://{}", listener.local_addr().unwrap())).unwrap();
                loop {
                    let Ok((stream, _)) = listener.accept().await else { continue };
                    let state = Arc::clone(&serving);
                    let service = service_fn(move |request| pass(Arc::clone(&state), request));
                    let connection =
                        http1::Builder::new().timer(TokioTimer::new()).serve_connection(TokioIo::new(stream), service);
                    tokio::spawn(connection);
                }
            });
        });
        Self { url: receiver.recv().unwrap(), state }
    }

    /// Goes over to another engine: the one before has ended.
    pub fn go_over_to(&self, engine: &str) {
        engine.clone_into(&mut self.state.engine.lock().unwrap());
    }

    /// From here on, calls that come under a name meet these faults; where that is.
    pub fn plan(&self, name: &str, faults: &[Fault], when: When) -> String {
        let plan = Plan { faults: faults.to_vec(), when, calls: 0, hits: 0 };
        self.state.plans.lock().unwrap().insert(name.to_owned(), plan);
        format!("{}/{name}", self.url)
    }

    /// Nothing goes wrong for a name any more; how many calls came under it, and how many went wrong.
    pub fn heal(&self, name: &str) -> (usize, usize) {
        let plan = self.state.plans.lock().unwrap().remove(name);
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

/// The connection ends here.
#[derive(Debug)]
struct Lost;

impl std::fmt::Display for Lost {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("lost")
    }
}

impl std::error::Error for Lost {}

async fn pass(state: Arc<State>, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Lost> {
    let target = request.headers()["x-amz-target"].to_str().unwrap().to_owned();
    let operation = target.rsplit('.').next().unwrap().to_owned();
    let name = request.uri().path().trim_matches('/').to_owned();
    let signature = request.headers()["authorization"].clone();
    let body = request.into_body().collect().await.map_err(|_| Lost)?.to_bytes();
    let mut asked: Value = serde_json::from_slice(&body).unwrap();
    state.bug.spoil(&mut asked);
    let fault = state.plans.lock().unwrap().get_mut(&name).and_then(|plan| plan.next(&operation, &asked));
    let error = |status, code: &str| {
        let body = json!({"__type": format!("com.amazonaws.dynamodb.v20120810#{code}"), "message": code});
        Ok(answer(status, body.to_string()))
    };
    match fault {
        Some(Fault::Throttled) => return error(400, "ProvisionedThroughputExceededException"),
        Some(Fault::Internal) => return error(500, "InternalServerError"),
        Some(Fault::LostBefore) => return Err(Lost),
        Some(Fault::SilentBefore) => {
            tokio::time::sleep(SILENT).await;
            return Err(Lost);
        }
        Some(Fault::Conflict) if operation == "TransactWriteItems" => return Ok(answer(400, cancelled(&asked))),
        Some(Fault::Conflict) => return error(400, "TransactionConflictException"),
        Some(Fault::IndexLags) => {
            let before = state.before.lock().unwrap().get(&asked.to_string()).cloned();
            let nothing = || json!({"Items": [], "Count": 0, "ScannedCount": 0}).to_string();
            return Ok(answer(200, before.unwrap_or_else(nothing)));
        }
        Some(Fault::Slow) => tokio::time::sleep(SLOW).await,
        Some(Fault::LostAfter | Fault::SilentAfter | Fault::Unprocessed) | None => {}
    }
    let left = (fault == Some(Fault::Unprocessed)).then(|| leave_out(&mut asked)).flatten();
    let engine = state.engine.lock().unwrap().clone();
    let sent = state
        .client
        .post(engine)
        .header("x-amz-target", &target)
        .header("authorization", signature)
        .body(asked.to_string())
        .send();
    let answered = sent.await.map_err(|_| Lost)?;
    let status = answered.status().as_u16();
    let mut told = answered.text().await.map_err(|_| Lost)?;
    if let Some(left) = left {
        let mut document: Value = serde_json::from_str(&told).unwrap();
        document[if operation == "BatchGetItem" { "UnprocessedKeys" } else { "UnprocessedItems" }] = left;
        told = document.to_string();
    }
    if operation == "Query" && asked["IndexName"].is_string() && status == 200 {
        state.before.lock().unwrap().insert(asked.to_string(), told.clone());
    }
    if state.bug == Bug::ReadsWhatWas && operation == "GetItem" && asked["TableName"] == "roster-users" {
        let before = state.before.lock().unwrap().insert(asked["Key"].to_string(), told.clone());
        told = before.unwrap_or(told);
    }
    match fault {
        Some(Fault::LostAfter) => Err(Lost),
        Some(Fault::SilentAfter) => {
            tokio::time::sleep(SILENT).await;
            Err(Lost)
        }
        _ => Ok(answer(status, told)),
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

/// Takes the last part out of a batch of several, as it is told to be left.
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

fn answer(status: u16, body: String) -> Response<Full<Bytes>> {
    let answer = Response::builder().status(status).header("content-type", "application/x-amz-json-1.0");
    answer.body(Full::new(Bytes::from(body))).unwrap()
}
