//! The DynamoDB endpoint of `roster serve`: who is let in, and what the others get.

use std::{fs, os::unix::fs::PermissionsExt as _, time::Duration};

use serde_json::Value;
use testkit::{
    Account, Server, raw_tables,
    wire::{self, Address},
};

/// A ListTables with these headers; status, kind of the error, body.
fn send(server: &Server, headers: &[(String, String)], body: &str) -> (u16, String, String) {
    let request =
        headers.iter().fold(testkit::request("POST", &Address::of(&server.dynamodb).url), |request, (name, value)| {
            request.header(name.as_str(), value.as_str())
        });
    let response = request.body(body.to_owned()).send().unwrap();
    let status = response.status().as_u16();
    assert!(!response.headers().contains_key("access-control-allow-origin"));
    let body = response.text().unwrap();
    let kind = serde_json::from_str::<Value>(&body).unwrap()["__type"].as_str().unwrap_or_default().to_owned();
    (status, kind.rsplit('#').next().unwrap().to_owned(), body)
}

#[test]
fn only_what_is_signed_with_the_printed_key_pair_is_answered() {
    let server = Server::start_alone();
    let address = Address::of(&server.dynamodb);
    let now = wire::now();
    let signed = |address: &Address, time| address.signed("ListTables", b"{}", time);
    let (status, _, body) = send(&server, &signed(&address, now), "{}");
    assert!(status == 200 && body.contains("roster-users"), "{body}");

    let other_key = Address { key: "ROSTERAAAAAAAAAAAAAA".to_owned(), ..address.clone() };
    let other_secret = Address { secret: "x".repeat(40), ..address.clone() };
    let without = |name: &str| {
        let mut headers = signed(&address, now);
        headers.retain(|(header, _)| header != name);
        headers
    };
    let with = |name: &str, value: &str| {
        let mut headers = without(name);
        headers.push((name.to_owned(), value.to_owned()));
        headers
    };
    let authorization = |change: &dyn Fn(&str) -> String| {
        let headers = signed(&address, now);
        let own = headers.iter().find(|(name, _)| name == "authorization").unwrap().1.clone();
        with("authorization", &change(&own))
    };
    let signature = |text: &str| text.rsplit_once("Signature=").unwrap().1.to_owned();
    let minutes = |n: u64| Duration::from_secs(n * 60);
    for (what, headers, body, kind) in [
        ("no signature", without("authorization"), "{}", "MissingAuthenticationTokenException"),
        ("another key", signed(&other_key, now), "{}", "UnrecognizedClientException"),
        ("another secret", signed(&other_secret, now), "{}", "InvalidSignatureException"),
        ("another body", signed(&address, now), "{ }", "InvalidSignatureException"),
        ("another operation", with("x-amz-target", "DynamoDB_20120810.Scan"), "{}", "InvalidSignatureException"),
        ("another host", with("host", "evil.example"), "{}", "InvalidSignatureException"),
        ("no time", without("x-amz-date"), "{}", "IncompleteSignatureException"),
        ("no time that is one", with("x-amz-date", "today"), "{}", "IncompleteSignatureException"),
        ("an old one", signed(&address, now - minutes(20)), "{}", "InvalidSignatureException"),
        ("one of the future", signed(&address, now + minutes(20)), "{}", "InvalidSignatureException"),
        ("a session", with("x-amz-security-token", "x"), "{}", "UnrecognizedClientException"),
        ("another scheme", with("authorization", "Bearer x"), "{}", "IncompleteSignatureException"),
        ("no parameters", with("authorization", "AWS4-HMAC-SHA256"), "{}", "IncompleteSignatureException"),
        (
            "no signed headers",
            authorization(&|own| own.replace("SignedHeaders=", "x=")),
            "{}",
            "IncompleteSignatureException",
        ),
        ("fewer signed headers", authorization(&|own| own.replace("host;", "")), "{}", "IncompleteSignatureException"),
        (
            "an empty signature",
            authorization(&|own| own.replace(&signature(own), "")),
            "{}",
            "IncompleteSignatureException",
        ),
        ("a cut signature", authorization(&|own| own[..own.len() - 1].to_owned()), "{}", "InvalidSignatureException"),
        ("another service", authorization(&|own| own.replace("/dynamodb/", "/s3/")), "{}", "InvalidSignatureException"),
        (
            "another region",
            authorization(&|own| own.replace("/local/", "/eu-west-1/")),
            "{}",
            "InvalidSignatureException",
        ),
    ] {
        let (status, found, text) = send(&server, &headers, body);
        assert_eq!((status, found.as_str()), (400, kind), "{what}: {text}");
        assert!(!text.contains("roster-users") && !text.contains(&address.secret), "{what}: {text}");
    }
    // A little late is not too late.
    assert_eq!(send(&server, &signed(&address, now - minutes(10)), "{}").0, 200);
}

#[test]
fn the_key_pair_is_its_owners_alone_and_stays_the_same() {
    let mut server = Server::start_alone();
    let account = Account::create(&server.url, server.data(), &[]);
    let file = server.data().join("roster.credentials");
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let address = Address::of(&server.dynamodb);
    let text = fs::read_to_string(&file).unwrap();
    assert!(text.contains(&address.key) && text.contains(&address.secret) && text.starts_with("[default]"), "{text}");
    assert!(server.banner.contains("aws dynamodb list-tables --region local --endpoint-url"), "{}", server.banner);
    server.signal("-TERM");
    let again = Server::start(server.data());
    let next = Address::of(&again.dynamodb);
    assert_eq!((next.key, next.secret), (address.key, address.secret));
    assert_eq!(raw_tables::users(&again.dynamodb, &account.id), Vec::<u64>::new());
    // Nothing of it is in what the server logs.
    assert!(!again.log().contains(&address_secret(&again)), "{}", again.log());
}

fn address_secret(server: &Server) -> String {
    Address::of(&server.dynamodb).secret
}

#[test]
fn a_damaged_key_file_is_named() {
    let mut server = Server::start_alone();
    server.signal("-TERM");
    fs::write(server.data().join("roster.credentials"), "nonsense").unwrap();
    let arguments = ["serve", "--listen", "127.0.0.1:0", "--dynamodb-listen", "127.0.0.1:0", "--data"];
    let output =
        std::process::Command::new(testkit::program("roster")).args(arguments).arg(server.data()).output().unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.code() == Some(1) && text.contains("roster.credentials holds no key pair"), "{text}");
}
