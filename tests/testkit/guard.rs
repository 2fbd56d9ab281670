//! A proxy between the functions and the engine that lets each do what its policy in the template allows,
//! and nothing else; it notes what was done.

use std::{
    collections::BTreeSet,
    io::Write as _,
    path::PathBuf,
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{Path, State},
    http::{HeaderMap, Response},
};
use roster_cli::template::{Permission, Template};
use roster_shared::store::TABLE_VARIABLES;
use serde_json::{Value, json};

/// Names the directory in which the permissions that were used are noted.
const NOTES: &str = "ROSTER_USED_PERMISSIONS";

#[derive(Clone)]
struct Guard {
    engine: String,
    client: reqwest::Client,
    allowed: Arc<BTreeSet<Permission>>,
    used: Arc<Mutex<BTreeSet<Permission>>>,
}

/// Starts a guard before an engine; a function finds it under its own name. It runs until the process ends.
pub fn start(engine: &str) -> String {
    let guard = Guard {
        engine: engine.to_owned(),
        client: reqwest::Client::builder().no_proxy().build().unwrap(),
        allowed: Arc::new(Template::built_in().unwrap().permissions),
        used: Arc::default(),
    };
    let (sender, receiver) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            sender.send(format!("http://{}", listener.local_addr().unwrap())).unwrap();
            let routes = Router::new().route("/{function}", axum::routing::post(pass));
            let routes = routes.route("/{function}/", axum::routing::post(pass)).with_state(guard);
            axum::serve(listener, routes).await.unwrap();
        });
    });
    receiver.recv().unwrap()
}

async fn pass(
    State(guard): State<Guard>,
    Path(function): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let target = headers["x-amz-target"].to_str().unwrap().to_owned();
    let request: Value = serde_json::from_slice(&body).unwrap();
    for permission in needed(&function, target.rsplit('.').next().unwrap(), &request) {
        if !guard.allowed.contains(&permission) {
            eprintln!("not allowed: {permission:?}");
            let refusal =
                json!({"__type": "com.amazon.coral.service#AccessDeniedException", "Message": "not authorized"});
            return answer(400, refusal.to_string());
        }
        guard.note(&permission);
    }
    let sent = guard.client.post(&guard.engine).header("x-amz-target", &target).body(body).send().await.unwrap();
    answer(sent.status().as_u16(), sent.text().await.unwrap())
}

fn answer(status: u16, body: String) -> Response<Body> {
    let answer = Response::builder().status(status).header("content-type", "application/x-amz-json-1.0");
    answer.body(Body::from(body)).unwrap()
}

impl Guard {
    fn note(&self, permission: &Permission) {
        let Some(place) = std::env::var_os(NOTES) else { return };
        // Held to the end, so that lines do not mix.
        let mut used = self.used.lock().unwrap();
        if used.insert(permission.clone()) {
            std::fs::create_dir_all(&place).unwrap();
            let path = PathBuf::from(place).join(std::process::id().to_string());
            let mut notes = std::fs::OpenOptions::new().create(true).append(true).open(path).unwrap();
            writeln!(notes, "{} {} {}", permission.function, permission.action, permission.resource).unwrap();
        }
    }
}

/// What a request needs to be allowed: of a transaction, each of its actions.
fn needed(function: &str, operation: &str, request: &Value) -> Vec<Permission> {
    let permission = |action: &str, part: &Value| {
        let table = part["TableName"].as_str().unwrap();
        let (variable, _) = TABLE_VARIABLES.iter().find(|(_, name)| *name == table).unwrap();
        let resource = match part["IndexName"].as_str() {
            Some(index) => format!("{variable}/{index}"),
            None => (*variable).to_owned(),
        };
        Permission { function: function.to_owned(), action: action.to_owned(), resource }
    };
    if operation != "TransactWriteItems" {
        return vec![permission(operation, request)];
    }
    let actions = request["TransactItems"].as_array().unwrap().iter().map(|action| {
        let (kind, part) = action.as_object().unwrap().iter().next().unwrap();
        let kind = if kind == "ConditionCheck" { "ConditionCheckItem".to_owned() } else { format!("{kind}Item") };
        permission(&kind, part)
    });
    actions.collect()
}

/// Those of the template that no suite has used.
pub fn unused() -> Option<Vec<Permission>> {
    let place = std::env::var_os(NOTES)?;
    let mut unused = Template::built_in().unwrap().permissions;
    for notes in std::fs::read_dir(place).unwrap() {
        for line in std::fs::read_to_string(notes.unwrap().path()).unwrap().lines() {
            let mut parts = line.split(' ').map(str::to_owned);
            let [function, action, resource] = [(); 3].map(|()| parts.next().unwrap());
            unused.remove(&Permission { function, action, resource });
        }
    }
    Some(unused.into_iter().collect())
}
