//! The census on random schedules.
//!
//! The model's store has all the weaknesses that DynamoDB documents. A transaction checks and locks its items one by
//! one, and makes them visible one by one, each at its own time. A query reads item by item while other clients write.
//! A client may stop at any step, for long or permanently, and a transaction that it has sent continues without it. A
//! seed reproduces a schedule. Deliberate mistakes show that the check detects them.

mod world;

use std::{
    collections::BTreeSet,
    future::ready,
    sync::{Arc, Mutex},
};

use world::{Item, Key, Rejected, State, World, absent, action, step};

use super::{Count, IndexStore, page, page::Page, seal};

/// A deliberate mistake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flaw {
    None,
    /// Gaps count as decided without a void marker.
    NoVoidMarker,
    /// A create overwrites a void marker.
    VoidOfLiveUser,
    /// A seal does not check `version`, only the `bitmap_version` that it replaces.
    NoRevision,
    /// A delete does not update the count row.
    UnseenDelete,
    /// A list takes its frontier from one reading and its counts from a later one.
    LateCounts,
    /// A list ignores users that were deleted since the block was sealed.
    ForgottenDeletion,
}

/// What happened to an id, by the steps of the schedule.
#[derive(Clone, Debug, Default)]
struct History {
    create: (u64, Option<u64>),
    delete: (Option<u64>, Option<u64>),
}

/// A create as the directory does it: reserves an id, then writes user and claim in one transaction.
async fn create(world: World) {
    let name = if world.chance(0.3) { world.between(0, 5) } else { world.between(6, u64::from(u32::MAX)) };
    let name = u32::try_from(name).unwrap();
    let mut id = world.reserve_id().await;
    let mut tries = 0;
    loop {
        let now = world.now();
        world.state().histories.entry(id).or_insert(History { create: (now, None), ..History::default() });
        let over_plug = world.flaw == Flaw::VoidOfLiveUser;
        let free = move |item: Option<&Item>| item.is_none() || (over_plug && matches!(item, Some(Item::Void)));
        let user = action(Key::User(id), free, move |_| Some(Item::User(name)));
        let claim = action(Key::Claim(name), absent, move |_| Some(Item::Claim));
        match world.transact(vec![user, claim]).await {
            Ok(()) => {
                let now = world.now();
                world.state().histories.get_mut(&id).unwrap().create.1 = Some(now);
                return;
            }
            Err(Rejected::Conflict) => {
                tries += 1;
                if tries > 30 {
                    // Gives up: this leaves a gap that no client voids.
                    return;
                }
            }
            Err(Rejected::Condition(1)) => {
                // The value is taken: the create voids its own gap.
                let _ = World::write(&world, action(Key::User(id), absent, |_| Some(Item::Void))).await;
                return;
            }
            Err(Rejected::Condition(_)) => {
                world.state().histories.remove(&id);
                id = world.reserve_id().await;
            }
        }
    }
}

/// A delete: user, claim, tombstone and count row in one transaction, reading no census.
async fn delete(world: World) {
    let last = world.reserved().await.unwrap().last;
    if last == 0 {
        return;
    }
    let id = world.between(1, last);
    for _ in 0..40 {
        let Some(Item::User(name)) = world.get(Key::User(id)).await else { return };
        let is_user = |item: Option<&Item>| matches!(item, Some(Item::User(_)));
        let mut actions = vec![
            action(Key::User(id), is_user, |_| None),
            action(Key::Claim(name), |_| true, |_| None),
            action(Key::Tombstone(id), absent, |_| Some(Item::Tombstone)),
        ];
        if world.flaw != Flaw::UnseenDelete {
            let block = id / World::BLOCK;
            actions.push(action(
                Key::Count(block),
                |_| true,
                move |before| {
                    let mut count =
                        if let Some(Item::Count(count)) = before { count } else { Count { block, ..Count::default() } };
                    count.deleted.insert(id);
                    count.version += 1;
                    Some(Item::Count(count))
                },
            ));
        }
        let now = world.now();
        world.state().histories.get_mut(&id).unwrap().delete.0.get_or_insert(now);
        match world.transact(actions).await {
            Ok(()) => {
                let now = world.now();
                world.state().histories.get_mut(&id).unwrap().delete.1 = Some(now);
                return;
            }
            Err(Rejected::Condition(0)) => return,
            Err(_) => {}
        }
    }
}

async fn reseal(world: World) {
    let in_lists = [Flaw::LateCounts, Flaw::ForgottenDeletion].contains(&world.flaw);
    let world = if in_lists { World { flaw: Flaw::None, ..world } } else { world };
    for _ in 0..2 {
        let _ = seal(&world).await.unwrap();
    }
}

async fn list(world: World, offset: u64, limit: u64) {
    // Some lists begin after other clients have been sealing for a while.
    for _ in 0..world.between(0, 60) {
        step().await;
    }
    let began = world.now();
    let page = page(&world, offset, limit, ready(())).await;
    let ended = world.now();
    let mut state = world.state();
    state.lists += 1;
    match page {
        Ok(page) => {
            if let Some(wrong) = state.judge(began, ended, offset, limit, &page) {
                state.wrong.push(format!("{wrong}: {page:?} from {offset}, {limit}"));
            }
        }
        Err(error) => state.wrong.push(error),
    }
}

