//! How much a request allocates: a count that is the same on every machine.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that meets the unexpected fails"
)]

use roster_cli::gateway::{InProcess, Invoke as _};
use serde_json::{Value, json};
use testkit::{
    Account, Server,
    function::{FunctionClient, FunctionRequest, event},
    raw_tables,
};

/// Requests of which the one that allocates least is counted: the first ones open connections and fill caches.
const TRIES: usize = 10;

/// What is asked for, and how many blocks that may allocate in the function's process, the SDK's client and the
/// reading of the event and the writing of the answer included: 995, 1,422, 1,022 and 2,803 were counted. Five in a
/// hundred are room for what an update of a library adds.
const LIMITS: [(&str, &str, u64); 4] = [
    ("member-get", "", 1_045),
    ("member-find", "", 1_493),
    ("exceed-get", "", 1_073),
    ("admin-list", "per_page=15", 2_943),
];

#[test]
fn no_request_allocates_more_than_it_did() {
    let server = Server::start_alone();
    let account = Account::create(&server.url, server.data(), &[]);
    for n in 1..=15 {
        account.user(&json!({"email": format!("u{n}@example.com")}).to_string());
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let functions = InProcess(raw_tables::directory(&server.dynamodb));
    let client = FunctionClient { account: account.id.clone(), key: account.key.clone() };
    let counted = LIMITS.map(|(function, query, limit)| {
        let sent = FunctionRequest::new(
            function,
            json!({"user_id": "1", "id": "1"}),
            query,
            json!({"email": "u1@example.com"}),
        );
        let event = event(&client, &sent).to_string().into_bytes();
        let blocks = |_| {
            let event = event.clone();
            let mut payload = Vec::new();
            // All of it is on this thread.
            let counted = allocation_counter::measure(|| {
                payload = runtime.block_on(functions.invoke(function, event, "request")).unwrap();
            });
            let payload: Value = serde_json::from_slice(&payload).unwrap();
            assert_eq!(payload["statusCode"], 200, "{function}: {payload}");
            counted.count_total
        };
        (function, (0..TRIES).map(blocks).min().unwrap(), limit)
    });
    let more: Vec<_> = counted.iter().filter(|(_, blocks, limit)| blocks > limit).collect();
    assert!(more.is_empty(), "blocks and limits: {counted:?}");
}
