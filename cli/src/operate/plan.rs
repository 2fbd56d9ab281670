use roster_directory::{CreatePlanError, NewPlan};
use serde_json::json;

use super::account::no_account;
use crate::{args::PlanCommand, connect, output::report_created};

pub(super) async fn run(command: PlanCommand) -> anyhow::Result<()> {
    let PlanCommand::Create { account, name, slug, sku, mobile_push, target } = command;
    let directory = connect::target(&target, false).await?;
    let new = NewPlan { name, slug, sku, mobile_push_enabled: mobile_push };
    let plan = directory.plan_create(account, new).await.map_err(|error| match error {
        CreatePlanError::NoAccount(account) => no_account(account),
        error => error.into(),
    })?;
    let document = json!({
        "id": plan.id,
        "name": plan.name,
        "slug": plan.slug.as_str(),
        "sku": plan.sku,
        "mobile_push_enabled": plan.mobile_push_enabled,
    });
    report_created(target.json, &document, &plan.id.to_string())
}
