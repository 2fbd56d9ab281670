use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::json;

use super::{USERS, administrator, created, new_user};
use testkit::{Account, account};

fn page(account: &Account, query: &str) -> (Vec<u64>, serde_json::Value) {
    let response = account.call("GET", &format!("{USERS}{query}"), "");
    assert_eq!(response.status, 200, "{}", response.body);
    let list = response.json();
    let ids = list["data"].as_array().unwrap().iter().map(|user| user["user_id"].as_u64().unwrap()).collect();
    (ids, list["meta"].clone())
}

#[test]
fn users_of_every_door_are_listed_by_id_with_an_exact_total() {
    let account = account();
    assert_eq!(account.call("GET", USERS, "").body, r#"{"data":[],"meta":{"current_page":1,"per_page":15,"total":0}}"#);
    created(&account, &new_user("one"));
    account.user(r#"{"email":"two@example.com"}"#);
    administrator(&account, "three");
    assert_eq!(page(&account, ""), (vec![1, 2, 3], json!({"current_page": 1, "per_page": 15, "total": 3})));
    let first = account.call("GET", USERS, "").json()["data"][0].clone();
    assert_eq!(first, account.call("GET", "/api/v1/users/1", "").json()["data"]);
}

#[test]
fn pages_have_the_size_that_was_requested() {
    let account = account();
    for n in 0..7 {
        account.user(&format!(r#"{{"email":"u{n}@example.com"}}"#));
    }
    account.call("DELETE", "/api/v1/users/3", "");
    let meta = |page: u64, per_page: u64| json!({"current_page": page, "per_page": per_page, "total": 6});
    assert_eq!(page(&account, "?page=1&per_page=4"), (vec![1, 2, 4, 5], meta(1, 4)));
    assert_eq!(page(&account, "?page=2&per_page=4"), (vec![6, 7], meta(2, 4)));
    assert_eq!(page(&account, "?page=3&per_page=4"), (vec![], meta(3, 4)));
    assert_eq!(page(&account, "?page=9007199254740992&per_page=100"), (vec![], meta(9_007_199_254_740_992, 100)));
    for query in [
        "?page=0",
        "?page=x",
        "?page=-1",
        "?page=1.5",
        "?page=",
        "?page=9007199254740993",
        "?per_page=0",
        "?per_page=x",
    ] {
        assert_eq!(page(&account, query), (vec![1, 2, 4, 5, 6, 7], meta(1, 15)), "{query}");
    }
    assert_eq!(page(&account, "?per_page=500"), (vec![1, 2, 4, 5, 6, 7], meta(1, 100)));
    assert_eq!(page(&account, "?per_page=1&per_page=2").0, [1, 2], "the last of several counts");
}

#[test]
fn a_walk_over_all_pages_gives_each_user_once() {
    let account = account();
    let ids: Vec<u64> = (0..23).map(|n| account.user(&format!(r#"{{"email":"u{n}@example.com"}}"#))).collect();
    let walked: Vec<u64> = (1..=5).flat_map(|n| page(&account, &format!("?page={n}&per_page=5")).0).collect();
    assert_eq!(walked, ids);
}

#[test]
fn totals_hold_while_sixteen_writers_run() {
    let account = account();
    let stop = AtomicBool::new(false);
    let kept: u64 = std::thread::scope(|scope| {
        let (account, stop) = (&account, &stop);
        let writers: Vec<_> = (0..16)
            .map(|writer| {
                scope.spawn(move || {
                    let mut kept = 0;
                    for n in 0..6 {
                        let email = format!("w{writer}n{n}@example.com");
                        let id = account.user(&json!({ "email": email }).to_string());
                        if n % 2 == 0 {
                            assert_eq!(account.call("DELETE", &format!("{USERS}/{id}"), "").status, 200);
                        } else {
                            kept += 1;
                        }
                    }
                    kept
                })
            })
            .collect();
        let watcher = scope.spawn(move || {
            let mut seen = 0;
            while !stop.load(Ordering::Relaxed) || seen == 0 {
                let (ids, meta) = page(account, "?per_page=100");
                let total = meta["total"].as_u64().unwrap();
                assert!(ids.is_sorted_by(|a, b| a < b));
                assert_eq!(ids.len() as u64, total.min(100), "page and total are of one set");
                seen += 1;
            }
        });
        let kept = writers.into_iter().map(|writer| writer.join().unwrap()).sum();
        stop.store(true, Ordering::Relaxed);
        watcher.join().unwrap();
        kept
    });
    assert_eq!(page(&account, "").1["total"], kept);
    assert_eq!(kept, 48);
}
