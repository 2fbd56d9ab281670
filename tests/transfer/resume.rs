use std::{
    process::Child,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use roster_domain::AccountId;
use testkit::{
    gate::Gate,
    raw_tables, through,
    wire::{self, Call},
};

use super::*;

const ROWS: u64 = 4_320;
/// Rows that an import takes in hand together.
const BATCH: usize = 480;
const PAUSE: Duration = Duration::from_millis(5);

fn large() -> File {
    let row = |n| format!("user{n},A,B\n");
    File::new("users.csv", &format!("login,first_name,last_name\n{}", (1..=ROWS).map(row).collect::<String>()))
}

fn large_with_ids() -> File {
    let row = |n| format!("{n},user{n},A,B\n");
    let rows = (1..=ROWS).map(row).collect::<String>();
    File::new("users.csv", &format!("id,login,first_name,last_name\n{rows}"))
}

/// What keeps an import from its store, at a call that the test has chosen.
fn gate(closes: impl Fn(&Call) -> bool + Send + Sync + 'static) -> Arc<Gate> {
    Gate::before(bundle().dynamodb(), closes)
}

/// Holds an import with its first call after so many rows are in the report.
fn after_rows(file: &File, rows: usize) -> Arc<Gate> {
    let report = file.beside("report.csv");
    gate(move |_| lines(&report) > rows)
}

/// After two batches: that the first is done was noted before the second was begun.
fn once_noted(file: &File) -> Arc<Gate> {
    after_rows(file, 2 * BATCH)
}

fn spawn(account: &Account, file: &File, gate: &Arc<Gate>) -> Child {
    spawn_with(account, file, gate, &[])
}

fn spawn_with(account: &Account, file: &File, gate: &Arc<Gate>, options: &[&str]) -> Child {
    let report = file.beside("report.csv");
    let report = ["--report", report.to_str().unwrap()];
    let import = ["import", file.path.to_str().unwrap(), "--account", &account.id];
    through(&wire::serve(Arc::clone(gate)), &[&import, options, &report].concat())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Runs an import to its end.
fn finish(account: &Account, file: &File, options: &[&str]) -> Output {
    spawn_with(account, file, &gate(|_| false), options).wait_with_output().unwrap()
}

/// Asks an import to stop while its store is silent, and lets the store go on.
fn interrupt(import: &Child, gate: &Gate) {
    let sent = std::process::Command::new("kill").args(["-INT", &import.id().to_string()]).status().unwrap();
    assert!(sent.success());
    // It has heard of it when the signal is no longer pending.
    let status = format!("/proc/{}/status", import.id());
    let is_pending = || {
        std::fs::read_to_string(&status).unwrap().lines().any(|line| {
            line.strip_prefix("ShdPnd:").is_some_and(|mask| u64::from_str_radix(mask.trim(), 16).unwrap() & 2 != 0)
        })
    };
    while is_pending() {
        std::thread::sleep(PAUSE);
    }
    gate.release();
}

fn lines(report: &Path) -> usize {
    std::fs::read_to_string(report).map_or(0, |report| report.lines().count())
}

/// Waits until an import is held; whether it is, and has not ended instead.
fn is_held(import: &mut Child, gate: &Gate) -> bool {
    while !gate.is_holding() {
        if import.try_wait().unwrap().is_some() {
            return false;
        }
        std::thread::sleep(PAUSE);
    }
    true
}

fn kill(import: &mut Child) {
    import.kill().unwrap();
    import.wait().unwrap();
}

/// Everybody is there once, in the order of the file.
fn assert_whole(account: &Account) {
    let users = users(account);
    let logins: Vec<_> = users.iter().map(|user| user["login"].as_str().unwrap().to_owned()).collect();
    assert_eq!(logins, (1..=ROWS).map(|n| format!("user{n}")).collect::<Vec<_>>());
    assert!(account.roster(&["verify"]).ends_with("all agree"));
}

/// Kills an import again and again until it is through, each time further into it; `between` comes after each kill.
fn kill_until_through(account: &Account, file: &File, options: &[&str], mut between: impl FnMut()) {
    for kills in 0.. {
        let calls = AtomicUsize::new(0);
        let last = 20 + 17 * kills;
        let report = file.beside("report.csv");
        // The heading reports no row: only after rows it has its ids.
        let before = lines(&report).max(1);
        let gate = gate(move |_| lines(&report) > before && calls.fetch_add(1, Ordering::SeqCst) >= last);
        let mut child = spawn_with(account, file, &gate, options);
        if !is_held(&mut child, &gate) {
            let output = child.wait_with_output().unwrap();
            assert!(output.status.success(), "after {kills} kills: {}", String::from_utf8_lossy(&output.stderr));
            assert!(kills >= 2, "it was killed {kills} times");
            return;
        }
        kill(&mut child);
        between();
    }
}

/// The report has each row once, in order, and all were created.
fn assert_report(file: &File) {
    let report = std::fs::read_to_string(file.beside("report.csv")).unwrap();
    let rows = report.lines().skip(1).map(|line| line.split(',').next().unwrap().parse::<u64>().unwrap());
    assert_eq!(rows.collect::<Vec<_>>(), (1..=ROWS).collect::<Vec<_>>());
    assert!(report.lines().skip(1).all(|line| line.contains(",created,")));
}

#[test]
fn a_killed_import_goes_on_where_it_was_without_anybody_twice() {
    for options in [&[][..], &["--upsert", "login"]] {
        let (account, file) = (account(), large());
        kill_until_through(&account, &file, options, || {});
        assert_whole(&account);
        assert_report(&file);
    }
}

#[test]
fn who_is_deleted_between_a_kill_and_the_rest_stays_deleted() {
    let (account, file) = (account(), large());
    let mut deleted = 0;
    kill_until_through(&account, &file, &[], || {
        // Those in hand when it was killed are among the last.
        let ids: Vec<u64> = users(&account).iter().map(|user| user["id"].as_u64().unwrap()).collect();
        for id in ids.iter().rev().take(5) {
            assert_eq!(account.call("DELETE", &format!("/api/v1/users/{id}"), "").status, 200);
            deleted += 1;
        }
    });
    assert_eq!(users(&account).len() as u64, ROWS - deleted);
    assert_report(&file);
    assert!(account.roster(&["verify"]).ends_with("all agree"));
}

#[test]
fn others_make_users_while_an_import_with_ids_is_broken_off() {
    let (account, file) = (account(), large_with_ids());
    let mut others = Vec::new();
    kill_until_through(&account, &file, &["--keep-ids"], || {
        others.push(account.user(&format!(r#"{{"email":"other{}@example.com"}}"#, others.len())));
    });
    // A create before the import has reserved its ids would keep it from beginning.
    assert_eq!(others, (ROWS + 1..).take(others.len()).collect::<Vec<_>>());
    assert_eq!(users(&account).len() as u64, ROWS + others.len() as u64);
    assert_report(&file);
    assert!(account.roster(&["verify"]).ends_with("all agree"));
}

#[test]
fn an_import_with_ids_that_was_killed_at_its_very_end_is_ended_by_the_next() {
    let (account, file) = (account(), large_with_ids());
    let gate = after_rows(&file, ROWS as usize - BATCH);
    let mut child = spawn_with(&account, &file, &gate, &["--keep-ids"]);
    assert!(is_held(&mut child, &gate));
    interrupt(&child, &gate);
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains(&format!("stopped after row {ROWS}")), "{said}");
    // What comes last but one.
    let name = format!("import#{}#", account.id);
    let noted = raw_tables::Corrupter::new(&bundle_dynamodb()).items("keys", "key", &name).remove(0);
    let name = noted["key"].as_s().unwrap().strip_prefix(&name).unwrap();
    let (directory, id) = (raw_tables::directory(&bundle_dynamodb()), AccountId::parse(&account.id).unwrap());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(directory.import_seal_ids(id, name)).unwrap();
    let output = finish(&account, &file, &["--keep-ids"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_whole(&account);
    assert_report(&file);
}

#[test]
fn a_trial_of_what_was_broken_off_tries_the_rest_and_spares_the_report() {
    let (account, file) = (account(), large());
    let gate = once_noted(&file);
    let mut child = spawn(&account, &file, &gate);
    assert!(is_held(&mut child, &gate));
    kill(&mut child);
    let path = file.path.to_str().unwrap();
    let before = users(&account).len();
    let output = run(bundle().data(), &["import", path, "--account", &account.id, "--dry-run", "--json"]);
    let reported: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&reported["created"], &reported["refused"]), (&ROWS.into(), &0.into()), "{reported}");
    assert_eq!(users(&account).len(), before);
    // Another's file is not taken for the report.
    let stranger = file.beside("stranger.txt");
    std::fs::write(&stranger, "precious\n".repeat(9_000)).unwrap();
    let arguments = ["import", path, "--account", &account.id, "--report", stranger.to_str().unwrap()];
    let output = run(bundle().data(), &arguments);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.code() == Some(1) && said.contains("is not the report of this import"), "{said}");
    assert_eq!(std::fs::read_to_string(&stranger).unwrap(), "precious\n".repeat(9_000));
    assert!(finish(&account, &file, &[]).status.success());
    assert_whole(&account);
    assert_report(&file);
}

#[test]
fn an_import_that_is_interrupted_finishes_its_batch() {
    let (account, file) = (account(), large());
    let gate = once_noted(&file);
    let mut child = spawn(&account, &file, &gate);
    assert!(is_held(&mut child, &gate));
    interrupt(&child, &gate);
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.code() == Some(1) && said.contains("the same command goes on from there"), "{said}");
    let made = users(&account).len() as u64;
    assert!(made > 0 && made < ROWS && made.is_multiple_of(BATCH as u64), "{made}");
    // Meanwhile the account goes on, and others take ids.
    assert_eq!(account.user(r#"{"email":"between@example.com"}"#), made + 1);
    assert!(finish(&account, &file, &[]).status.success());
    let logins: Vec<_> = users(&account).iter().map(|user| user["login"].as_str().unwrap().to_owned()).collect();
    assert_eq!(logins.len() as u64, ROWS + 1);
    assert_eq!(logins[usize::try_from(made).unwrap()], "between@example.com");
}

#[test]
fn another_file_is_not_taken_for_the_one_that_was_broken_off() {
    let (account, file) = (account(), large());
    let gate = once_noted(&file);
    let mut child = spawn(&account, &file, &gate);
    assert!(is_held(&mut child, &gate));
    kill(&mut child);
    let text = std::fs::read_to_string(&file.path).unwrap().replacen("user300,A", "user300,Changed", 1);
    std::fs::write(&file.path, text).unwrap();
    let output = finish(&account, &file, &[]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.code() == Some(1) && said.contains("--restart begins anew"), "{said}");
}

#[test]
fn two_imports_of_one_file_at_once_make_everybody_once() {
    let (account, file) = (account(), large());
    let gate = once_noted(&file);
    let mut first = spawn(&account, &file, &gate);
    assert!(is_held(&mut first, &gate));
    let second = finish(&account, &file, &[]);
    gate.release();
    let first = first.wait_with_output().unwrap();
    assert!(second.status.success(), "{}", String::from_utf8_lossy(&second.stderr));
    let said = String::from_utf8(first.stderr).unwrap();
    assert!(said.contains("another import of the same file has taken over"), "{said}");
    assert_whole(&account);
}

#[test]
fn users_are_made_while_the_file_is_read_and_pages_are_right_meanwhile() {
    let (account, file) = (account(), large());
    let mut child = spawn(&account, &file, &gate(|_| false));
    let directory = raw_tables::directory(&bundle_dynamodb());
    let id = AccountId::parse(&account.id).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mut seen = 0;
    while child.try_wait().unwrap().is_none() {
        let page = runtime.block_on(directory.user_list(id, 0, 10, std::future::ready(()))).unwrap();
        assert!(page.total >= seen, "{} after {seen}", page.total);
        seen = page.total;
    }
    assert!(child.wait().unwrap().success());
    assert_whole(&account);
}

fn bundle_dynamodb() -> String {
    bundle().dynamodb().to_owned()
}

#[test]
#[ignore = "waits for longer than the engine does: `.ci/nightly`"]
fn an_import_waits_for_whoever_has_the_file_in_hand() {
    let place = tempfile::tempdir().unwrap();
    let data = place.path().join("data");
    let made = run(&data, &["account", "create", "--name", "Patient", "--json"]);
    assert!(made.status.success(), "{made:?}");
    let account = serde_json::from_slice::<Value>(&made.stdout).unwrap()["id"].to_string();
    let file = large();
    let report = file.beside("report.csv");
    let path = file.path.to_str().unwrap();
    let import = ["import", path, "--account", &account, "--report", report.to_str().unwrap()];
    let mut import = command(&data, &import).stderr(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    while lines(&report) <= 2 * BATCH {
        assert!(import.try_wait().unwrap().is_none(), "the import has ended too soon");
        std::thread::sleep(PAUSE);
    }
    let holder = rusqlite::Connection::open(data.join("roster.db")).unwrap();
    holder.busy_timeout(Duration::from_secs(60)).unwrap();
    holder.execute_batch("BEGIN IMMEDIATE").unwrap();
    // Longer than three attempts of the engine wait, of five seconds each.
    std::thread::sleep(Duration::from_secs(18));
    holder.execute_batch("COMMIT").unwrap();
    let import = import.wait_with_output().unwrap();
    assert!(import.status.success(), "{}", String::from_utf8_lossy(&import.stderr));
}
