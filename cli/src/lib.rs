//! The same program as on AWS, for a local machine: the embedded engine, the template's routes and the operator's
//! commands.

mod args;
mod connect;
pub mod engine;
mod export;
mod first_calls;
pub mod gateway;
mod import;
mod log;
mod operate;
mod output;
mod record;
mod serve;
mod tables;
pub mod template;

use std::{io::Write as _, process::ExitCode};

use anyhow::Context as _;
use clap::{CommandFactory as _, Parser as _};
use output::Status;

/// Runs the command line. A failure is one line on standard error and exit code 1. Exit code 1 also reports that a
/// command found something. A wrong command line is exit code 2.
#[must_use]
pub fn main() -> ExitCode {
    let args = args::Args::parse();
    // Files contain personal data, so only their owner may read them.
    rustix::process::umask(rustix::fs::Mode::RWXG | rustix::fs::Mode::RWXO);
    match run(args) {
        Ok(Status::Fine) => ExitCode::SUCCESS,
        Ok(Status::Findings) => ExitCode::FAILURE,
        Err(error) => {
            let text = format!("{error:#}").replace('\n', " ");
            let _ = writeln!(std::io::stderr(), "roster: {text}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: args::Args) -> anyhow::Result<Status> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().context("cannot start")?;
    runtime.block_on(async {
        match args.command {
            None => serve::serve(args.serve).await?,
            Some(args::Command::Serve(serve)) => serve::serve(serve).await?,
            Some(args::Command::Operate(operation)) => return operate::operate(*operation).await,
            Some(args::Command::Completions { shell }) => {
                let mut script = Vec::new();
                clap_complete::generate(shell, &mut args::Args::command(), "roster", &mut script);
                output::print(String::from_utf8_lossy(&script).trim_end())?;
            }
        }
        Ok(Status::Fine)
    })
}
