use serde_json::json;

use crate::{args::SubscriptionCommand, connect, output::tell_made};

pub(super) async fn run(command: SubscriptionCommand) -> anyhow::Result<()> {
    let (args, subscribed) = match command {
        SubscriptionCommand::Add(args) => (args, true),
        SubscriptionCommand::Remove(args) => (args, false),
    };
    let directory = connect::target(&args.target, false).await?;
    let user = directory.subscription_set(args.account, &args.email, &args.plan, subscribed).await?;
    let plan = args.plan.as_str();
    let document = json!({ "user_id": user.id, "plan": plan, "subscribed": subscribed });
    let state = if subscribed { "is subscribed to" } else { "is not subscribed to" };
    tell_made(args.target.json, &document, &format!("user {} {state} {plan}", user.id))
}
