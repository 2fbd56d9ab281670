//! The operator's commands.

use std::{path::PathBuf, time::Duration};

use clap::{Args as ClapArgs, Subcommand};
use roster_domain::{AccountId, ApiKeyId, Code, Email, Login, Scope, Slug, TimeZone, UserId};

use super::{Target, parse::*};
use crate::{import::Key, record::Format};

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
    /// Subscriptions of users to plans
    #[command(subcommand)]
    Subscription(SubscriptionCommand),
    /// Users
    #[command(subcommand)]
    User(UserCommand),
    /// Create or update users from a file, CSV with a header or a JSON object on each line
    #[command(after_help = IMPORT_HELP)]
    Import(ImportArgs),
    /// Print the users of an account, a JSON object on each line
    #[command(after_help = "Example: roster export --account 1 --format csv > users.csv")]
    Export(ExportArgs),
    /// Check that all tables agree with one another; exit code 1 if they do not
    #[command(after_help = "Examples: roster verify\n          roster verify --account 1 --repair --json")]
    Verify(VerifyArgs),
    /// Remove what has expired and seal what can be sealed, as the schedule does on AWS
    #[command(after_help = "Example: roster cleanup --data .roster")]
    Cleanup {
        #[command(flatten)]
        target: Target,
    },
}

const IMPORT_HELP: &str = "\
Examples: roster import users.csv --account 1
          roster import - --account 1 --upsert email --map 'E-Mail=email' --map 'Shoe size=' < users.csv
          roster import users.ndjson --account 2 --keep-ids --report verdicts.csv
Columns: id, email, login, code, first_name, last_name, role, active, password, password_hash (Argon2), external_id,
source, phone_number, live_scanner, gender, birthday, country_id, plans, created_at, updated_at, the exceed dialect's
attributes (city, custom_a …), and what each dialect calls them. Whatever ends an import, the same command goes on.";

#[derive(Debug, Subcommand)]
pub(crate) enum AccountCommand {
    /// Create an account and print its id
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
        /// IANA name of the time zone in which dates are interpreted; UTC by default
        #[arg(long, value_parser = TimeZone::parse)]
        time_zone: Option<TimeZone>,
        /// How long the records of deletions are stored: 90d, forever
        #[arg(long, value_name = "SPAN|forever", value_parser = parse_retention)]
        keep_deletions: Option<Clearable<Duration>>,
        #[command(flatten)]
        target: Target,
    },
    /// Change an account's settings; `none` removes one
    #[command(after_help = "Example: roster account update --account 1 --time-zone Europe/Berlin --keep-deletions 90d")]
    Update {
        #[arg(long, value_parser = parse_account)]
        account: AccountId,
        #[arg(long, value_parser = parse_name)]
        name: Option<String>,
        /// Address of the account's site, as the member dialect shows it
        #[arg(long, value_name = "URL|none", value_parser = parse_clearable_url)]
        site_url: Option<Clearable<String>>,
        /// Name of the account's site, as the member dialect shows it
        #[arg(long, value_name = "NAME|none", value_parser = parse_clearable_name)]
        site_name: Option<Clearable<String>>,
        /// IANA name of the time zone in which dates are interpreted
        #[arg(long, value_name = "ZONE|none", value_parser = parse_clearable_time_zone)]
        time_zone: Option<Clearable<TimeZone>>,
        /// How long the records of deletions are stored
        #[arg(long, value_name = "SPAN|forever", value_parser = parse_retention)]
        keep_deletions: Option<Clearable<Duration>>,
        #[command(flatten)]
        target: Target,
    },
    /// List the accounts
    #[command(after_help = "Example: roster account list --json")]
    List {
        #[command(flatten)]
        target: Target,
    },
    /// Show an account's settings
    #[command(after_help = "Example: roster account show --account 1 --json")]
    Show {
        #[arg(long, value_parser = parse_account)]
        account: AccountId,
        #[command(flatten)]
        target: Target,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum KeyCommand {
    /// Create an API key and print it; it is never shown again
    #[command(after_help = "Example: roster key create --account 1 --scope member,admin,exceed --expires-in 30d")]
    Create {
        #[arg(long, value_parser = parse_account)]
        account: AccountId,
        /// Dialects it gives access to: member, admin, exceed
        #[arg(long, required = true, value_delimiter = ',', value_name = "SCOPE,…")]
        scope: Vec<Scope>,
        /// Read-only
        #[arg(long)]
        read_only: bool,
        /// How long it is valid: 30d, 12h, 90s …; by default until it is revoked
        #[arg(long, value_name = "SPAN", value_parser = parse_span)]
        expires_in: Option<Duration>,
        #[command(flatten)]
        target: Target,
    },
    /// List an account's keys, without their secrets
    #[command(after_help = "Example: roster key list --account 1")]
    List {
        #[arg(long, value_parser = parse_account)]
        account: AccountId,
        #[command(flatten)]
        target: Target,
    },
    /// Create a key that replaces another, and print it; both are valid during the overlap
    #[command(after_help = "Example: roster key rotate --account 1 Xk3v9TqLm2Za --overlap 7d")]
    Rotate {
        #[arg(long, value_parser = parse_account)]
        account: AccountId,
        /// The old key's public part, as `roster key list` shows it
        #[arg(value_parser = parse_key_id)]
        id: ApiKeyId,
        /// How long the old key stays valid
        #[arg(long, value_name = "SPAN", value_parser = parse_span)]
        overlap: Duration,
        #[command(flatten)]
        target: Target,
    },
    /// Revoke a key; it is rejected from the next request on
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
    /// Create a plan and print its id
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
    #[command(
        after_help = "Example: roster subscription remove --account 1 --email ada@example.com --plan gold-members"
    )]
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

