//! The census on random schedules.
//!
//! The model's store is as unkind as DynamoDB is documented to be: a transaction checks and locks its
//! items one by one and makes them visible one by one, each at a moment of its own; a query walks from
//! item to item while others write; a client may stop for ever or for long at any step, and a
//! transaction it has sent goes on without it. A seed replays a schedule. Planted mistakes show that
//! the check finds what it is for.

use std::{
    cell::Cell,
    collections::{BTreeMap, BTreeSet, HashMap},
    future::{Future, ready},
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard},
    task::{Context, Poll, Waker},
};

use rand::{RngExt as _, SeedableRng as _, rngs::SmallRng};

use super::{Bitmap, Count, Entry, Ledger, Plugged, Standing, page, page::Page, seal};
use crate::{clock, domain::Timestamp};

/// A mistake, planted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flaw {
    None,
    /// Gaps count as decided without a plug.
    NoPlug,
    /// A create writes over a plug.
    OverPlug,
    /// A seal does not look at `rev`, only at the version it replaces.
    NoRev,
    /// A delete does not tell the count row.
    UnseenDelete,
    /// A list leaves out whoever it does not find, and neither counts nor fills up again.
    NoRepair,
    /// A list counts by the count row although it has read a newer bitmap.
    NoRecount,
    /// A list takes a bitmap that is older than its count row.
    TornRows,
    /// A list takes its frontier from one reading and its counts from a later one.
    LateCounts,
    /// A list forgets who was deleted since the block was sealed.
    ForgottenDead,
}

thread_local! {
    static PLANTED: Cell<Flaw> = const { Cell::new(Flaw::None) };
}

