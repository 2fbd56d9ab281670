//! The sample events: one for each function, and each does what it is a sample of.

use std::{collections::BTreeSet, fs};

use roster_cli::template::Template;
use roster_functions::{TASKS, endpoints};
use serde_json::{Value, json};
use testkit::{Account, account, bundle};

/// Each function's samples, in an order in which they make sense, and what is answered.
const SAMPLES: [(&str, u64, &str); 25] = [
    ("docs-page", 200, ""),
    ("member-create", 201, r#"{"message":"User created successfully","user_id":1}"#),
    ("member-update", 200, r#"{"message":"User updated successfully"}"#),
    ("member-find", 200, r#"{"user_id":1}"#),
    ("member-get-subscriptions", 200, r#"{"subscriptions":[],"site_url":null,"site_name":null}"#),
    ("member-disabled", 404, r#"{"error":"Not found"}"#),
    ("member-get", 200, ""),
    (
        "admin-create",
        201,
        r#"{"message":"User created successfully","data":{"user_id":2,"username":"grace","first_name":"Grace","last_name":"Hopper","email":"grace@example.com","gender":"female","birthday":"1906-12-09","country_id":1,"user_status":"active","role_id":1}}"#,
    ),
    (
        "admin-update",
        200,
        r#"{"message":"User updated successfully","data":{"user_id":2,"username":"grace","first_name":"Grace","last_name":"Murray Hopper","email":"grace@example.com","gender":"female","birthday":"1906-12-09","country_id":1,"user_status":"active","role_id":1}}"#,
    ),
    (
        "admin-get",
        200,
        r#"{"data":{"user_id":2,"username":"grace","first_name":"Grace","last_name":"Murray Hopper","email":"grace@example.com","gender":"female","birthday":"1906-12-09","country_id":1,"user_status":"active","role_id":1}}"#,
    ),
    ("admin-list", 200, ""),
    ("admin-login", 200, ""),
    ("exceed-create", 201, ""),
    ("exceed-create-xml", 201, ""),
    ("exceed-list", 200, r#"[{"full_name":"tim berners-lee","id":3},{"full_name":"robert cailliau","id":4}]"#),
    (
        "exceed-list-xml",
        200,
        concat!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<users type=\"array\">\n",
            "  <user>\n    <full-name>tim berners-lee</full-name>\n    <id type=\"integer\">3</id>\n  </user>\n",
            "  <user>\n    <full-name>robert cailliau</full-name>\n    <id type=\"integer\">4</id>\n  </user>\n",
            "</users>\n"
        ),
    ),
    ("exceed-update", 200, ""),
    ("exceed-get", 200, ""),
    ("exceed-update-xml", 200, ""),
    ("exceed-get-xml", 200, ""),
    ("admin-delete", 200, r#"{"message":"User deleted successfully"}"#),
    ("exceed-delete", 200, ""),
    ("exceed-delete-xml", 200, ""),
    ("exceed-deletions", 200, ""),
    ("exceed-deletions-xml", 200, ""),
];

/// The function of a sample: there may be one in each format.
fn function(sample: &str) -> &str {
    let variants = ["-xml", "-rule", "-scheduler"];
    variants.into_iter().find_map(|variant| sample.strip_suffix(variant)).unwrap_or(sample)
}

/// The types that its answer may have.
fn content_type(sample: &str, body: &Value) -> Value {
    match sample.split_once('-').unwrap().0 {
        "docs" => json!("text/html; charset=utf-8"),
        "exceed" if body == &Value::Null || body == "" => Value::Null,
        "exceed" if sample.ends_with("-xml") => json!("application/xml; charset=utf-8"),
        "exceed" => json!("application/json; charset=utf-8"),
        _ => json!("application/json"),
    }
}

fn sample(name: &str) -> String {
    let path = testkit::repository(&format!("events/{name}.json"));
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The sample with the test's own account and key in it.
fn filled(account: &Account, event: &str) -> String {
    let account_header = format!(r#""x-account-id": "{}""#, account.id);
    event.replace("ros_1_REPLACE_WITH_YOUR_KEY", &account.key).replace(r#""x-account-id": "1""#, &account_header)
}

fn invoke(account: &Account, name: &str, event: &str) -> Value {
    bundle().invoke(function(name), &filled(account, event))
}

#[test]
fn every_function_has_a_sample_that_works() {
    let account = account();
    for (name, status, body) in SAMPLES {
        let answer = invoke(&account, name, &sample(name));
        assert_eq!(answer["statusCode"], status, "{name}: {answer}");
        assert_eq!(answer["headers"]["content-type"], content_type(name, &answer["body"]), "{name}");
        if !body.is_empty() {
            assert_eq!(answer["body"], body, "{name}");
        }
    }
    let deletions = invoke(&account, "exceed-deletions", &sample("exceed-deletions"));
    let deletions: Value = serde_json::from_str(deletions["body"].as_str().unwrap()).unwrap();
    let codes: Vec<_> = deletions.as_array().unwrap().iter().map(|deletion| &deletion["code"]).collect();
    assert_eq!(codes, ["i-2", "cern-1", "i-4"]);
    let answer = invoke(&account, "member-get", &sample("member-get"));
    let user: Value = serde_json::from_str(answer["body"].as_str().unwrap()).unwrap();
    assert_eq!((&user["first_name"], &user["external_id"]), (&json!("Augusta Ada"), &json!(1815)));
}

/// What a schedule sends, in each of its shapes.
const SCHEDULED: [&str; 3] = ["ops-cleanup", "ops-cleanup-rule", "ops-cleanup-scheduler"];

#[test]
fn scheduled_events_of_every_shape_are_taken() {
    for name in SCHEDULED {
        let done = bundle().invoke("ops-cleanup", &sample(name));
        assert_eq!(done["is_unfinished"], false, "{name}: {done}");
        assert!(done["accounts"].as_u64().unwrap() >= 1, "{name}: {done}");
    }
    let account = account();
    let one = bundle().invoke("ops-cleanup", &format!(r#"{{"account":{}}}"#, account.id));
    assert_eq!(one["accounts"], 1);
}

#[test]
fn functions_samples_and_endpoints_are_the_same_set() {
    let files = fs::read_dir(testkit::repository("events")).unwrap();
    let files: BTreeSet<String> = files
        .map(|file| file.unwrap().file_name().into_string().unwrap().trim_end_matches(".json").to_owned())
        .collect();
    let tasks = TASKS.iter().map(|task| task.name);
    let endpoints = endpoints().map(|endpoint| endpoint.name).chain(tasks);
    let endpoints: BTreeSet<String> = endpoints.map(str::to_owned).collect();
    let tried = SAMPLES.iter().map(|(name, ..)| *name).chain(SCHEDULED);
    let tried: BTreeSet<String> = tried.map(str::to_owned).collect();
    let sampled: BTreeSet<String> = files.iter().map(|file| function(file).to_owned()).collect();
    assert_eq!(sampled, endpoints);
    assert_eq!(tried, files);
    for exceed in endpoints.iter().filter(|name| name.starts_with("exceed-")) {
        assert!(files.contains(&format!("{exceed}-xml")), "{exceed} has a sample in each format");
    }
}

#[test]
fn a_sample_takes_a_route_of_the_template() {
    let routes = Template::built_in().unwrap().routes;
    for (name, ..) in SAMPLES {
        let event: Value = serde_json::from_str(&sample(name)).unwrap();
        let key = event["routeKey"].as_str().unwrap();
        let routed = routes
            .iter()
            .find(|route| format!("{} {}", route.method, route.path) == key)
            .map(|route| route.function.as_str());
        assert_eq!(routed, Some(function(name)), "{key}");
    }
}

#[test]
fn a_binary_body_is_read_like_a_text() {
    let account = account();
    let mut event: Value = serde_json::from_str(&sample("member-create")).unwrap();
    event["isBase64Encoded"] = json!(true);
    event["body"] = json!("eyJlbWFpbCI6ImJhc2U2NEBleGFtcGxlLmNvbSJ9");
    assert_eq!(invoke(&account, "member-create", &event.to_string())["statusCode"], 201);
}

#[test]
fn a_store_that_stays_away_is_a_503_that_says_when_to_come_back() {
    let account = account();
    let try_one = |name: &str| {
        let event = filled(&account, &sample(name));
        let answer = testkit::invoke_without_a_store(function(name), &event);
        assert_eq!(
            (&answer["statusCode"], &answer["headers"]["retry-after"]),
            (&json!(503), &json!("1")),
            "{name}: {answer}"
        );
        let text = "The service is temporarily unavailable. Please try again.";
        let body = match (name.starts_with("exceed-"), name.ends_with("-xml")) {
            (false, _) => json!({ "message": text }).to_string(),
            (true, false) => json!({ "error": text }).to_string(),
            (true, true) => {
                let declaration = r#"<?xml version="1.0" encoding="UTF-8"?>"#;
                format!("{declaration}\n<errors>\n  <error>{text}</error>\n</errors>\n")
            }
        };
        assert_eq!(answer["body"], body);
    };
    let try_one = &try_one;
    std::thread::scope(|scope| {
        // The documentation needs none.
        let samples = SAMPLES.iter().filter(|(name, ..)| *name != "docs-page");
        let tries: Vec<_> = samples.map(|(name, ..)| scope.spawn(move || try_one(name))).collect();
        tries.into_iter().for_each(|tried| tried.join().unwrap());
    });
}
