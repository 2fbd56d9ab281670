use testkit::{Account, Server};

/// Words that no log may hold, wherever they were put.
const PASSWORD: &str = "canary-password-5f1c";
const NAME: &str = "Canaryname";
const ADDRESS: &str = "canary.address";

#[test]
fn no_key_password_hash_or_name_is_in_any_line_the_processes_wrote() {
    let mut server = Server::start_alone();
    let account = Account::create(&server.url, server.data(), &[]);
    let body = |field: &str, value: &str| {
        format!(
            r#"{{"email":"{ADDRESS}@example.com","first_name":"{NAME}","password":"{PASSWORD}","{field}":{value}}}"#
        )
    };
    for (method, path) in [
        ("POST", "/api/users"),
        ("POST", "/api/users"),
        ("PUT", "/api/users/1"),
        ("PATCH", "/api/users/1"),
        ("POST", "/api/users/find"),
        ("POST", "/api/users/get-subscriptions"),
        ("GET", "/api/users/1"),
        ("DELETE", "/api/users/1"),
        ("GET", "/api/users"),
        ("POST", "/api/users/nowhere"),
    ] {
        for (field, value) in [("source", "1"), ("source", "\"x\""), ("external_id", "\"x\""), ("live_scanner", "{")] {
            account.call(method, path, &body(field, value));
        }
        account.call(method, &format!("{path}?password={PASSWORD}&api_key={}", account.key), &body("source", "null"));
    }
    let reading = account.new_key(&["--scope", "member", "--read-only"]);
    let refused = account.bare("POST", "/api/users").bearer_auth(&reading).body(body("source", "null"));
    assert_eq!(testkit::send(refused).status, 403);
    for email in ["x", "canary.address"] {
        account.roster(&["plan", "create", "--name", "P", "--slug", email, "--sku", "s"]);
        account.roster(&["subscription", "add", "--email", &format!("{ADDRESS}@example.com"), "--plan", email]);
    }
    let administrator = format!(
        r#"{{"username":"{ADDRESS}.admin","email":"{ADDRESS}.admin@example.com","password":"{PASSWORD}","password_confirmation":"{PASSWORD}",
            "first_name":"{NAME}","last_name":"{NAME}","gender":"male","birthday":"1990-01-01","role_id":1}}"#
    );
    assert_eq!(account.call("POST", "/api/v1/users", &administrator).status, 201);
    let login = |password: &str| {
        let body = format!(r#"{{"username":"{ADDRESS}.admin","password":"{password}"}}"#);
        let request = account.bare("POST", "/api/login").header("x-account-id", &account.id);
        testkit::send(request.header("content-type", "application/json").body(body))
    };
    assert_eq!(login(&format!("{PASSWORD}x")).status, 401);
    let token = login(PASSWORD).json()["data"]["token"].as_str().unwrap().to_owned();
    assert_eq!(testkit::send(account.bare("GET", "/api/v1/users").bearer_auth(&token)).status, 200);
    // The exceed dialect, whose keys and filters stand in URLs.
    let xml = format!(
        "<user><first-name>{NAME}</first-name><last-name>x</last-name><login>{ADDRESS}.x</login><password>{PASSWORD}</password></user>"
    );
    for (method, path, body) in [
        ("POST", "/api/v2/users.xml", xml.as_str()),
        ("PUT", "/api/v2/users/3.xml", xml.as_str()),
        ("GET", "/api/v2/users.xml", "<user><login>"),
        ("GET", "/api/v2/users/3.xml", ""),
        ("GET", "/api/v2/users/nobody", ""),
    ] {
        let query = format!("?api_key={}&user[first_name]={NAME}&user[password]={PASSWORD}&page=9", account.key);
        let request = account.bare(method, &format!("{path}{query}")).header("content-type", "application/xml");
        testkit::send(request.body(body.to_owned()));
    }
    assert_eq!(server.signal("-TERM"), Some(0));
    let log = server.log();
    assert!(log.lines().count() >= 40, "one line a request: {log}");
    let secret = |key: &str| key.rsplit('_').next().unwrap()[..32].to_owned();
    let banner_keys = server
        .banner
        .lines()
        .filter_map(|line| line.split_whitespace().find(|word| word.starts_with("ros_")))
        .map(secret);
    let canaries = [PASSWORD, NAME, ADDRESS, "$argon2", "argon2id"].map(str::to_owned);
    for canary in
        canaries.into_iter().chain([secret(&account.key), secret(&reading), secret(&token)]).chain(banner_keys)
    {
        assert!(!log.contains(&canary), "{canary} is in the log");
    }
    // The tables do hold the hash, and never the password.
    let stored: Vec<u8> = std::fs::read_dir(server.data())
        .unwrap()
        .flat_map(|entry| std::fs::read(entry.unwrap().path()).unwrap())
        .collect();
    let holds = |word: &str| stored.windows(word.len()).any(|window| window == word.as_bytes());
    assert!(holds("$argon2id$v=19$m=19456,t=2,p=1$"));
    assert!(!holds(PASSWORD) && !holds(&secret(&account.key)) && !holds(&secret(&token)));
}
