use serde_json::Value;

use testkit::{Account, Server, account, bundle, raw_tables, request, roster, run, send};

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
    let response = send(request("GET", &format!("{}/api/users/1", server.url)).bearer_auth(key));
    assert_eq!(response.status, 404);
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
    let output =
        testkit::through(&server.dynamodb, &["key", "create", "--account", "1", "--scope", "member"]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let account = Account::create(&server.url, server.data(), &[]);
    let key = String::from_utf8(output.stdout).unwrap();
    assert_eq!(send(account.bare("GET", "/api/users").bearer_auth(key.trim())).status, 404);
}

#[test]
fn without_credentials_the_aws_flag_fails_in_one_line() {
    let output = std::process::Command::new(testkit::program("roster"))
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

#[test]
fn accounts_are_shown_and_changed() {
    let account = account();
    let show = |options: &[&str]| json(&account.roster(&[&["account", "show", "--json"], options].concat()));
    assert_eq!(show(&[])["time_zone"], Value::Null);
    account.roster(&[
        "account",
        "update",
        "--time-zone",
        "Asia/Tokyo",
        "--site-url",
        "https://a.example",
        "--keep-deletions",
        "90d",
    ]);
    let changed = show(&[]);
    assert_eq!((&changed["time_zone"], &changed["site_url"]), (&"Asia/Tokyo".into(), &"https://a.example".into()));
    assert_eq!((&changed["deletions_kept_seconds"], &changed["name"]), (&(90 * 86_400).into(), &"Test".into()));
    let text =
        account.roster(&["account", "update", "--site-url", "none", "--keep-deletions", "forever", "--name", "New"]);
    assert!(
        text.contains("site_url: none") && text.contains("name: New") && text.contains("time_zone: Asia/Tokyo"),
        "{text}"
    );
    // The list says the same as the account itself.
    let list = json(&roster(bundle().data(), &["account", "list", "--json"]));
    let listed =
        list.as_array().unwrap().iter().find(|listed| listed["id"] == account.id.parse::<u64>().unwrap()).unwrap();
    assert_eq!(*listed, show(&[]));
    let site = account.call("POST", "/api/users", r#"{"email":"a@example.com"}"#);
    assert_eq!(site.status, 201);
    assert!(refusal(&["account", "update", "--account", &account.id]).contains("nothing to change"));
    assert!(refusal(&["account", "update", "--account", "999999", "--name", "x"]).contains("roster account list"));
    assert!(refusal(&["account", "show", "--account", "999999"]).contains("roster account list"));
}

#[test]
fn a_rotated_key_is_good_for_the_overlap_and_the_new_one_opens_the_same_doors() {
    let account = account();
    let old = json(&account.roster(&["key", "create", "--scope", "admin", "--read-only", "--json"]));
    let id = old["id"].as_str().unwrap();
    let new = json(&account.roster(&["key", "rotate", id, "--overlap", "1h", "--json"]));
    assert_eq!(
        (&new["scopes"], &new["read_only"], &new["expires_at"]),
        (&old["scopes"], &old["read_only"], &Value::Null)
    );
    let status = |key: &Value| send(account.bare("GET", "/api/v1/users").bearer_auth(key.as_str().unwrap())).status;
    assert_eq!((status(&old["key"]), status(&new["key"])), (200, 200));
    raw_tables::end_key(bundle().dynamodb(), id);
    assert_eq!((status(&old["key"]), status(&new["key"])), (401, 200));
    let said = refusal(&["key", "rotate", "--account", &account.id, id, "--overlap", "1d"]);
    assert!(said.contains("has no good key"), "{said}");
    // A key with an end is followed by one that lasts as long, and keeps its own end where that comes first.
    let short = json(&account.roster(&["key", "create", "--scope", "admin", "--expires-in", "1h", "--json"]));
    let next = json(&account.roster(&["key", "rotate", short["id"].as_str().unwrap(), "--overlap", "7d", "--json"]));
    assert_eq!(next["old_expires_at"], short["expires_at"]);
    assert!(next["expires_at"].as_str().unwrap() >= short["expires_at"].as_str().unwrap());
}

#[test]
fn a_user_is_shown_by_whatever_names_it() {
    let account = account();
    account.user(r#"{"email":"a@example.com","first_name":"Ada"}"#);
    let by = |name: &str, value: &str| json(&account.roster(&["user", "show", name, value, "--json"]));
    let user = by("--id", "1");
    assert_eq!((&user["first_name"], &user["code"]), (&"Ada".into(), &"i-1".into()));
    for (name, value) in [("--email", "A@example.com"), ("--login", "a@EXAMPLE.com"), ("--code", "i-1")] {
        assert_eq!(by(name, value), user);
    }
    assert!(!user.to_string().contains("password"));
    assert!(refusal(&["user", "show", "--account", &account.id, "--id", "2"]).contains("no such user"));
}

#[test]
fn completions_are_printed_for_every_shell() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let output =
            std::process::Command::new(testkit::program("roster")).args(["completions", shell]).output().unwrap();
        assert!(output.status.success() && String::from_utf8(output.stdout).unwrap().contains("cleanup"), "{shell}");
    }
}
