use std::{
    fs,
    net::TcpListener,
    os::unix::fs::PermissionsExt as _,
    path::Path,
    process::{Command, Stdio},
};

use testkit::{Account, Server, program, run};

/// Starts a server that must refuse to start: what it says.
fn refusal(arguments: &[&str]) -> String {
    let output = Command::new(program("roster")).arg("serve").args(arguments).output().unwrap();
    let (said, printed) = (String::from_utf8(output.stderr).unwrap(), String::from_utf8(output.stdout).unwrap());
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(!printed.contains("listening on"), "{printed}");
    assert!(said.starts_with("roster: ") && said.trim_end().lines().count() == 1, "one clear line: {said}");
    said
}

#[test]
fn the_first_start_prints_a_curl_that_works_as_pasted() {
    let server = Server::start_alone();
    let start = server.banner.find("curl").unwrap();
    let curl: String = server.banner[start..].split("\n\n").next().unwrap().to_owned();
    let output = Command::new("sh").args(["-c", &curl]).output().unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), r#"{"message":"User created successfully","user_id":1}"#);
    assert!(server.banner.trim_end().ends_with(&format!("listening on {}", server.url)));
}

#[test]
fn a_later_start_keeps_the_data_and_shows_no_keys() {
    let mut server = Server::start_alone();
    let account = Account::create(&server.url, server.data(), &[]);
    account.user(r#"{"email":"a@example.com"}"#);
    assert_eq!(server.signal("-TERM"), Some(0));
    let again = Server::start(server.data());
    assert!(!again.banner.contains("ros_"), "{}", again.banner);
    let response =
        testkit::send(testkit::request("GET", &format!("{}/api/users/1", again.url)).bearer_auth(&account.key));
    assert_eq!(response.json()["email"], "a@example.com");
}

#[test]
fn it_stops_cleanly_on_a_signal() {
    for signal in ["-INT", "-TERM"] {
        let mut server = Server::start_alone();
        // An idle connection that is kept open must not hold it up.
        let client = reqwest::blocking::Client::builder().no_proxy().build().unwrap();
        assert_eq!(client.get(&server.url).send().unwrap().status(), 200);
        assert_eq!(server.signal(signal), Some(0), "{signal}");
    }
}

#[test]
fn a_busy_port_is_refused_before_anything_is_written() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let place = tempfile::tempdir().unwrap();
    let data = place.path().join("data");
    let data_text = data.to_str().unwrap();
    let said = refusal(&["--listen", &address, "--dynamodb-listen", "none", "--data", data_text]);
    assert!(said.contains(&address) && said.contains("--listen"), "{said}");
    let said = refusal(&["--listen", "127.0.0.1:0", "--dynamodb-listen", &address, "--data", data_text]);
    assert!(said.contains(&address) && said.contains("--dynamodb-listen"), "{said}");
    assert!(!data.exists());
}

/// What a start on a file of this content says.
fn refusal_of_file(content: &[u8]) -> String {
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("roster.db");
    fs::write(&file, content).unwrap();
    let said =
        refusal(&["--listen", "127.0.0.1:0", "--dynamodb-listen", "none", "--data", place.path().to_str().unwrap()]);
    assert_eq!(fs::read(&file).unwrap(), content, "it is left as it is");
    said
}

