use anyhow::Context as _;

use super::account::found;
use crate::{args::UserCommand, connect, output::report_created, record};

pub(super) async fn run(command: UserCommand) -> anyhow::Result<()> {
    let UserCommand::Show { account, user, target } = command;
    let directory = connect::target(&target, false).await?;
    found(directory.account_get(account).await?, account)?;
    let user = match (&user.id, &user.email, &user.login, &user.code) {
        (Some(id), ..) => directory.user_get(account, *id).await?,
        (_, Some(email), ..) => directory.user_find_by_email(account, email).await?,
        (_, _, Some(login), _) => directory.user_find_by_login(account, login).await?,
        (.., Some(code)) => directory.user_find_by_code(account, code).await?,
        (None, None, None, None) => None,
    };
    let user = user.with_context(|| format!("account {account} has no such user"))?;
    let document = record::json(&user, None, &record::slugs(&directory, account).await?);
    let lines = document.as_object().into_iter().flatten().filter(|(_, value)| !value.is_null());
    let lines: Vec<_> = lines
        .map(|(name, value)| format!("{name}: {}", value.as_str().map_or_else(|| value.to_string(), str::to_owned)))
        .collect();
    report_created(target.json, &document, &lines.join("\n"))
}
