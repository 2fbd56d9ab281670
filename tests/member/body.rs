//! Bodies of every kind, hostile ones too: always a documented status, never a change.

use std::time::Duration;

use super::{NOT_FOUND, invalid};
use testkit::{Account, Response, account, send};

const NOT_JSON: &str = r#"{"message":"The request body is not valid JSON."}"#;
const NOT_AN_OBJECT: &str = r#"{"message":"The request body must be a JSON object."}"#;
const NOT_A_FORM: &str = r#"{"message":"The request body is not valid form data."}"#;
const UNKNOWN_TYPE: &str =
    r#"{"message":"The content type must be application/json or application/x-www-form-urlencoded."}"#;
const TOO_LARGE: &str = r#"{"message":"The request body is larger than 256 KiB."}"#;

fn post(account: &Account, kind: &str, body: impl Into<reqwest::blocking::Body>) -> Response {
    let request = account.bare("POST", "/api/users").bearer_auth(&account.key).body(body);
    send(if kind.is_empty() { request } else { request.header("content-type", kind) })
}

#[test]
fn json_comes_under_many_names_and_forms_under_one() {
    let account = account();
    for (n, kind) in [
        "application/json",
        "Application/JSON; charset=utf-8",
        "application/vnd.api+json",
        "application/problem+JSON;x=y",
        "",
    ]
    .into_iter()
    .enumerate()
    {
        let response = post(&account, kind, format!("\u{feff}{{\"email\":\"j{n}@example.com\"}}"));
        assert_eq!(response.status, 201, "{kind}: {}", response.body);
    }
    let form = "email=form%2B1%40example.com&first_name=J+D&first_name=Jean+D%C3%A9&live_scanner=1&external_id=12";
    let id = post(&account, "application/x-www-form-urlencoded; charset=UTF-8", form).json()["user_id"].clone();
    let user = account.call("GET", &format!("/api/users/{id}"), "").json();
    assert_eq!((user["email"].as_str(), user["first_name"].as_str()), (Some("form+1@example.com"), Some("Jean Dé")));
    assert_eq!((&user["live_scanner"], &user["external_id"]), (&serde_json::json!(true), &serde_json::json!(12)));
}

#[test]
fn bodies_that_are_no_json_no_object_no_form_or_of_another_type_have_errors_of_their_own() {
    let account = account();
    let json = "application/json";
    for body in
        ["{", "x", "{\"email\":}", "{'email':'a@example.com'}", "{\"email\":\"a@example.com\"}}", "{\"a\":\"\\x\"}"]
    {
        post(&account, json, body).expect(400, NOT_JSON);
    }
    post(&account, json, b"{\"email\":\"\xff@example.com\"}".to_vec()).expect(400, NOT_JSON);
    post(&account, json, "{\"email\":\"a\u{0}@example.com\"}").expect(400, NOT_JSON);
    for body in ["[]", "[{\"email\":\"a@example.com\"}]", "null", "7", "\"text\""] {
        post(&account, json, body).expect(400, NOT_AN_OBJECT);
    }
    for body in [b"email=%ff".to_vec(), b"email=\xff".to_vec()] {
        post(&account, "application/x-www-form-urlencoded", body).expect(400, NOT_A_FORM);
    }
    for kind in ["text/plain", "application/xml", "multipart/form-data; boundary=x", "json", "application/json+x"] {
        post(&account, kind, "{\"email\":\"a@example.com\"}").expect(400, UNKNOWN_TYPE);
    }
    // It names no type, as if there were none.
    assert_eq!(post(&account, ";", "{\"email\":\"a@example.com\"}").status, 201);
}

#[test]
fn the_key_is_checked_before_the_body_and_the_size_before_the_key() {
    let account = account();
    let large = "x".repeat(300 * 1024);
    for key in [account.key.as_str(), "nonsense"] {
        send(account.bare("POST", "/api/users").bearer_auth(key).body(large.clone())).expect(413, TOO_LARGE);
        send(account.bare("GET", "/api/users/1").bearer_auth(key).body(large.clone())).expect(413, TOO_LARGE);
    }
    send(account.bare("POST", "/api/users").bearer_auth("nonsense").body("{")).expect(403, "{}");
    account.call("PUT", "/api/users/77", "{").expect(404, NOT_FOUND);
}

