use std::{cell::RefCell, io::Read as _};

use aws_sdk_dynamodb::types::AttributeValue;
use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};
use serde_json::Value;

use super::{JSON, USERS, created, expect_headers, new_user};
use testkit::{Account, Server, raw_tables, request};

/// Bytes that Lambda takes of one answer.
const MOST: usize = 6_291_556;

/// A thousand users with 21 custom texts of 255 characters, each of `letter`s.
fn thousand(server: &Server, letters: impl Fn(u64, char) -> String) -> Account {
    let account = Account::create(&server.url, server.data(), &[]);
    created(&account, &new_user("one"));
    let fill = |id: u64, item: &mut raw_tables::Item| {
        let customs = ('a'..='u').map(|letter| (format!("custom_{letter}"), AttributeValue::S(letters(id, letter))));
        item.insert("profile".to_owned(), AttributeValue::M(customs.collect()));
    };
    raw_tables::copy_users(&server.dynamodb, &account.id, 1_001, fill);
    account.call("DELETE", &format!("{USERS}/1"), "");
    account
}

fn list(account: &Account, query: &str, encoding: &str) -> (u16, Option<String>, Vec<u8>, String) {
    let request = request("GET", &format!("{}{USERS}{query}", account.url())).bearer_auth(&account.key);
    let response = request.header("accept-encoding", encoding).send().unwrap();
    let header = |name: &str| response.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
    let (status, encoding, kind) =
        (response.status().as_u16(), header("content-encoding"), header("content-type").unwrap());
    (status, encoding, response.bytes().unwrap().to_vec(), kind)
}

fn unzipped(bytes: &[u8]) -> String {
    let mut text = String::new();
    flate2::read::GzDecoder::new(bytes).read_to_string(&mut text).unwrap();
    text
}

#[test]
fn a_page_beyond_the_limit_is_compressed_or_refused_and_never_cut() {
    let server = Server::start_alone();
    let account = thousand(&server, |id, letter| format!("{letter}{id} ").repeat(100).chars().take(255).collect());
    let too_large = r#"{"error":"The answer is too large for one response. Use the parameter 'fields' to ask for fewer attributes, or accept gzip."}"#;
    for refusing in ["identity", "br", "gzip;q=0"] {
        let (status, encoding, body, kind) = list(&account, "", refusing);
        assert_eq!(
            (status, encoding, String::from_utf8(body).unwrap().as_str(), kind.as_str()),
            (413, None, too_large, JSON)
        );
    }
    let (status, encoding, body, kind) = list(&account, "", "deflate, gzip;q=0.5");
    assert_eq!((status, encoding.as_deref(), kind.as_str()), (200, Some("gzip"), JSON));
    let text = unzipped(&body);
    assert!(text.len() > MOST, "{}", text.len());
    let users: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(users.as_array().unwrap().len(), 1000);
    assert_eq!(users[999]["custom_u"].as_str().unwrap().len(), 255);
    let (status, _, body, _) = list(&account, ".xml", "gzip");
    assert_eq!((status, unzipped(&body).matches("</user>\n").count()), (200, 1000));
    let (status, encoding, body, _) = list(&account, "?fields=id,custom_a,custom_b", "identity");
    assert_eq!(
        (status, encoding, serde_json::from_slice::<Value>(&body).unwrap().as_array().unwrap().len()),
        (200, None, 1000)
    );
    // The same in a list that is filtered.
    let (status, encoding, body, _) = list(&account, "?user[is_active]=true", "gzip");
    assert_eq!((status, encoding.as_deref()), (200, Some("gzip")));
    assert_eq!(serde_json::from_str::<Value>(&unzipped(&body)).unwrap().as_array().unwrap().len(), 1000);
    expect_headers(&account.call("GET", USERS, ""));
}

#[test]
fn what_counts_is_the_escaped_answer() {
    let server = Server::start_alone();
    // 255 quotes are 510 bytes of JSON, and 1,020 once that stands in Lambda's answer.
    let account = thousand(&server, |_, letter| if letter < 'k' { "\"".repeat(255) } else { String::new() });
    let (status, _, body, _) = list(
        &account,
        "?fields=id,custom_a,custom_b,custom_c,custom_d,custom_e,custom_f,custom_g,custom_h,custom_i,custom_j",
        "identity",
    );
    assert_eq!(status, 413);
    let (_, _, zipped, _) = list(
        &account,
        "?fields=id,custom_a,custom_b,custom_c,custom_d,custom_e,custom_f,custom_g,custom_h,custom_i,custom_j",
        "gzip",
    );
    let raw = unzipped(&zipped);
    assert!(raw.len() < MOST && serde_json::to_string(&raw).unwrap().len() > MOST, "{} {}", raw.len(), body.len());
    // Random texts of wide characters: too large even when compressed.
    let rng = RefCell::new(StdRng::seed_from_u64(1));
    let account = thousand(&server, |_, _| {
        (0..255).map(|_| char::from_u32(0x2_0000 + rng.borrow_mut().random_range(0..0xA000)).unwrap()).collect()
    });
    let (status, encoding, ..) = list(&account, "", "gzip");
    assert_eq!((status, encoding), (413, None));
    let (status, encoding, ..) = list(&account, "?fields=id,custom_a,custom_b", "gzip");
    assert_eq!((status, encoding), (200, None));
}
