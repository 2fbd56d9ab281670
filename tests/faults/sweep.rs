//! Every operation of every dialect, with each of its calls to the store going wrong in each way.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use roster_cli::gateway::InProcess;
use roster_directory::NewApiKey;
use roster_domain::{AccountSettings, Scope};
use roster_functions::endpoints;
use serde_json::{Value, json};
use tokio::sync::{Mutex, Semaphore};

use testkit::{
    Server,
    faults::{FAULTS, Fault, Faults, When},
    function::{Answer, FunctionClient, FunctionRequest},
    raw_tables,
    wire::{self, Engine},
};

/// Cases that run side by side: most of their time is waiting.
const AT_ONCE: usize = 48;
/// One of so many cases, always the same, runs where not all are asked for.
const SAMPLED: usize = 8;
/// The store stays away in these ways.
const LASTING: [Fault; 4] = [Fault::Throttled, Fault::Internal, Fault::LostBefore, Fault::SilentBefore];

/// An operation: its request, its status when nothing goes wrong, and its status when it is repeated after
/// it was done.
#[derive(Clone, Debug)]
struct Operation {
    sent: FunctionRequest,
    status: u64,
    again: u64,
}

fn operations() -> Vec<Operation> {
    let one = json!({"user_id": "1", "id": "1"});
    let none = json!({});
    let admin = json!({"username": "new", "email": "new@example.com", "password": "12345678", "password_confirmation": "12345678",
        "first_name": "N", "last_name": "E", "gender": "male", "birthday": "1990-01-01"});
    let exceed =
        json!({"first_name": "N", "last_name": "E", "login": "new", "email": "new@example.com", "code": "new"});
    let operation = |function: &str, variables: &Value, query: &str, body: &Value, status, again| Operation {
        sent: FunctionRequest::new(function, variables.clone(), query, body.clone()),
        status,
        again,
    };
    let mut all = vec![
        operation("member-create", &none, "", &json!({"email": "new@example.com"}), 201, 422),
        operation("member-update", &one, "", &json!({"first_name": "Changed"}), 200, 200),
        operation("member-update", &one, "", &json!({"email": "moved@example.com", "password": "another"}), 200, 200),
        operation("admin-create", &none, "", &admin, 201, 422),
        operation("admin-update", &one, "", &json!({"first_name": "Changed"}), 200, 200),
        operation("admin-update", &one, "", &json!({"username": "moved", "email": "moved@example.com"}), 200, 200),
        operation("exceed-create", &none, "", &exceed, 201, 422),
        operation("exceed-update", &none, "", &json!({"code": "c-3", "city": "Bern"}), 200, 200),
        operation("exceed-update", &one, "", &json!({"login": "moved"}), 200, 200),
    ];
    for keyed in all.clone() {
        let sent =
            FunctionRequest { request_key: Some("8e03978e-40d5-43dd-bc93-6894a57f9324".to_owned()), ..keyed.sent };
        all.push(Operation { sent, again: keyed.status, ..keyed });
    }
    all.extend([
        operation("member-get", &one, "", &none, 200, 200),
        operation("member-find", &none, "", &json!({"email": "one@example.com"}), 200, 200),
        operation("member-get-subscriptions", &none, "", &json!({"email": "one@example.com"}), 200, 200),
        operation("member-disabled", &none, "", &none, 404, 404),
        operation("admin-get", &one, "", &none, 200, 200),
        operation("admin-list", &none, "page=1&per_page=2", &none, 200, 200),
        operation("admin-login", &none, "", &json!({"username": "root", "password": "12345678"}), 200, 200),
        operation("admin-login", &none, "", &json!({"username": "root", "password": "wrong"}), 401, 401),
        operation("admin-delete", &one, "", &none, 200, 404),
        operation("exceed-list", &none, "fields=id,login", &none, 200, 200),
        operation("exceed-list", &none, "fields=id&user[email]=one@example.com", &none, 200, 200),
        operation("exceed-list", &none, "fields=id&user[first_name]=One", &none, 200, 200),
        operation("exceed-list", &none, "fields=id&user[updated_on]=2020-01-01,", &none, 200, 200),
        operation("exceed-get", &none, "", &json!({"code": "c-3"}), 200, 200),
        operation("exceed-delete", &one, "", &none, 200, 404),
        operation("exceed-deletions", &none, "", &none, 200, 200),
    ]);
    all
}

