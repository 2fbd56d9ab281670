use anyhow::Context as _;
use roster_domain::{Account, AccountChange, AccountId, AccountSettings, Patch, TimeZone};
use serde_json::{Value, json};

use crate::{
    args::{AccountCommand, Clearable},
    connect,
    output::report_created,
};

pub(super) async fn run(command: AccountCommand) -> anyhow::Result<()> {
    match command {
        AccountCommand::Create { name, site_url, site_name, time_zone, keep_deletions, target } => {
            let directory = connect::target(&target, true).await?;
            let deletions_kept = keep_deletions.and_then(|kept| kept.0);
            let settings = AccountSettings { name, site_url, site_name, time_zone, deletions_kept };
            let account = directory.account_create(settings).await?;
            report_created(target.json, &document(&account), &account.id.to_string())
        }
        AccountCommand::Update { account, name, site_url, site_name, time_zone, keep_deletions, target } => {
            let change = AccountChange {
                name,
                site_url: patch(site_url),
                site_name: patch(site_name),
                time_zone: patch(time_zone),
                deletions_kept: patch(keep_deletions),
            };
            anyhow::ensure!(
                change != AccountChange::default(),
                "nothing to change is given; `--help` lists the settings"
            );
            let directory = connect::target(&target, false).await?;
            let changed = directory.account_update(account, &change).await?;
            show(target.json, &found(changed, account)?)
        }
        AccountCommand::List { target } => {
            let accounts = connect::target(&target, false).await?.account_list().await?;
            let documents: Vec<_> = accounts.iter().map(document).collect();
            let lines: Vec<_> =
                accounts.iter().map(|account| format!("{}  {}", account.id, account.settings.name)).collect();
            report_created(target.json, &documents, &lines.join("\n"))
        }
        AccountCommand::Show { account, target } => {
            let directory = connect::target(&target, false).await?;
            show(target.json, &found(directory.account_get(account).await?, account)?)
        }
    }
}

/// The error for an account that does not exist.
pub(super) fn no_account(id: AccountId) -> anyhow::Error {
    anyhow::anyhow!("there is no account {id}; `roster account create` makes one")
}

/// The account, if it exists.
pub(super) fn found(account: Option<Account>, id: AccountId) -> anyhow::Result<Account> {
    account.with_context(|| format!("there is no account {id}; `roster account list` shows those there are"))
}

fn patch<T>(given: Option<Clearable<T>>) -> Patch<T> {
    match given {
        None => Patch::Keep,
        Some(Clearable(None)) => Patch::Clear,
        Some(Clearable(Some(value))) => Patch::Set(value),
    }
}

fn show(json: bool, account: &Account) -> anyhow::Result<()> {
    let document = document(account);
    let lines = document.as_object().into_iter().flatten().map(|(name, value)| match value {
        Value::Null => format!("{name}: none"),
        Value::String(text) => format!("{name}: {text}"),
        other => format!("{name}: {other}"),
    });
    let lines: Vec<_> = lines.collect();
    report_created(json, &document, &lines.join("\n"))
}

fn document(account: &Account) -> Value {
    let settings = &account.settings;
    json!({
        "id": account.id,
        "name": settings.name,
        "site_url": settings.site_url,
        "site_name": settings.site_name,
        "time_zone": settings.time_zone.as_ref().map(TimeZone::as_str),
        "deletions_kept_seconds": settings.deletions_kept.map(|span| span.as_secs()),
        "created_at": account.created_at,
    })
}
