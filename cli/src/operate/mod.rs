//! The operator's commands. Each prints only its result, as text or as JSON.

mod account;
mod cleanup;
mod key;
mod plan;
mod subscription;
mod user;
mod verify;

use crate::{args::Operation, export, import, output::Status};

/// Runs one command.
pub(crate) async fn operate(operation: Operation) -> anyhow::Result<Status> {
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
    Ok(Status::Fine)
}
