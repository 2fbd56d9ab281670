//! Tries to sign in, under a paused clock: how long a refusal takes, and how many tries at once are looked at.

use std::{fs, sync::Arc};

use roster_cli::gateway::InProcess;
use roster_domain::{AccountId, LoginError, LoginTriesKey, Password};
use serde_json::{Value, json};
use testkit::{
    Account, Server, raw_tables,
    wire::{self, Engine},
};
use tokio::time::Instant;

use super::{administrator, created, login::PASSWORD, new_user};

struct Paused {
    server: Server,
    account: Account,
    functions: InProcess,
    runtime: tokio::runtime::Runtime,
}

impl Paused {
    fn start() -> Self {
        let server = Server::start_alone();
        let account = Account::create(&server.url, server.data(), &[]);
        let engine = Arc::new(Engine::at(&server.dynamodb));
        let functions = InProcess(raw_tables::directory_through(wire::connector(engine, "")));
        Self { server, account, functions, runtime: wire::paused_runtime() }
    }

    fn id(&self) -> Option<AccountId> {
        AccountId::parse(&self.account.id)
    }

    /// One try; whether it succeeds, and how many milliseconds it took.
    async fn login(
        &self,
        account: Option<AccountId>,
        name: &str,
        password: &str,
        source: &str,
    ) -> (Result<(), LoginError>, u128) {
        let began = Instant::now();
        let password = Password::parse(password).ok();
        let signed_in = self.functions.0.login(account, name, password, source, began).await;
        (signed_in.map(|_| ()), began.elapsed().as_millis())
    }

    /// How many of these tries end in which way: right, wrong, too many.
    fn at_once(&self, tries: &[(&str, &str)]) -> [usize; 3] {
        let all = tries.iter().map(|(name, password)| self.login(self.id(), name, password, "192.0.2.1"));
        let ended = self.runtime.block_on(futures_util::future::join_all(all));
        let count = |is: fn(&Result<(), LoginError>) -> bool| ended.iter().filter(|(ended, _)| is(ended)).count();
        let counts = [
            count(Result::is_ok),
            count(|ended| matches!(ended, Err(LoginError::InvalidCredentials))),
            count(|ended| matches!(ended, Err(LoginError::TooManyAttempts(_)))),
        ];
        assert_eq!(counts.iter().sum::<usize>(), tries.len(), "{ended:?}");
        counts
    }
}

/// Hashes of "password" under the salt "somesalt", from the cheapest that is taken at import to the dearest.
const HASHES: [(&str, &str); 4] = [
    ("cheap", "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4"),
    ("old", "$argon2i$m=256,t=2,p=1$c29tZXNhbHQ$/U3YPXYsSb3q9XxHvc0MLxur+GP960kN9j7emXX8zwY"),
    ("large", "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"),
    ("dear", "$argon2id$v=19$m=65536,t=10,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"),
];

#[test]
fn every_refusal_takes_one_second_whatever_was_hashed() {
    let paused = Paused::start();
    administrator(&paused.account, "admin");
    created(&paused.account, &new_user("regular"));
    let inactive = administrator(&paused.account, "inactive");
    paused.account.call("PUT", &format!("/api/v1/users/{inactive}"), r#"{"user_status":"inactive"}"#);
    let user = |(login, hash): &(&str, &str)| json!({"login": login, "first_name": "A", "last_name": "B", "role": "administrator", "password_hash": hash});
    let users: Vec<_> = HASHES.iter().map(|hash| user(hash).to_string()).collect();
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), users.join("\n")).unwrap();
    paused.account.roster(&["import", file.path().to_str().unwrap()]);
    let without = json!({"login": "without", "first_name": "A", "last_name": "B"}).to_string();
    assert_eq!(paused.account.call("POST", "/api/v2/users", &without).status, 201);

    let unknown = AccountId::parse("999999999");
    let here = paused.id();
    let long = "x".repeat(1001);
    let wrong = [
        (here, "admin", "wrong"),
        (here, "absent", "wrong"),
        (here, "regular", PASSWORD),
        (here, "inactive", PASSWORD),
        (here, "without", "wrong"),
        (here, "cheap", "wrong"),
        (here, "old", "wrong"),
        (here, "large", "wrong"),
        (here, "dear", "wrong"),
        (here, "a\u{0}", "wrong"),
        (here, "", "wrong"),
        (here, "admin@example.com", PASSWORD),
        (here, "regular", &long),
        (unknown, "admin", PASSWORD),
        (None, "admin", PASSWORD),
    ];
    for (account, name, password) in wrong {
        let (ended, took) = paused.runtime.block_on(paused.login(account, name, password, "192.0.2.1"));
        assert!(matches!(ended, Err(LoginError::InvalidCredentials)), "{name}: {ended:?}");
        assert_eq!(took, 1_000, "{name}");
    }
    for (name, password) in [("admin", PASSWORD), ("cheap", "password"), ("old", "password"), ("large", "password")] {
        let (ended, took) = paused.runtime.block_on(paused.login(here, name, password, "192.0.2.1"));
        assert!(ended.is_ok() && took < 1_000, "{name}: {ended:?} after {took} ms");
    }
    assert_eq!(raw_tables::violations(&paused.server.dynamodb), Vec::<String>::new());
}

