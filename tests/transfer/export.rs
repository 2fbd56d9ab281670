use super::*;

/// A directory of users of every kind, with gaps among its ids.
fn mixed() -> Account {
    let account = account();
    account.roster(&["plan", "create", "--name", "P", "--slug", "a, b", "--sku", "s"]);
    account.user(r#"{"email":"first@example.com","first_name":"É\"x\"","external_id":1e40,"phone_number":"+1 2","live_scanner":true}"#);
    account.user(r#"{"email":"gone@example.com"}"#);
    let admin = r#"{"username":"root","email":"root@example.com","password":"12345678","password_confirmation":"12345678","first_name":"R","last_name":"T","gender":"male","birthday":"1990-01-01","role_id":1,"country_id":9}"#;
    assert_eq!(account.call("POST", "/api/v1/users", admin).status, 201);
    let tim = r#"{"user":{"first_name":"Tim","last_name":"Lee","login":"TIM","code":"c-1","city":"","custom_a":"a\n\"b\",c","manager_id":-7,"is_active":false,"hired_on":"2020-02-29","locale":null}}"#;
    assert_eq!(account.call("POST", "/api/v2/users", tim).status, 201);
    assert_eq!(account.call("DELETE", "/api/v1/users/2", "").status, 200);
    account.roster(&["subscription", "add", "--email", "first@example.com", "--plan", "a, b"]);
    account
}

#[test]
fn what_was_exported_is_imported_as_the_same_directory() {
    let account = mixed();
    for format in ["ndjson", "csv"] {
        let text = export(&account, &["--with-hashes", "--format", format]);
        let file = File::new("users", &text);
        let copy = testkit::account();
        copy.roster(&["plan", "create", "--name", "P", "--slug", "a, b", "--sku", "s"]);
        let (code, reported) = import(&copy, &file, &["--keep-ids"]);
        assert_eq!(
            (code, reported),
            (Some(0), vec!["created 1".into(), "created 3".into(), "created 4".into()]),
            "{format}"
        );
        assert_eq!(export(&copy, &["--with-hashes", "--format", format]), text);
        // Ids go on above those that were kept, and lists know who is there.
        assert_eq!(copy.user(r#"{"email":"new@example.com"}"#), 5);
        let list = copy.call("GET", "/api/v1/users?per_page=2&page=2", "").json();
        let ids: Vec<_> =
            list["data"].as_array().unwrap().iter().map(|user| user["user_id"].as_u64().unwrap()).collect();
        assert_eq!((ids, &list["meta"]["total"]), (vec![4, 5], &4.into()));
        let verified = copy.roster(&["verify"]);
        assert!(verified.ends_with("all agree"), "{verified}");
        // A second time there is no place for them.
        let (code, reported) = import(&copy, &file, &["--keep-ids"]);
        assert!(code == Some(1) && reported[0].contains("ids can only be kept in a new account"), "{reported:?}");
    }
    // Without their ids they are the same users all the same.
    let copy = testkit::account();
    copy.roster(&["plan", "create", "--name", "P", "--slug", "a, b", "--sku", "s"]);
    let (code, reported) = import(&copy, &File::new("users", &export(&account, &[])), &[]);
    assert_eq!((code, reported.len()), (Some(0), 3));
    let mut expected = users(&account);
    for (place, user) in expected.iter_mut().enumerate() {
        user["id"] = (place + 1).into();
    }
    assert_eq!(users(&copy), expected);
}

#[test]
fn ids_that_begin_high_cost_no_list_anything() {
    let account = account();
    let rows: Vec<_> = (0..40)
        .map(|n| format!(r#"{{"id":{},"login":"u{n}","first_name":"A","last_name":"B"}}"#, 9_000_000_000_u64 + n * 3))
        .collect();
    let (code, reported) = import(&account, &File::new("u.ndjson", &rows.join("\n")), &["--keep-ids"]);
    assert_eq!((code, reported.len(), reported[0].as_str()), (Some(0), 40, "created 9000000000"));
    let list = account.call("GET", "/api/v1/users?per_page=15&page=3", "").json();
    let ids: Vec<_> = list["data"].as_array().unwrap().iter().map(|user| user["user_id"].as_u64().unwrap()).collect();
    assert_eq!((ids, &list["meta"]["total"]), ((30..40).map(|n| 9_000_000_000 + n * 3).collect(), &40.into()));
    assert_eq!(users(&account).len(), 40);
    assert_eq!(account.user(r#"{"email":"new@example.com"}"#), 9_000_000_118);
    assert!(account.roster(&["verify"]).ends_with("all agree"));
}

#[test]
fn hashes_are_exported_only_on_request() {
    let account = mixed();
    for format in ["csv", "ndjson"] {
        let text = export(&account, &["--format", format]);
        assert!(!text.contains("argon2") && !text.contains("password"), "{text}");
    }
    assert!(export(&account, &["--with-hashes"]).contains("$argon2id$"));
    let empty = testkit::account();
    assert_eq!(export(&empty, &[]), "");
    assert!(export(&empty, &["--format", "csv"]).starts_with("id,email,login,"));
}
