//! An account whose requests go through the functions' own code, with a meter between that and the engine.

use std::sync::Arc;

use roster_cli::gateway::InProcess;
use roster_domain::AccountId;
use serde_json::{Value, json};

use super::{
    Account, Server,
    function::{FunctionClient, FunctionRequest},
    meter::{Meter, Receipt, trips},
    raw_tables, wire,
};

pub struct CostHarness {
    pub meter: Arc<Meter>,
    pub functions: InProcess,
    pub runtime: tokio::runtime::Runtime,
    pub key: String,
    pub account: String,
    engine: String,
    /// Sent as `Idempotency-Key`.
    pub request_key: Option<&'static str>,
}

/// One operation: what was answered, and what it cost.
pub struct Measured {
    pub status: u64,
    pub body: Value,
    pub receipts: Vec<Receipt>,
}

impl CostHarness {
    pub fn new(server: &Server, account: &Account) -> Self {
        raw_tables::record_no_key_uses(&server.dynamodb, &account.id);
        let meter = Meter::before(&server.dynamodb);
        let functions = InProcess(raw_tables::directory_through(wire::connector(Arc::clone(&meter), "")));
        let runtime = wire::paused_runtime();
        Self {
            meter,
            functions,
            runtime,
            key: account.key.clone(),
            account: account.id.clone(),
            engine: server.dynamodb.clone(),
            request_key: None,
        }
    }

    /// Goes over to another account of the same engine.
    pub fn serve(&mut self, server: &Server, account: &Account) {
        raw_tables::record_no_key_uses(&server.dynamodb, &account.id);
        (self.key, self.account) = (account.key.clone(), account.id.clone());
    }

    /// Where the engine answers, past the meter.
    pub fn server(&self) -> &str {
        &self.engine
    }

    /// Runs one operation.
    pub fn measure(&self, function: &str, variables: &Value, query: &str, body: &Value) -> Measured {
        self.meter.take();
        let answered = self.run(&self.runtime, &self.functions, function, variables, query, body);
        Measured { receipts: self.meter.take(), ..answered }
    }

    /// Runs one operation on functions that may have no meter before their engine.
    pub fn run(
        &self,
        runtime: &tokio::runtime::Runtime,
        functions: &InProcess,
        function: &str,
        variables: &Value,
        query: &str,
        body: &Value,
    ) -> Measured {
        let client = FunctionClient { account: self.account.clone(), key: self.key.clone() };
        let (variables, body) = (variables.clone(), body.clone());
        let sent = FunctionRequest {
            request_key: self.request_key.map(str::to_owned),
            ..FunctionRequest::new(function, variables, query, body)
        };
        let answer = runtime.block_on(client.send(functions, &sent));
        Measured { status: answer.status, body: answer.json(), receipts: Vec::new() }
    }

    /// Runs a list that must succeed.
    pub fn list(&self, function: &str, query: &str) -> Measured {
        let measured = self.measure(function, &json!({}), query, &json!({}));
        assert_eq!(measured.status, 200, "{function} {query}: {}", measured.body);
        measured
    }

    /// Seals all that can be sealed.
    pub fn seal(&self) {
        self.runtime.block_on(self.functions.0.census_seal(AccountId::parse(&self.account).unwrap())).unwrap();
    }
}

impl Measured {
    /// Read units over all calls.
    pub fn read(&self) -> f64 {
        self.receipts.iter().map(|call| call.read).sum()
    }

    /// Write units over all calls.
    pub fn written(&self) -> f64 {
        self.receipts.iter().map(|call| call.written).sum()
    }

    pub fn trips(&self) -> usize {
        trips(&self.receipts)
    }
}