#[derive(Debug, Subcommand)]
pub(crate) enum UserCommand {
    /// Show a user, as an export does
    #[command(after_help = "Example: roster user show --account 1 --email ada@example.com")]
    Show {
        #[arg(long, value_parser = parse_account)]
        account: AccountId,
        #[command(flatten)]
        user: UserChoice,
        #[command(flatten)]
        target: Target,
    },
}

/// The value that identifies a user.
#[derive(Debug, ClapArgs)]
#[group(required = true, multiple = false)]
pub(crate) struct UserChoice {
    #[arg(long, value_parser = parse_user)]
    pub(crate) id: Option<UserId>,
    #[arg(long, value_parser = parse_email)]
    pub(crate) email: Option<Email>,
    #[arg(long, value_parser = parse_login)]
    pub(crate) login: Option<Login>,
    #[arg(long, value_parser = parse_code)]
    pub(crate) code: Option<Code>,
}

#[derive(Clone, Debug, ClapArgs)]
pub(crate) struct ImportArgs {
    /// The file; `-` for standard input
    pub(crate) file: PathBuf,
    #[arg(long, value_parser = parse_account)]
    pub(crate) account: AccountId,
    /// Find the user of each row by this column; update it, or create it if it is not found
    #[arg(long, value_name = "KEY")]
    pub(crate) upsert: Option<Key>,
    /// The meaning of a column with another name; repeat the option for each column
    #[arg(long, value_name = "THEIRS=OURS", value_parser = parse_pair)]
    pub(crate) map: Vec<(String, String)>,
    /// The format of the file; by default it is detected from the first character
    #[arg(long)]
    pub(crate) format: Option<Format>,
    /// Keep the file's ids and times; only in an account that has never had a user
    #[arg(long, conflicts_with = "upsert")]
    pub(crate) keep_ids: bool,
    /// Import into a copy of the account, report the outcomes and write nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Write the outcome of each row to this file, as CSV
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Option<PathBuf>,
    /// Begin at the first row, even if the same import was interrupted
    #[arg(long)]
    pub(crate) restart: bool,
    #[command(flatten)]
    pub(crate) target: Target,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct ExportArgs {
    #[arg(long, value_parser = parse_account)]
    pub(crate) account: AccountId,
    #[arg(long, default_value = "ndjson")]
    pub(crate) format: Format,
    /// Include the password hashes, for an import into another system
    #[arg(long)]
    pub(crate) with_hashes: bool,
    #[command(flatten)]
    pub(crate) target: Target,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct VerifyArgs {
    /// Only this account
    #[arg(long, value_parser = parse_account)]
    pub(crate) account: Option<AccountId>,
    /// Repair each violation that has exactly one correct repair
    #[arg(long)]
    pub(crate) repair: bool,
    #[command(flatten)]
    pub(crate) target: Target,
}
