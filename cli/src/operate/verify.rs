use roster_directory::ports::{Repair, Verified, Violation};
use serde_json::json;

use super::account::found;
use crate::{
    args::VerifyArgs,
    connect,
    output::{Status, report_created},
};

pub(super) async fn run(args: VerifyArgs) -> anyhow::Result<Status> {
    let directory = connect::target(&args.target, false).await?;
    if let Some(account) = args.account {
        found(directory.account_get(account).await?, account)?;
    }
    let (verified, violations) = directory.verify(args.account, args.repair).await?;
    let mut lines: Vec<_> = violations.iter().map(line).collect();
    lines.push(summary(&verified, &violations));
    let document = json!({ "verified": verified, "violations": violations });
    report_created(args.target.json, &document, &lines.join("\n"))?;
    let is_repaired = violations.iter().all(|violation| violation.repair == Repair::Done);
    Ok(if is_repaired { Status::Fine } else { Status::Findings })
}

fn line(violation: &Violation) -> String {
    let Violation { rule, table, key, repair } = violation;
    let repair = match repair {
        Repair::Possible => "--repair repairs it",
        Repair::Done => "repaired",
        Repair::Impossible => "an operator has to decide",
    };
    format!("{rule}: not true in {table}, {key} ({repair})")
}

fn summary(verified: &Verified, violations: &[Violation]) -> String {
    let Verified { users, claims, deletions, keys, index_entries } = verified;
    let looked =
        format!("{users} users, {claims} claims, {deletions} deletions, {keys} keys, {index_entries} index entries");
    match violations.len() {
        0 => format!("{looked}: all agree"),
        1 => format!("{looked}: 1 violation"),
        many => format!("{looked}: {many} violations"),
    }
}
