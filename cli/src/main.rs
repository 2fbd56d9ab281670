//! `roster`: serve the directory locally, and operate it here or on AWS.

use std::process::ExitCode;

fn main() -> ExitCode {
    roster_cli::main()
}
