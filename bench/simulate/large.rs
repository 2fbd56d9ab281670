//! One large account.

use std::{collections::BTreeSet, fmt::Write as _};

use rand::RngExt as _;
use serde_json::json;

use crate::{
    account::{HEAD, MeasuredAccount, grouped, median},
    census, chart, fill, walk,
};
use testkit::Server;

/// Pairs of which the median ratio counts.
const PAIRS: usize = 41;
const RANDOM_PAGES: usize = 50;
/// Ids of a block of the census.
const BLOCK: u64 = 16_384;

pub(crate) fn measure(server: &Server, users: u64) -> String {
    let mut account = MeasuredAccount::new(server);
    let rate = fill::users(&account, users);
    account.harness.list("exceed-list", "user[id]=1");
    let mut text = format!(
        "{} users of about 600 bytes, created by the code that imports use, at {} a second.\n\n",
        grouped(users),
        grouped(rate)
    );
    let chart: Vec<_> = pages(users, 15).into_iter().map(|page| (page, account.page(page, 15).read())).collect();
    random_pages(&mut account, users);
    let last = users.div_ceil(15);
    let ratio = last_to_first(&account, last);
    for page in [1, users.div_ceil(100)] {
        account.page(page, 100);
    }
    for page in [1, users.div_ceil(2000), users.div_ceil(1000)] {
        let query = format!("page={page}&fields=id");
        let what = format!("1,000 a page, page {}", grouped(page));
        account.line(&what, "exceed-list", &query, &json!({}));
    }
    account.line("the total, with 1 a page", "admin-list", "page=1&per_page=1", &json!({}));
    account.line("get by id", "member-get", "", &json!({}));
    account.line("find by e-mail", "member-find", "", &json!({"email": "user77@school77.example.com"}));
    account.line("read by code", "exceed-get", "user[code]=i-77", &json!({}));
    account.line("filter on the login", "exceed-list", "user[login]=user77", &json!({}));
    account.line(
        "filter that a quarter of the users match, first page",
        "exceed-list",
        "user[city]=Basel&fields=id",
        &json!({}),
    );
    let whole = account.measure("exceed-list", &json!({}), "user[city]=nowhere", &json!({}));
    account.write("filter that matches no user: reads the whole account once", &whole, f64::NAN);
    text += &account.table.replace("NaN", "–");
    writeln!(text, "\nThe last page takes {ratio:.2} times as long as the first (median of {PAIRS} pairs).\n").unwrap();

    account.table = HEAD.to_owned();
    fill::delete_at_random(&account, users);
    let left = users - users / 20;
    text += "After 5 % of the users, taken at random, were deleted:\n\n";
    for page in [1, left.div_ceil(30), left.div_ceil(15)] {
        account.page(page, 15);
    }
    for page in BTreeSet::from([1, (users / 20).div_ceil(2000), (users / 20).div_ceil(1000)]) {
        let what = format!("deletions, 1,000 a page, page {}", grouped(page));
        account.line(&what, "exceed-deletions", &format!("page={page}"), &json!({}));
    }
    tails(&mut account, left.div_ceil(30));
    let ordinary = census::bytes(&account, &server.dynamodb);
    fill::delete_of_each_block(&account, users, BLOCK, 64);
    fill::one_by_one(&account, 64);
    let worst_octets = census::bytes(&account, &server.dynamodb);
    let worst = account.harness.list("admin-list", &format!("page={}&per_page=15", left.div_ceil(30)));
    account.write("with 64 new deletions in every block and a tail of 64, which the list seals", &worst, f64::NAN);
    text += &account.table.replace("NaN", "–");
    text += &census::arithmetic(users, ordinary, worst_octets);
    chart::write(&chart, &walk::measure(&account, &server.dynamodb, users, &pages(users, 15)), users);
    text
}

/// Pages to be measured: the first, powers of ten, a few in between, and the last.
fn pages(users: u64, per_page: u64) -> Vec<u64> {
    let last = users.div_ceil(per_page);
    let mut pages: Vec<u64> = (0..8).map(|power| 10_u64.pow(power)).take_while(|page| *page < last).collect();
    pages.extend([last / 2, last]);
    pages.sort_unstable();
    pages.dedup();
    pages.retain(|page| *page > 0);
    pages
}

fn random_pages(account: &mut MeasuredAccount, users: u64) {
    let last = users.div_ceil(15);
    let pages: Vec<u64> = (0..RANDOM_PAGES).map(|_| rand::rng().random_range(1..=last)).collect();
    let query = |page: &u64| format!("page={page}&per_page=15");
    let dearest = pages.iter().map(|page| account.harness.list("admin-list", &query(page)));
    let dearest = dearest.max_by(|a, b| a.read().total_cmp(&b.read())).unwrap();
    let time = median(pages.iter().map(|page| account.time("admin-list", &query(page))).collect());
    account.write(&format!("15 a page, the most expensive of {RANDOM_PAGES} random pages"), &dearest, time);
}

/// Pages of one size, the last full one after the first: how much longer it takes.
fn last_to_first(account: &MeasuredAccount, last: u64) -> f64 {
    let time = |page: u64| account.time("admin-list", &format!("page={page}&per_page=15"));
    let last = last.saturating_sub(1).max(1);
    median((0..PAIRS).map(|_| time(last) / time(1)).map(|ratio| ratio.max(0.0)).collect())
}

/// A page while so many users stand above the frontier.
fn tails(account: &mut MeasuredAccount, page: u64) {
    let query = format!("page={page}&per_page=15");
    for (more, what) in [(32, "with a tail of 32"), (32, "with a tail of 64, which the list seals"), (0, "after that")]
    {
        fill::one_by_one(account, more);
        let measured = account.harness.list("admin-list", &query);
        let time = account.time("admin-list", &query);
        account.write(&format!("15 a page, page {}, {what}", grouped(page)), &measured, time);
    }
}
