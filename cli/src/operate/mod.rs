//! The operator's commands. Each prints what it made, alone, or JSON.

mod account;
mod cleanup;
mod key;
mod plan;
mod subscription;
mod user;
mod verify;

use anyhow::Context as _;
use serde::Serialize;

use crate::{args::Operation, export, import, output};

/// How a command ended that did what it was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Fine,
    /// It found something: rows that were refused, tables that disagree.
    Findings,
}

/// Runs one command.
pub(crate) async fn operate(operation: Operation) -> anyhow::Result<Outcome> {
    match operation {
        Operation::Account(command) => account::run(command).await?,
        Operation::Key(command) => key::run(command).await?,
        Operation::Plan(command) => plan::run(command).await?,
        Operation::Subscription(command) => subscription::run(command).await?,
        Operation::User(command) => user::run(command).await?,
        Operation::Import(args) => return import::run(args).await,
        Operation::Export(args) => export::run(args).await?,
        Operation::Verify(args) => return verify::run(args).await,
        Operation::Cleanup { target } => cleanup::run(&target).await?,
    }
    Ok(Outcome::Fine)
}

/// Prints what a command is about, as JSON or as text.
pub(crate) fn print(json: bool, document: &impl Serialize, text: &str) -> anyhow::Result<()> {
    let document = if json { Some(serde_json::to_string(document)?) } else { None };
    output::print(document.as_deref().unwrap_or(text)).context("it is done, but cannot be printed")
}
