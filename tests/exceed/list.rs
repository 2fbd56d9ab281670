use serde_json::{Value, json};

use super::{JSON, USERS, XML, created, expect, expect_done, filter, ids, new_user, user};
use testkit::{Account, Server, account, bundle, raw_tables};

/// Users who differ in everything.
fn people(account: &Account) {
    account.user(r#"{"email":"Ada@Example.com","first_name":"Ada","last_name":"Lovelace"}"#);
    let admin = json!({"username": "Grace", "email": "grace@bücher.example", "password": "a good password", "password_confirmation": "a good password",
        "first_name": "Grace", "last_name": "Hopper", "gender": "female", "birthday": "1906-12-09", "role_id": 1});
    assert_eq!(account.call("POST", "/api/v1/users", &admin.to_string()).status, 201);
    let mut full = json!({"first_name": "Tim", "last_name": "Berners-Lee", "login": "TIM", "email": "tim@example.com", "code": "C-3", "hired_on": "2020-02-29",
        "position_id": 7, "position_name": "Director", "address_one": "1 High St\nFlat 2", "address_two": "x", "country": "CH", "city": "Genève",
        "state": "GE", "zip": "1211", "is_active": false, "is_pass_reset_required": true, "manager_id": -5, "phone_fax": "1", "phone_home": "2",
        "phone_mobile": "3", "phone_work": "4", "facebook_id": "f", "locale": "fr", "tzid": "Europe/Zurich", "external_avatar_url": "https://x.example",
        "registration_id": "r", "integration_id": i64::MAX});
    for letter in 'a'..='u' {
        full[format!("custom_{letter}")] = json!(format!("{letter} & <😀>"));
    }
    created(account, &full);
    let mut empty = json!({"first_name": "Tim", "last_name": "Lee", "login": "lee", "locale": null});
    for name in ["address_one", "city", "zip", "custom_a", "custom_u", "phone_work", "tzid"] {
        empty[name] = json!("");
    }
    created(account, &empty);
    created(account, &new_user("plain"));
}

#[test]
fn every_attribute_can_be_filtered_by_the_value_it_shows() {
    let account = account();
    people(&account);
    let list = account.call("GET", USERS, "").json();
    let users = list.as_array().unwrap();
    assert_eq!(users.len(), 5);
    let mut tried = 0;
    for name in users[0].as_object().unwrap().keys() {
        let mut values: Vec<&Value> = users.iter().map(|user| &user[name]).collect();
        let nothing = json!("no such value");
        values.push(&nothing);
        for value in values {
            let text = match value {
                Value::Null => String::new(),
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            let blank = |value: &Value| value.is_null() || value == "";
            let expected: Vec<u64> = users
                .iter()
                .filter(|user| if text.is_empty() { blank(&user[name]) } else { user[name] == *value })
                .map(|user| user["id"].as_u64().unwrap())
                .collect();
            // For a flag, any text that is not a no is a yes.
            if *value == nothing && users[0][name].is_boolean() {
                continue;
            }
            assert_eq!(ids(&account, &filter(name, &text)), expected, "{name} = {text:?}");
            let body = json!({"fields": "id", "user": { name: value }}).to_string();
            let found = account.call("GET", USERS, &body).json();
            assert_eq!(found.as_array().unwrap().len(), expected.len(), "{name} = {text:?} in a body");
            tried += 1;
        }
    }
    assert!(tried > 300, "{tried}");
}

#[test]
fn addresses_and_logins_compare_as_they_do_and_codes_exactly() {
    let account = account();
    people(&account);
    for (attribute, value, expected) in [
        ("email", "ADA@EXAMPLE.COM", vec![1]),
        ("email", " grace@xn--bcher-kva.example ", vec![2]),
        ("email", "ada", vec![]),
        ("login", "tim", vec![3]),
        ("login", "GRACE", vec![2]),
        ("code", "c-3", vec![]),
        ("code", "C-3", vec![3]),
        ("code", "i-5", vec![5]),
        ("code", "i-3", vec![]),
        ("code", "", vec![]),
        ("login", "", vec![]),
        ("email", "", vec![4, 5]),
        ("id", "03", vec![3]),
        ("id", "3.0", vec![]),
        ("id", "", vec![]),
        ("id", "99999999999999999999", vec![]),
        ("id", "1,3", vec![]),
        ("city", "genève", vec![]),
        ("is_active", "OFF", vec![3]),
        ("is_active", "", vec![]),
        ("is_pass_reset_required", "0", vec![1, 2, 4, 5]),
        ("google_auth", "", vec![1, 2, 3, 4, 5]),
        ("google_auth", "false", vec![]),
        ("manager_id", "-5", vec![3]),
        ("manager_id", "five", vec![]),
        ("manager_id", "99999999999999999999", vec![]),
        ("authority", "admin", vec![]),
        ("address_one", "1 High St\r\nFlat 2", vec![3]),
        ("login", &"x".repeat(3000), vec![]),
        ("code", &"x".repeat(3000), vec![]),
        ("email", "a\u{7}@b.example", vec![]),
    ] {
        assert_eq!(ids(&account, &filter(attribute, value)), expected, "{attribute} = {value}");
    }
    assert_eq!(ids(&account, "user[first_name]=%ff"), Vec::<u64>::new());
    assert_eq!(ids(&account, "user[unknown]=x&user[remember_me_token]=y"), [1, 2, 3, 4, 5]);
    assert_eq!(account.call("GET", USERS, r#"{"user":{"first_name":{"is":"Tim"}}}"#).body, "[]");
}

#[test]
fn all_conditions_must_hold() {
    let account = account();
    people(&account);
    let all = |filters: &[(&str, &str)]| {
        let query: Vec<_> = filters.iter().map(|(name, value)| filter(name, value)).collect();
        ids(&account, &query.join("&"))
    };
    assert_eq!(all(&[("first_name", "Tim"), ("city", "")]), [4, 5]);
    assert_eq!(all(&[("first_name", "Tim"), ("is_active", "true"), ("custom_a", "")]), [4, 5]);
    assert_eq!(all(&[("id", "3"), ("first_name", "Ada")]), Vec::<u64>::new());
    assert_eq!(
        all(&[("id", "3"), ("code", "C-3"), ("login", "tim"), ("email", "tim@example.com"), ("city", "Genève")]),
        [3]
    );
    assert_eq!(all(&[("email", "tim@example.com"), ("login", "lee")]), Vec::<u64>::new());
    assert_eq!(all(&[("updated_on", "2020-01-01,"), ("is_active", "no")]), [3]);
    assert_eq!(all(&[("updated_on", "2020-01-01,"), ("login", "lee")]), [4]);
    assert_eq!(all(&[("provider", "x"), ("id", "3")]), Vec::<u64>::new());
}

#[test]
fn dates_are_ranges_with_open_ends() {
    let account = account();
    for (login, date) in [("a", "2020-01-01"), ("b", "2020-01-31"), ("c", "2020-02-01"), ("d", "")] {
        created(&account, &json!({"first_name": "a", "last_name": "b", "login": login, "hired_on": date}));
    }
    for (range, expected) in [
        ("2020-01-31", vec![2]),
        ("2020-01-01,2020-01-31", vec![1, 2]),
        ("2020-01-31,", vec![2, 3]),
        (",2020-01-31", vec![1, 2]),
        (",", vec![1, 2, 3]),
        ("", vec![4]),
        ("2020-02-01,2020-01-01", vec![]),
        ("2020-01-31 23:59:59", vec![2]),
        (" 2020-01-01 , 2020-01-01T00:00:00Z ", vec![1]),
        ("2020-02-30", vec![]),
        ("soon,", vec![]),
        ("2020-01-01,2020-01-02,2020-01-03", vec![]),
        ("1,", vec![]),
    ] {
        assert_eq!(ids(&account, &filter("hired_on", range)), expected, "{range}");
    }
}

#[test]
fn moments_are_read_on_the_account_s_clocks() {
    let server = Server::start_alone();
    let account = Account::create(&server.url, server.data(), &["--time-zone", "America/New_York"]);
    // Around the two changes of 2024, and the ends of a day.
    let moments = [
        "2024-03-10T04:59:59.999999Z",
        "2024-03-10T05:00:00.000000Z",
        "2024-03-10T06:30:00.500000Z",
        "2024-03-10T07:30:00.000000Z",
        "2024-03-11T03:59:59.999999Z",
        "2024-03-11T04:00:00.000000Z",
        "2024-11-03T05:30:00.000000Z",
        "2024-11-03T06:30:00.000000Z",
        "2024-11-04T04:59:59.000000Z",
        "2024-11-04T05:00:00.000000Z",
    ];
    for (id, moment) in (1..).zip(moments) {
        created(&account, &new_user(&format!("u{id}")));
        for attribute in ["created_on", "updated_on"] {
            raw_tables::set(&server.dynamodb, &account.id, id, attribute, moment);
        }
    }
    for attribute in ["created_on", "updated_on"] {
        for (range, expected) in [
            ("2024-03-10", vec![2, 3, 4, 5]),
            ("2024-03-09", vec![1]),
            ("2024-03-10,2024-03-11", vec![2, 3, 4, 5, 6]),
            // A time that those clocks never showed, and one that they showed twice.
            ("2024-03-10 02:30:00", vec![3]),
            ("2024-03-10 03:30:00", vec![4]),
            ("2024-11-03 01:30:00", vec![7]),
            ("2024-11-03", vec![7, 8, 9]),
            ("2024-11-03T01:30:00-05:00", vec![8]),
            ("2024-11-03 01:30:00,2024-11-03 23:59:59", vec![7, 8, 9]),
            (",2024-03-10", vec![1, 2, 3, 4, 5]),
            ("2024-11-04,", vec![10]),
            (",", (1..=10).collect()),
            ("2024-03-10T06:30:00Z", vec![3]),
            ("2024-03-10T06:30:00.9+00:00", vec![3]),
            ("", vec![]),
            ("2024-03", vec![]),
            ("2024-11-04,2024-11-03", vec![]),
            ("2024-11-03T06:30:01Z,2024-11-03T06:30:00Z", vec![]),
            ("9999-12-31,", vec![]),
        ] {
            assert_eq!(ids(&account, &filter(attribute, range)), expected, "{attribute} {range}");
        }
    }
    assert_eq!(user(&account, 3)["created_on"], "2024-03-10T06:30:00+00:00");
}

#[test]
fn changes_are_found_by_their_time_whatever_door_they_came_through() {
    let account = account();
    people(&account);
    let before = "2024-05-06T07:08:09+00:00";
    for id in 1..=5 {
        raw_tables::set(bundle().dynamodb(), &account.id, id, "updated_on", "2024-05-06T07:08:09.000000Z");
    }
    assert_eq!(ids(&account, &filter("updated_on", "2024-05-06,")), [1, 2, 3, 4, 5]);
    account.call("PUT", "/api/users/1", r#"{"source":"x"}"#);
    expect_done(&account.call("PUT", &format!("{USERS}/4"), r#"{"city":"Bern"}"#));
    account.call("DELETE", "/api/v1/users/5", "");
    let since = |id: u64| user(&account, id)["updated_on"].as_str().unwrap().to_owned();
    assert_eq!(ids(&account, &filter("updated_on", &format!("{},", since(1)))), [1, 4]);
    assert_eq!(ids(&account, &filter("updated_on", &format!(",{before}"))), [2, 3]);
}

#[test]
fn a_list_is_a_bare_array_in_order_of_ids() {
    let account = account();
    let list = |path: &str| account.call("GET", &format!("{USERS}{path}"), "");
    expect(&list(""), 200, JSON, "[]");
    expect(&list(".xml"), 200, XML, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<users type=\"array\"/>\n");
    people(&account);
    account.call("DELETE", "/api/v1/users/2", "");
    assert_eq!(ids(&account, ""), [1, 3, 4, 5]);
    for page in ["1", "0", "x", "", "-1", "1.5", "9007199254740993"] {
        assert_eq!(ids(&account, &format!("page={page}")), [1, 3, 4, 5], "{page}");
    }
    for page in ["2", "9007199254740992"] {
        assert_eq!(ids(&account, &format!("page={page}")), Vec::<u64>::new(), "{page}");
        assert_eq!(ids(&account, &format!("page={page}&user[first_name]=Tim")), Vec::<u64>::new(), "{page}");
        assert_eq!(ids(&account, &format!("page={page}&user[id]=1")), Vec::<u64>::new(), "{page}");
    }
    assert_eq!(list("").json()[0], user(&account, 1));
}
