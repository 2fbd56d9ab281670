use testkit::{Account, account, bundle};

const PATH: &str = "/api/users/get-subscriptions";

#[test]
fn subscriptions_are_listed_by_plan_id_with_the_site() {
    let url = &bundle().url;
    let options = ["--site-url", "https://example.com", "--site-name", "My Site", "--time-zone", "Europe/Berlin"];
    let account = Account::create(url, bundle().data(), &options);
    account.user(r#"{"email":"a@example.com"}"#);
    let body = r#"{"email":"A@example.com"}"#;
    let empty = r#"{"subscriptions":[],"site_url":"https://example.com","site_name":"My Site"}"#;
    account.call("POST", PATH, body).expect(200, empty);
    assert_eq!(account.roster(&["plan", "create", "--name", "Silver", "--slug", "silver", "--sku", "S-1"]), "1");
    assert_eq!(
        account.roster(&[
            "plan",
            "create",
            "--name",
            "Gold Members",
            "--slug",
            "gold-members",
            "--sku",
            "GOLD-001",
            "--mobile-push"
        ]),
        "2"
    );
    for slug in ["gold-members", "silver", "silver"] {
        account.roster(&["subscription", "add", "--email", "a@example.com", "--plan", slug]);
    }
    let silver = r#"{"id":1,"name":"Silver","slug":"silver","sku":"S-1","mobile_push_enabled":false}"#;
    let gold = r#"{"id":2,"name":"Gold Members","slug":"gold-members","sku":"GOLD-001","mobile_push_enabled":true}"#;
    let site = r#""site_url":"https://example.com","site_name":"My Site""#;
    account.call("POST", PATH, body).expect(200, &format!(r#"{{"subscriptions":[{silver},{gold}],{site}}}"#));
    account.roster(&["subscription", "remove", "--email", "a@example.com", "--plan", "silver"]);
    account.call("POST", PATH, body).expect(200, &format!(r#"{{"subscriptions":[{gold}],{site}}}"#));
}

#[test]
fn unset_site_values_are_null() {
    let account = account();
    account.user(r#"{"email":"a@example.com"}"#);
    account
        .call("POST", PATH, r#"{"email":"a@example.com"}"#)
        .expect(200, r#"{"subscriptions":[],"site_url":null,"site_name":null}"#);
}

#[test]
fn a_subscription_survives_a_change_of_address_and_is_no_change_of_the_user() {
    let account = account();
    let path = format!("/api/users/{}", account.user(r#"{"email":"a@example.com"}"#));
    let before = account.call("GET", &path, "").body;
    account.roster(&["plan", "create", "--name", "P", "--slug", "p", "--sku", "s"]);
    account.roster(&["subscription", "add", "--email", "a@example.com", "--plan", "p"]);
    assert_eq!(account.call("GET", &path, "").body, before);
    assert_eq!(account.call("PUT", &path, r#"{"email":"b@example.com"}"#).status, 200);
    let subscriptions = account.call("POST", PATH, r#"{"email":"b@example.com"}"#).json();
    assert_eq!(subscriptions["subscriptions"][0]["slug"], "p");
}
