use serde_json::json;

use super::{NOT_FOUND, UNAUTHENTICATED, USERS, administrator, created, new_user};
use testkit::{account, send};

#[test]
fn a_user_is_shown_under_data_with_exactly_ten_keys() {
    let account = account();
    let id = created(&account, &new_user("grace"));
    let body = concat!(
        r#"{"data":{"user_id":1,"username":"grace","first_name":"Grace","last_name":"Hopper","email":"grace@example.com","#,
        r#""gender":"female","birthday":"1906-12-09","country_id":null,"user_status":"active","role_id":2}}"#
    );
    account.call("GET", &format!("{USERS}/{id}"), "").expect(200, body);
}

#[test]
fn users_of_other_dialects_are_shown_with_nulls() {
    let account = account();
    account.user(r#"{"email":"m@example.com","source":"sis"}"#);
    let exceed = r#"{"first_name":"T","last_name":"L","login":"TIM"}"#;
    assert_eq!(account.call("POST", "/api/v2/users", exceed).status, 201);
    let shown = |id: u64| account.call("GET", &format!("{USERS}/{id}"), "").json()["data"].clone();
    let common = |id: u64, username: &str, email: serde_json::Value, first: &str, last: &str| {
        json!({"user_id": id, "username": username, "first_name": first, "last_name": last, "email": email,
            "gender": null, "birthday": null, "country_id": null, "user_status": "active", "role_id": 2})
    };
    assert_eq!(shown(1), common(1, "m@example.com", json!("m@example.com"), "Student", "Member"));
    assert_eq!(shown(2), common(2, "TIM", json!(null), "T", "L"), "a username is shown as it was typed");
}

#[test]
fn administrators_are_shown_to_administrators() {
    let account = account();
    let id = administrator(&account, "root");
    assert_eq!(account.call("GET", &format!("{USERS}/{id}"), "").json()["data"]["role_id"], 1);
}

#[test]
fn what_is_no_id_of_a_user_is_not_found() {
    let account = account();
    created(&account, &new_user("grace"));
    for id in ["2", "0", "01", "+1", "-1", "1.0", "1e0", "x", "%31%20", "18446744073709551616", "\u{661}"] {
        account.call("GET", &format!("{USERS}/{id}"), "").expect(404, NOT_FOUND);
    }
    // The key comes first.
    send(account.bare("GET", &format!("{USERS}/x"))).expect(401, UNAUTHENTICATED);
}