#[test]
fn a_broken_data_file_is_refused_and_left_as_it_is() {
    let mut server = Server::start_alone();
    let account = Account::create(&server.url, server.data(), &[]);
    for n in 0..20 {
        account.user(&format!(r#"{{"email":"u{n}@example.com"}}"#));
    }
    assert_eq!(server.signal("-TERM"), Some(0));
    let good = fs::read(server.data().join("roster.db")).unwrap();
    let mut broken = vec![b"this is no database at all, but a letter to the editor".repeat(100), good[..5000].to_vec()];
    for page in [0, 3, 9, 21, good.len() / 4096 - 2] {
        let mut damaged = good.clone();
        damaged[page * 4096..][..4096].fill(0xAA);
        broken.push(damaged);
    }
    for content in broken {
        let said = refusal_of_file(&content);
        assert!(said.contains("roster.db cannot be used: it is ") && said.contains("--data"), "{said}");
    }
}

#[test]
fn another_programs_database_is_refused() {
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("theirs.db");
    let theirs = rusqlite::Connection::open(&file).unwrap();
    theirs.execute_batch("CREATE TABLE photos (name TEXT); INSERT INTO photos VALUES ('x')").unwrap();
    drop(theirs);
    assert!(refusal_of_file(&fs::read(&file).unwrap()).contains("another program's"));
}

#[test]
fn of_several_first_starts_at_once_one_hands_out_keys() {
    let place = tempfile::tempdir().unwrap();
    let data = place.path().join("data");
    let servers: Vec<_> = std::thread::scope(|scope| {
        let starting: Vec<_> = (0..4).map(|_| scope.spawn(|| Server::start(&data))).collect();
        starting.into_iter().map(|server| server.join().unwrap()).collect()
    });
    assert_eq!(servers.iter().filter(|server| server.banner.contains("ros_")).count(), 1);
    let keys = testkit::roster(&data, &["key", "list", "--account", "1"]);
    assert_eq!(keys.lines().count(), 2, "{keys}");
}

#[test]
fn it_continues_when_its_output_is_not_read() {
    let place = tempfile::tempdir().unwrap();
    let script = r#""$0" key list --account 1 --data "$1" > /dev/full; echo "code $?" >&2; "$0" serve --memory --listen 127.0.0.1:0 --dynamodb-listen none >&- & sleep 1; kill -0 $! && echo alive >&2; kill $!"#;
    Server::start(&place.path().join("data")).signal("-TERM");
    let output =
        Command::new("sh").args(["-c", script]).arg(program("roster")).arg(place.path().join("data")).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("code 1") && said.contains("alive") && !said.contains("panicked"), "{said}");
}

#[test]
fn an_invalid_data_directory_is_rejected() {
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("file");
    fs::write(&file, "x").unwrap();
    fs::create_dir_all(place.path().join("odd/roster.db")).unwrap();
    for data in [file.clone(), file.join("below"), place.path().join("odd")] {
        refusal(&["--listen", "127.0.0.1:0", "--dynamodb-listen", "none", "--data", data.to_str().unwrap()]);
    }
}

#[test]
fn the_data_is_readable_by_its_owner_alone() {
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let place = tempfile::tempdir().unwrap();
    let (fresh, open) = (place.path().join("fresh"), place.path().join("open"));
    fs::create_dir(&open).unwrap();
    fs::set_permissions(&open, fs::Permissions::from_mode(0o755)).unwrap();
    for data in [fresh, open] {
        let _server = Server::start(&data);
        assert_eq!(mode(&data), 0o700);
        for entry in fs::read_dir(&data).unwrap() {
            let path = entry.unwrap().path();
            assert_eq!(mode(&path), 0o600, "{}", path.display());
        }
    }
}

#[test]
fn in_memory_nothing_is_left_and_one_port_is_open() {
    let place = tempfile::tempdir().unwrap();
    let mut child = Command::new(program("roster"))
        .args(["--memory", "--listen", "127.0.0.1:0"])
        .current_dir(place.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = std::io::BufRead::lines(std::io::BufReader::new(child.stdout.take().unwrap())).map(Result::unwrap);
    let printed: Vec<_> = lines.by_ref().take_while(|line| !line.starts_with("listening on")).collect();
    let sockets = fs::read_dir(format!("/proc/{}/fd", child.id())).unwrap().filter(|fd| {
        fs::read_link(fd.as_ref().unwrap().path()).is_ok_and(|target| is_listener(&target.to_string_lossy()))
    });
    let listeners = sockets.count();
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(listeners, 1);
    assert!(!printed.iter().any(|line| line.contains("DynamoDB endpoint")), "{printed:?}");
    assert_eq!(fs::read_dir(place.path()).unwrap().count(), 0);
}

/// Whether `socket:[inode]` is a TCP socket that listens.
fn is_listener(target: &str) -> bool {
    let Some(inode) = target.strip_prefix("socket:[").and_then(|rest| rest.strip_suffix(']')) else { return false };
    let table = fs::read_to_string("/proc/net/tcp").unwrap();
    table.lines().any(|line| {
        let fields: Vec<_> = line.split_whitespace().collect();
        fields.get(3) == Some(&"0A") && fields.get(9) == Some(&inode)
    })
}

#[test]
fn a_wrong_command_line_is_exit_code_2() {
    let place = tempfile::tempdir().unwrap();
    for arguments in [
        &["serve", "--listen", "nonsense"][..],
        &["key", "create", "--account", "0", "--scope", "member"],
        &["key", "create", "--account", "1", "--scope", "root"],
        &["key", "create", "--account", "1"],
        &["account", "create", "--name", " "],
        &["account", "create", "--name", "x", "--time-zone", "Mars/Olympus"],
        &["account", "create", "--name", "x", "--site-url", "example.com"],
    ] {
        assert_eq!(run(place.path(), arguments).status.code(), Some(2), "{arguments:?}");
    }
}
