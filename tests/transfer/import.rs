use serde_json::json;

use super::*;

/// Made by Argon2's reference implementation of "password".
const HASH: &str = "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";

#[test]
fn rows_become_users_in_the_order_of_the_file() {
    let account = account();
    account.roster(&["plan", "create", "--name", "Gold", "--slug", "gold", "--sku", "g"]);
    let file = File::new(
        "users.csv",
        "\u{feff}Email,login,First_Name,last_name,role,active,external_id,gender,birthday,country_id,plans,city,custom_a,code\n\
         ada@example.com,,Ada,Lovelace,administrator,,007.50,female,1815-12-10,44,gold,London,\"a\nb\",c-1\n\
         ,tim,Tim,Lee,,no,,,,,,,,\n",
    );
    assert_eq!(import(&account, &file, &[]), (Some(0), vec!["created 1".to_owned(), "created 2".to_owned()]));
    let users = users(&account);
    let ada = json!({
        "id": 1, "email": "ada@example.com", "login": "ada@example.com", "code": "c-1", "first_name": "Ada",
        "last_name": "Lovelace", "role": "administrator", "active": true, "external_id": "7.5", "source": null,
        "phone_number": null, "live_scanner": false, "gender": "female", "birthday": "1815-12-10", "country_id": 44,
        "plans": ["gold"], "city": "London", "custom_a": "a\nb", "locale": "en",
    });
    assert_eq!(users[0], ada);
    assert_eq!(
        (&users[1]["login"], &users[1]["active"], &users[1]["email"]),
        (&json!("tim"), &json!(false), &json!(null))
    );
    // Every dialect sees them, and the list counts them.
    let list = account.call("GET", "/api/v1/users", "").json();
    assert_eq!(list["meta"]["total"], 2);
    // The same file again creates no user twice.
    let (code, verdicts) = import(&account, &file, &[]);
    assert_eq!(code, Some(1));
    assert_eq!(verdicts, ["refused email is taken; login is taken; code is taken", "refused login is taken"]);
}

#[test]
fn errors_of_a_row_are_reported_and_nothing_of_it_is_written() {
    let account = account();
    let file = File::new(
        "users.ndjson",
        &[
            r#"{"login":"a","first_name":"A","last_name":"B","email":"x@y","birthday":"2999-01-01"}"#,
            r#"{"first_name":"A","last_name":"B"}"#,
            r#"{"login":"a"}"#,
            r#"{"login":"a","first_name":"A","last_name":"B","shoe_size":42}"#,
            r#"{"login":"a","first_name":"A","last_name":"B","plans":["none"]}"#,
            r#"{"login":"a","first_name":"A","last_name":"B","password_hash":"$argon2id$v=19$m=65537,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4"}"#,
            r#"{"login":"a","first_name":"A","last_name":"B","password_hash":"md5","password":"x"}"#,
            r#"{"login":{"a":1},"first_name":"A","last_name":"B","role":"king"}"#,
            r#"{"login":"a","first_name":"A","last_name":"B","city":"LONG"}"#.replace("LONG", &"x".repeat(51)).as_str(),
            "nonsense",
            r#"{"login":"a","first_name":"A","last_name":"B"}"#,
            r#"{"login":"A","first_name":"A","last_name":"B"}"#,
        ]
        .join("\n"),
    );
    let (code, verdicts) = import(&account, &file, &[]);
    assert_eq!(code, Some(1));
    let expected = [
        "refused email is not an e-mail address with a dotted domain; birthday is no date YYYY-MM-DD up to today",
        "refused has neither login nor email",
        "refused has no first_name",
        "refused there is no column 'shoe_size'",
        "refused plans names a plan that the account does not have",
        "refused password_hash asks for more than 64 MiB, 10 passes or 4 lanes",
        "refused password_hash is no Argon2 hash",
        "refused login is not a single value; role is neither regular nor administrator",
        "refused city has more than 50 characters",
        "refused is no JSON object",
        "created ",
        "refused login is taken",
    ];
    assert_eq!(verdicts.len(), expected.len(), "{verdicts:?}");
    for (verdict, expected) in verdicts.iter().zip(expected) {
        assert!(verdict.starts_with(expected), "{verdict} is not {expected}");
    }
    assert_eq!(users(&account).len(), 1);
}