/// Whether the census itself, and not only the store, is to make a mistake.
pub(super) fn is_planted(flaw: Flaw) -> bool {
    PLANTED.get() == flaw
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Key {
    Counter,
    User(u64),
    Claim(u32),
    Count(u64),
    Bitmap(u64),
    Tombstone(u64),
}

#[derive(Clone, Debug)]
enum Item {
    Number(u64),
    User(u32),
    Plug,
    Claim,
    Count(Count),
    Bitmap(Bitmap),
    Tombstone,
}

/// What keeps a write from being done.
#[derive(Debug)]
enum Refused {
    Conflict,
    /// The condition of the action with this number.
    Condition(usize),
}

type Condition = Box<dyn Fn(Option<&Item>) -> bool + Send>;
type Change = Box<dyn Fn(Option<Item>) -> Option<Item> + Send>;

struct Action {
    key: Key,
    condition: Condition,
    /// None: only looked at.
    change: Option<Change>,
}

fn action(
    key: Key,
    condition: impl Fn(Option<&Item>) -> bool + Send + 'static,
    change: impl Fn(Option<Item>) -> Option<Item> + Send + 'static,
) -> Action {
    Action { key, condition: Box::new(condition), change: Some(Box::new(change)) }
}

fn absent(item: Option<&Item>) -> bool {
    item.is_none()
}

/// What happened to an id, by the steps of the schedule.
#[derive(Clone, Debug, Default)]
struct History {
    create: (u64, Option<u64>),
    delete: (Option<u64>, Option<u64>),
}

struct State {
    rng: SmallRng,
    step: u64,
    items: BTreeMap<Key, Item>,
    locks: HashMap<Key, u64>,
    transactions: u64,
    histories: BTreeMap<u64, History>,
    spawned: Vec<Task>,
    wrong: Vec<String>,
    lists: u64,
    seals: u64,
}

/// A world with one account in it.
#[derive(Clone)]
struct World {
    state: Arc<Mutex<State>>,
    flaw: Flaw,
    /// How often a gap is left alone.
    polite: f64,
}

struct Task {
    future: Pin<Box<dyn Future<Output = ()> + Send>>,
    stalls: f64,
    crashes: f64,
}

/// Lets others go on.
struct Step(bool);

impl Future for Step {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if std::mem::replace(&mut self.0, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    }
}

fn step() -> Step {
    Step(false)
}

impl World {
    fn new(seed: u64, flaw: Flaw, polite: f64) -> Self {
        let state = State {
            rng: SmallRng::seed_from_u64(seed),
            step: 0,
            items: BTreeMap::new(),
            locks: HashMap::new(),
            transactions: 0,
            histories: BTreeMap::new(),
            spawned: Vec::new(),
            wrong: Vec::new(),
            lists: 0,
            seals: 0,
        };
        Self { state: Arc::new(Mutex::new(state)), flaw, polite }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    fn chance(&self, probability: f64) -> bool {
        self.state().rng.random_bool(probability)
    }

    fn below(&self, end: usize) -> usize {
        self.state().rng.random_range(0..end)
    }

    fn between(&self, first: u64, last: u64) -> u64 {
        self.state().rng.random_range(first..=last)
    }

    fn now(&self) -> u64 {
        self.state().step
    }

    fn spawn(&self, future: impl Future<Output = ()> + Send + 'static, stalls: f64, crashes: f64) {
        self.state().spawned.push(Task { future: Box::pin(future), stalls, crashes });
    }

    /// Runs all tasks in random order, step by step, until none is left or so many steps are done.
    fn run(&self, tasks: &mut Vec<Task>, steps: Option<u64>) {
        let end = steps.map(|steps| self.now() + steps);
        let mut stalled: Vec<Task> = Vec::new();
        let mut context = Context::from_waker(Waker::noop());
        loop {
            tasks.append(&mut self.state().spawned);
            if tasks.is_empty() && stalled.is_empty() {
                return;
            }
            self.state().step += 1;
            if end.is_some_and(|end| self.now() > end) {
                tasks.append(&mut stalled);
                return;
            }
            assert!(self.now() < 400_000, "the schedule does not end");
            if !stalled.is_empty() && (tasks.is_empty() || self.chance(0.002)) {
                let place = self.below(stalled.len());
                tasks.push(stalled.swap_remove(place));
                continue;
            }
            let place = self.below(tasks.len());
            let task = &mut tasks[place];
            if task.crashes > 0.0 && self.chance(task.crashes) {
                tasks.swap_remove(place);
            } else if task.stalls > 0.0 && self.chance(task.stalls) {
                stalled.push(tasks.swap_remove(place));
            } else if task.future.as_mut().poll(&mut context).is_ready() {
                tasks.swap_remove(place);
            }
        }
    }

    async fn get(&self, key: Key) -> Option<Item> {
        step().await;
        self.state().items.get(&key).cloned()
    }

    /// A query: item by item, while others write.
    async fn query(&self, keys: Vec<Key>) -> Vec<(Key, Item)> {
        let mut found = Vec::new();
        for key in keys {
            if self.chance(0.6) {
                step().await;
            }
            found.extend(self.state().items.get(&key).cloned().map(|item| (key, item)));
        }
        found
    }

    async fn write(&self, action: Action) -> Result<(), Refused> {
        step().await;
        let mut state = self.state();
        if state.locks.contains_key(&action.key) {
            return Err(Refused::Conflict);
        }
        if !(action.condition)(state.items.get(&action.key)) {
            return Err(Refused::Condition(0));
        }
        state.apply(&action);
        Ok(())
    }

    async fn lease(&self) -> u64 {
        step().await;
        let mut state = self.state();
        let next = match state.items.get(&Key::Counter) {
            Some(Item::Number(number)) => number + 1,
            _ => 1,
        };
        state.items.insert(Key::Counter, Item::Number(next));
        next
    }

    /// Hands a transaction to the service, which goes on with it whatever becomes of the client.
    async fn transact(&self, actions: Vec<Action>) -> Result<(), Refused> {
        let told = Arc::new(Mutex::new(None));
        self.spawn(service(self.clone(), actions, Arc::clone(&told)), 0.0, 0.0);
        loop {
            if let Some(outcome) = told.lock().unwrap().take() {
                return outcome;
            }
            step().await;
        }
    }

    fn shuffled(&self, count: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..count).collect();
        for place in (1..count).rev() {
            order.swap(place, self.below(place + 1));
        }
        order
    }
}

impl State {
    fn apply(&mut self, action: &Action) {
        let Some(change) = &action.change else { return };
        let before = self.items.remove(&action.key);
        if let Some(after) = change(before) {
            self.items.insert(action.key, after);
        }
    }
}

/// A transaction in the service: all is checked and locked, then each item becomes visible at a
/// moment of its own.
async fn service(world: World, actions: Vec<Action>, told: Arc<Mutex<Option<Result<(), Refused>>>>) {
    let me = {
        let mut state = world.state();
        state.transactions += 1;
        state.transactions
    };
    let abort = |refused| {
        world.state().locks.retain(|_, owner| *owner != me);
        *told.lock().unwrap() = Some(Err(refused));
    };
    for place in world.shuffled(actions.len()) {
        step().await;
        let action = &actions[place];
        let mut state = world.state();
        let refused = if state.locks.contains_key(&action.key) {
            Some(Refused::Conflict)
        } else if !(action.condition)(state.items.get(&action.key)) {
            Some(Refused::Condition(place))
        } else {
            state.locks.insert(action.key, me);
            None
        };
        drop(state);
        if let Some(refused) = refused {
            return abort(refused);
        }
    }
    // A commit may take its time.
    let slow = world.chance(0.3);
    for place in world.shuffled(actions.len()) {
        step().await;
        if slow {
            for _ in 0..world.between(5, 60) {
                step().await;
            }
        }
        let mut state = world.state();
        state.apply(&actions[place]);
        state.locks.remove(&actions[place].key);
    }
    step().await;
    *told.lock().unwrap() = Some(Ok(()));
}

impl Ledger for World {
    const BLOCK: u64 = 8;
    const TAIL: u64 = 3;
    const DEAD: usize = 1;
    type User = u64;
    type Error = String;

    async fn leased(&self) -> Result<u64, String> {
        Ok(match self.get(Key::Counter).await {
            Some(Item::Number(number)) => number,
            _ => 0,
        })
    }

    async fn counts(&self) -> Result<Vec<Count>, String> {
        let read = || async {
            let rows = self.query((0..6).map(Key::Count).collect()).await;
            let rows =
                rows.into_iter().filter_map(|(_, item)| if let Item::Count(count) = item { Some(count) } else { None });
            rows.collect::<Vec<_>>()
        };
        let mut counts = read().await;
        if self.flaw == Flaw::LateCounts {
            let frontier: BTreeMap<_, _> = counts.iter().map(|count| (count.block, count.upto)).collect();
            counts = read().await;
            for count in &mut counts {
                count.upto = count.upto.and(frontier.get(&count.block).copied().flatten());
            }
        }
        if self.flaw == Flaw::ForgottenDead {
            for count in &mut counts {
                count.born = count.live();
                count.dead.clear();
            }
        }
        Ok(counts)
    }

    async fn bitmap(&self, block: u64) -> Result<Bitmap, String> {
        Ok(match self.get(Key::Bitmap(block)).await {
            Some(Item::Bitmap(bitmap)) => bitmap,
            _ => Bitmap::default(),
        })
    }

    async fn entries(&self, ids: std::ops::RangeInclusive<u64>) -> Result<Vec<Entry<u64>>, String> {
        let items = self.query(ids.map(Key::User).collect()).await;
        let entry = |(key, item)| match (key, item) {
            // Some are only counted, and read again where they stand on the page.
            (Key::User(id), Item::User(_)) => {
                let whole = self.chance(0.5).then_some(id);
                Some(Entry { id, standing: Standing::User(whole, moment()) })
            }
            (Key::User(id), Item::Plug) => Some(Entry { id, standing: Standing::Plug }),
            _ => None,
        };
        Ok(items.into_iter().filter_map(entry).collect())
    }

    async fn users(&self, ids: &[u64]) -> Result<Vec<(u64, u64)>, String> {
        let items = self.query(ids.iter().copied().map(Key::User).collect()).await;
        let user = |(key, item)| match (key, item) {
            (Key::User(id), Item::User(_)) => Some((id, id)),
            _ => None,
        };
        Ok(items.into_iter().filter_map(user).collect())
    }

    async fn plug(&self, id: u64) -> Result<Plugged, String> {
        if self.flaw == Flaw::NoPlug {
            return Ok(Plugged::Done);
        }
        let plug = action(Key::User(id), absent, |_| Some(Item::Plug));
        Ok(match self.write(plug).await {
            Ok(()) => Plugged::Done,
            Err(Refused::Conflict) => Plugged::Busy,
            Err(Refused::Condition(_)) => match self.state().items.get(&Key::User(id)) {
                Some(Item::User(_)) => Plugged::User,
                Some(_) => Plugged::Done,
                None => Plugged::Busy,
            },
        })
    }

    async fn advance(&self, read: &Count, sealed: &Count, bitmap: &Bitmap) -> Result<bool, String> {
        let (rev, ver, any_rev) = (read.rev, read.ver, self.flaw == Flaw::NoRev);
        let (sealed, bitmap, block) = (sealed.clone(), bitmap.clone(), read.block);
        let condition = move |item: Option<&Item>| match item {
            None => rev == 0,
            Some(Item::Count(count)) => count.rev == rev || (any_rev && count.ver == ver),
            Some(_) => false,
        };
        let count = action(Key::Count(block), condition, move |before| {
            let rev = if let Some(Item::Count(count)) = before { count.rev } else { 0 };
            Some(Item::Count(Count { rev: rev + 1, ..sealed.clone() }))
        });
        let bitmap = action(Key::Bitmap(block), |_| true, move |_| Some(Item::Bitmap(bitmap.clone())));
        let written = self.transact(vec![count, bitmap]).await.is_ok();
        self.state().seals += u64::from(written);
        Ok(written)
    }

    async fn fold(&self, read: &Count, folded: &[u64], bitmap: &Bitmap) -> Result<bool, String> {
        let (ver, block, born) = (read.ver, read.block, bitmap.len());
        let (folded, bitmap) = (folded.to_vec(), bitmap.clone());
        let condition = move |item: Option<&Item>| matches!(item, Some(Item::Count(count)) if count.ver == ver);
        let count = action(Key::Count(block), condition, move |before| {
            let Some(Item::Count(mut count)) = before else { return before };
            count.dead.retain(|id| !folded.contains(id));
            Some(Item::Count(Count { born, ver: ver + 1, rev: count.rev + 1, ..count }))
        });
        let bitmap = action(Key::Bitmap(block), |_| true, move |_| Some(Item::Bitmap(bitmap.clone())));
        let written = self.transact(vec![count, bitmap]).await.is_ok();
        self.state().seals += u64::from(written);
        Ok(written)
    }

    fn is_abandoned(&self, _gap: u64, _entries: &[Entry<u64>]) -> bool {
        !self.chance(self.polite)
    }

    fn torn() -> String {
        "torn".to_owned()
    }

    async fn pause(&self, tries: u32) -> bool {
        for _ in 0..tries * 10 {
            step().await;
        }
        tries < 50
    }
}

fn moment() -> Timestamp {
    clock::now()
}

/// A create as the directory does it: lease, then user and claim in one transaction.
async fn create(world: World) {
    let name = if world.chance(0.3) { world.between(0, 5) } else { world.between(6, u64::from(u32::MAX)) };
    let name = u32::try_from(name).unwrap();
    let mut id = world.lease().await;
    let mut tries = 0;
    loop {
        let now = world.now();
        world.state().histories.entry(id).or_insert(History { create: (now, None), ..History::default() });
        let over_plug = world.flaw == Flaw::OverPlug;
        let free = move |item: Option<&Item>| item.is_none() || (over_plug && matches!(item, Some(Item::Plug)));
        let user = action(Key::User(id), free, move |_| Some(Item::User(name)));
        let claim = action(Key::Claim(name), absent, move |_| Some(Item::Claim));
        match world.transact(vec![user, claim]).await {
            Ok(()) => {
                let now = world.now();
                world.state().histories.get_mut(&id).unwrap().create.1 = Some(now);
                return;
            }
            Err(Refused::Conflict) => {
                tries += 1;
                if tries > 30 {
                    // Gives up: a gap that nobody plugs.
                    return;
                }
            }
            Err(Refused::Condition(1)) => {
                // Taken: it plugs its own gap.
                let _ = World::write(&world, action(Key::User(id), absent, |_| Some(Item::Plug))).await;
                return;
            }
            Err(Refused::Condition(_)) => {
                world.state().histories.remove(&id);
                id = world.lease().await;
            }
        }
    }
}

/// A delete: user, claim, tombstone and count row in one transaction, reading no census.
async fn delete(world: World) {
    let last = world.leased().await.unwrap();
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
                    count.dead.insert(id);
                    count.rev += 1;
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
            Err(Refused::Condition(0)) => return,
            Err(_) => {}
        }
    }
}

