use serde_json::Value;

use crate::support::{Account, Server, account, bundle, request, roster, run, send};

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// A command that must fail: what it says.
fn refusal(arguments: &[&str]) -> String {
    let output = run(bundle().data(), arguments);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0), "{said}");
    assert!(said.starts_with("roster: ") && said.trim_end().lines().count() == 1, "{said}");
    said
}

#[test]
fn each_command_prints_what_it_made_alone() {
    let account = account();
    assert!(account.id.parse::<u64>().unwrap() > 1);
    let key = account.new_key(&["--scope", "member"]);
    assert!(key.starts_with(&format!("ros_{}_", account.id)) && !key.contains(char::is_whitespace), "{key}");
    assert_eq!(account.roster(&["plan", "create", "--name", "P", "--slug", "p", "--sku", "s"]), "1");
}

#[test]
fn accounts_as_json_show_their_settings() {
    let text = roster(
        bundle().data(),
        &["account", "create", "--name", " Night School ", "--time-zone", "europe/berlin", "--json"],
    );
    let made = json(&text);
    assert_eq!((&made["name"], &made["time_zone"]), (&"Night School".into(), &"Europe/Berlin".into()));
    assert_eq!((&made["site_url"], &made["site_name"]), (&Value::Null, &Value::Null));
    assert!(made["id"].is_u64() && made["created_at"].is_string(), "{made}");
}

#[test]
fn keys_are_listed_without_their_secrets() {
    let account = account();
    let read_only = account.new_key(&["--scope", "exceed,member", "--read-only", "--expires-in", "30d", "--json"]);
    let made = json(&read_only);
    let key = made["key"].as_str().unwrap();
    assert_eq!(key.split('_').nth(2), made["id"].as_str());
    assert_eq!(send(account.bare("GET", "/api/users").bearer_auth(key)).status, 404);
    account.roster(&["key", "revoke", made["id"].as_str().unwrap(), "--json"]);

    let text = account.roster(&["key", "list", "--json"]);
    let list = json(&text);
    let listed = &list[1];
    assert_eq!(listed.as_object().unwrap().len(), 7);
    assert_eq!(listed["id"], made["id"]);
    assert_eq!(listed["scopes"], serde_json::json!(["member", "exceed"]));
    assert_eq!(listed["read_only"], true);
    for moment in ["created_at", "expires_at", "last_used_at", "revoked_at"] {
        assert!(listed[moment].as_str().is_some_and(|text| text.ends_with('Z')), "{moment}: {listed}");
    }
    assert_eq!(list[0]["expires_at"], Value::Null);
    assert_eq!(list.as_array().unwrap().len(), 2);
    let secret = key.rsplit('_').next().unwrap();
    assert!(!text.contains(secret) && !account.roster(&["key", "list"]).contains(secret));
}

#[test]
fn a_key_revoked_twice_keeps_its_moment() {
    let account = account();
    let id = account.key.split('_').nth(2).unwrap();
    let first = json(&account.roster(&["key", "revoke", id, "--json"]));
    assert_eq!(json(&account.roster(&["key", "revoke", id, "--json"])), first);
}

#[test]
fn what_is_not_there_is_said_with_what_to_do() {
    let account = account();
    for (arguments, hint) in [
        (&["key", "create", "--account", "999999", "--scope", "member"][..], "roster account create"),
        (&["key", "list", "--account", "999999"], "roster account create"),
        (
            &["plan", "create", "--account", "999999", "--name", "x", "--slug", "x", "--sku", "x"],
            "roster account create",
        ),
        (&["key", "revoke", "--account", "1", "aaaaaaaaaaaa"], "roster key list"),
        (&["key", "revoke", "--account", "1", account.key.split('_').nth(2).unwrap()], "roster key list"),
    ] {
        assert!(refusal(arguments).contains(hint), "{arguments:?}");
    }
    let id = account.id.as_str();
    account.user(r#"{"email":"a@example.com"}"#);
    account.roster(&["plan", "create", "--name", "P", "--slug", "p", "--sku", "s"]);
    for (arguments, hint) in [
        (&["plan", "create", "--account", id, "--name", "P", "--slug", "p", "--sku", "s"][..], "'p' already"),
        (&["subscription", "add", "--account", id, "--email", "a@example.com", "--plan", "q"], "roster plan create"),
        (&["subscription", "add", "--account", id, "--email", "b@example.com", "--plan", "p"], "no user"),
    ] {
        assert!(refusal(arguments).contains(hint), "{arguments:?}");
    }
}

#[test]
fn a_directory_without_data_is_no_place_for_a_key() {
    let place = tempfile::tempdir().unwrap();
    let output = run(&place.path().join("nowhere"), &["key", "list", "--account", "1"]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.code() == Some(1) && said.contains("roster serve"), "{said}");
    assert_eq!(std::fs::read_dir(place.path()).unwrap().count(), 0);
}

#[test]
fn operators_can_begin_before_any_server_has_run() {
    let place = tempfile::tempdir().unwrap();
    let data = place.path().join("data");
    assert_eq!(roster(&data, &["account", "create", "--name", "First"]), "1");
    let key = roster(&data, &["key", "create", "--account", "1", "--scope", "member"]);
    let server = Server::start(&data);
    assert!(!server.banner.contains("ros_"), "{}", server.banner);
    let reply = send(request("GET", &format!("{}/api/users/1", server.url)).bearer_auth(key));
    assert_eq!(reply.status, 404);
}

#[test]
fn accounts_made_at_the_same_time_get_different_ids() {
    let ids: Vec<_> = std::thread::scope(|scope| {
        let makers: Vec<_> =
            (0..8).map(|_| scope.spawn(|| roster(bundle().data(), &["account", "create", "--name", "x"]))).collect();
        makers.into_iter().map(|maker| maker.join().unwrap()).collect()
    });
    let distinct: std::collections::BTreeSet<_> = ids.iter().collect();
    assert_eq!(distinct.len(), 8, "{ids:?}");
}

#[test]
fn the_aws_flag_works_on_any_endpoint_that_speaks_the_protocol() {
    let server = Server::start_alone();
    let output = std::process::Command::new(crate::support::ROSTER)
        .args(["key", "create", "--account", "1", "--scope", "member", "--aws"])
        .env("AWS_ENDPOINT_URL_DYNAMODB", &server.dynamodb)
        .envs([("AWS_REGION", "eu-central-1"), ("AWS_ACCESS_KEY_ID", "local"), ("AWS_SECRET_ACCESS_KEY", "local")])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let account = Account::create(&server.url, server.data(), &[]);
    let key = String::from_utf8(output.stdout).unwrap();
    assert_eq!(send(account.bare("GET", "/api/users").bearer_auth(key.trim())).status, 404);
}

#[test]
fn without_credentials_the_aws_flag_fails_in_one_line() {
    let output = std::process::Command::new(crate::support::ROSTER)
        .args(["key", "list", "--account", "1", "--aws"])
        .env_clear()
        .envs([
            ("AWS_REGION", "eu-central-1"),
            ("AWS_EC2_METADATA_DISABLED", "true"),
            ("AWS_ENDPOINT_URL_DYNAMODB", "http://127.0.0.1:1"),
        ])
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.code() == Some(1) && said.trim_end().lines().count() == 1, "{said}");
    assert!(said.contains("credentials") && !said.contains('{'), "{said}");
}
