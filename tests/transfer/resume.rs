use std::time::{Duration, Instant};

use roster_shared::domain::AccountId;
use support::truth;

use super::*;

const ROWS: u64 = 6_000;

fn large() -> File {
    let row = |n| format!("user{n},A,B\n");
    File::new("users.csv", &format!("login,first_name,last_name\n{}", (1..=ROWS).map(row).collect::<String>()))
}

fn spawn(account: &Account, file: &File) -> std::process::Child {
    Command::new(ROSTER)
        .args(["import", file.path.to_str().unwrap(), "--account", &account.id, "--report"])
        .arg(file.beside("report.csv"))
        .arg("--data")
        .arg(bundle().data())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Everybody is there once, in the order of the file.
fn assert_whole(account: &Account) {
    let users = users(account);
    let logins: Vec<_> = users.iter().map(|user| user["login"].as_str().unwrap().to_owned()).collect();
    assert_eq!(logins, (1..=ROWS).map(|n| format!("user{n}")).collect::<Vec<_>>());
    assert!(account.roster(&["verify"]).ends_with("all agree"));
}

#[test]
fn a_killed_import_goes_on_where_it_was_without_anybody_twice() {
    let (account, file) = (account(), large());
    let mut kills = 0;
    loop {
        let mut child = spawn(&account, &file);
        let end = Instant::now() + Duration::from_millis(700 + 211 * kills);
        let done = loop {
            if let Some(status) = child.try_wait().unwrap() {
                assert!(status.success());
                break true;
            }
            if Instant::now() > end {
                break false;
            }
            std::thread::sleep(Duration::from_millis(5));
        };
        if done {
            break;
        }
        child.kill().unwrap();
        child.wait().unwrap();
        kills += 1;
    }
    assert!(kills >= 2, "it was killed {kills} times");
    assert_whole(&account);
    // The report has each row once too.
    let report = std::fs::read_to_string(file.beside("report.csv")).unwrap();
    let rows: Vec<_> =
        report.lines().skip(1).map(|line| line.split(',').next().unwrap().parse::<u64>().unwrap()).collect();
    assert_eq!(rows, (1..=ROWS).collect::<Vec<_>>());
    assert!(report.lines().skip(1).all(|line| line.contains(",created,")));
}

#[test]
fn an_import_that_is_asked_to_stop_finishes_what_it_has_in_hand() {
    let (account, file) = (account(), large());
    let child = spawn(&account, &file);
    std::thread::sleep(Duration::from_millis(1_500));
    let sent = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.code() == Some(1) && said.contains("the same command goes on from there"), "{said}");
    let made = users(&account).len() as u64;
    assert!(made > 0 && made < ROWS && made.is_multiple_of(480), "{made}");
    // Meanwhile the account goes on, and others take ids.
    assert_eq!(account.user(r#"{"email":"between@example.com"}"#), made + 1);
    assert!(spawn(&account, &file).wait().unwrap().success());
    let logins: Vec<_> = users(&account).iter().map(|user| user["login"].as_str().unwrap().to_owned()).collect();
    assert_eq!(logins.len() as u64, ROWS + 1);
    assert_eq!(logins[usize::try_from(made).unwrap()], "between@example.com");
}

#[test]
fn another_file_is_not_taken_for_the_one_that_was_broken_off() {
    let (account, file) = (account(), large());
    let mut child = spawn(&account, &file);
    std::thread::sleep(Duration::from_millis(1_500));
    child.kill().unwrap();
    child.wait().unwrap();
    let text = std::fs::read_to_string(&file.path).unwrap().replacen("user300,A", "user300,Changed", 1);
    std::fs::write(&file.path, text).unwrap();
    let output = spawn(&account, &file).wait_with_output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.code() == Some(1) && said.contains("--restart begins anew"), "{said}");
}

#[test]
fn two_imports_of_one_file_at_once_make_everybody_once() {
    let (account, file) = (account(), large());
    let first = spawn(&account, &file);
    std::thread::sleep(Duration::from_millis(900));
    let second = spawn(&account, &file).wait_with_output().unwrap();
    let first = first.wait_with_output().unwrap();
    assert!(second.status.success(), "{}", String::from_utf8_lossy(&second.stderr));
    let said = String::from_utf8(first.stderr).unwrap();
    assert!(said.contains("another import of the same file has taken over"), "{said}");
    assert_whole(&account);
}

#[test]
fn users_are_made_while_the_file_is_read_and_pages_are_right_meanwhile() {
    let (account, file) = (account(), large());
    let mut child = spawn(&account, &file);
    let directory = truth::directory(&bundle_dynamodb());
    let id = AccountId::parse(&account.id).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mut seen = 0;
    while child.try_wait().unwrap().is_none() {
        let page = runtime.block_on(directory.user_page(id, 0, 10, std::future::ready(()))).unwrap();
        assert!(page.total >= seen, "{} after {seen}", page.total);
        seen = page.total;
    }
    assert!(child.wait().unwrap().success());
    assert_whole(&account);
}

fn bundle_dynamodb() -> String {
    bundle().dynamodb().to_owned()
}
