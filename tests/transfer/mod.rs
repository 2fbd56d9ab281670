//! Users brought in and out by the thousand: `roster import`, `roster export`.

mod export;
mod import;
mod resume;
mod upsert;

use std::{
    io::Write as _,
    path::{Path, PathBuf},
    process::{Output, Stdio},
};

use serde_json::Value;
use testkit::{Account, account, bundle, command};

/// A file of its own, gone at the end of the test.
struct File {
    path: PathBuf,
    _place: tempfile::TempDir,
}

impl File {
    fn new(name: &str, text: &str) -> Self {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join(name);
        std::fs::write(&path, text).unwrap();
        Self { path, _place: place }
    }

    fn beside(&self, name: &str) -> PathBuf {
        self.path.with_file_name(name)
    }
}

fn run(data: &Path, arguments: &[&str]) -> Output {
    command(data, arguments).output().unwrap()
}

/// Imports a file; the exit code, and the verdicts by row: `created 1`, `refused email is taken`.
fn import(account: &Account, file: &File, options: &[&str]) -> (Option<i32>, Vec<String>) {
    let report = file.beside("report.csv");
    let arguments =
        ["import", file.path.to_str().unwrap(), "--account", &account.id, "--report", report.to_str().unwrap()];
    let output = run(bundle().data(), &[&arguments, options].concat());
    let rows = std::fs::read(&report).unwrap_or_default();
    let _ = std::fs::remove_file(&report);
    let mut rows = csv::Reader::from_reader(rows.as_slice());
    assert!(
        rows.headers().unwrap().is_empty()
            || rows.headers().unwrap() == ["row", "verdict", "user", "reason"].as_slice()
    );
    let verdict = |(number, row): (usize, Result<csv::StringRecord, csv::Error>)| {
        let row = row.unwrap();
        assert_eq!(row[0], (number + 1).to_string());
        format!("{} {}{}", &row[1], &row[2], &row[3]).trim().to_owned()
    };
    let verdicts: Vec<_> = rows.records().enumerate().map(verdict).collect();
    if verdicts.is_empty() {
        // Nothing was begun: what it said instead.
        return (output.status.code(), vec![String::from_utf8(output.stderr).unwrap()]);
    }
    (output.status.code(), verdicts)
}

fn export(account: &Account, options: &[&str]) -> String {
    let output = run(bundle().data(), &[&["export", "--account", &account.id], options].concat());
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// The users of an export, without their times.
fn users(account: &Account) -> Vec<Value> {
    let text = export(account, &[]);
    let mut users: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    for user in &mut users {
        for time in ["created_at", "updated_at"] {
            assert!(user.as_object_mut().unwrap().remove(time).is_some());
        }
    }
    users
}

/// Imports from standard input; the exit code and what was printed.
fn import_text(account: &Account, text: &str, options: &[&str]) -> (Option<i32>, String) {
    let mut child = command(bundle().data(), &[&["import", "-", "--account", &account.id], options].concat())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    (output.status.code(), String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap())
}
