//! That the template grants nothing which no function uses: after the suites have run behind Lambda, where
//! a guard refuses what is not granted and notes what is used.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that meets the unexpected fails"
)]

#[path = "../support/mod.rs"]
mod support;

const GAP: &str = "an id that was leased and not used is plugged once it is old";
const SEAL: &str = "a list that finds many users above the frontier seals them";
const WALK: &str = "a walk over the pages of a filtered list notes how far it has come";
const RENEWED: &str = "a hash from elsewhere is renewed at a good login";
const EXPIRED: &str = "there is something to clean";

/// What functions need in moments that no suite behind Lambda brings about, and which those are. (The suites in
/// one process bring them about: census, exceed, transfer, cleanup.)
const RARE: [(&str, &str, &str, &str); 16] = [
    ("admin-list", "PutItem", "USERS_TABLE", GAP),
    ("admin-login", "UpdateItem", "USERS_TABLE", RENEWED),
    ("exceed-deletions", "DeleteItem", "KEYS_TABLE", WALK),
    ("exceed-deletions", "PutItem", "KEYS_TABLE", WALK),
    ("exceed-list", "DeleteItem", "KEYS_TABLE", WALK),
    ("exceed-list", "PutItem", "ACCOUNTS_TABLE", SEAL),
    ("exceed-list", "PutItem", "KEYS_TABLE", WALK),
    ("exceed-list", "PutItem", "USERS_TABLE", GAP),
    ("exceed-list", "UpdateItem", "ACCOUNTS_TABLE", SEAL),
    ("ops-cleanup", "ConditionCheckItem", "ACCOUNTS_TABLE", EXPIRED),
    ("ops-cleanup", "DeleteItem", "ACCOUNTS_TABLE", EXPIRED),
    ("ops-cleanup", "DeleteItem", "DELETIONS_TABLE", EXPIRED),
    ("ops-cleanup", "DeleteItem", "KEYS_TABLE", EXPIRED),
    ("ops-cleanup", "GetItem", "KEYS_TABLE", EXPIRED),
    ("ops-cleanup", "PutItem", "USERS_TABLE", GAP),
    ("ops-cleanup", "Query", "DELETIONS_TABLE", EXPIRED),
];

#[test]
#[ignore = "needs what the suites behind Lambda have noted in ROSTER_USED_PERMISSIONS"]
fn every_permission_is_used() {
    let unused = support::guard::unused().expect("ROSTER_USED_PERMISSIONS names the notes");
    let is_rare = |function: &str, action: &str, resource: &str| {
        // The hour of a key's use is noted by whichever function comes first.
        let is_note = (action, resource) == ("UpdateItem", "KEYS_TABLE") && function != "admin-login";
        is_note || RARE.iter().any(|(of, may, on, _)| (*of, *may, *on) == (function, action, resource))
    };
    let idle: Vec<_> =
        unused.iter().filter(|unused| !is_rare(&unused.function, &unused.action, &unused.resource)).collect();
    assert!(idle.is_empty(), "granted and never used: {idle:#?}");
}
