//! Two writers on one item conflict, as on DynamoDB; the embedded engine lets each wait for the other.

use std::collections::{HashMap, HashSet};

use serde_json::{Value, json};

/// Attributes that are part of a table's primary key, by the table's name.
const KEYS: [(&str, &[&str]); 5] = [
    ("roster-users", &["block", "id"]),
    ("roster-claims", &["claim"]),
    ("roster-deletions", &["account", "id"]),
    ("roster-keys", &["key"]),
    ("roster-accounts", &["part", "sort"]),
];

/// Items that writers have in hand, and how often two wanted one.
#[derive(Debug, Default)]
pub struct Conflicts {
    /// With the token of the transaction.
    in_transactions: HashMap<String, String>,
    /// Of all transactions there were.
    tokens: HashSet<String>,
    pub transactions: usize,
    pub cancelled: usize,
}

impl Conflicts {
    /// Begins a write; the answer it gets instead where a transaction has one of its items in hand.
    pub fn begin(&mut self, operation: &str, request: &Value) -> Result<Vec<String>, Value> {
        if operation != "TransactWriteItems" {
            let single = matches!(operation, "PutItem" | "UpdateItem" | "DeleteItem");
            if single && self.in_transactions.contains_key(&item(request)) {
                self.cancelled += 1;
                return Err(json!({"__type": "com.amazonaws.dynamodb.v20120810#TransactionConflictException",
                    "message": "Transaction is ongoing for the item"}));
            }
            return Ok(Vec::new());
        }
        // An attempt that was given up goes on here; the next one of the same transaction does not meet it.
        let token = request["ClientRequestToken"].as_str().unwrap().to_owned();
        self.transactions += usize::from(self.tokens.insert(token.clone()));
        let actions = request["TransactItems"].as_array().unwrap();
        let items: Vec<_> =
            actions.iter().map(|action| item(action.as_object().unwrap().values().next().unwrap())).collect();
        let is_held = |item: &String| self.in_transactions.get(item).is_some_and(|holder| *holder != token);
        if items.iter().any(is_held) {
            self.cancelled += 1;
            let reason = |item| match is_held(item) {
                true => json!({"Code": "TransactionConflict", "Message": "Transaction is ongoing for the item"}),
                false => json!({"Code": "None"}),
            };
            let reasons: Vec<_> = items.iter().map(reason).collect();
            return Err(json!({"__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
                "Message": "Transaction cancelled, please refer cancellation reasons for specific reasons",
                "CancellationReasons": reasons}));
        }
        self.in_transactions.extend(items.iter().map(|item| (item.clone(), token.clone())));
        Ok(items)
    }

    pub fn end(&mut self, items: Vec<String>) {
        for item in items {
            self.in_transactions.remove(&item);
        }
    }
}

fn item(action: &Value) -> String {
    let table = action["TableName"].as_str().unwrap();
    let (_, keys) = KEYS.iter().find(|(name, _)| *name == table).unwrap();
    let attributes = if action["Item"].is_object() { &action["Item"] } else { &action["Key"] };
    keys.iter().fold(table.to_owned(), |item, key| format!("{item} {}", attributes[*key]))
}
