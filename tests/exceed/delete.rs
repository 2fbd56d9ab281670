use super::{JSON, USERS, created, expect, expect_done, ids, new_user};
use testkit::account;

#[test]
fn a_deleted_user_is_gone_from_every_door() {
    let account = account();
    created(&account, &new_user("one"));
    expect_done(&account.call("DELETE", &format!("{USERS}/1.json/"), ""));
    for path in ["/1", "/1?user[code]=i-1"] {
        assert_eq!(account.call("GET", &format!("{USERS}{path}"), "").status, 404);
    }
    let again = account.call("DELETE", &format!("{USERS}/1"), "");
    expect(&again, 404, JSON, r#"{"error":"Couldn't find User with 'id'=1"}"#);
    assert_eq!(account.call("GET", "/api/v1/users/1", "").status, 404);
    for filter in ["user[id]=1", "user[code]=i-1", "user[login]=one", "user[first_name]=Tim", "user[updated_on]=,"] {
        assert_eq!(ids(&account, filter), Vec::<u64>::new(), "{filter}");
    }
    assert_eq!(created(&account, &new_user("one"))["id"], 2, "its names are free, its id is never given again");
}

#[test]
fn a_code_is_no_way_to_delete() {
    let account = account();
    created(&account, &new_user("one"));
    assert_eq!(account.call("DELETE", &format!("{USERS}/7?user[code]=i-1"), "").status, 404);
    assert_eq!(ids(&account, ""), [1]);
}
