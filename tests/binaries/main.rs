//! Every endpoint is a Lambda function of its own: a binary that starts and asks for work.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that meets the unexpected fails"
)]

use std::{
    collections::BTreeSet,
    io::{BufRead as _, BufReader},
    net::TcpListener,
    path::Path,
    process::{Child, Command, Stdio},
};

use roster_functions::{TASKS, endpoints};

struct Function(Child);

impl Drop for Function {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts a binary as Lambda does; what it asks the runtime for first.
fn first_request(name: &str) -> String {
    let runtime = TcpListener::bind("127.0.0.1:0").unwrap();
    // The build puts all binaries of the package into one directory.
    let binary = Path::new(env!("CARGO_BIN_EXE_member-create")).with_file_name(name);
    let child = Command::new(&binary)
        .env("AWS_LAMBDA_RUNTIME_API", runtime.local_addr().unwrap().to_string())
        .envs([
            ("AWS_LAMBDA_FUNCTION_NAME", name),
            ("AWS_LAMBDA_FUNCTION_VERSION", "1"),
            ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "512"),
        ])
        .envs([("AWS_REGION", "eu-central-1"), ("AWS_ACCESS_KEY_ID", "x"), ("AWS_SECRET_ACCESS_KEY", "x")])
        // No store answers there: that the warming read fails must not matter.
        .env("AWS_ENDPOINT_URL_DYNAMODB", "http://127.0.0.1:1")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let _function = Function(child.unwrap_or_else(|error| panic!("{}: {error}", binary.display())));
    let (stream, _) = runtime.accept().unwrap();
    let mut line = String::new();
    BufReader::new(stream).read_line(&mut line).unwrap();
    line
}

#[test]
fn every_endpoint_is_a_binary_that_asks_lambda_for_work() {
    std::thread::scope(|scope| {
        let names = endpoints().map(|endpoint| endpoint.name).chain(TASKS.iter().map(|task| task.name));
        let starting: Vec<_> = names.map(|name| (name, scope.spawn(move || first_request(name)))).collect();
        for (name, line) in starting {
            assert_eq!(line.join().unwrap(), "GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\n", "{name}");
        }
    });
}

/// What all functions together are built of, macros included: 194, and 5 % of room. Fewer is better. A reason for
/// each more belongs here.
const CRATES: usize = 204;

#[test]
fn functions_are_built_of_no_more_crates_than_they_were() {
    let tree = Command::new(env!("CARGO"))
        .args([
            "tree",
            "--locked",
            "--offline",
            "--package",
            "roster-functions",
            "--edges",
            "normal",
            "--prefix",
            "none",
        ])
        .args(["--target", "x86_64-unknown-linux-gnu", "--format", "{p}"])
        .output()
        .unwrap();
    let tree = String::from_utf8(tree.stdout).unwrap();
    let ours = |line: &str| line.starts_with("roster-");
    let name = |line: &str| line.split(" (").next().unwrap().to_owned();
    let crates: BTreeSet<String> = tree.lines().filter(|line| !line.is_empty() && !ours(line)).map(name).collect();
    assert!(crates.len() > 100 && crates.len() <= CRATES, "{} crates: {crates:#?}", crates.len());
}
