use std::collections::BTreeMap;

use quick_xml::{NsReader, events::Event};
use serde_json::json;

use super::{JSON, USERS, XML, created, expect, expect_done, ids, new_user, user};
use testkit::{self, Account, account};

fn send(account: &Account, method: &str, path: &str, body: impl Into<reqwest::blocking::Body>) -> testkit::Response {
    let request = account.bare(method, &format!("{USERS}{path}")).bearer_auth(&account.key);
    testkit::send(request.header("content-type", "application/xml").body(body))
}

/// The elements of a user's document, by name: null, or a text. A namespace-aware reading that
/// rejects any document that is not well-formed.
fn read(document: &str) -> BTreeMap<String, Option<String>> {
    let mut reader = NsReader::from_str(document);
    reader.config_mut().check_comments = true;
    let (mut elements, mut open): (BTreeMap<String, Option<String>>, Vec<String>) = (BTreeMap::new(), Vec::new());
    loop {
        let text = match reader.read_event().unwrap() {
            Event::Start(tag) => {
                let name = tag.name().as_ref().to_owned();
                if open.len() == 1 {
                    let nil = tag.attributes().any(|attribute| attribute.unwrap().key.as_ref() == "nil");
                    elements.insert(name.clone(), (!nil).then(String::new));
                }
                open.push(name);
                continue;
            }
            Event::End(_) => {
                open.pop();
                continue;
            }
            Event::Text(text) => text.xml10_content().into_owned(),
            Event::GeneralRef(reference) => match reference.resolve_char_ref().unwrap() {
                Some(character) => character.to_string(),
                None => quick_xml::escape::resolve_predefined_entity(&reference).unwrap().to_owned(),
            },
            Event::Eof => return elements,
            _ => continue,
        };
        if let [_, name] = open.as_slice() {
            elements.get_mut(name).unwrap().as_mut().unwrap().push_str(&text);
        }
    }
}

#[test]
fn what_goes_in_comes_out_and_goes_in_again() {
    let account = account();
    let values = [
        ("address-one", "1 <High> & \"Low\" 'St'\n\tFlat 2 ]]> &amp; <!-- x -->"),
        ("custom-a", "😀 e\u{301} \u{200f}ש \u{2028}x"),
        ("custom-b", ""),
        ("custom-c", "a\u{85}b".trim_matches('x')),
        ("city", "Zürich"),
        ("hired-on", "2020-02-29"),
        ("manager-id", "-7"),
        ("zip", "<&>\"'"),
    ];
    let element = |name: &str, value: &str| format!("<{name}>{}</{name}>", quick_xml::escape::escape(value));
    let mut body: String =
        values.iter().filter(|(name, _)| *name != "custom-c").map(|(name, value)| element(name, value)).collect();
    body.push_str("<state nil=\"true\"/><is-active type=\"boolean\">false</is-active>");
    let document = |login: &str| {
        format!(
            "<?xml version=\"1.0\"?><user><first-name>O'Neil &amp; Söhne</first-name><last-name>x</last-name><login>{login}</login>{body}</user>"
        )
    };
    let made = send(&account, "POST", "", document("one"));
    assert_eq!(made.status, 201, "{}", made.body);
    let shown = account.call("GET", &format!("{USERS}/1.xml"), "").body;
    assert_eq!(made.body, shown);
    let elements = read(&shown);
    assert_eq!(elements.len(), 70);
    for (name, value) in values.iter().filter(|(name, _)| *name != "custom-c") {
        assert_eq!(elements[*name].as_deref(), Some(*value), "{name}");
    }
    assert_eq!((&elements["state"], &elements["password"], &elements["custom-d"]), (&None, &None, &None));
    assert_eq!(elements["first-name"].as_deref(), Some("O'Neil & Söhne"));
    // The document as it was shown, for another user: nothing is lost.
    created(&account, &new_user("two"));
    let again = shown.replace("<login>one</login>", "<login>two</login>").replace("<code>i-1</code>", "");
    let updated = send(&account, "PUT", "/2.xml", again);
    assert_eq!((updated.status, updated.body.as_str()), (200, ""));
    let mut second = read(&account.call("GET", &format!("{USERS}/2.xml"), "").body);
    let mut first = elements;
    for own in ["id", "login", "code", "created-on", "updated-on"] {
        second.remove(own);
        first.remove(own);
    }
    assert_eq!(second, first);
    // And for itself: that is no change at all.
    let changed = || account.call("GET", "/api/users/1", "").body;
    let before = changed();
    expect_done(&send(&account, "PUT", "/1", shown));
    assert_eq!(changed(), before);
}