async fn reseal(world: World) {
    let in_lists = [Flaw::LateCounts, Flaw::ForgottenDead].contains(&world.flaw);
    let world = if in_lists { World { flaw: Flaw::None, ..world } } else { world };
    for _ in 0..2 {
        let _ = seal(&world).await.unwrap();
    }
}

async fn list(world: World, offset: u64, limit: u64) {
    // Some lists begin when others have been sealing for a while.
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
    /// Whether a list keeps its promise, given when each write began and was answered.
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

/// One schedule; what went wrong, the lists and the seals in it.
fn schedule(seed: u64, flaw: Flaw, polite: f64) -> (Vec<String>, u64, u64) {
    PLANTED.set(flaw);
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
    // Then quiet: now every list must be the truth.
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
    PLANTED.set(Flaw::None);
    let state = world.state();
    (state.wrong.clone(), state.lists, state.seals)
}

/// How many schedules are tried; more with `ROSTER_SCHEDULES`.
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
        Flaw::NoPlug,
        Flaw::OverPlug,
        Flaw::NoRev,
        Flaw::UnseenDelete,
        Flaw::NoRepair,
        Flaw::NoRecount,
        Flaw::TornRows,
        Flaw::LateCounts,
        Flaw::ForgottenDead,
    ] {
        let found = (0..20_000).find(|seed| !schedule(*seed, flaw, 0.2).0.is_empty());
        assert!(found.is_some(), "{flaw:?} is not found");
        eprintln!("{flaw:?} is found by seed {found:?}");
    }
}
