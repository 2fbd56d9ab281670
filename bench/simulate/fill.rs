//! An account filled, and thinned out again.

use futures_util::{StreamExt as _, stream};
use indicatif::{ProgressBar, ProgressStyle};
use rand::seq::IteratorRandom as _;
use roster_domain::{Email, Line, Login, NewUser, ProfileValue, RoleGuard, UserId};

use crate::account::MeasuredAccount;

/// Users that are handed over at a time.
const BATCH: u64 = 2_400;

/// Makes `count` users of some 600 bytes each, through the path that imports use, and seals them; how
/// many were made a second.
pub(crate) fn users(account: &MeasuredAccount, count: u64) -> u64 {
    let bar = bar(count, "users made");
    let start = std::time::Instant::now();
    for first in (1..=count).step_by(usize::try_from(BATCH).unwrap()) {
        let new = (first..=count.min(first + BATCH - 1)).map(user).collect::<Vec<_>>();
        make(account, new);
        bar.set_position(count.min(first + BATCH - 1));
    }
    bar.finish();
    let rate = count as f64 / start.elapsed().as_secs_f64();
    account.runtime.block_on(account.plain.0.census_seal(account.id)).unwrap();
    rate as u64
}

/// Makes users one after the other, as requests do, and seals none.
pub(crate) fn one_by_one(account: &MeasuredAccount, count: u64) {
    for _ in 0..count {
        let number = 1_000_000_000 + rand::random_range(0..1_000_000_000_u64);
        account.runtime.block_on(account.plain.0.user_create(account.id, user(number), None)).unwrap();
    }
}

pub(crate) fn make(account: &MeasuredAccount, new: Vec<NewUser>) {
    let made = account.runtime.block_on(account.plain.0.user_create_many(account.id, new)).unwrap();
    assert!(made.iter().all(Result::is_ok));
}

pub(crate) fn user(n: u64) -> NewUser {
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

/// Deletes one user in twenty, at random, and folds the deletions.
pub(crate) fn delete_at_random(account: &MeasuredAccount, count: u64) {
    let doomed = (1..=count).sample(&mut rand::rng(), usize::try_from(count / 20).unwrap());
    delete(account, doomed);
    account.runtime.block_on(account.plain.0.census_seal(account.id)).unwrap();
}

/// Deletes the last `each` living users of every block, and folds nothing.
pub(crate) fn delete_of_each_block(account: &MeasuredAccount, users: u64, block: u64, each: u64) {
    let doomed = (0..users / block).flat_map(|number| {
        let end = (number + 1) * block;
        // Enough, though one in twenty is gone already.
        end - each..end
    });
    delete(account, doomed.collect());
}

/// Deletes those of `doomed` that live.
pub(crate) fn delete(account: &MeasuredAccount, doomed: Vec<u64>) {
    let bar = bar(doomed.len() as u64, "users deleted");
    let directory = &account.plain.0;
    let deleting = stream::iter(doomed).for_each_concurrent(8, |id| {
        let bar = &bar;
        async move {
            let id = UserId::parse(&id.to_string()).unwrap();
            if let Some(user) = directory.user_get(account.id, id).await.unwrap() {
                directory.user_delete(user, RoleGuard::Any).await.unwrap();
            }
            bar.inc(1);
        }
    });
    account.runtime.block_on(deleting);
    bar.finish();
}

pub(crate) fn bar(length: u64, what: &'static str) -> ProgressBar {
    let style = ProgressStyle::with_template("{msg:14} {bar:40} {pos}/{len} {per_sec} {eta}").unwrap();
    ProgressBar::new(length).with_style(style).with_message(what)
}
