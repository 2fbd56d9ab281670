use super::{JSON, UNAUTHORIZED, USERS, XML, created, expect, new_user};
use testkit::{self, account};

#[test]
fn the_key_stands_in_query_body_or_header() {
    let account = account();
    created(&account, &new_user("one"));
    let key = &account.key;
    let get = |query: &str| account.bare("GET", &format!("{USERS}/1{query}"));
    let json = |body: String| get("").header("content-type", "application/json").body(body);
    let form = |body: String| get("").header("content-type", "application/x-www-form-urlencoded").body(body);
    let xml = |body: String| get("").header("content-type", "application/xml").body(body);
    for request in [
        get(&format!("?api_key={key}")),
        get(&format!("?api_key=x&api_key=%20{key}%20")),
        json(format!(r#"{{"api_key":"{key}"}}"#)),
        json(format!(r#"{{"api_key":"{key}","user":{{"code":"i-1"}}}}"#)),
        form(format!("api_key={key}")),
        xml(format!("<user><api_key>{key}</api_key></user>")),
        xml(format!("<request><api-key>{key}</api-key><user><code>i-1</code></user></request>")),
        get("").bearer_auth(key),
        get("?api_key=").header("authorization", format!("bEARER {key}")),
        json(r#"{"api_key":""}"#.to_owned()).bearer_auth(key),
    ] {
        let response = testkit::send(request.header("accept", "application/json"));
        assert_eq!((response.status, &response.json()["id"]), (200, &1.into()), "{}", response.body);
    }
}

#[test]
fn whatever_is_no_good_key_is_401() {
    let account = account();
    created(&account, &new_user("one"));
    let key = &account.key;
    let get = |query: &str| account.bare("GET", &format!("{USERS}/1{query}"));
    let revoked = account.new_key(&["--scope", "exceed"]);
    account.roster(&["key", "revoke", revoked.split('_').nth(2).unwrap()]);
    for request in [
        get(""),
        get("?api_key=123456"),
        get(&format!("?API_KEY={key}")),
        // What stands in the path is no query.
        get(&format!("%3Fapi_key={key}")),
        get(&format!("?api_key={revoked}")),
        // The first that is there counts, good or not.
        get("?api_key=x").bearer_auth(key),
        get("").header("content-type", "application/json").body(r#"{"api_key":"x"}"#).bearer_auth(key),
        get("").header("content-type", "application/json").body(format!(r#"{{"user":{{"api_key":"{key}"}}}}"#)),
        get("").header("content-type", "application/json").body(format!(r#"{{"api_key":["{key}"]}}"#)),
        // What cannot be read holds no key.
        get("").header("content-type", "application/json").body(format!(r#"{{"api_key":"{key}""#)),
        get(&format!("?api_key={}", account.new_key(&["--scope", "member,admin"]))),
    ] {
        expect(&testkit::send(request), 401, JSON, UNAUTHORIZED);
    }
    let text = "Invalid Request: API Key has not been setup or does not match";
    let body = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<errors>\n  <error>{text}</error>\n</errors>\n");
    expect(&testkit::send(account.bare("GET", "/api/v2/users.xml")), 401, XML, &body);
}

#[test]
fn a_read_only_key_looks_and_writes_nothing() {
    let account = account();
    created(&account, &new_user("one"));
    let key = account.new_key(&["--scope", "exceed", "--read-only"]);
    let send = |method: &str, path: &str| {
        let body = new_user("two").to_string();
        testkit::send(
            account
                .bare(method, &format!("{USERS}{path}"))
                .bearer_auth(&key)
                .header("content-type", "application/json")
                .body(body),
        )
    };
    for (path, status) in [("", 200), ("/1", 200), ("/deletions", 200), ("/9", 404)] {
        assert_eq!(
            testkit::send(account.bare("GET", &format!("{USERS}{path}")).bearer_auth(&key)).status,
            status,
            "{path}"
        );
    }
    for (method, path) in
        [("POST", ""), ("PUT", "/1"), ("PATCH", "/1"), ("PUT", ""), ("DELETE", "/1"), ("DELETE", "/9")]
    {
        expect(&send(method, path), 401, JSON, UNAUTHORIZED);
    }
}

#[test]
fn checks_come_in_their_order() {
    let account = account();
    created(&account, &new_user("one"));
    let large = "x".repeat(256 * 1024 + 1);
    let put = |path: &str, body: &str| {
        account.bare("PUT", &format!("{USERS}{path}")).header("content-type", "application/json").body(body.to_owned())
    };
    let error = |text: &str| format!(r#"{{"error":"{text}"}}"#);
    let not_json = error("The request body is not valid JSON.");
    expect(&testkit::send(put("/1", &large)), 413, JSON, &error("The request body is larger than 256 KiB."));
    expect(&testkit::send(put("/1", "{")), 401, JSON, UNAUTHORIZED);
    expect(
        &testkit::send(put("/9", "{").bearer_auth(&account.key)),
        404,
        JSON,
        &error("Couldn't find User with 'id'=9"),
    );
    expect(&testkit::send(put("/1", "{").bearer_auth(&account.key)), 400, JSON, &not_json);
    expect(&testkit::send(put("", "{").bearer_auth(&account.key)), 400, JSON, &not_json);
    expect(
        &testkit::send(put("/1", "[]").bearer_auth(&account.key)),
        400,
        JSON,
        &error("The request body must be a JSON object."),
    );
    let text = "The content type must be application/json, application/xml or application/x-www-form-urlencoded.";
    let plain = account.bare("POST", USERS).bearer_auth(&account.key).header("content-type", "text/plain").body("x");
    expect(&testkit::send(plain), 400, JSON, &error(text));
    for (method, path) in [("GET", "/1"), ("DELETE", "/1"), ("GET", ""), ("GET", "/deletions"), ("POST", "")] {
        let request = account
            .bare(method, &format!("{USERS}{path}"))
            .bearer_auth(&account.key)
            .header("content-type", "application/json");
        expect(&testkit::send(request.body("{")), 400, JSON, &not_json);
    }
    assert_eq!(account.call("GET", "/api/v2/users/1", "").status, 200, "nothing was deleted");
}

#[test]
fn other_accounts_see_and_change_nothing() {
    let (account, other) = (account(), account());
    created(
        &account,
        &serde_json::json!({"first_name": "a", "last_name": "b", "login": "l", "code": "secret", "email": "x@example.com", "city": "Bern"}),
    );
    for path in ["/1", "/1?user[code]=secret"] {
        assert_eq!(other.call("GET", &format!("{USERS}{path}"), "").status, 404);
    }
    for query in [
        "",
        "?user[id]=1",
        "?user[code]=secret",
        "?user[login]=l",
        "?user[email]=x@example.com",
        "?user[city]=Bern",
        "?user[updated_on]=2020-01-01,",
    ] {
        assert_eq!(other.call("GET", &format!("{USERS}{query}"), "").body, "[]", "{query}");
    }
    for (method, path) in [("PUT", "/1"), ("DELETE", "/1"), ("PUT", "?user[code]=secret")] {
        assert_eq!(other.call(method, &format!("{USERS}{path}"), r#"{"city":"Basel"}"#).status, 404, "{method} {path}");
    }
    account.call("DELETE", "/api/v2/users/1", "");
    assert_eq!(other.call("GET", "/api/v2/users/deletions", "").body, "[]");
}
