use roster_shared::directory::NewPlan;
use serde_json::json;

use crate::{args::PlanCommand, connect, output::tell_made};

pub(super) async fn run(command: PlanCommand) -> anyhow::Result<()> {
    let PlanCommand::Create { account, name, slug, sku, mobile_push, target } = command;
    let directory = connect::target(&target, false).await?;
    let plan = directory.plan_create(account, NewPlan { name, slug, sku, mobile_push_enabled: mobile_push }).await?;
    let document = json!({
        "id": plan.id,
        "name": plan.name,
        "slug": plan.slug.as_str(),
        "sku": plan.sku,
        "mobile_push_enabled": plan.mobile_push_enabled,
    });
    tell_made(target.json, &document, &plan.id.to_string())
}
