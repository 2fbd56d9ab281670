use super::{NOT_FOUND, invalid};
use testkit::account;

const LOOKUPS: [&str; 2] = ["/api/users/find", "/api/users/get-subscriptions"];

#[test]
fn a_user_is_found_by_every_spelling_of_its_address() {
    let account = account();
    let id = account.user(r#"{"email":"A@Bücher.example"}"#);
    for email in ["A@Bücher.example", "  a@bücher.example ", "a@xn--bcher-kva.example"] {
        account
            .call("POST", "/api/users/find", &format!(r#"{{"email":"{email}"}}"#))
            .expect(200, &format!(r#"{{"user_id":{id}}}"#));
    }
}

#[test]
fn an_address_that_no_user_has_is_not_found() {
    let account = account();
    account.user(r#"{"email":"a@example.com"}"#);
    for email in
        [r#""b@example.com""#, r#""foo""#, r#""foo@bar""#, r#""a\u0000@example.com""#, r#""\ud800@example.com""#, "7"]
    {
        for path in LOOKUPS {
            account.call("POST", path, &format!(r#"{{"email":{email}}}"#)).expect(404, NOT_FOUND);
        }
    }
}

#[test]
fn an_address_is_required() {
    let account = account();
    for path in LOOKUPS {
        for body in ["", "{}", r#"{"email":null}"#, r#"{"email":""}"#, r#"{"email":"  "}"#] {
            account.call("POST", path, body).expect(422, &invalid("email", &["The email field is required."]));
        }
        for body in [r#"{"email":["a@example.com"]}"#, r#"{"email":{}}"#, r#"{"email":true}"#] {
            let texts = [
                "The email field must be a valid email address.",
                "The email must have a valid domain with an extension.",
            ];
            account.call("POST", path, body).expect(422, &invalid("email", &texts));
        }
    }
}
