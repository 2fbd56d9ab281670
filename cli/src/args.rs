use std::{
    net::{SocketAddr, ToSocketAddrs as _},
    path::PathBuf,
    time::Duration,
};

use clap::{Args as ClapArgs, Parser, Subcommand};
use roster_shared::domain::{AccountId, ApiKeyId, Email, Line, Scope, Slug, TimeZone};

/// Where data is kept unless `--data` says otherwise.
const DATA: &str = ".roster";

/// What a key may be good for.
const LONGEST: Duration = Duration::from_secs(100 * 366 * 86_400);

/// One user directory that answers in the REST dialects existing LMS integrations speak.
///
/// Without a command it serves the directory locally, as `roster serve` does.
#[derive(Debug, Parser)]
#[command(name = "roster", version, args_conflicts_with_subcommands = true)]
pub(crate) struct Args {
    #[command(flatten)]
    pub(crate) serve: ServeArgs,
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serve the directory on this machine (the default)
    Serve(ServeArgs),
    #[command(flatten)]
    Operate(Operation),
}

#[derive(Clone, Debug, ClapArgs)]
pub(crate) struct ServeArgs {
    /// Address of the REST dialects
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:3000", value_parser = parse_address)]
    pub(crate) listen: SocketAddr,
    /// Address of the DynamoDB endpoint, for the AWS CLI and NoSQL tools; `none` switches it off
    #[arg(long, value_name = "ADDRESS|none", default_value = "127.0.0.1:8000", value_parser = parse_optional_address)]
    pub(crate) dynamodb_listen: OptionalAddress,
    /// Let --dynamodb-listen be an address that other machines reach: the endpoint takes any
    /// signature, so whoever reaches it reads and writes everything
    #[arg(long)]
    pub(crate) dynamodb_allow_anyone: bool,
    /// Directory that holds the data
    #[arg(long, value_name = "DIR", default_value = DATA)]
    pub(crate) data: PathBuf,
    /// Keep everything in memory and forget it at the end
    #[arg(long, conflicts_with = "data")]
    pub(crate) memory: bool,
}

/// An address, or none. (A bare `Option` would make the argument itself optional.)
#[derive(Clone, Copy, Debug)]
pub(crate) struct OptionalAddress(pub(crate) Option<SocketAddr>);