#[test]
fn users_sign_in_with_hashes_from_elsewhere_which_are_renewed() {
    let account = account();
    let text = format!(
        "username,email,first_name,last_name,role_id,password_hash,password\n\
         old,old@example.com,A,B,1,\"{HASH}\",\nnew,new@example.com,A,B,1,,secret-password\n"
    );
    assert_eq!(import(&account, &File::new("u.csv", &text), &[]).0, Some(0));
    let hashes = || -> Vec<String> {
        let users = export(&account, &["--with-hashes"]);
        let hash =
            |line: &str| serde_json::from_str::<Value>(line).unwrap()["password_hash"].as_str().unwrap().to_owned();
        users.lines().map(hash).collect()
    };
    let before = hashes();
    assert_eq!(before[0], HASH);
    assert!(before[1].starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
    let login = |name: &str, password: &str| {
        let body = json!({"username": name, "password": password}).to_string();
        let request = account.bare("POST", "/api/login").header("x-account-id", &account.id);
        testkit::send(request.header("content-type", "application/json").body(body)).status
    };
    assert_eq!((login("old", "wrong"), login("new", "secret-password")), (401, 200));
    assert_eq!(hashes(), before, "only a good login renews");
    assert_eq!(login("old", "password"), 200);
    let after = hashes();
    assert!(after[0].starts_with("$argon2id$v=19$m=19456,t=2,p=1$") && after[1] == before[1]);
    assert_eq!(login("old", "password"), 200);
}

#[test]
fn a_dry_run_gives_the_same_verdicts_and_writes_nothing() {
    let account = account();
    account.user(r#"{"email":"here@example.com","first_name":"A"}"#);
    let mut text = String::from("email,login,first_name,last_name,code\n");
    for n in 0..600 {
        text += &format!("user{}@example.com,,A,B,\n", n % 590);
    }
    text += "here@example.com,,A,B,\nfree@example.com,,A,B,i-3\n";
    let file = File::new("u.csv", &text);
    for options in [&["--upsert", "email"][..], &[]] {
        let before = export(&account, &[]);
        let tried = import(&account, &file, &[options, &["--dry-run"]].concat());
        assert_eq!(export(&account, &[]), before);
        assert_eq!(tried.1.len(), 602);
        let done = import(&account, &file, options);
        assert_eq!(tried, done);
    }
}

#[test]
fn a_command_that_cannot_begin_says_what_to_do() {
    let account = account();
    let good = "login,first_name,last_name\na,A,B\n";
    for (text, options, hint) in [
        ("login,shoe\na,b\n", &[][..], "--map 'shoe="),
        ("login,username\na,b\n", &[], "two columns mean login"),
        ("", &[], "no header"),
        (good, &["--map", "x=shoe"], "there is no column 'shoe'"),
        (good, &["--keep-ids"], "no row has an id"),
        ("id,login\n1,a\n1000,b\n", &["--keep-ids"], "more than ten for each"),
        ("id,login\n7,a\n5,b\n", &["--keep-ids"], "in order of their ids"),
    ] {
        let (code, said) = import(&account, &File::new("u.csv", text), options);
        assert!(code == Some(1) && said[0].contains(hint), "{hint}: {said:?}");
    }
    let (code, said) = import_text(&account, good, &["--keep-ids"]);
    assert!(code == Some(1) && said.contains("reads the file twice"), "{said}");
    let output = run(bundle().data(), &["import", "/nowhere", "--account", &account.id]);
    assert!(String::from_utf8(output.stderr).unwrap().contains("/nowhere cannot be read"));
    let output = run(bundle().data(), &["import", "-", "--account", "999999"]);
    assert!(String::from_utf8(output.stderr).unwrap().contains("roster account"));
    assert!(users(&account).is_empty());
}

#[test]
fn codes_that_others_have_by_default_go_to_the_first_in_the_file() {
    let mut text = String::from("login,first_name,last_name,code\n");
    for row in 1..=900 {
        let code = match row {
            400 | 700 => format!("i-{}", row - 30),
            100 => "i-800".to_owned(),
            _ => String::new(),
        };
        text += &format!("u{row},A,B,{code}\n");
    }
    let file = File::new("u.csv", &text);
    for _ in 0..2 {
        let account = account();
        let (_, reported) = import(&account, &file, &[]);
        let refused: Vec<_> =
            reported.iter().enumerate().filter(|(_, reported)| *reported == "refused code is taken").collect();
        assert_eq!(refused.iter().map(|(row, _)| row + 1).collect::<Vec<_>>(), [400, 700]);
        assert_eq!(users(&account).iter().find(|user| user["login"] == "u800").unwrap()["code"], "i-800-2");
    }
}

#[test]
fn the_file_itself_is_no_place_for_the_report() {
    let account = account();
    let file = File::new("u.csv", "login,first_name,last_name\na,A,B\n");
    let link = file.beside("link.csv");
    std::fs::hard_link(&file.path, &link).unwrap();
    for report in [&file.path, &link] {
        let path = file.path.to_str().unwrap();
        let arguments = ["import", path, "--account", &account.id, "--report", report.to_str().unwrap(), "--dry-run"];
        let output = run(bundle().data(), &arguments);
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.code() == Some(1) && said.contains("take the place of the file"), "{said}");
    }
    assert_eq!(std::fs::read_to_string(&file.path).unwrap(), "login,first_name,last_name\na,A,B\n");
}

#[test]
fn columns_are_mapped_and_standard_input_is_read() {
    let account = account();
    let text = "E-Mail,Vorname,Nachname,Schuhgrösse\na@example.com,A,B,42\n";
    let map = [
        "--map",
        "e-mail=email",
        "--map",
        "Vorname=first_name",
        "--map",
        "nachname=last_name",
        "--map",
        "Schuhgrösse=",
    ];
    let (code, said) = import_text(&account, text, &[&map[..], &["--json"]].concat());
    assert_eq!(code, Some(0), "{said}");
    let document: Value = serde_json::from_str(said.lines().next().unwrap()).unwrap();
    assert_eq!(document, json!({"created": 1, "updated": 0, "unchanged": 0, "refused": 0, "dry_run": false}));
    assert_eq!(users(&account)[0]["last_name"], "B");
}