#[test]
fn the_document_is_of_the_shape_that_clients_know() {
    let account = account();
    let response = send(
        &account,
        "POST",
        "",
        "<user><first-name>Tim</first-name><last-name>Lee</last-name><login>Tim</login></user>",
    );
    assert_eq!(
        (response.status, response.header("content-type"), response.header("location")),
        (201, Some(XML), Some("/api/v2/users/1"))
    );
    let lines: Vec<&str> = response.body.lines().collect();
    assert_eq!(
        lines[..5],
        [
            r#"<?xml version="1.0" encoding="UTF-8"?>"#,
            "<user>",
            &format!(r#"  <account-id type="integer">{}</account-id>"#, account.id),
            r#"  <address-one nil="true"></address-one>"#,
            r#"  <address-two nil="true"></address-two>"#,
        ]
    );
    let created_on = user(&account, 1)["created_on"].as_str().unwrap().replace("+00:00", "Z");
    for line in [
        "  <authority>student</authority>",
        &format!(r#"  <created-on type="datetime">{created_on}</created-on>"#),
        r#"  <hired-on type="date" nil="true"></hired-on>"#,
        r#"  <id type="integer">1</id>"#,
        r#"  <is-active type="boolean">true</is-active>"#,
        r#"  <last-login-at type="datetime" nil="true"></last-login-at>"#,
        r#"  <picture-id type="integer" nil="true"></picture-id>"#,
        r#"  <password nil="true"></password>"#,
        "  <updated-by>API</updated-by>",
        r#"  <google-auth type="boolean" nil="true"></google-auth>"#,
    ] {
        assert!(lines.contains(&line), "{line} in {}", response.body);
    }
    let names: Vec<&str> = lines[2..lines.len() - 1]
        .iter()
        .map(|line| line.trim_start_matches([' ', '<']).split([' ', '>']).next().unwrap())
        .collect();
    assert!(names.is_sorted(), "{names:?}");
    assert_eq!(names.len(), 70);
}

#[test]
fn errors_are_reported_in_xml_too() {
    let account = account();
    let errors = |texts: &[&str]| {
        let texts: String = texts.iter().map(|text| format!("  <error>{text}</error>\n")).collect();
        format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<errors>\n{texts}</errors>\n")
    };
    let invalid = send(
        &account,
        "POST",
        "",
        "<user><login/><manager-id>x</manager-id><hired-on>x</hired-on><first-name>a</first-name><last-name>b</last-name></user>",
    );
    expect(&invalid, 422, XML, &errors(&["Hired on is invalid", "Login can't be blank", "Manager is not a number"]));
    expect(&send(&account, "POST", "", "<user>"), 400, XML, &errors(&["The request body is not valid XML."]));
    expect(&send(&account, "POST", ".json", "<user>"), 400, JSON, r#"{"error":"The request body is not valid XML."}"#);
}

#[test]
fn hostile_documents_are_refused_quickly() {
    let account = account();
    let bomb: String = (1..10).map(|n| format!("<!ENTITY a{n} \"{}\">", format!("&a{};", n - 1).repeat(10))).collect();
    let utf16: Vec<u8> = "<user><login>x</login></user>".encode_utf16().flat_map(u16::to_be_bytes).collect();
    let bodies: Vec<Vec<u8>> = vec![
        format!(
            "<?xml version=\"1.0\"?><!DOCTYPE u [<!ENTITY a0 \"aaaaaaaaaa\">{bomb}]><user><login>&a9;</login></user>"
        )
        .into(),
        "<!DOCTYPE u [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><user><login>&x;</login></user>".into(),
        "<!DOCTYPE user SYSTEM \"http://127.0.0.1:1/x.dtd\"><user/>".into(),
        "<!DOCTYPE user><user/>".into(),
        "<user><login>&nbsp;</login></user>".into(),
        "<a>".repeat(80_000).into(),
        format!("{}{}", "<a>".repeat(30_000), "</a>".repeat(30_000)).into(),
        format!("{}{}", "<a>".repeat(17), "</a>".repeat(17)).into(),
        "<user><login>x</user>".into(),
        "<user><login>x</login>".into(),
        "<user/><user/>".into(),
        "<user>\u{0}</user>".into(),
        "<user><login>&#0;</login></user>".into(),
        "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><user><login>x</login></user>".into(),
        b"<user><login>\xe9</login></user>".to_vec(),
        utf16,
        b"{}".to_vec(),
        format!("<user {}/>", "a".repeat(200_000)).into(),
    ];
    for body in bodies {
        let response = send(&account, "POST", ".json", body);
        expect(&response, 400, JSON, r#"{"error":"The request body is not valid XML."}"#);
    }
    assert_eq!(ids(&account, ""), Vec::<u64>::new());
    // Many elements are no harm.
    let many = format!(
        "<user><first-name>a</first-name><last-name>b</last-name><login>c</login>{}</user>",
        "<x/>".repeat(50_000)
    );
    assert_eq!(send(&account, "POST", "", many).status, 201);
    // What is nested where a value should stand is invalid, not malformed.
    send(&account, "PUT", "/1.json", "<user><city><b>x</b></city></user>").expect_error(r#"{"city":["is invalid"]}"#);
    assert_eq!(user(&account, 1)["city"], json!(null));
}
