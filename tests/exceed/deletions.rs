use serde_json::json;

use super::{JSON, USERS, XML, created, expect, new_user};
use testkit::{Account, Server, account, raw_tables};

const DELETIONS: &str = "/api/v2/users/deletions";

fn deleted(account: &Account, query: &str) -> Vec<u64> {
    let list = account.call("GET", &format!("{DELETIONS}?{query}"), "").json();
    list.as_array().unwrap().iter().map(|deletion| deletion["id"].as_u64().unwrap()).collect()
}

#[test]
fn users_deleted_through_any_door_appear_in_order_of_ids() {
    let account = account();
    expect(&account.call("GET", DELETIONS, ""), 200, JSON, "[]");
    created(&account, &json!({"first_name": "a", "last_name": "b", "login": "l", "code": "<x>"}));
    account.user(r#"{"email":"a@example.com"}"#);
    created(&account, &new_user("three"));
    account.call("DELETE", "/api/v1/users/2", "");
    account.call("DELETE", &format!("{USERS}/1"), "");
    let response = account.call("GET", DELETIONS, "");
    let moments: Vec<String> =
        response.json().as_array().unwrap().iter().map(|d| d["deleted_at"].as_str().unwrap().to_owned()).collect();
    let id = &account.id;
    let body = format!(
        r#"[{{"id":1,"account_id":{id},"code":"<x>","deleted_at":"{}"}},{{"id":2,"account_id":{id},"code":"i-2","deleted_at":"{}"}}]"#,
        moments[0], moments[1]
    );
    expect(&response, 200, JSON, &body);
    assert!(moments[0].ends_with("+00:00") && moments[0].len() == 29, "{}", moments[0]);
    let element = |id: u64, code: &str, moment: &str| {
        format!(
            "  <user>\n    <id type=\"integer\">{id}</id>\n    <account-id type=\"integer\">{}</account-id>\n    <code>{code}</code>\n    <deleted-at type=\"datetime\">{moment}</deleted-at>\n  </user>\n",
            account.id
        )
    };
    let xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<users type=\"array\">\n{}{}</users>\n",
        element(1, "&lt;x&gt;", &moments[0]),
        element(2, "i-2", &moments[1])
    );
    expect(&account.call("GET", &format!("{DELETIONS}.xml"), ""), 200, XML, &xml);
    assert_eq!(deleted(&account, "page=2"), Vec::<u64>::new());
    for path in [".json", "/", ".json/"] {
        assert_eq!(account.call("GET", &format!("{DELETIONS}{path}"), "").body, response.body, "{path}");
    }
}

#[test]
fn they_are_kept_from_the_start_of_a_day_in_the_account_s_zone() {
    let server = Server::start_alone();
    let account = Account::create(&server.url, server.data(), &["--time-zone", "America/New_York"]);
    let moments = ["2019-05-07T03:59:59.999000Z", "2019-05-07T04:00:00.000000Z", "2019-12-07T15:54:45.669123Z"];
    for (id, moment) in (1..).zip(moments) {
        created(&account, &new_user(&format!("u{id}")));
        account.call("DELETE", &format!("{USERS}/{id}"), "");
        raw_tables::set_deleted_at(&server.dynamodb, &account.id, id, moment);
    }
    let list = account.call("GET", DELETIONS, "").json();
    assert_eq!(list[1]["deleted_at"], "2019-05-07T00:00:00.000-04:00");
    assert_eq!(list[2]["deleted_at"], "2019-12-07T10:54:45.669-05:00");
    assert_eq!(deleted(&account, "deleted_at=2019-05-07"), [2, 3]);
    assert_eq!(deleted(&account, "deleted_at=2019-05-06"), [1, 2, 3]);
    assert_eq!(deleted(&account, "deleted_at=2019-12-08"), Vec::<u64>::new());
    assert_eq!(deleted(&account, "deleted_at="), [1, 2, 3]);
    for no_date in ["x", "2019-02-30", "2019-05-07%2000:00:00", "2019-05-07,"] {
        assert_eq!(deleted(&account, &format!("deleted_at={no_date}")), Vec::<u64>::new(), "{no_date}");
    }
    let body = account.call("GET", DELETIONS, r#"{"deleted_at":"2019-05-07"}"#).json();
    assert_eq!(body.as_array().unwrap().len(), 2);
}

#[test]
fn a_thousand_stand_on_a_page() {
    let server = Server::start_alone();
    let account = Account::create(&server.url, server.data(), &[]);
    created(&account, &new_user("one"));
    raw_tables::put_tombstones(&server.dynamodb, &account.id, 2_345);
    for since in ["", "&deleted_at=2020-01-01"] {
        let walked: Vec<u64> = (1..=3).flat_map(|page| deleted(&account, &format!("page={page}{since}"))).collect();
        assert_eq!(walked, (1..=2_345).collect::<Vec<_>>());
        assert_eq!(deleted(&account, &format!("page=3{since}")).len(), 345);
        assert_eq!(deleted(&account, &format!("page=2{since}")), (1_001..=2_000).collect::<Vec<_>>());
        assert_eq!(deleted(&account, &format!("page=4{since}")), Vec::<u64>::new());
    }
}
