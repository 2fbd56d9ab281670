use serde_json::json;

use super::{JSON, USERS, XML, created, expect_done, ids, new_user, user};
use testkit::{self, account};

#[test]
fn attributes_are_read_in_every_form() {
    let account = account();
    let mut n = 0;
    let mut create = |query: &str, kind: &str, body: &str| {
        n += 1;
        let request = account.bare("POST", &format!("{USERS}{query}")).bearer_auth(&account.key);
        let request = if kind.is_empty() { request } else { request.header("content-type", kind) };
        let response = testkit::send(request.body(body.to_owned()));
        assert_eq!(response.status, 201, "{kind} {body}: {}", response.body);
        let user = user(&account, n);
        assert_eq!(user["login"], format!("l{n}"), "{kind} {body}");
        assert_eq!(user["city"], "Zürich & Bern", "{kind} {body}");
    };
    create(
        "",
        "application/json",
        r#"{"user":{"first_name":"a","last_name":"b","login":"l1","city":"Zürich & Bern"}}"#,
    );
    create("", "application/json", r#"{"first_name":"a","last_name":"b","login":"l2","city":"Z\u00fcrich & Bern"}"#);
    create("", "", "\u{feff}{\"first_name\":\"a\",\"last_name\":\"b\",\"login\":\"l3\",\"city\":\"Zürich & Bern\"}");
    create(
        "",
        "application/vnd.x+json; charset=utf-8",
        r#"{"first_name":"a","last_name":"b","login":"l4","city":"Zürich & Bern"}"#,
    );
    let form = "application/x-www-form-urlencoded";
    create("", form, "user[first_name]=a&user%5Blast_name%5D=b&user%20[login]=l5&user+[city]=Z%C3%BCrich+%26+Bern");
    create("", form, "first_name=a&last_name=b&login=l6&city=x&city=Z%C3%BCrich+%26+Bern");
    create(
        "?user[first_name]=a&user%5Blast_name%5D=b&user[login]=l7&user[city]=x&user[city]=Z%C3%BCrich+%26+Bern",
        "application/json",
        "",
    );
    create(
        "",
        "application/xml",
        "<user><first-name>a</first-name><last_name>b</last_name><login>l8</login><city>Zürich &amp; Bern</city></user>",
    );
    create(
        "",
        "text/xml; charset=utf-8",
        "<r><user><first-name>a</first-name><last_name>b</last_name><login>l9</login><city><![CDATA[Zürich & Bern]]></city></user></r>",
    );
    // The body's attributes win over the query's, one by one.
    create(
        "?user[first_name]=a&user[login]=x&user[city]=x",
        "application/json",
        r#"{"user":{"last_name":"b","login":"l10","city":"Zürich & Bern"}}"#,
    );
    // Beside a wrapper, nothing in the body counts as an attribute.
    create(
        "",
        "application/json",
        r#"{"city":"x","user":{"first_name":"a","last_name":"b","login":"l11","city":"Zürich & Bern"},"login":"x"}"#,
    );
    // What is no object is no wrapper.
    create(
        "",
        "application/json",
        r#"{"user":null,"first_name":"a","last_name":"b","login":"l12","city":"Zürich & Bern"}"#,
    );
}

#[test]
fn booleans_are_read_from_texts() {
    let account = account();
    created(&account, &new_user("one"));
    for (text, expected) in [
        (json!("false"), false),
        (json!("yes"), true),
        (json!(0), false),
        (json!("x"), true),
        (json!("F"), false),
        (json!(1), true),
        (json!("No"), false),
        (json!(true), true),
        (json!("OFF"), false),
        (json!("00"), true),
        (json!(false), false),
        (json!(" on "), true),
    ] {
        expect_done(&account.call("PUT", &format!("{USERS}/1"), &json!({ "is_active": text }).to_string()));
        assert_eq!(user(&account, 1)["is_active"], expected, "{text}");
    }
}

#[test]
fn a_get_may_carry_a_body() {
    let account = account();
    for login in ["one", "two"] {
        created(&account, &new_user(login));
    }
    let get = |kind: &str, body: &str| {
        let request = account.bare("GET", USERS).header("content-type", kind).header("accept", "application/json");
        testkit::send(request.body(body.replace("KEY", &account.key))).body
    };
    let json = "application/json";
    assert_eq!(
        get(json, r#"{"api_key":"KEY","fields":"id,login","user":{"login":"TWO"}}"#),
        r#"[{"id":2,"login":"two"}]"#
    );
    assert_eq!(get(json, r#"{"api_key":"KEY","fields":"id","login":"two"}"#), r#"[{"id":2}]"#);
    assert_eq!(get(json, r#"{"api_key":"KEY","fields":"id","page":2}"#), "[]");
    let form = "application/x-www-form-urlencoded";
    assert_eq!(get(form, "api_key=KEY&fields=id&user[login]=one"), r#"[{"id":1}]"#);
    let xml = "<user><api_key>KEY</api_key><fields>id</fields><page>1</page><login>two</login></user>";
    assert_eq!(get("application/xml", xml), r#"[{"id":2}]"#);
}

#[test]
fn the_answer_s_format_is_the_path_s_or_the_accepted_or_the_request_s() {
    let account = account();
    created(&account, &new_user("one"));
    let kind = |path: &str, accept: &str, sent: &str| {
        let mut request = account.bare("GET", &format!("{USERS}{path}")).bearer_auth(&account.key);
        if !accept.is_empty() {
            request = request.header("accept", accept);
        }
        if !sent.is_empty() {
            request = request.header("content-type", sent);
        }
        let response = testkit::send(request);
        super::expect_headers(&response);
        response.header("content-type").unwrap().to_owned()
    };
    let (json, xml) = ("application/json", "application/xml");
    for path in ["", "/", "/1", "/1/", "/9", "/deletions", "/deletions/"] {
        assert_eq!(kind(path, "", ""), JSON, "{path}");
        assert_eq!(kind(path, xml, json), XML, "{path}");
        assert_eq!(kind(path, "*/*", xml), XML, "{path}");
        assert_eq!(kind(path, "text/html", xml), JSON, "{path}");
    }
    for path in [".xml", ".xml/", "/1.xml", "/9.xml/", "/deletions.xml", "/deletions.xml/"] {
        assert_eq!(kind(path, json, json), XML, "{path}");
        assert_eq!(kind(&path.replace("xml", "json"), xml, xml), JSON, "{path}");
    }
}

#[test]
fn fields_limit_the_keys_and_unknown_ones_are_ignored() {
    let account = account();
    let all = created(&account, &new_user("one"));
    let list = |fields: &str| account.call("GET", &format!("{USERS}?fields={fields}"), "").json()[0].clone();
    assert_eq!(list("first_name,id"), json!({"first_name": "Tim", "id": 1}));
    assert_eq!(list("id,%20login%20,nothing,id"), json!({"id": 1, "login": "one"}));
    for fields in ["", "nothing", ",", "password"] {
        assert_eq!(list(fields), all, "{fields}");
    }
    let xml = account.call("GET", &format!("{USERS}.xml?fields=hired_on,id,custom_a"), "").body;
    let user = "  <user>\n    <custom-a nil=\"true\"></custom-a>\n    <hired-on type=\"date\" nil=\"true\"></hired-on>\n    <id type=\"integer\">1</id>\n  </user>\n";
    assert_eq!(xml, format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<users type=\"array\">\n{user}</users>\n"));
    assert_eq!(ids(&account, "page=x"), [1]);
}
