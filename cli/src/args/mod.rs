//! The command line.

mod operations;
mod parse;

use std::{net::SocketAddr, path::PathBuf};

use clap::{Args as ClapArgs, Parser, Subcommand};
pub(crate) use operations::{
    AccountCommand, ExportArgs, ImportArgs, KeyCommand, Operation, PlanCommand, SubscriptionCommand, UserCommand,
    VerifyArgs,
};
pub(crate) use parse::Clearable;
use parse::{parse_address, parse_optional_address, parse_url};

const EXIT_CODES: &str = "\
Exit codes: 0 done; 1 not done, or done with rows refused or violations found; 2 the command line is wrong.";

/// Where data is stored unless `--data` is set.
const DATA: &str = ".roster";

/// One user directory that serves the REST dialects of existing LMS integrations.
///
/// Without a command it serves the directory locally, as `roster serve` does.
#[derive(Debug, Parser)]
#[command(name = "roster", version, args_conflicts_with_subcommands = true, after_help = EXIT_CODES)]
pub(crate) struct Args {
    #[command(flatten)]
    pub(crate) serve: ServeArgs,
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serve the directory on this machine (the default)
    #[command(after_help = "Example: roster serve --listen 127.0.0.1:3000 --data .roster")]
    Serve(ServeArgs),
    #[command(flatten)]
    Operate(Box<Operation>),
    /// Print a completion script for a shell
    #[command(after_help = "Example: roster completions bash > ~/.local/share/bash-completion/completions/roster")]
    Completions { shell: clap_complete::Shell },
}

#[derive(Clone, Debug, ClapArgs)]
pub(crate) struct ServeArgs {
    /// Address of the REST dialects
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:3000", value_parser = parse_address)]
    pub(crate) listen: SocketAddr,
    /// Also serve DynamoDB's protocol at this address, for the AWS CLI, SDKs and NoSQL tools. The printed key pair
    /// gives access to everything. Example: 127.0.0.1:8000
    #[arg(long, value_name = "ADDRESS|none", default_value = "none", value_parser = parse_optional_address)]
    pub(crate) dynamodb_listen: OptionalAddress,
    /// Directory that holds the data
    #[arg(long, value_name = "DIR", default_value = DATA)]
    pub(crate) data: PathBuf,
    /// Store everything in memory only; it is lost when the server stops
    #[arg(long, conflicts_with = "data")]
    pub(crate) memory: bool,
    /// Store everything in an external engine that speaks DynamoDB's protocol, such as DynamoDB Local; missing tables
    /// are created, and credentials and region are `local` unless the environment sets others
    #[arg(long, value_name = "URL", conflicts_with_all = ["data", "memory", "dynamodb_listen"], value_parser = parse_url)]
    pub(crate) engine: Option<String>,
}

/// An address, or `None`. (A bare `Option` would make the argument itself optional.)
#[derive(Clone, Copy, Debug)]
pub(crate) struct OptionalAddress(pub(crate) Option<SocketAddr>);

/// Where the directory is stored, and how to print.
#[derive(Clone, Debug, ClapArgs)]
pub(crate) struct Target {
    /// Directory that contains the data; a server may be running on it
    #[arg(long, value_name = "DIR", default_value = DATA)]
    pub(crate) data: PathBuf,
    /// Work on the tables on AWS, with the ordinary credentials and region; the table names come from USERS_TABLE,
    /// CLAIMS_TABLE … and default to those of a stack named `roster`
    #[arg(long, conflicts_with = "data")]
    pub(crate) aws: bool,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn every_command_has_an_example() {
        fn lacking(command: &clap::Command, path: &str, found: &mut Vec<String>) {
            for sub in command.get_subcommands() {
                let path = format!("{path} {}", sub.get_name());
                let help = sub.get_after_help().map(ToString::to_string).unwrap_or_default();
                if !sub.has_subcommands() && !help.contains("Example") {
                    found.push(path.clone());
                }
                lacking(sub, &path, found);
            }
        }
        let mut found = Vec::new();
        lacking(&Args::command(), "roster", &mut found);
        assert_eq!(found, Vec::<String>::new());
    }

    #[test]
    fn the_command_line_is_well_formed() {
        Args::command().debug_assert();
    }
}