/// Where the directory is and how to print.
#[derive(Clone, Debug, ClapArgs)]
pub(crate) struct Target {
    /// Directory that holds the data; a server may be running on it
    #[arg(long, value_name = "DIR", default_value = DATA)]
    pub(crate) data: PathBuf,
    /// Work on the tables on AWS, with the ordinary credentials and region; the tables' names
    /// come from USERS_TABLE, CLAIMS_TABLE … and are those of a stack named `roster` if unset
    #[arg(long, conflicts_with = "data")]
    pub(crate) aws: bool,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Operation {
    /// Accounts (tenants)
    #[command(subcommand)]
    Account(AccountCommand),
    /// API keys
    #[command(subcommand)]
    Key(KeyCommand),
    /// Subscription plans
    #[command(subcommand)]
    Plan(PlanCommand),
    /// Who is subscribed to what
    #[command(subcommand)]
    Subscription(SubscriptionCommand),
}

#[derive(Debug, Subcommand)]
pub(crate) enum AccountCommand {
    /// Make an account and print its id
    #[command(after_help = "Example: roster account create --name 'Night School' --time-zone Europe/Berlin")]
    Create {
        #[arg(long, value_parser = parse_name)]
        name: String,
        /// Address of the account's site, as the member dialect shows it
        #[arg(long, value_parser = parse_url)]
        site_url: Option<String>,
        /// Name of the account's site, as the member dialect shows it
        #[arg(long, value_parser = parse_name)]
        site_name: Option<String>,
        /// IANA name of the zone in which dates are read; UTC if not given
        #[arg(long, value_parser = TimeZone::parse)]
        time_zone: Option<TimeZone>,
        #[command(flatten)]
        target: Target,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum KeyCommand {
    /// Make an API key and print it; it is never shown again
    #[command(after_help = "Example: roster key create --account 1 --scope member,admin,exceed --expires-in 30d")]
    Create {
        #[arg(long, value_parser = parse_account)]
        account: AccountId,
        /// Dialects it opens: member, admin, exceed
        #[arg(long, required = true, value_delimiter = ',', value_name = "SCOPE,…")]
        scope: Vec<Scope>,
        /// It may only look
        #[arg(long)]
        read_only: bool,
        /// How long it is good: 30d, 12h, 90s …; until it is revoked if not given
        #[arg(long, value_name = "SPAN", value_parser = parse_span)]
        expires_in: Option<Duration>,
        #[command(flatten)]
        target: Target,
    },
    /// List an account's keys, without their secrets
    List {
        #[arg(long, value_parser = parse_account)]
        account: AccountId,
        #[command(flatten)]
        target: Target,
    },
    /// Refuse a key from the next request on
    #[command(after_help = "Example: roster key revoke --account 1 Xk3v9TqLm2Za")]
    Revoke {
        #[arg(long, value_parser = parse_account)]
        account: AccountId,
        /// The key's public part, as `roster key list` shows it
        #[arg(value_parser = parse_key_id)]
        id: ApiKeyId,
        #[command(flatten)]
        target: Target,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum PlanCommand {
    /// Make a plan and print its id
    #[command(
        after_help = "Example: roster plan create --account 1 --name 'Gold Members' --slug gold-members --sku GOLD-001"
    )]
    Create {
        #[arg(long, value_parser = parse_account)]
        account: AccountId,
        #[arg(long, value_parser = parse_name)]
        name: String,
        /// Short name, unique in the account
        #[arg(long, value_parser = parse_slug)]
        slug: Slug,
        #[arg(long, value_parser = parse_name)]
        sku: String,
        /// Subscribers get push messages on their phones
        #[arg(long)]
        mobile_push: bool,
        #[command(flatten)]
        target: Target,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum SubscriptionCommand {
    /// Subscribe a user to a plan
    #[command(after_help = "Example: roster subscription add --account 1 --email ada@example.com --plan gold-members")]
    Add(SubscriptionArgs),
    /// End a user's subscription to a plan
    Remove(SubscriptionArgs),
}

#[derive(Debug, ClapArgs)]
pub(crate) struct SubscriptionArgs {
    #[arg(long, value_parser = parse_account)]
    pub(crate) account: AccountId,
    #[arg(long, value_parser = parse_email)]
    pub(crate) email: Email,
    /// The plan's slug
    #[arg(long, value_name = "SLUG", value_parser = parse_slug)]
    pub(crate) plan: Slug,
    #[command(flatten)]
    pub(crate) target: Target,
}

fn parse_optional_address(text: &str) -> Result<OptionalAddress, String> {
    if text == "none" {
        return Ok(OptionalAddress(None));
    }
    parse_address(text).map(|address| OptionalAddress(Some(address)))
}

fn parse_address(text: &str) -> Result<SocketAddr, String> {
    let found = text.to_socket_addrs().ok().and_then(|mut addresses| addresses.next());
    found.ok_or_else(|| "an address has a host and a port: 127.0.0.1:3000, localhost:3000, [::1]:3000".to_owned())
}

fn parse_account(text: &str) -> Result<AccountId, String> {
    AccountId::parse(text).ok_or_else(|| "an account is a number from 1".to_owned())
}

fn parse_key_id(text: &str) -> Result<ApiKeyId, String> {
    ApiKeyId::parse(text)
        .ok_or_else(|| "a key's public part has 12 letters and digits; `roster key list` shows it".to_owned())
}

fn parse_email(text: &str) -> Result<Email, String> {
    Email::parse(text).map_err(|fault| fault.to_string())
}

fn parse_slug(text: &str) -> Result<Slug, String> {
    Slug::parse(text).map_err(|_| "a slug has 1 to 255 characters, none of them a control character".to_owned())
}

fn parse_name(text: &str) -> Result<String, String> {
    match Line::parse(text, 255) {
        Ok(line) if !line.as_str().is_empty() => Ok(line.as_str().to_owned()),
        _ => Err("1 to 255 characters, none of them a control character".to_owned()),
    }
}

fn parse_url(text: &str) -> Result<String, String> {
    let url = parse_name(text)?;
    if url.starts_with("https://") || url.starts_with("http://") {
        Ok(url)
    } else {
        Err("a site's address starts with https:// or http://".to_owned())
    }
}

/// A span in jiff's friendly form, with days of 24 hours.
fn parse_span(text: &str) -> Result<Duration, String> {
    let problem = || "a span is a number and a unit, longer than nothing: 30d, 12h, 45m, 90s".to_owned();
    let span: jiff::Span = text.parse().map_err(|_| problem())?;
    let span = span.to_duration(jiff::SpanRelativeTo::days_are_24_hours()).map_err(|_| problem())?;
    let span = Duration::try_from(span).ok().filter(|span| !span.is_zero()).ok_or_else(problem)?;
    if span > LONGEST {
        Err("a key is good for at most 100 years; leave it out for one without an end".to_owned())
    } else {
        Ok(span)
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Args::command().debug_assert();
    }

    #[test]
    fn spans_have_units_and_a_length() {
        assert_eq!(parse_span("30d"), Ok(Duration::from_secs(30 * 86_400)));
        assert_eq!(parse_span("1h 30m"), Ok(Duration::from_secs(5_400)));
        for text in ["", "30", "0s", "-1d", "soon", "1 fortnight", "3000000d"] {
            assert!(parse_span(text).is_err(), "{text}");
        }
    }
}
