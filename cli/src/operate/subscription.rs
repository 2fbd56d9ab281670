use roster_directory::SubscribeError;
use serde_json::json;

use crate::{args::SubscriptionCommand, connect, output::report_created};

pub(super) async fn run(command: SubscriptionCommand) -> anyhow::Result<()> {
    let (args, subscribed) = match command {
        SubscriptionCommand::Add(args) => (args, true),
        SubscriptionCommand::Remove(args) => (args, false),
    };
    let directory = connect::target(&args.target, false).await?;
    let user = directory.subscription_update(args.account, &args.email, &args.plan, subscribed).await;
    let user = user.map_err(|error| match error {
        SubscribeError::NoPlan(_) => anyhow::anyhow!("{error}; `roster plan create` makes one"),
        error => error.into(),
    })?;
    let plan = args.plan.as_str();
    let document = json!({ "user_id": user.id, "plan": plan, "subscribed": subscribed });
    let state = if subscribed { "is subscribed to" } else { "is not subscribed to" };
    report_created(args.target.json, &document, &format!("user {} {state} {plan}", user.id))
}
