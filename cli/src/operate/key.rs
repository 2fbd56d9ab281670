use anyhow::Context as _;
use roster_directory::{CreateApiKeyError, NewApiKey, Rotation};
use roster_domain::{AccountId, ApiKeyRecord, Scope, Timestamp};
use serde::Serialize;
use serde_json::json;

use super::account::no_account;
use crate::{args::KeyCommand, connect, output::report_created};

/// A key without its secret.
#[derive(Serialize)]
struct Listed<'a> {
    id: &'a str,
    scopes: &'a [Scope],
    read_only: bool,
    created_at: Timestamp,
    expires_at: Option<Timestamp>,
    /// To the hour.
    last_used_at: Option<String>,
    revoked_at: Option<Timestamp>,
}

/// A new key; this is the only time it is shown.
#[derive(Serialize)]
struct Made<'a> {
    key: &'a str,
    #[serde(flatten)]
    record: Listed<'a>,
}

/// A key that replaces another.
#[derive(Serialize)]
struct Exchanged<'a> {
    key: &'a str,
    #[serde(flatten)]
    record: Listed<'a>,
    old_expires_at: Timestamp,
}

impl<'a> From<&'a ApiKeyRecord> for Listed<'a> {
    fn from(key: &'a ApiKeyRecord) -> Self {
        Self {
            id: key.id.as_str(),
            scopes: &key.scopes,
            read_only: key.read_only,
            created_at: key.created_at,
            expires_at: key.expires_at,
            last_used_at: key.last_used.as_ref().map(|hour| format!("{hour}:00:00.000000Z")),
            revoked_at: key.revoked_at,
        }
    }
}

pub(super) async fn run(command: KeyCommand) -> anyhow::Result<()> {
    match command {
        KeyCommand::Create { account, scope, read_only, expires_in, target } => {
            let directory = connect::target(&target, false).await?;
            let new = NewApiKey { scopes: scope, read_only, expires_in };
            let (key, record) = directory.api_key_create(account, new).await.map_err(|error| match error {
                CreateApiKeyError::NoAccount(account) => no_account(account),
                CreateApiKeyError::Failed(failure) => failure.into(),
            })?;
            let key = key.reveal();
            report_created(target.json, &Made { key: &key, record: Listed::from(&record) }, &key)
        }
        KeyCommand::List { account, target } => {
            let directory = connect::target(&target, false).await?;
            require_account(directory.account_get(account).await?.is_some(), account)?;
            let keys = directory.api_key_list(account).await?;
            let listed: Vec<_> = keys.iter().map(Listed::from).collect();
            let lines: Vec<_> = listed.iter().map(line).collect();
            report_created(target.json, &listed, &lines.join("\n"))
        }
        KeyCommand::Rotate { account, id, overlap, target } => {
            let directory = connect::target(&target, false).await?;
            let rotated = match directory.api_key_rotate(account, &id, overlap).await? {
                Rotation::Done(rotated) => rotated,
                Rotation::Replaced(new) => anyhow::bail!("key {id} was replaced by {new}; that one can be rotated"),
                Rotation::NotGood => anyhow::bail!(
                    "account {account} has no good key {id}; `roster key list --account {account}` shows its keys"
                ),
            };
            let key = rotated.key.reveal();
            let record = Listed::from(&rotated.record);
            report_created(target.json, &Exchanged { key: &key, record, old_expires_at: rotated.old_expires_at }, &key)
        }
        KeyCommand::Revoke { account, id, target } => {
            let directory = connect::target(&target, false).await?;
            let since = directory.api_key_revoke(account, &id).await?;
            let since = since.with_context(|| {
                format!("account {account} has no key {id}; `roster key list --account {account}` shows those it has")
            })?;
            report_created(
                target.json,
                &json!({ "id": id.as_str(), "revoked_at": since }),
                &format!("{id} is refused since {since}"),
            )
        }
    }
}

fn require_account(there: bool, account: AccountId) -> anyhow::Result<()> {
    if there { Ok(()) } else { Err(no_account(account)) }
}

fn line(key: &Listed<'_>) -> String {
    let scopes: Vec<_> = key.scopes.iter().map(|scope| scope.as_str()).collect();
    let mut line = format!("{}  {}", key.id, scopes.join(","));
    if key.read_only {
        line.push_str("  read-only");
    }
    line.push_str(&format!("  made {}", key.created_at));
    for (what, when) in [("expires", key.expires_at), ("revoked", key.revoked_at)] {
        if let Some(when) = when {
            line.push_str(&format!("  {what} {when}"));
        }
    }
    if let Some(hour) = &key.last_used_at {
        line.push_str(&format!("  last used {hour}"));
    }
    line
}
