//! What the functions write on Lambda: the log and the metrics are made of it.

use serde_json::{Value, json};

use testkit::{Account, Server, program, repository, runtime::Function};

fn start(name: &str, server: &Server) -> Function {
    Function::start(&program(name), &server.dynamodb)
}

/// A sample of `events/`, with the parts that are given in place of its own.
fn event(name: &str, account: &Account, changes: &[(&str, Value)]) -> String {
    let path = repository(&format!("events/{name}.json"));
    let sample = std::fs::read_to_string(path).unwrap().replace("ros_1_REPLACE_WITH_YOUR_KEY", &account.key);
    let mut event: Value = serde_json::from_str(&sample).unwrap();
    for (part, value) in changes {
        event[part] = value.clone();
    }
    event.to_string()
}

fn lines(written: &str) -> Vec<Value> {
    written.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))).collect()
}

#[test]
fn a_request_is_one_line_that_tells_what_it_took_and_is_its_metrics() {
    let server = Server::start_alone();
    let account = Account::create(&server.url, server.data(), &[]);
    let key = account.key.split('_').nth(2).unwrap().to_owned();
    let mut create = start("member-create", &server);
    let body = json!(r#"{"email":"ada@example.com","first_name":"Ada","password":"correct horse"}"#);
    let made = create.invoke(&event("member-create", &account, &[("body", body)]));
    assert_eq!(made["statusCode"], 201);
    let refused = create.invoke(&event("member-create", &account, &[("body", json!(r#"{"email":"canary@"}"#))]));
    assert_eq!(refused["statusCode"], 422);
    let unknown =
        create.invoke(&event("member-create", &account, &[("headers", json!({"authorization": "Bearer x"}))]));
    assert_eq!(unknown["statusCode"], 403);

    let (written, errors) = create.end();
    assert_eq!(errors, "");
    let lines = lines(&written);
    assert_eq!(lines.len(), 3, "{written}");
    for (n, (line, answer)) in lines.iter().zip([&made, &refused, &unknown]).enumerate() {
        assert_eq!(line["request_id"], answer["headers"]["x-request-id"]);
        assert_eq!((&line["Dialect"], &line["Endpoint"]), (&json!("member"), &json!("create")));
        assert_eq!((&line["status"], &line["cold_start"]), (&answer["statusCode"], &json!(n == 0)));
        assert_eq!((&line["Requests"], &line["ColdStarts"]), (&json!(1.0), &json!(if n == 0 { 1.0 } else { 0.0 })));
        assert_eq!(
            (&line["Stack"], &line["Retries"], &line["Conflicts"]),
            (&json!("roster"), &json!(0.0), &json!(0.0))
        );
        assert_eq!(
            (&line["ClientErrors"], &line["ServerErrors"]),
            (&json!(if n == 0 { 0.0 } else { 1.0 }), &json!(0.0))
        );
        let microseconds = |name: &str| (line[name].as_f64().unwrap() * 1_000.0).round() as u64;
        let [store, hash, own] = ["store", "hash", "own"].map(|name| microseconds(&format!("{name}_milliseconds")));
        assert!(microseconds("Time") >= own + store.max(hash), "{line}");
        // The store is asked by all but who has no key, and a hash made for those who are created.
        assert_eq!((store > 0, &line["hashes"]), (n < 2, &json!(u64::from(n == 0))), "{line}");
        let metrics = &line["_aws"]["CloudWatchMetrics"][0];
        assert_eq!(metrics["Dimensions"], json!([["Stack", "Dialect", "Endpoint"], ["Stack"]]));
        for metric in metrics["Metrics"].as_array().unwrap() {
            assert!(line[metric["Name"].as_str().unwrap()].is_number(), "{metric} has no value");
        }
    }
    // A create with e-mail, login and code, and the hour of the key's use; what is refused has cost a key.
    assert_eq!((&lines[0]["Units"], &lines[0]["store_calls"]), (&json!(14.0), &json!(4)));
    assert_eq!((&lines[1]["Units"], &lines[1]["store_calls"]), (&json!(1.0), &json!(1)));
    assert_eq!((&lines[2]["Units"], &lines[2]["store_calls"]), (&json!(0.0), &json!(0)));
    let account: u64 = account.id.parse().unwrap();
    for line in &lines[..2] {
        assert_eq!((&line["account"], &line["key"]), (&json!(account), &json!(key)));
    }
    assert_eq!((&lines[2]["account"], &lines[2]["key"]), (&Value::Null, &Value::Null));
}

#[test]
fn every_failed_login_costs_the_same_and_one_too_many_costs_no_hash() {
    let server = Server::start_alone();
    let account = Account::create(&server.url, server.data(), &[]);
    let admin = json!({"username": "there", "email": "there@example.com", "password": "12345678",
        "password_confirmation": "12345678", "first_name": "A", "last_name": "B", "gender": "male",
        "birthday": "1990-01-01", "role_id": 1});
    assert_eq!(account.call("POST", "/api/v1/users", &admin.to_string()).status, 201);
    let mut login = start("admin-login", &server);
    // The first of all opens the count of the address.
    let names = ["there", "absent"].into_iter().flat_map(|name| [name; 4]);
    for name in std::iter::once("first").chain(names) {
        let body = json!({"username": name, "password": "wrong"}).to_string();
        let headers = json!({"content-type": "application/json", "x-account-id": account.id});
        login.invoke(&event("admin-login", &account, &[("body", json!(body)), ("headers", headers)]));
    }
    let (written, _) = login.end();
    let cost = |line: &Value| ["status", "store_calls", "Units", "hashes"].map(|name| line[name].clone());
    let costs: Vec<_> = lines(&written).iter().map(cost).collect();
    // One too many is rejected while the user is read beside: that read is counted where it ends in time.
    assert_eq!(costs[1..4], costs[5..8], "a name that exists, and one that does not");
    assert_eq!((&costs[8][0], &costs[8][3]), (&costs[4][0], &costs[4][3]));
    let [failed, refused] = [&costs[1], &costs[4]];
    assert_eq!((&failed[0], &failed[3]), (&json!(401), &json!(1)));
    assert_eq!((&refused[0], &refused[3]), (&json!(429), &json!(0)));
}

#[test]
fn no_line_of_a_function_holds_a_secret_or_what_is_personal() {
    const CANARY: &str = "Canary5f1c";
    let server = Server::start_alone();
    let account = Account::create(&server.url, server.data(), &[]);
    let user = json!({
        "email": format!("{CANARY}@example.com"), "username": CANARY, "login": CANARY, "first_name": CANARY,
        "last_name": CANARY, "password": CANARY, "password_confirmation": CANARY, "gender": "male",
        "birthday": "1990-01-01", "role_id": 1, "code": CANARY,
    });
    let query = format!("api_key={}&user[first_name]={CANARY}&password={CANARY}", account.key);
    let xml = format!("<user><first-name>{CANARY}</first-name><password>{CANARY}</password></user>");
    let mut written = String::new();
    for name in [
        "admin-create",
        "admin-login",
        "member-update",
        "member-find",
        "exceed-create",
        "exceed-list",
        "exceed-create-xml",
    ] {
        let function = name.trim_end_matches("-xml");
        let mut running = start(function, &server);
        for body in
            [user.to_string(), xml.clone(), format!("{user}{CANARY}"), format!("password={CANARY}&email={CANARY}")]
        {
            running.invoke(&event(name, &account, &[("body", json!(body)), ("rawQueryString", json!(query))]));
        }
        let (lines, errors) = running.end();
        assert_eq!(lines.lines().count(), 4, "{name}: {lines}");
        written += &lines;
        written += &errors;
    }
    // Where the store is not to be reached, it says so without what was to be written.
    let mut lost = Function::start(&program("admin-create"), "http://127.0.0.1:1");
    assert_eq!(lost.invoke(&event("admin-create", &account, &[("body", json!(user.to_string()))]))["statusCode"], 503);
    let (lines, errors) = lost.end();
    assert!(lines.contains("\"ServerErrors\":1.0"), "{lines}");
    written += &lines;
    written += &errors;
    let secret = account.key.rsplit('_').next().unwrap();
    for canary in [CANARY, &CANARY.to_lowercase(), &secret[..32], "argon2"] {
        assert!(!written.contains(canary), "{canary} is in {written}");
    }
}

#[test]
fn a_cleanup_writes_what_it_removed_as_metrics() {
    let server = Server::start_alone();
    let mut cleanup = start("ops-cleanup", &server);
    let done = cleanup.invoke("{}");
    assert_eq!(done["is_unfinished"], false);
    let (written, _) = cleanup.end();
    let lines = lines(&written);
    let counts: Vec<_> = lines.iter().filter(|line| !line["_aws"].is_null()).collect();
    assert_eq!(counts.len(), 1, "{written}");
    assert_eq!((&counts[0]["Function"], &counts[0]["Stack"]), (&json!("ops-cleanup"), &json!("roster")));
    for metric in counts[0]["_aws"]["CloudWatchMetrics"][0]["Metrics"].as_array().unwrap() {
        assert!(counts[0][metric["Name"].as_str().unwrap()].is_number(), "{metric} has no value");
    }
}
