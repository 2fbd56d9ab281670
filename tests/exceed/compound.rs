//! Values that are no single value: in filters a list matches any of its values, everything else that is not understood
//! matches no user; on a write both are invalid.

use serde_json::json;

use super::{JSON, USERS, XML, created, expect, ids};
use testkit::{Account, account, bundle, send};

const FORM: &str = "application/x-www-form-urlencoded";

/// Three users: logins `a`, `b`, `c` with addresses and cities, the third without.
fn people(account: &Account) {
    for (login, more) in [
        ("a", json!({"email": "a@example.com", "city": "Bern", "hired_on": "2020-01-01"})),
        ("b", json!({"email": "b@example.com", "city": "Rome", "hired_on": "2021-01-01"})),
        ("c", json!({})),
    ] {
        let mut body = json!({"first_name": "F", "last_name": login, "login": login});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        created(account, &body);
    }
}

/// The ids that a list answers to a request with a body.
fn ids_of(account: &Account, kind: &str, body: &str) -> Vec<u64> {
    let request = account.bare("GET", &format!("{USERS}.json")).bearer_auth(&account.key).header("content-type", kind);
    let response = send(request.body(body.to_owned()));
    assert_eq!(response.status, 200, "{body}: {}", response.body);
    response.json().as_array().unwrap().iter().map(|user| user["id"].as_u64().unwrap()).collect()
}

#[test]
fn a_list_matches_any_of_its_values_and_what_is_not_understood_matches_no_user() {
    let account = account();
    people(&account);
    let hundred =
        |n: usize| (0..n).map(|n| format!("user[login][]={}", if n == 0 { "b".into() } else { format!("x{n}") }));
    for (query, expected) in [
        ("user[id][]=1&user[id][]=3", vec![1, 3]),
        ("user[id][]=3&user[id][]=1&user[id][]=3", vec![1, 3]),
        ("user[id][0]=2", vec![2]),
        ("user%5Bid%5D%5B%5D=2", vec![2]),
        ("user[id][]=2&page=2", vec![]),
        ("user[id][]=x", vec![]),
        ("user[email][]=B@example.com&user[email][]=nobody@example.com", vec![2]),
        // An empty value asks for none, in a list too.
        ("user[email][]=a@example.com&user[email][]=", vec![1, 3]),
        ("user[login][]=A&user[login][]=c", vec![1, 3]),
        ("user[code][]=i-1&user[code][]=i-2", vec![1, 2]),
        ("user[city][]=Bern&user[city][]=Rome", vec![1, 2]),
        ("user[city][]=Bern&user[city][]=", vec![1, 3]),
        ("user[city][]=Bern&user[city][]=Rome&user[login]=b", vec![2]),
        ("user[hired_on][]=2020-01-01&user[hired_on][]=2020-12-31,2021-06-01", vec![1, 2]),
        ("user[is_active][]=true", vec![1, 2, 3]),
        ("user[is_active][]=true&user[is_active][]=false", vec![1, 2, 3]),
        ("user[authority][]=superadmin", vec![]),
        ("user[google_auth][]=", vec![1, 2, 3]),
        (&hundred(100).collect::<Vec<_>>().join("&"), vec![2]),
        (&hundred(101).collect::<Vec<_>>().join("&"), vec![]),
        // Compounds.
        ("user[login][eq]=a", vec![]),
        ("user[updated_on][gte]=2020-01-01", vec![]),
        ("user[id][gt]=1", vec![]),
        ("user[id][][x]=1", vec![]),
        ("user[][login]=a", vec![]),
        ("user[0][login]=a", vec![]),
        ("user[]=a", vec![]),
        ("user=a", vec![]),
        ("user=", vec![]),
        ("user[login=a", vec![]),
        // Attributes that there are not are ignored, however they are given.
        ("user[nonsense][]=a", vec![1, 2, 3]),
        ("user[nonsense][gt]=a", vec![1, 2, 3]),
        ("nonsense[]=a", vec![1, 2, 3]),
    ] {
        assert_eq!(ids(&account, query), expected, "{query}");
        if query.contains('[') || query.contains("user") {
            assert_eq!(ids_of(&account, FORM, query), expected, "form {query}");
        }
    }
    for (body, expected) in [
        (json!({"user": {"id": [1, "3"]}}), vec![1, 3]),
        (json!({"id": [2]}), vec![2]),
        (json!({"id": []}), vec![]),
        (json!({"email": ["a@example.com", null]}), vec![1, 3]),
        (json!({"login": {"eq": "a"}}), vec![]),
        (json!({"login": [["a"]]}), vec![]),
        (json!({"user": [{"login": "a"}]}), vec![]),
        (json!({"user": "x"}), vec![]),
        (json!({"user": 1}), vec![]),
        (json!({"user": null}), vec![1, 2, 3]),
        (json!({"user": {}}), vec![1, 2, 3]),
    ] {
        assert_eq!(ids_of(&account, "application/json", &body.to_string()), expected, "{body}");
    }
    for (body, expected) in [
        ("<user><id type=\"array\"><id>1</id><id>3</id></id></user>", vec![1, 3]),
        ("<user><login><eq>a</eq></login></user>", vec![]),
        ("<request><user><login>a</login></user></request>", vec![1]),
        ("<request><user type=\"array\"><user><login>a</login></user></user></request>", vec![]),
        ("<request><user>a</user></request>", vec![]),
    ] {
        assert_eq!(ids_of(&account, "application/xml", body), expected, "{body}");
    }
}