impl State {
    /// The violation of a list's guarantees, if any, given when each write began and when its response arrived.
    fn judge(&self, began: u64, ended: u64, offset: u64, limit: u64, page: &Page<u64>) -> Option<String> {
        let histories = || self.histories.iter();
        let must: BTreeSet<u64> = histories()
            .filter(|(_, h)| h.create.1.is_some_and(|at| at < began) && h.delete.0.is_none_or(|at| at > ended))
            .map(|(id, _)| *id)
            .collect();
        let may: BTreeSet<u64> = histories()
            .filter(|(_, h)| h.create.0 < ended && h.delete.1.is_none_or(|at| at >= began))
            .map(|(id, _)| *id)
            .collect();
        let (ids, total, shown) = (&page.users, page.total, page.users.len() as u64);
        if !ids.is_sorted_by(|a, b| a < b) {
            return Some("out of order".to_owned());
        }
        if !ids.iter().all(|id| may.contains(id)) {
            return Some("a ghost".to_owned());
        }
        if total < must.len() as u64 || total > may.len() as u64 {
            return Some(format!("total not in {}..={}", must.len(), may.len()));
        }
        if shown < limit && !(if shown > 0 { offset + shown == total } else { total <= offset }) {
            return Some("a short page".to_owned());
        }
        if shown == limit && total < offset + limit {
            return Some("a total below its page".to_owned());
        }
        let (first, last) = (ids.first()?, ids.last()?);
        let before = |set: &BTreeSet<u64>| set.range(..first).count() as u64;
        if !(before(&must)..=before(&may)).contains(&offset) {
            return Some("a shifted page".to_owned());
        }
        let hole = must.range(first..=last).any(|id| !ids.contains(id));
        hole.then(|| "a hole".to_owned())
    }

    fn truth(&self) -> Vec<u64> {
        let user = |(key, item): (&Key, &Item)| match (key, item) {
            (Key::User(id), Item::User(_)) => Some(*id),
            _ => None,
        };
        self.items.iter().filter_map(user).collect()
    }
}

/// Runs one schedule; returns the violations and the numbers of lists and seals.
fn schedule(seed: u64, flaw: Flaw, polite: f64) -> (Vec<String>, u64, u64) {
    let world = World::new(seed, flaw, polite);
    let mut tasks = Vec::new();
    let many = |first, last| 0..world.between(first, last);
    let a_list = || list(world.clone(), world.between(0, 5) * 3, [1, 3, 5, 9][world.below(4)]);
    many(14, 26).for_each(|_| world.spawn(create(world.clone()), 0.06, 0.004));
    world.run(&mut tasks, Some(world.between(60, 260)));
    many(3, 8).for_each(|_| world.spawn(create(world.clone()), 0.06, 0.004));
    many(3, 10).for_each(|_| world.spawn(delete(world.clone()), 0.0, 0.004));
    many(2, 6).for_each(|_| world.spawn(reseal(world.clone()), 0.0, 0.01));
    many(4, 9).for_each(|_| world.spawn(a_list(), 0.1, 0.01));
    world.run(&mut tasks, None);
    // A second wave.
    many(0, 4).for_each(|_| world.spawn(create(world.clone()), 0.0, 0.0));
    many(0, 6).for_each(|_| world.spawn(delete(world.clone()), 0.0, 0.0));
    many(0, 2).for_each(|_| world.spawn(reseal(world.clone()), 0.0, 0.0));
    (0..2).for_each(|_| world.spawn(a_list(), 0.0, 0.0));
    world.run(&mut tasks, None);
    // Then no client writes: now every list must be exact.
    for _ in 0..2 {
        for _ in 0..6 {
            world.spawn(reseal(world.clone()), 0.0, 0.0);
            world.run(&mut tasks, None);
        }
        for offset in (0..32).step_by(4) {
            let told = Arc::new(Mutex::new(None));
            let (asking, tells) = (world.clone(), Arc::clone(&told));
            let listing = async move { *tells.lock().unwrap() = page(&asking, offset, 4, ready(())).await.ok() };
            world.spawn(listing, 0.0, 0.0);
            world.run(&mut tasks, None);
            let page = told.lock().unwrap().take();
            let mut state = world.state();
            let truth = state.truth();
            let expected: Vec<u64> = truth.iter().copied().skip(usize::try_from(offset).unwrap()).take(4).collect();
            if !page.as_ref().is_some_and(|page| page.total == truth.len() as u64 && page.users == expected) {
                state.wrong.push(format!("quiet, and wrong: {page:?} from {offset} of {truth:?}"));
            }
        }
        (0..2).for_each(|_| world.spawn(delete(world.clone()), 0.0, 0.0));
        world.run(&mut tasks, None);
    }
    let state = world.state();
    (state.wrong.clone(), state.lists, state.seals)
}

/// The number of schedules; `ROSTER_SCHEDULES` changes it.
fn schedules() -> u64 {
    std::env::var("ROSTER_SCHEDULES").ok().and_then(|number| number.parse().ok()).unwrap_or(1_500)
}

#[test]
fn lists_keep_their_promise_on_every_schedule() {
    for polite in [0.5, 0.0, 1.0] {
        let (mut lists, mut seals) = (0, 0);
        for seed in 0..schedules() {
            let (wrong, listed, sealed) = schedule(seed, Flaw::None, polite);
            assert!(wrong.is_empty(), "seed {seed}, polite {polite}: {wrong:#?}");
            lists += listed;
            seals += sealed;
        }
        assert!(lists > schedules() * 4 && seals > schedules(), "{lists} lists, {seals} seals");
    }
}

#[test]
fn planted_mistakes_are_found() {
    for flaw in [
        Flaw::NoVoidMarker,
        Flaw::VoidOfLiveUser,
        Flaw::NoRevision,
        Flaw::UnseenDelete,
        Flaw::LateCounts,
        Flaw::ForgottenDeletion,
    ] {
        let found = (0..20_000).find(|seed| !schedule(*seed, flaw, 0.2).0.is_empty());
        assert!(found.is_some(), "{flaw:?} is not found");
        eprintln!("{flaw:?} is found by seed {found:?}");
    }
}
