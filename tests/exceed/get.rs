use super::{JSON, USERS, XML, created, expect, new_user};
use testkit::account;

#[test]
fn a_user_is_read_by_id_or_by_code() {
    let account = account();
    let one = created(&account, &new_user("one")).to_string();
    let two =
        created(&account, &serde_json::json!({"first_name": "a", "last_name": "b", "login": "two", "code": "x/ü"}))
            .to_string();
    let get = |path: &str| account.call("GET", &format!("{USERS}/{path}"), "");
    for (path, user) in [
        ("1", &one),
        ("1/", &one),
        ("1.json", &one),
        ("2", &two),
        // The id is ignored where a code is given.
        ("1?user[code]=x/%C3%BC", &two),
        ("nobody?user%5Bcode%5D=i-1", &one),
        ("2?user[code]=", &two),
        ("9?user%20[code]=i-1", &one),
    ] {
        let response = get(path);
        assert_eq!((response.status, response.json().to_string().as_str()), (200, user.as_str()), "{path}");
    }
    for path in ["1.xml", "1.xml/"] {
        assert_eq!(get(path).header("content-type"), Some(XML), "{path}");
    }
}

#[test]
fn whoever_is_not_there_is_named_in_the_404() {
    let account = account();
    created(&account, &new_user("one"));
    let none = |path: &str, by: &str, value: &str| {
        let response = account.call("GET", &format!("{USERS}/{path}"), "");
        expect(&response, 404, JSON, &format!(r#"{{"error":"Couldn't find User with '{by}'={value}"}}"#));
    };
    none("7", "id", "7");
    none("7.json/", "id", "7");
    for id in ["01", "+1", "1.0", "one", "1.yaml", "-1", "9007199254740993", "18446744073709551617"] {
        none(id, "id", id);
    }
    none("%D9%A1", "id", "١");
    none("1%20", "id", "1 ");
    none("1%3Fuser[code]=i-1", "id", "1?user[code]=i-1");
    none("1%3F%3Fx?user[code]=x?y", "code", "x?y");
    none("1?user[code]=I-1", "code", "I-1");
    none("1?user[code]=%3Cb%3E%22%5C%07", "code", r#"<b>\"\\"#);
    none(&format!("1?user[code]={}", "x".repeat(300)), "code", &"x".repeat(255));
    let response = account.call("GET", &format!("{USERS}/1.xml?user[code]=%3Cb%3E%26%01%EF%BF%BF"), "");
    let text = "Couldn't find User with 'code'=&lt;b&gt;&amp;";
    expect(
        &response,
        404,
        XML,
        &format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<errors>\n  <error>{text}</error>\n</errors>\n"),
    );
}

#[test]
fn a_path_that_goes_on_is_none() {
    let account = account();
    for path in ["/1/x", "/1/x/", ".json/x", "/deletions/1"] {
        let response = account.call("GET", &format!("{USERS}{path}"), "");
        expect(&response, 404, JSON, r#"{"error":"Not Found"}"#);
    }
    for (method, path) in [("GET", ".yaml"), ("POST", "/1"), ("DELETE", ""), ("PUT", "/deletionsx/y/z.json")] {
        let response = account.call(method, &format!("{USERS}{path}"), "");
        assert_eq!(response.status, 404, "{method} {path}");
    }
}
