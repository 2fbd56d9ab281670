//! An account filled, and thinned out again.

use futures_util::{StreamExt as _, stream};
use indicatif::{ProgressBar, ProgressStyle};
use rand::seq::IteratorRandom as _;
use roster_shared::{
    Directory,
    domain::{AccountId, Email, Line, Login, NewUser, ProfileValue, UserId},
};
use tokio::runtime::Runtime;

/// Users that are handed over at a time.
const BATCH: u64 = 2_400;

/// Makes `count` users of some 600 octets each, through the path that imports use, and seals them.
pub(crate) fn users(runtime: &Runtime, directory: &Directory, account: AccountId, count: u64) {
    let bar = bar(count, "users made");
    for first in (1..=count).step_by(usize::try_from(BATCH).unwrap()) {
        let new = (first..=count.min(first + BATCH - 1)).map(user).collect::<Vec<_>>();
        let made = runtime.block_on(directory.user_create_many(account, new)).unwrap();
        assert!(made.iter().all(Result::is_ok));
        bar.inc(made.len() as u64);
    }
    bar.finish();
    let start = std::time::Instant::now();
    let rounds = runtime.block_on(directory.user_seal(account)).unwrap();
    println!("sealed in {rounds} rounds and {:.1} s", start.elapsed().as_secs_f64());
}

fn user(n: u64) -> NewUser {
    let line = |text: String| Line::parse(&text, 255).unwrap();
    let email = Email::parse(&format!("user{n}@school{}.example.com", n % 97)).unwrap();
    let text = |text: &str| Some(ProfileValue::Text(text.to_owned()));
    let profile = [
        ("city", text(["Bern", "Basel", "Genève", "Lugano"][usize::try_from(n % 4).unwrap()])),
        ("country", text("Switzerland")),
        ("custom_a", text(&"x".repeat(200))),
        ("position_name", text("Teacher")),
    ];
    NewUser {
        profile: profile.into_iter().collect(),
        ..NewUser::named(
            Login::from(line(format!("user{n}"))),
            Some(email),
            line(format!("Given{}", n % 1_000)),
            line(format!("Family{}", n % 7_919)),
        )
    }
}

/// Deletes one user in twenty, at random.
pub(crate) fn delete(runtime: &Runtime, directory: &Directory, account: AccountId, count: u64) {
    let doomed = (1..=count).sample(&mut rand::rng(), usize::try_from(count / 20).unwrap());
    let bar = bar(doomed.len() as u64, "users deleted");
    let deleting = stream::iter(doomed).for_each_concurrent(8, |id| {
        let bar = &bar;
        async move {
            let user = directory.user_get(account, UserId::parse(&id.to_string()).unwrap()).await.unwrap().unwrap();
            assert!(directory.user_delete(user).await.unwrap());
            bar.inc(1);
        }
    });
    runtime.block_on(deleting);
    bar.finish();
    runtime.block_on(directory.user_seal(account)).unwrap();
}

/// Pages to be measured: the first, powers of ten, a few in between, and the last.
pub(crate) fn pages(users: u64, per_page: u64) -> Vec<u64> {
    let last = users.div_ceil(per_page);
    let mut pages: Vec<u64> = (0..8).map(|power| 10_u64.pow(power)).take_while(|page| *page < last).collect();
    pages.extend([last / 4, last / 2, last * 3 / 4, last]);
    pages.sort_unstable();
    pages.dedup();
    pages.retain(|page| *page > 0);
    pages
}

fn bar(length: u64, what: &'static str) -> ProgressBar {
    let style = ProgressStyle::with_template("{msg:14} {bar:40} {pos}/{len} {per_sec} {eta}").unwrap();
    ProgressBar::new(length).with_style(style).with_message(what)
}