#[test]
fn a_body_of_exactly_256_kib_is_read() {
    let account = account();
    let fill = |length: usize| {
        let frame = r#"{"email":"big@example.com","unknown":""}"#.len();
        format!(r#"{{"email":"big@example.com","unknown":"{}"}}"#, "x".repeat(length - frame))
    };
    post(&account, "application/json", fill(256 * 1024 + 1)).expect(413, TOO_LARGE);
    assert_eq!(post(&account, "application/json", fill(256 * 1024)).status, 201);
}

#[test]
fn hostile_documents_are_answered_like_any_other() {
    let account = account();
    let deep = |n: usize| format!("{}{}", "[".repeat(n), "]".repeat(n));
    let keys: Vec<_> = (0..10_000).map(|n| format!("\"k{n}\":{n}")).collect();
    let required = invalid("email", &["The email field is required."]);
    post(&account, "application/json", format!("{{{}}}", keys.join(","))).expect(422, &required);
    post(&account, "application/json", deep(100_000)).expect(400, NOT_AN_OBJECT);
    post(&account, "application/json", "[".repeat(200_000)).expect(400, NOT_JSON);
    post(&account, "application/json", format!("{{\"x\":{}}}", deep(100_000))).expect(422, &required);
    post(&account, "application/json", "{\"a\":".repeat(40_000)).expect(400, NOT_JSON);
    let address =
        ["The email field must be a valid email address.", "The email must have a valid domain with an extension."];
    post(&account, "application/json", format!("{{\"email\":{}}}", deep(1000)))
        .expect(422, &invalid("email", &address));
    for digits in ["1".repeat(400), format!("1e{}", "9".repeat(400)), format!("0.{}", "3".repeat(400))] {
        let body = format!(r#"{{"email":"n@example.com","external_id":{digits}}}"#);
        post(&account, "application/json", body)
            .expect(422, &invalid("external_id", &["The external id field must be a number."]));
    }
    let long = format!(r#"{{"email":"{}@{}.com"}}"#, "a".repeat(100_000), "b.".repeat(50_000));
    assert_eq!(post(&account, "application/json", long).status, 422);
    post(&account, "application/x-www-form-urlencoded", "&=&".repeat(80_000)).expect(422, &required);
    account.call("GET", "/api/users/1", "").expect(404, NOT_FOUND);
}

#[test]
fn lone_surrogates_spoil_their_own_field() {
    let account = account();
    post(&account, "application/json", r#"{"email":"a@example.com","first_name":"x\ud800","\udfff":1}"#)
        .expect(422, &invalid("first_name", &["The first name field format is invalid."]));
    post(&account, "application/json", r#"{"email":"a@example.com","password":"x\udfff"}"#)
        .expect(422, &invalid("password", &["The password field format is invalid."]));
    post(&account, "application/json", r#"{"email":"\ud800@example.com"}"#)
        .expect(422, &invalid("email", &["The email field must be a valid email address."]));
    let body = r#"{"email":"a@example.com","first_name":"\ud83d\ude00","password":"\uffff any \u0000"}"#;
    assert_eq!(post(&account, "application/json", body).status, 201);
}

#[test]
fn what_is_no_whole_request_is_refused_by_the_gateway() {
    use std::{
        io::{Read as _, Write as _},
        net::{Shutdown, TcpStream},
    };
    let url = &testkit::bundle().url;
    let ask = |request: &str, end: bool| {
        let mut stream = TcpStream::connect(url.trim_start_matches("http://")).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(300))).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        if end {
            stream.shutdown(Shutdown::Write).unwrap();
        }
        let mut answer = String::new();
        let _ = stream.read_to_string(&mut answer);
        answer
    };
    let cut = ask("POST /api/users HTTP/1.1\r\nHost: x\r\nContent-Length: 20\r\n\r\n{\"email\":", true);
    assert!(cut.is_empty() || cut.starts_with("HTTP/1.1 400"), "{cut}");
    let huge =
        ask("POST /api/users HTTP/1.1\r\nHost: x\r\nContent-Length: 10000000000\r\nConnection: close\r\n\r\n", false);
    assert!(huge.starts_with("HTTP/1.1 413"), "{huge}");
    let long = ask(
        &format!("GET /api/users/1?{} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "a".repeat(20_000)),
        false,
    );
    assert!(long.starts_with("HTTP/1.1 414"), "{long}");
}

#[test]
fn odd_headers_harm_nothing() {
    let account = account();
    let value = |bytes: &[u8]| reqwest::header::HeaderValue::from_bytes(bytes).unwrap();
    for (name, bytes) in [
        ("x-forwarded-proto", b"!!".as_slice()),
        ("x-forwarded-for", b"not an address"),
        ("user-agent", b"\xff\xfe"),
        ("cookie", b"a=b; c=\xff"),
        ("x-odd", "é".as_bytes()),
        ("content-type", b"\xff"),
        ("accept", b"\x80"),
    ] {
        let request = account.bare("GET", "/api/users/1").bearer_auth(&account.key).header(name, value(bytes));
        send(request).expect(404, NOT_FOUND);
    }
}