/// A fresh account with an ordinary user, an administrator, one with a code, and one who was deleted.
async fn prepared(plain: &InProcess) -> FunctionClient {
    let settings = AccountSettings { name: "Test".to_owned(), ..AccountSettings::default() };
    // One after the other, so that on a slow machine none gives up while others reserve the next id.
    static NEXT: Mutex<()> = Mutex::const_new(());
    let account = {
        let _turn = NEXT.lock().await;
        plain.0.account_create(settings).await.unwrap().id
    };
    let new = NewApiKey { scopes: Scope::ALL.to_vec(), read_only: false, expires_in: None };
    let key = plain.0.api_key_create(account, new).await.unwrap().0.reveal();
    let client = FunctionClient { account: account.to_string(), key };
    let root = json!({"username": "root", "email": "root@example.com", "password": "12345678", "password_confirmation": "12345678",
        "first_name": "R", "last_name": "T", "gender": "male", "birthday": "1990-01-01", "role_id": 1});
    let third = |login: &str, code: &str| json!({"first_name": "T", "last_name": "H", "login": login, "code": code});
    for (function, body) in [
        ("member-create", json!({"email": "one@example.com", "first_name": "One"})),
        ("admin-create", root),
        ("exceed-create", third("three", "c-3")),
        ("exceed-create", third("four", "c-4")),
    ] {
        let made = client.send(plain, &FunctionRequest::new(function, json!({}), "", body)).await;
        assert_eq!(made.status, 201, "{}", made.body);
    }
    let gone = client.send(plain, &FunctionRequest::new("admin-delete", json!({"id": "4"}), "", json!({}))).await;
    assert_eq!(gone.status, 200);
    client
}

/// All that clients can see of an account's users and deletions, without ids of new users and without times.
async fn state(plain: &InProcess, client: &FunctionClient) -> (BTreeMap<String, Vec<Value>>, Vec<u64>) {
    let list = client.send(plain, &FunctionRequest::new("exceed-list", json!({}), "", json!({}))).await;
    let total = client.send(plain, &FunctionRequest::new("admin-list", json!({}), "", json!({}))).await;
    let users = list.json();
    let users = users.as_array().unwrap();
    assert_eq!(total.json()["meta"]["total"], users.len());
    let shown = |user: &Value| {
        let shown = ["first_name", "last_name", "email", "city", "role_id", "is_active"].map(|name| user[name].clone());
        (user["login"].as_str().unwrap().to_owned(), shown.to_vec())
    };
    let gone = client.send(plain, &FunctionRequest::new("exceed-deletions", json!({}), "", json!({}))).await;
    let gone = gone.json().as_array().unwrap().iter().map(|gone| gone["id"].as_u64().unwrap()).collect();
    (users.iter().map(shown).collect(), gone)
}

/// Whether an answer says, in its dialect, that the store stays away.
fn is_unavailable(function: &str, answer: &Answer) -> bool {
    let text = "The service is temporarily unavailable. Please try again.";
    let name = if function.starts_with("exceed-") { "error" } else { "message" };
    answer.status == 503 && answer.header("retry-after") == Some("1") && answer.json() == json!({ name: text })
}

#[derive(Clone)]
struct Case {
    operation: Operation,
    fault: Fault,
    when: When,
}

impl Case {
    fn name(&self) -> String {
        let FunctionRequest { function, query, body, request_key, .. } = &self.operation.sent;
        let keyed = if request_key.is_some() { " keyed" } else { "" };
        format!("{function}{keyed} {query} {body}: {:?} {:?}", self.fault, self.when)
    }

    /// Runs it in an account of its own; what is wrong, if anything, and whether the fault was met.
    async fn run(&self, plain: &InProcess, faults: &Faults, expected: &Expected) -> Result<bool, String> {
        let client = prepared(plain).await;
        let place = format!("account-{}", client.account);
        let connector = faults.plan(&place, &[self.fault], self.when);
        let broken = InProcess(raw_tables::directory_through(connector));
        let answer = client.send(&broken, &self.operation.sent).await;
        let (_, hits) = faults.heal(&place);
        let function = &self.operation.sent.function;
        if answer.status == self.operation.status {
            // Lists and look-ups give the same as ever; only a list of changes may lag.
            let may_lag = self.fault == Fault::IndexLags && self.operation.sent.query.contains("updated_on");
            if self.operation.status == self.operation.again && answer.masked() != expected.answer && !may_lag {
                return Err(format!("responded {} instead of {}", answer.masked(), expected.answer));
            }
        } else if !is_unavailable(function, &answer) {
            return Err(format!("answered {} {}", answer.status, answer.body));
        }
        let again = client.send(plain, &self.operation.sent).await;
        let was_done = if answer.status == self.operation.status {
            &[self.operation.again][..]
        } else {
            &[self.operation.again, self.operation.status]
        };
        if !was_done.contains(&again.status) {
            return Err(format!("answered {}, then {} {}", answer.status, again.status, again.body));
        }
        let now = state(plain, &client).await;
        if now != expected.state {
            return Err(format!(
                "answered {}, then {}, and left {now:?} instead of {:?}",
                answer.status, again.status, expected.state
            ));
        }
        Ok(hits > 0)
    }
}

