use super::{DELETED, NOT_FOUND, USERS, created, new_user};
use testkit::{Account, Server, account, raw_tables};

#[test]
fn a_deleted_user_is_gone_from_every_door_and_its_names_are_free() {
    let account = account();
    let path = format!("{USERS}/{}", created(&account, &new_user("grace")));
    account.call("DELETE", &path, "").expect(200, DELETED);
    account.call("DELETE", &path, "").expect(404, NOT_FOUND);
    account.call("GET", &path, "").expect(404, NOT_FOUND);
    account.call("PUT", &path, "{}").expect(404, NOT_FOUND);
    assert_eq!(account.call("GET", "/api/users/1", "").status, 404);
    assert_eq!(account.call("POST", "/api/users/find", r#"{"email":"grace@example.com"}"#).status, 404);
    assert_eq!(account.call("GET", USERS, "").body, r#"{"data":[],"meta":{"current_page":1,"per_page":15,"total":0}}"#);
    assert_eq!(created(&account, &new_user("grace")), 2, "a new user has a new id");
}

#[test]
fn a_deletion_leaves_a_tombstone_without_anything_personal() {
    let server = Server::start_alone();
    let account = Account::create(&server.url, server.data(), &[]);
    created(&account, &new_user("grace"));
    created(&account, &new_user("ada"));
    account.call("DELETE", "/api/v1/users/1", "").expect(200, DELETED);
    let tombstones = raw_tables::tombstones(&server.dynamodb);
    assert_eq!(tombstones.len(), 1);
    let mut attributes: Vec<_> = tombstones[0].keys().map(String::as_str).collect();
    attributes.sort_unstable();
    // The code is there only where it is not the default of the id.
    assert_eq!(attributes, ["account", "deleted_at", "id"]);
    assert_eq!(raw_tables::violations(&server.dynamodb), Vec::<String>::new());
}

#[test]
fn of_many_deletions_of_one_user_at_once_one_succeeds() {
    let account = account();
    for n in 0..3 {
        let path = format!("{USERS}/{}", created(&account, &new_user(&format!("u{n}"))));
        let statuses: Vec<u16> = std::thread::scope(|scope| {
            let deleting: Vec<_> = (0..8).map(|_| scope.spawn(|| account.call("DELETE", &path, "").status)).collect();
            deleting.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
        assert_eq!(statuses.iter().filter(|status| **status == 404).count(), 7, "{statuses:?}");
    }
}
