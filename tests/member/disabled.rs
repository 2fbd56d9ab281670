use testkit::account;

const DISABLED: &str = r#"{"error":"Not found"}"#;

#[test]
fn listing_and_deleting_are_switched_off() {
    let account = account();
    account.user(r#"{"email":"a@example.com"}"#);
    account.call("GET", "/api/users", "").expect(404, DISABLED);
    account.call("GET", "/api/users?page=2", "").expect(404, DISABLED);
    for id in ["1", "2", "abc"] {
        account.call("DELETE", &format!("/api/users/{id}"), "").expect(404, DISABLED);
    }
    assert_eq!(account.call("GET", "/api/users/1", "").status, 200);
}
