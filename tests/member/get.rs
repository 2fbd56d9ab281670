use super::NOT_FOUND;
use testkit::{account, send};

#[test]
fn the_object_has_exactly_these_keys_in_order() {
    let account = account();
    account.user(r#"{"email":"a@example.com"}"#);
    let response = account.call("GET", "/api/users/1", "");
    response.expect_headers();
    let keys: Vec<_> = response
        .body
        .split('"')
        .skip(1)
        .step_by(2)
        .filter(|word| word.starts_with(|c: char| c.is_ascii_lowercase()))
        .collect();
    for key in [
        "id",
        "user_id",
        "email",
        "first_name",
        "last_name",
        "external_id",
        "source",
        "phone_number",
        "live_scanner",
        "role",
        "created_at",
        "updated_at",
    ] {
        assert!(keys.contains(&key), "{key}");
    }
    assert_eq!(response.json().as_object().unwrap().len(), 12);
}

#[test]
fn an_absent_user_is_not_found() {
    let account = account();
    account.call("GET", "/api/users/1", "").expect(404, NOT_FOUND);
    account.call("GET", "/api/users/find", "").expect(404, NOT_FOUND);
}

#[test]
fn what_the_gateway_does_not_route_has_its_own_404() {
    let account = account();
    for (method, path) in [
        ("GET", "/api"),
        ("POST", "/api/users/1"),
        ("PUT", "/api/users"),
        ("DELETE", "/api/users"),
        ("GET", "/api/users/"),
        ("GET", "/api/users/1/"),
        ("GET", "/api/users/1/2"),
        ("HEAD", "/api/users/1"),
        ("OPTIONS", "/api/users"),
        ("GET", "/api/Users/1"),
    ] {
        let response = send(account.bare(method, path).bearer_auth(&account.key));
        assert_eq!(response.status, 404, "{method} {path}");
        if method != "HEAD" {
            assert_eq!(response.body, r#"{"message":"Not Found"}"#, "{method} {path}");
        }
        assert_eq!(response.header("x-request-id"), None);
    }
}
