//! Totals and pages on the real engine, while others write, and what they cost.

use std::{
    collections::BTreeSet,
    sync::{
        Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Instant,
};

use roster_domain::{AccountId, Line, Login, NewUser};
use serde_json::json;
use testkit::{Account, Server, cost::CostHarness, raw_tables};

const USERS: &str = "/api/v1/users";

fn new_user(account: &Account, login: &str) -> u64 {
    let body = json!({"first_name": "a", "last_name": "b", "login": login}).to_string();
    let response = account.call("POST", "/api/v2/users", &body);
    assert_eq!(response.status, 201, "{}", response.body);
    response.json()["id"].as_u64().unwrap()
}

fn page(account: &Account, page: u64, per_page: u64) -> (Vec<u64>, u64) {
    let response = account.call("GET", &format!("{USERS}?page={page}&per_page={per_page}"), "");
    assert_eq!(response.status, 200, "{}", response.body);
    let list = response.json();
    let ids = list["data"].as_array().unwrap().iter().map(|user| user["user_id"].as_u64().unwrap()).collect();
    (ids, list["meta"]["total"].as_u64().unwrap())
}

/// When each user was made and deleted, as its writer saw it.
#[derive(Default)]
struct Histories(Mutex<std::collections::BTreeMap<u64, [Option<Instant>; 4]>>);

impl Histories {
    fn note(&self, id: u64, what: usize, at: Instant) {
        self.0.lock().unwrap().entry(id).or_default()[what] = Some(at);
    }

    /// Who must be in a list that ran between two moments, and who may be.
    fn bounds(&self, began: Instant, ended: Instant) -> (BTreeSet<u64>, BTreeSet<u64>) {
        let histories = self.0.lock().unwrap();
        let must = histories.iter().filter(|(_, [_, made, deleting, _])| {
            made.is_some_and(|made| made < began) && deleting.is_none_or(|deleting| deleting > ended)
        });
        let may = histories.iter().filter(|(_, [.., deleted])| deleted.is_none_or(|deleted| deleted >= began));
        (must.map(|(id, _)| *id).collect(), may.map(|(id, _)| *id).collect())
    }
}

#[test]
fn creators_deleters_sealers_and_listers_get_along() {
    let server = Server::start_alone();
    let account = Account::create(&server.url, server.data(), &[]);
    let histories = Histories::default();
    let (stop, making) = (AtomicBool::new(false), AtomicU64::new(8));
    let lists = AtomicU64::new(0);
    std::thread::scope(|scope| {
        let (account, histories, stop, making, lists) = (&account, &histories, &stop, &making, &lists);
        let engine = server.dynamodb.as_str();
        for maker in 0..8 {
            scope.spawn(move || {
                for n in 0..60 {
                    let began = Instant::now();
                    let id = new_user(account, &format!("m{maker}n{n}"));
                    histories.note(id, 0, began);
                    histories.note(id, 1, Instant::now());
                    if n % 3 == 0 {
                        // Not its own: the create that made it has returned by now.
                        histories.note(id, 2, Instant::now());
                        assert_eq!(account.call("DELETE", &format!("{USERS}/{id}"), "").status, 200);
                        histories.note(id, 3, Instant::now());
                    }
                }
                making.fetch_sub(1, Ordering::SeqCst);
            });
        }
        for _ in 0..2 {
            scope.spawn(move || {
                // Of its own: connections belong to the runtime that opened them.
                let directory = raw_tables::directory(engine);
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
                while !stop.load(Ordering::Relaxed) {
                    let sealing = directory.census_seal(AccountId::parse(&account.id).unwrap());
                    runtime.block_on(sealing).unwrap();
                }
            });
        }
        for lister in 0..3 {
            scope.spawn(move || {
                let mut asked = lister;
                loop {
                    let is_last = making.load(Ordering::SeqCst) == 0;
                    asked = asked % 9 + 1;
                    let per_page = [5, 30, 100][lister as usize];
                    let began = Instant::now();
                    let (ids, total) = page(account, asked, per_page);
                    let (must, may) = histories.bounds(began, Instant::now());
                    let first = (asked - 1) * per_page;
                    // Those whose create was under way are not yet known here, so `may` counts them in.
                    assert!(ids.is_sorted_by(|a, b| a < b), "{ids:?}");
                    assert!(total >= must.len() as u64, "{total} of {}", must.len());
                    let gone = |id: &u64| !may.contains(id) && histories.0.lock().unwrap().contains_key(id);
                    assert!(!ids.iter().any(gone), "a ghost in {ids:?}");
                    if (ids.len() as u64) < per_page {
                        assert!(if ids.is_empty() { total <= first } else { first + ids.len() as u64 == total });
                    } else {
                        assert!(total >= first + per_page);
                    }
                    if let (Some(least), Some(most)) = (ids.first(), ids.last()) {
                        assert!(must.range(..least).count() as u64 <= first, "a shifted page");
                        let hole = must.range(least..=most).find(|id| !ids.contains(id));
                        assert_eq!(hole, None, "a hole in {ids:?}");
                    }
                    lists.fetch_add(1, Ordering::Relaxed);
                    if is_last {
                        break;
                    }
                }
                stop.store(true, Ordering::Relaxed);
            });
        }
    });
    assert!(lists.load(Ordering::Relaxed) >= 3, "each lister has listed");
    // Quiet: the raw_tables, whether sealed or not.
    let living = raw_tables::users(&server.dynamodb, &account.id);
    assert_eq!(living.len(), 8 * 40);
    let walked: Vec<u64> = (1..=4).flat_map(|n| page(&account, n, 100).0).collect();
    assert_eq!((walked, page(&account, 1, 1).1), (living, 320));
    assert_eq!(raw_tables::violations(&server.dynamodb), Vec::<String>::new());
}

/// An account of many copies behind a meter.
struct Fixture {
    _server: Server,
    harness: CostHarness,
    account: Account,
}

impl Fixture {
    fn of(last: u64) -> Self {
        let server = Server::start_alone();
        let account = Account::create(&server.url, server.data(), &[]);
        new_user(&account, "one");
        raw_tables::copy_users(&server.dynamodb, &account.id, last, |id, item| {
            // What a user of some 700 bytes looks like.
            item.insert("source".to_owned(), aws_sdk_dynamodb::types::AttributeValue::S("x".repeat(400)));
            let long_ago = "2024-01-01T00:00:00.000000Z".to_owned();
            item.insert("created_on".to_owned(), aws_sdk_dynamodb::types::AttributeValue::S(long_ago));
            assert!(id > 1);
        });
        Self { harness: CostHarness::new(&server, &account), _server: server, account }
    }

    fn list(&self, query: &str) -> (Vec<u64>, u64, f64, f64, usize) {
        let list = self.harness.list("admin-list", query);
        let ids = list.body["data"].as_array().unwrap().iter().map(|user| user["user_id"].as_u64().unwrap()).collect();
        (ids, list.body["meta"]["total"].as_u64().unwrap(), list.read(), list.written(), list.trips())
    }
}

#[test]
fn any_page_costs_what_the_first_costs() {
    let fixture = Fixture::of(20_000);
    fixture.list("per_page=1");
    fixture.harness.seal();
    let (first, total, units, written, sequential) = fixture.list("page=1&per_page=15");
    assert_eq!((first, total, written), ((1..=15).collect(), 20_000, 0.0));
    assert!(units <= 8.0 && sequential <= 3, "{units} units, {sequential} trips");
    for number in [2, 1_000, 1_093, 1_333] {
        let (ids, total, read, written, sequential) = fixture.list(&format!("page={number}&per_page=15"));
        let start = (number - 1) * 15 + 1;
        assert_eq!((ids, total, written), ((start..start + 15).collect(), 20_000, 0.0));
        // A page that lies on two blocks reads two bitmaps.
        assert!(read <= units + 2.5 && sequential <= 3, "page {number}: {read} units, {sequential} trips");
    }
    let (ids, ..) = fixture.list("page=1334&per_page=15");
    assert_eq!(ids, (19_996..=20_000).collect::<Vec<_>>());
    // A tail of 32 is read; at 33 the list seals it, and the next has none to read.
    for n in 0..33 {
        new_user(&fixture.account, &format!("late{n}"));
    }
    let (_, total, read, written, _) = fixture.list("page=1&per_page=15");
    assert_eq!(total, 20_033);
    assert!(read <= 24.0 && (4.0..=8.0).contains(&written), "{read} units read, {written} written");
    let (_, total, read, written, sequential) = fixture.list("page=1&per_page=15");
    assert_eq!((total, written), (20_033, 0.0));
    assert!(read <= units && sequential <= 3, "{read} units, {sequential} trips");
    // Fresh deletions are known without being folded, up to 64 in a block; then a list folds them.
    for id in 2..=65 {
        fixture.account.call("DELETE", &format!("{USERS}/{id}"), "");
    }
    let (ids, total, read, written, _) = fixture.list("page=1&per_page=15");
    assert_eq!((ids.first(), ids.get(1), total, written), (Some(&1), Some(&66), 19_969, 0.0));
    assert!(read <= 24.0, "{read}");
    fixture.account.call("DELETE", &format!("{USERS}/66"), "");
    let (ids, total, _, written, _) = fixture.list("page=1&per_page=15");
    assert_eq!((ids.get(1), total), (Some(&67), 19_968));
    assert!((4.0..=8.0).contains(&written), "{written}");
    let (ids, total, _, written, _) = fixture.list("page=1&per_page=15");
    assert_eq!((ids.get(1), total, written), (Some(&67), 19_968, 0.0));
}

#[test]
fn a_small_account_costs_little_and_keeps_no_census() {
    let fixture = Fixture::of(5);
    fixture.list("per_page=1");
    let (ids, total, read, written, sequential) = fixture.list("");
    assert_eq!((ids, total, written), ((1..=5).collect(), 5, 0.0));
    assert!(read <= 4.0 && sequential <= 2, "{read} units, {sequential} trips");
}

/// A user with this login and, perhaps, code.
fn named(login: &str, code: Option<&str>) -> NewUser {
    let line = |text: &str| Line::parse(text, 100).unwrap();
    let code = code.map(|code| line(code).into());
    NewUser { code, ..NewUser::named(Login::from(line(login)), None, line("a"), line("b")) }
}

#[test]
fn many_users_made_together_are_as_good_as_made_one_by_one() {
    let server = Server::start_alone();
    let account = Account::create(&server.url, server.data(), &[]);
    new_user(&account, "taken");
    let directory = raw_tables::directory(&server.dynamodb);
    let id = AccountId::parse(&account.id).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mut new: Vec<NewUser> = (0..100).map(|n| named(&format!("u{n}"), None)).collect();
    new[30] = named("TAKEN", None);
    new[60] = named("u61", None);
    new[80] = named("x", Some("i-90"));
    let made = runtime.block_on(directory.user_create_many(id, new)).unwrap();
    let outcome: Vec<Option<u64>> = made.iter().map(|made| made.as_ref().ok().map(|user| user.id.get())).collect();
    // In order of ids; who wants what another has is refused, the first of two is not.
    let expected: Vec<Option<u64>> = (0..100).map(|n| if n == 30 || n == 61 { None } else { Some(n + 2) }).collect();
    assert_eq!(outcome, expected);
    assert_eq!(made[80].as_ref().unwrap().code.as_str(), "i-90");
    assert_eq!(made[88].as_ref().unwrap().code.as_str(), "i-90-2", "its default is taken");
    assert_eq!(raw_tables::users(&server.dynamodb, &account.id).len(), 99);
    assert_eq!(raw_tables::violations(&server.dynamodb), Vec::<String>::new());
    assert_eq!(page(&account, 1, 100).1, 99);
    assert_eq!(new_user(&account, "next"), 102);
    assert!(runtime.block_on(directory.user_create_many(id, Vec::new())).unwrap().is_empty());
}

#[test]
fn creators_of_one_account_conflict_on_nothing() {
    let fixture = Fixture::of(2);
    fixture.harness.meter.take_conflicts();
    let directory = &fixture.harness.functions.0;
    let account = AccountId::parse(&fixture.account.id).unwrap();
    let create = |login: String| directory.user_create(account, named(&login, None), None);
    let creators = (0..32).map(|creator| async move {
        for n in 0..8 {
            create(format!("u{creator}-{n}")).await.unwrap();
        }
    });
    fixture.harness.runtime.block_on(futures_util::future::join_all(creators));
    assert_eq!(fixture.harness.meter.take_conflicts(), (32 * 8, 0), "transactions, and how many met another");
    // That they would have been seen: all want one login.
    let same = (0..8).map(|_| create("same".to_owned()));
    let made = fixture.harness.runtime.block_on(futures_util::future::join_all(same));
    assert_eq!(made.iter().filter(|made| made.is_ok()).count(), 1);
    assert!(fixture.harness.meter.take_conflicts().1 > 0);
}