#[test]
fn long_lists_of_anything_are_answered() {
    let account = account();
    people(&account);
    for attribute in ["city", "hired_on", "created_on", "first_name", "manager_id", "is_pass_reset_required"] {
        for value in ["", "2020-01-01", "2020-01-01,2021-01-01", "7", "Bern", "true"] {
            let list = vec![format!("user[{attribute}][]={value}"); 100].join("&");
            let one = ids(&account, &format!("user[{attribute}]={value}"));
            assert_eq!(ids_of(&account, FORM, &list), one, "{attribute} {value}");
        }
    }
}

#[test]
fn fields_may_be_a_list() {
    let account = account();
    people(&account);
    for query in
        ["fields[]=id&fields[]=login", "fields=id,login", "fields[0]=id,login", "fields[]=login&fields[]=id&fields[]=x"]
    {
        let response = account.call("GET", &format!("{USERS}?user[id]=1&{query}"), "");
        expect(&response, 200, JSON, r#"[{"id":1,"login":"a"}]"#);
    }
}

#[test]
fn on_a_write_they_are_invalid_and_change_nothing() {
    let account = account();
    people(&account);
    let before = account.call("GET", USERS, "").body;
    for (kind, body, error) in [
        (FORM, "user[city][]=x", r#"{"city":["is invalid"]}"#),
        (FORM, "user[email][0]=x", r#"{"email":["is invalid"]}"#),
        (FORM, "user[login][eq]=x", r#"{"login":["is invalid"]}"#),
        (FORM, "user[password][]=x", r#"{"password":["is invalid"]}"#),
        (FORM, "user[is_active][]=false", r#"{"is_active":["is invalid"]}"#),
        (FORM, "city[]=x", r#"{"city":["is invalid"]}"#),
        (FORM, "user[][city]=x", r#"{"user":["is invalid"]}"#),
        (FORM, "user=x&city=y", r#"{"user":["is invalid"]}"#),
        ("application/json", r#"{"city":["x"]}"#, r#"{"city":["is invalid"]}"#),
        ("application/json", r#"{"user":[{"city":"x"}]}"#, r#"{"user":["is invalid"]}"#),
        ("application/json", r#"{"user":"x","city":"y"}"#, r#"{"user":["is invalid"]}"#),
        ("application/xml", "<user><city><b>x</b></city></user>", r#"{"city":["is invalid"]}"#),
        ("application/xml", "<r><user>x</user></r>", r#"{"user":["is invalid"]}"#),
    ] {
        for (method, path) in [("PUT", "/1.json"), ("POST", ".json")] {
            let request = account.bare(method, &format!("{USERS}{path}")).bearer_auth(&account.key);
            let response = send(request.header("content-type", kind).body(body.to_owned()));
            assert_eq!(response.status, 422, "{method} {body}: {}", response.body);
            let (field, texts) = serde_json::from_str::<serde_json::Value>(error)
                .unwrap()
                .as_object()
                .unwrap()
                .iter()
                .next()
                .map(|(field, texts)| (field.clone(), texts.clone()))
                .unwrap();
            assert_eq!(response.json()[&field], texts, "{method} {body}");
            if method == "PUT" {
                response.expect_error(error);
            }
        }
    }
    let response = account.call("PUT", &format!("{USERS}/1.xml"), r#"{"user":"x"}"#);
    expect(
        &response,
        422,
        XML,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<errors>\n  <error>User is invalid</error>\n</errors>\n",
    );
    assert_eq!(account.call("GET", USERS, "").body, before);
}

/// Paths and queries that make another address, or no address, where they are put together. The query is the event's own.
#[test]
fn whatever_stands_in_a_path_the_query_is_the_events_own() {
    let account = account();
    people(&account);
    for path in [
        "%23",
        "a%23b",
        "%3F",
        "a%3Fb%3Fc",
        "%20",
        "a%20b",
        "%3C%3E",
        "%5B%5D",
        "%7B%7D",
        "%25",
        "%22",
        "%5C",
        "%0A",
        "%C3%A9",
        "%40",
    ] {
        for (method, status) in [("GET", 404), ("PUT", 404), ("DELETE", 404)] {
            let response = send(account.bare(method, &format!("{USERS}/{path}?api_key={}", account.key)));
            assert_eq!(response.status, status, "{method} {path}: {}", response.body);
        }
        let coded = send(account.bare("GET", &format!("{USERS}/{path}?user[code]=i-2&api_key={}", account.key)));
        assert_eq!((coded.status, &coded.json()["id"]), (200, &json!(2)), "{path}");
        assert_eq!(account.call("GET", &format!("/api/users/{path}"), "").status, 404, "{path}");
        assert_eq!(account.call("GET", &format!("/api/v1/users/{path}"), "").status, 404, "{path}");
    }
    // As events, in which nothing need be encoded.
    let event = |path: &str, query: &str, host: &str, proto: &str| {
        json!({
            "version": "2.0", "routeKey": "$default", "rawPath": path, "rawQueryString": query,
            "headers": {"host": host, "x-forwarded-proto": proto},
            "requestContext": {"http": {"method": "GET", "path": path, "sourceIp": "127.0.0.1"}, "stage": "$default",
                "domainName": host},
            "pathParameters": {"id": path.rsplit('/').next().unwrap()}, "isBase64Encoded": false,
        })
        .to_string()
    };
    let odd =
        ["#", "?", "<", ">", " ", "a b", "\"", "\\", "^", "`", "{}", "|", "\u{0}", "\n", "é", "\u{202e}", "//x", "%"];
    for text in odd {
        let query = format!("api_key={}&user[code]=i-2&x={text}", account.key);
        let seen = bundle().invoke("exceed-get", &event(&format!("{USERS}/{text}"), &query, "x", "https"));
        assert_eq!(seen["statusCode"], 200, "{text:?}: {seen}");
        // What can be no header reaches no function.
        if text.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic()) {
            let seen = bundle().invoke("exceed-get", &event(&format!("{USERS}/2"), &query, text, text));
            assert_eq!(seen["statusCode"], 200, "as a host, {text:?}: {seen}");
        }
    }
}
