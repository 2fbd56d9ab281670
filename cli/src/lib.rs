//! The same program as on AWS, on a laptop: the embedded engine, the template's routes, the
//! operator's commands.

mod args;
mod connect;
pub mod engine;
pub mod gateway;
mod log;
mod operate;
mod output;
mod serve;
mod tables;
pub mod template;

use std::{io::Write as _, process::ExitCode};

use anyhow::Context as _;
use clap::Parser as _;

/// Runs the command line. Failures are one line on standard error and exit code 1; a wrong
/// command line is exit code 2.
#[must_use]
pub fn main() -> ExitCode {
    let args = args::Args::parse();
    // What we create holds other people's data: readable by its owner alone.
    rustix::process::umask(rustix::fs::Mode::RWXG | rustix::fs::Mode::RWXO);
    match run(args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let text = format!("{error:#}").replace('\n', " ");
            let _ = writeln!(std::io::stderr(), "roster: {text}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: args::Args) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().context("cannot start")?;
    runtime.block_on(async {
        match args.command {
            None => serve::serve(args.serve).await,
            Some(args::Command::Serve(serve)) => serve::serve(serve).await,
            Some(args::Command::Operate(operation)) => operate::operate(operation).await,
        }
    })
}