#[test]
fn of_many_right_tries_at_once_all_succeed() {
    let paused = Paused::start();
    administrator(&paused.account, "admin");
    assert_eq!(paused.at_once(&[("admin", PASSWORD); 8]), [8, 0, 0]);
    // Wrong ones among them use up no more than their own places.
    let mut mixed = vec![("admin", PASSWORD); 6];
    mixed.insert(2, ("admin", "wrong"));
    mixed.push(("admin", "wrong"));
    assert_eq!(paused.at_once(&mixed), [6, 2, 0]);
    assert_eq!(paused.at_once(&[("admin", PASSWORD); 3]), [3, 0, 0]);
}

#[test]
fn of_a_thousand_wrong_tries_at_once_three_are_hashed() {
    let paused = Paused::start();
    administrator(&paused.account, "admin");
    assert_eq!(paused.at_once(&[("admin", "wrong"); 1_000]), [0, 3, 997]);
    assert_eq!(paused.at_once(&[("admin", PASSWORD)]), [0, 0, 1]);
}

#[test]
fn one_address_has_sixty_failed_tries_over_all_names_and_accounts() {
    let paused = Paused::start();
    administrator(&paused.account, "admin");
    let other = Account::create(&paused.server.url, paused.server.data(), &[]);
    let accounts = [paused.id(), AccountId::parse(&other.id), None];
    let one = |n: usize, source: &str| {
        paused.runtime.block_on(paused.login(accounts[n % 3], &format!("name{n}"), "wrong", source)).0
    };
    // An IPv6 customer has 64 bits to itself.
    let source = |n: usize| format!("2001:db8:1:2::{n:x}");
    for n in 0..60 {
        assert!(matches!(one(n, &source(n)), Err(LoginError::InvalidCredentials)), "{n}");
    }
    let refused = one(60, &source(60));
    assert!(matches!(refused, Err(LoginError::TooManyAttempts(1..=600))), "{refused:?}");
    let right = |source: &str| paused.runtime.block_on(paused.login(paused.id(), "admin", PASSWORD, source)).0;
    assert!(matches!(right(&source(61)), Err(LoginError::TooManyAttempts(_))), "right ones too");
    assert!(right("2001:db8:1:3::1").is_ok(), "another address");
    assert_ne!(LoginTriesKey::of_address("2001:db8:1:2::1"), LoginTriesKey::of_address("2001:db8:1:3::1"));
    raw_tables::end_login_windows(&paused.server.dynamodb);
    assert!(right(&source(61)).is_ok(), "when the window is over");
}

#[test]
fn a_refused_address_learns_nothing_of_names() {
    let paused = Paused::start();
    administrator(&paused.account, "admin");
    let body = |name: &str| -> Value { json!({ "username": name, "password": "wrong" }) };
    for n in 0..60 {
        let name = format!("name{n}");
        let try_one = paused.login(paused.id(), &name, "wrong", "127.0.0.1");
        assert!(matches!(paused.runtime.block_on(try_one).0, Err(LoginError::InvalidCredentials)));
    }
    let ask = |name: &str| {
        let request = paused.account.bare("POST", "/api/login").header("x-account-id", &paused.account.id);
        testkit::send(request.header("content-type", "application/json").body(body(name).to_string()))
    };
    for name in ["admin", "absent"] {
        let response = ask(name);
        let text = r#"{"message":"Too many login attempts. Please try again in 10 minutes."}"#;
        response.expect(429, text);
        assert!(response.header("retry-after").unwrap().parse::<u32>().unwrap() <= 600);
    }
}
