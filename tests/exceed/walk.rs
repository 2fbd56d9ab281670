//! What filtered lists read.

use aws_sdk_dynamodb::types::AttributeValue;

use super::{created, new_user};
use testkit::{Account, Server, cost::CostHarness, raw_tables};

/// An account of many users behind a meter.
struct Fixture {
    _server: Server,
    harness: CostHarness,
    account: Account,
}

impl Fixture {
    /// Users 1 to `last`; `edit` makes each a little different.
    fn of(last: u64, edit: impl Fn(u64, &mut raw_tables::Item)) -> Self {
        let server = Server::start_alone();
        let account = Account::create(&server.url, server.data(), &[]);
        created(&account, &new_user("one"));
        raw_tables::copy_users(&server.dynamodb, &account.id, last, edit);
        Self { harness: CostHarness::new(&server, &account), _server: server, account }
    }

    /// The ids of a list, the units that were read for it, and the trips.
    fn list(&self, query: &str) -> (Vec<u64>, f64, usize) {
        let list = self.harness.list("exceed-list", &format!("fields=id&{query}"));
        let ids = list.body.as_array().unwrap().iter().map(|user| user["id"].as_u64().unwrap()).collect();
        (ids, list.read(), list.trips())
    }

    /// The ids of all pages of a filter, and the units that were read for them.
    fn walk(&self, filter: &str) -> (Vec<u64>, f64) {
        let (mut ids, mut units) = (Vec::new(), 0.0);
        for page in 1.. {
            let (page, read, _) = self.list(&format!("{filter}&page={page}"));
            ids.extend(&page);
            units += read;
            if page.len() < 1000 {
                return (ids, units);
            }
        }
        unreachable!()
    }
}

fn custom(item: &mut raw_tables::Item, name: &str, value: &str) {
    let profile = AttributeValue::M([(name.to_owned(), AttributeValue::S(value.to_owned()))].into());
    item.insert("profile".to_owned(), profile);
}

#[test]
fn a_walk_costs_at_most_twice_a_full_read_however_many_match() {
    // Of users with `custom_a`, every one, half, a tenth, and the last few match.
    let fixture = Fixture::of(8_000, |id, item| {
        custom(
            item,
            "custom_a",
            match id {
                id if id > 7_990 => "rare",
                id if id % 10 == 0 => "tenth",
                id if id % 2 == 0 => "even",
                _ => "odd",
            },
        );
    });
    let (none, full, _) = fixture.list("user[custom_a]=nobody");
    assert!(none.is_empty());
    for (filter, expected) in [
        ("user[is_active]=true", (1..=8_000).collect::<Vec<u64>>()),
        ("user[custom_a]=odd", (1..=7_990).filter(|id| id % 2 == 1 && *id > 1).collect()),
        ("user[custom_a]=tenth", (1..=7_990).filter(|id| id % 10 == 0).collect()),
        ("user[custom_a]=rare", (7_991..=8_000).collect()),
    ] {
        let (ids, units) = fixture.walk(filter);
        assert_eq!(ids, expected, "{filter}");
        assert!(units <= 2.0 * full, "{filter}: {units} units, a full read is {full}");
    }
    // A page without a stored cursor is found all the same.
    assert_eq!(fixture.list("user[is_active]=1&page=6").0, (5_001..=6_000).collect::<Vec<u64>>());
}

#[test]
fn whoever_is_named_is_read_alone_and_a_range_of_changes_reads_what_it_returns() {
    let fixture = Fixture::of(3_000, |id, item| {
        let day = if id % 500 == 0 { "2024-02-01" } else { "2024-01-01" };
        item.insert("updated_on".to_owned(), AttributeValue::S(format!("{day}T00:00:00.000000Z")));
    });
    fixture.list("user[id]=1");
    for (filter, expected, units, trips) in [
        ("user[id]=7", vec![7], 2.0, 1),
        ("user[code]=i-7", vec![7], 2.5, 1),
        ("user[login]=one", vec![1], 3.0, 2),
        ("user[login]=nobody", vec![], 2.0, 1),
        ("user[code]=nobody", vec![], 2.5, 2),
        ("user[email]=nobody@example.com", vec![], 2.5, 2),
        // The key, the account's zone, four partitions of the index, the counter, what a walk has noted, six users.
        (
            "user[updated_on]=2024-02-01",
            vec![500, 1_000, 1_500, 2_000, 2_500, 3_000],
            1.0 + 1.0 + 4.0 * 0.5 + 1.0 + 1.0 + 6.0,
            3,
        ),
    ] {
        let (ids, read, sequential) = fixture.list(filter);
        assert_eq!(ids, expected, "{filter}");
        assert!(read <= units && sequential <= trips, "{filter}: {read} units, {sequential} trips");
    }
}

#[test]
fn a_filter_that_takes_too_long_is_503_and_goes_on_where_it_stopped() {
    use std::{sync::Arc, time::Duration};

    use roster_domain::{AccountId, Condition, ListError, ProfileTest, ProfileValue, UserFilter};
    use roster_lambda::Directory;
    use testkit::{gate::Gate, wire};

    let fixture = Fixture::of(6_000, |id, item| {
        custom(item, "custom_a", if id > 5_900 { "rare" } else { "common" });
    });
    let account = AccountId::parse(&fixture.account.id).unwrap();
    let rare = ProfileTest::Is(ProfileValue::Text("rare".to_owned()));
    let filter = UserFilter::all_of(vec![Condition::Profile("custom_a", rare)]);
    // The store falls silent with the fourth query of users, however fast it is; the time for the list passes.
    let gate = Gate::before_call(fixture.harness.server(), "Query", 4);
    let silent = raw_tables::directory_through(wire::connector(Arc::clone(&gate), ""));
    let list = |directory: &Directory| {
        fixture.harness.runtime.block_on(async {
            directory.user_filter(account, &filter, 1, Duration::from_millis(500), std::future::ready(())).await
        })
    };
    assert!(matches!(list(&silent), Err(ListError::OutOfTime)));
    assert!(gate.is_holding());
    gate.release();
    fixture.harness.meter.take();
    let users = list(&fixture.harness.functions.0).unwrap();
    let read: f64 = fixture.harness.meter.take().iter().map(|call| call.read).sum();
    let full = fixture.list("user[custom_a]=nobody").1;
    assert!(read < full, "{read} units, a full read is {full}");
    assert_eq!(users.iter().map(|user| user.id.get()).collect::<Vec<_>>(), (5_901..=6_000).collect::<Vec<_>>());
    // Once it is done, nothing is left of where it stopped: the next begins at the beginning.
    fixture.account.call("PUT", "/api/v2/users/3", r#"{"custom_a":"rare"}"#);
    assert_eq!(fixture.list("user[custom_a]=rare").0.first(), Some(&3));
}
