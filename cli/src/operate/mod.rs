//! The operator's commands. Each prints what it made, alone, or JSON.

mod account;
mod key;
mod plan;
mod subscription;

use anyhow::Context as _;
use serde::Serialize;

use crate::{args::Operation, output};

/// Runs one command.
pub(crate) async fn operate(operation: Operation) -> anyhow::Result<()> {
    match operation {
        Operation::Account(command) => account::run(command).await,
        Operation::Key(command) => key::run(command).await,
        Operation::Plan(command) => plan::run(command).await,
        Operation::Subscription(command) => subscription::run(command).await,
    }
}

fn print(json: bool, document: &impl Serialize, text: &str) -> anyhow::Result<()> {
    let document = if json { Some(serde_json::to_string(document)?) } else { None };
    output::print(document.as_deref().unwrap_or(text)).context("it is done, but cannot be printed")
}