/// The response and the state when nothing goes wrong, and the number of calls.
struct Expected {
    answer: String,
    state: (BTreeMap<String, Vec<Value>>, Vec<u64>),
    calls: usize,
}

async fn expected(operation: &Operation, plain: &InProcess, faults: &Faults) -> Expected {
    let client = prepared(plain).await;
    let place = format!("account-{}", client.account);
    let counted = InProcess(raw_tables::directory_through(faults.plan(&place, &[Fault::Slow], When::Once(usize::MAX))));
    let answer = client.send(&counted, &operation.sent).await;
    assert_eq!(answer.status, operation.status, "{operation:?}: {}", answer.body);
    let (calls, _) = faults.heal(&place);
    assert_eq!(client.send(plain, &operation.sent).await.status, operation.again, "{operation:?}");
    Expected { answer: answer.masked(), state: state(plain, &client).await, calls }
}

#[test]
fn every_endpoint_is_swept() {
    let swept: BTreeSet<_> = operations().into_iter().map(|operation| operation.sent.function).collect();
    // The page asks the store for nothing.
    let endpoints = endpoints().map(|endpoint| endpoint.name.to_owned()).filter(|name| name != "docs-page");
    assert_eq!(swept, endpoints.collect());
}

#[test]
fn whatever_goes_wrong_with_a_call_nothing_is_lost_doubled_or_half_done() {
    let server = Server::start_alone();
    let faults = Faults::new(&server.dynamodb);
    let plain = Arc::new(Engine::at(&server.dynamodb));
    let plain = InProcess(raw_tables::directory_through(wire::connector(plain, "")));
    let only = std::env::var("ROSTER_CASE").ok();
    let all = std::env::var_os("ROSTER_ALL_CASES").is_some();
    let mut number = 0_usize;
    let runtime = wire::paused_runtime();
    let (mut met, mut wrong) = (0, Vec::new());
    runtime.block_on(async {
        let turns = Arc::new(Semaphore::new(AT_ONCE));
        let mut running = tokio::task::JoinSet::new();
        for operation in operations() {
            let expected = Arc::new(expected(&operation, &plain, &faults).await);
            let once = (1..=expected.calls).flat_map(|n| FAULTS.map(|fault| (fault, When::Once(n))));
            let lasting = (1..=expected.calls).flat_map(|n| LASTING.map(|fault| (fault, When::From(n))));
            for (fault, when) in once.chain(lasting) {
                let case = Case { operation: operation.clone(), fault, when };
                number += 1;
                match &only {
                    Some(only) if !case.name().contains(only) => continue,
                    None if !all && !number.is_multiple_of(SAMPLED) => continue,
                    _ => {}
                }
                let (turns, plain, faults) = (Arc::clone(&turns), plain.clone(), faults.clone());
                let expected = Arc::clone(&expected);
                running.spawn(async move {
                    let _turn = turns.acquire_owned().await.unwrap();
                    (case.name(), case.run(&plain, &faults, &expected).await)
                });
            }
        }
        while let Some(done) = running.join_next().await {
            match done.unwrap() {
                (_, Ok(was_met)) => met += usize::from(was_met),
                (name, Err(what)) => wrong.push(format!("{name}\n    {what}")),
            }
        }
    });
    wrong.sort();
    assert!(
        wrong.is_empty(),
        "{} cases; ROSTER_CASE='…' runs those alone whose name holds it:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    println!("{met} faults were met, of {number} cases");
    assert!(only.is_some() || met > if all { 900 } else { 900 / SAMPLED }, "{met} of {number} faults were met");
    let verified = testkit::roster(server.data(), &["verify"]);
    assert!(verified.ends_with("all agree"), "{verified}");
}
