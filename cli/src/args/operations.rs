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
    /// Who is subscribed to what
    #[command(subcommand)]
    Subscription(SubscriptionCommand),
    /// Users
    #[command(subcommand)]
    User(UserCommand),
    /// Make or change users of a file, CSV with a header or a JSON object on each line
    #[command(after_help = IMPORT_HELP)]
    Import(ImportArgs),
    /// Print the users of an account, a JSON object on each line
    #[command(after_help = "Example: roster export --account 1 --format csv > users.csv")]
    Export(ExportArgs),
    /// Check that all tables agree with one another; exit code 1 where they do not
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
        /// How long the records of deletions are kept: 90d, forever
        #[arg(long, value_name = "SPAN|forever", value_parser = parse_kept)]
        keep_deletions: Option<Clearable<Duration>>,
        #[command(flatten)]
        target: Target,
    },
    /// Change an account's settings; `none` takes one away
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
        /// IANA name of the zone in which dates are read
        #[arg(long, value_name = "ZONE|none", value_parser = parse_clearable_time_zone)]
        time_zone: Option<Clearable<TimeZone>>,
        /// How long the records of deletions are kept
        #[arg(long, value_name = "SPAN|forever", value_parser = parse_kept)]
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
    #[command(after_help = "Example: roster key list --account 1")]
    List {
        #[arg(long, value_parser = parse_account)]
        account: AccountId,
        #[command(flatten)]
        target: Target,
    },
    /// Make a key in the place of another and print it; both are good for the overlap
    #[command(after_help = "Example: roster key rotate --account 1 Xk3v9TqLm2Za --overlap 7d")]
    Rotate {
        #[arg(long, value_parser = parse_account)]
        account: AccountId,
        /// The old key's public part, as `roster key list` shows it
        #[arg(value_parser = parse_key_id)]
        id: ApiKeyId,
        /// How long the old key is still good
        #[arg(long, value_name = "SPAN", value_parser = parse_span)]
        overlap: Duration,
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

/// By what a user is named.
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
    /// Change the users that rows find by this, and make only those that they do not find
    #[arg(long, value_name = "KEY")]
    pub(crate) upsert: Option<Key>,
    /// What a column of another name means; repeat it for each
    #[arg(long, value_name = "THEIRS=OURS", value_parser = parse_pair)]
    pub(crate) map: Vec<(String, String)>,
    /// What kind of file it is; its first letter tells if this is not given
    #[arg(long)]
    pub(crate) format: Option<Format>,
    /// Keep the file's ids and times, in an account that has had no user yet
    #[arg(long, conflicts_with = "upsert")]
    pub(crate) keep_ids: bool,
    /// Give the verdicts, on a copy of the account, and write nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Write the verdict on each row there, as CSV
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Option<PathBuf>,
    /// Begin at the first row, though the same import was broken off
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
    /// With the hashes of the passwords, for an import elsewhere
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
    /// Mend what has one right answer
    #[arg(long)]
    pub(crate) repair: bool,
    #[command(flatten)]
    pub(crate) target: Target,
}
