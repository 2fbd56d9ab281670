use serde_json::json;

use super::*;

#[test]
fn rows_change_the_users_they_find_and_make_the_others() {
    let account = account();
    account.user(r#"{"email":"a@example.com","first_name":"A","external_id":7}"#);
    account.user(r#"{"email":"b@example.com","first_name":"B","external_id":8}"#);
    for (key, text, verdicts) in [
        (
            "email",
            "email,first_name,last_name\nA@example.com,Anna,Member\nc@example.com,C,D\n",
            ["updated 1", "created 3"],
        ),
        (
            "login",
            "login,city,first_name,last_name\na@example.com,Bern,,\nB@example.com,Bern,,\n",
            ["updated 1", "updated 2"],
        ),
        (
            "code",
            "code,city,first_name,last_name\ni-1,Bern,,\nnew,Bern,,\n",
            ["unchanged 1", "refused has neither login nor email"],
        ),
        ("external_id", "external_id,login,first_name,last_name\n8.0,bee,,\n9,nine,N,E\n", ["updated 2", "created 4"]),
        (
            "external_id",
            "external_id,login,code\n9,nine,i-4\n9,nine,other\n",
            ["unchanged 4", "refused code cannot be changed"],
        ),
    ] {
        let (_, reported) = import(&account, &File::new("u.csv", text), &["--upsert", key]);
        assert_eq!(reported, verdicts, "{key}: {text}");
    }
    let users = users(&account);
    assert_eq!((&users[0]["first_name"], &users[0]["city"]), (&json!("Anna"), &json!("Bern")));
    assert_eq!((&users[1]["login"], &users[1]["email"]), (&json!("bee"), &json!("b@example.com")));
    // The address was given in another letter case: that is how it is shown from now on.
    assert_eq!(users[0]["email"], "A@example.com");
}

#[test]
fn an_external_id_of_several_users_finds_none() {
    let account = account();
    for address in ["a@example.com", "b@example.com"] {
        account.user(&json!({"email": address, "external_id": 5}).to_string());
    }
    let file = File::new("u.csv", "external_id,city\n5,Bern\n,Bern\n");
    let (code, reported) = import(&account, &file, &["--upsert", "external_id"]);
    assert_eq!(code, Some(1));
    assert_eq!(
        reported,
        ["refused external_id is that of several users", "refused has no external_id to find its user by"]
    );
}

#[test]
fn rows_count_in_the_order_of_the_file() {
    let account = account();
    // Names change hands within one batch: each row sees what those before it left.
    let text = [
        r#"{"code":"x","login":"one","first_name":"A","last_name":"B"}"#,
        r#"{"code":"y","login":"two","first_name":"A","last_name":"B"}"#,
        r#"{"code":"y","login":"one"}"#,
        r#"{"code":"x","login":"three"}"#,
        r#"{"code":"y","login":"one"}"#,
        r#"{"code":"z","login":"two","first_name":"A","last_name":"B"}"#,
        r#"{"code":"x","first_name":"C"}"#,
        r#"{"code":"x","first_name":"D"}"#,
    ];
    let (_, reported) = import(&account, &File::new("u.ndjson", &text.join("\n")), &["--upsert", "code"]);
    let verdicts: Vec<_> =
        reported.iter().map(|verdict| verdict.trim_end_matches(|c: char| c.is_ascii_digit())).collect();
    let expected =
        ["created ", "created ", "refused login is taken", "updated ", "updated ", "created ", "updated ", "updated "];
    assert_eq!(verdicts, expected, "{reported:?}");
    let users = users(&account);
    let logins: Vec<_> = users.iter().map(|user| user["login"].as_str().unwrap()).collect();
    assert_eq!((logins, &users[0]["first_name"]), (vec!["three", "one", "two"], &json!("D")));
}

#[test]
fn null_clears_and_an_empty_cell_leaves() {
    let account = account();
    account.user(r#"{"email":"a@example.com","first_name":"A","phone_number":"1","external_id":7}"#);
    let csv = File::new("u.csv", "login,phone_number,external_id,locale\na@example.com,,,\n");
    assert_eq!(import(&account, &csv, &["--upsert", "login"]).1, ["unchanged 1"]);
    let json =
        File::new("u.ndjson", r#"{"login":"a@example.com","phone_number":null,"external_id":null,"locale":null}"#);
    assert_eq!(import(&account, &json, &["--upsert", "login"]).1, ["updated 1"]);
    let user = users(&account).remove(0);
    assert_eq!(
        (&user["phone_number"], &user["external_id"], &user["locale"]),
        (&json!(null), &json!(null), &json!(null))
    );
    // What is there already is written no second time.
    assert_eq!(import(&account, &json, &["--upsert", "login"]).1, ["unchanged 1"]);
}

#[test]
fn plans_and_passwords_are_set() {
    let account = account();
    for slug in ["gold", "one, two"] {
        account.roster(&["plan", "create", "--name", "P", "--slug", slug, "--sku", "s"]);
    }
    account.user(r#"{"email":"a@example.com","first_name":"A"}"#);
    let rows = [
        r#"{"login":"a@example.com","plans":["one, two","gold"],"password":"new-password","role":"administrator"}"#,
        r#"{"login":"a@example.com","plans":["gold"]}"#,
    ];
    let file = File::new("u.ndjson", &rows.join("\n"));
    assert_eq!(import(&account, &file, &["--upsert", "login"]).1, ["updated 1", "updated 1"]);
    assert_eq!(users(&account)[0]["plans"], json!(["gold"]));
    let body = r#"{"username":"a@example.com","password":"new-password"}"#;
    let request = account.bare("POST", "/api/login").header("x-account-id", &account.id);
    assert_eq!(testkit::send(request.header("content-type", "application/json").body(body)).status, 200);
}
