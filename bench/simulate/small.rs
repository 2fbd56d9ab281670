//! Many small accounts, one of 900 users, one of which hardly anybody is left.

use futures_util::{StreamExt as _, stream};
use roster_domain::{AccountId, AccountSettings};
use serde_json::json;

use crate::{account::MeasuredAccount, fill};
use testkit::{Server, raw_tables};

const ACCOUNTS: u64 = 10_000;

pub(crate) fn measure(server: &Server) -> String {
    let mut table = five(server);
    let mut account = MeasuredAccount::new(server);
    fill::make(&account, (1..=900).map(fill::user).collect());
    account.harness.list("admin-list", "");
    account.table.clear();
    for page in [1, 60] {
        let query = format!("page={page}&per_page=15");
        account.line(&format!("one of 900, page {page} of 60"), "admin-list", &query, &json!({}));
    }
    table += &account.table;
    let mut account = MeasuredAccount::new(server);
    fill::make(&account, (1..=20_000).map(fill::user).collect());
    account.harness.list("admin-list", "");
    account.harness.seal();
    fill::delete(&account, (1..=20_000).filter(|id| id % 100 != 0).collect());
    account.harness.seal();
    account.table.clear();
    for page in [1, 14] {
        let query = format!("page={page}&per_page=15");
        account.line(&format!("one of 20,000, 99 % deleted, page {page} of 14"), "admin-list", &query, &json!({}));
    }
    for page in [1, 20] {
        let query = format!("page={page}");
        account.line(&format!("its deletions, page {page} of 20"), "exceed-deletions", &query, &json!({}));
    }
    table + &account.table
}

/// A list of one of ten thousand accounts of five users.
fn five(server: &Server) -> String {
    let mut first = MeasuredAccount::new(server);
    fill::make(&first, (1..=5).map(fill::user).collect());
    let directory = raw_tables::directory(&server.dynamodb);
    let bar = fill::bar(ACCOUNTS, "accounts made");
    let making = stream::iter(2..=ACCOUNTS).for_each_concurrent(8, |number| {
        let (directory, bar) = (&directory, &bar);
        async move {
            let settings = AccountSettings { name: format!("School {number}"), ..AccountSettings::default() };
            let account: AccountId = directory.account_create(settings).await.unwrap().id;
            let made = directory.user_create_many(account, (1..=5).map(fill::user).collect()).await.unwrap();
            assert_eq!(made.iter().filter(|made| made.is_ok()).count(), 5);
            bar.inc(1);
        }
    });
    first.runtime.block_on(making);
    bar.finish();
    first.harness.list("admin-list", "");
    first.line("one of 10,000 accounts of 5 users", "admin-list", "", &json!({}));
    first.table
}
