//! A proxy between the functions and the engine that lets each do what its policy in the template allows,
//! and nothing else; it notes what was done.

use std::{
    collections::BTreeSet,
    io::Write as _,
    path::PathBuf,
    sync::{Arc, Mutex},
};

use roster_cli::template::{Permission, Template};
use roster_store::TABLE_VARIABLES;
use serde_json::{Value, json};

use super::wire::{self, Call, Engine, Hook, Lost, Response};

/// Names the directory in which the permissions that were used are noted.
const NOTES: &str = "ROSTER_USED_PERMISSIONS";

struct Guard {
    engine: Engine,
    allowed: BTreeSet<Permission>,
    used: Mutex<BTreeSet<Permission>>,
}

/// Starts a guard before an engine; a function finds it under its own name. It runs until the process ends.
pub fn start(engine: &str) -> String {
    let allowed = Template::built_in().unwrap().permissions;
    wire::serve(Arc::new(Guard { engine: Engine::at(engine), allowed, used: Mutex::default() }))
}

impl Hook for Guard {
    async fn call(&self, call: Call) -> Result<Response, Lost> {
        for permission in needed(&call.name, &call.operation, &call.body) {
            if !self.allowed.contains(&permission) {
                eprintln!("not allowed: {permission:?}");
                let refusal =
                    json!({"__type": "com.amazon.coral.service#AccessDeniedException", "Message": "not authorized"});
                return Ok(Response { status: 400, body: refusal.to_string() });
            }
            self.note(&permission);
        }
        self.engine.call(call).await
    }
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
