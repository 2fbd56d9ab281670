use roster_shared::domain::{AccountSettings, TimeZone};
use serde_json::json;

use super::print;
use crate::{args::AccountCommand, connect};

pub(super) async fn run(command: AccountCommand) -> anyhow::Result<()> {
    let AccountCommand::Create { name, site_url, site_name, time_zone, target } = command;
    let directory = connect::target(&target, true).await?;
    let account = directory.account_create(AccountSettings { name, site_url, site_name, time_zone }).await?;
    let settings = &account.settings;
    let document = json!({
        "id": account.id,
        "name": settings.name,
        "site_url": settings.site_url,
        "site_name": settings.site_name,
        "time_zone": settings.time_zone.as_ref().map(TimeZone::as_str),
        "created_at": account.created_at,
    });
    print(target.json, &document, &account.id.to_string())
}
