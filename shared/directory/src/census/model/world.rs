//! The model that the census is tested in: a store with all the weaknesses that DynamoDB documents, and a scheduler
//! that runs its clients in random order.

use std::{
    collections::{BTreeMap, HashMap},
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard},
    task::{Context, Poll, Waker},
};

use rand::{RngExt as _, SeedableRng as _, rngs::SmallRng};

use super::{Flaw, History};
use roster_domain::Timestamp;

use crate::{
    census::{Bitmap, Count, Entry, IndexStore, ReservedIds, Slot, Voided},
    clock,
};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Key {
    Counter,
    User(u64),
    Claim(u32),
    Count(u64),
    Bitmap(u64),
    Tombstone(u64),
}

#[derive(Clone, Debug)]
pub(super) enum Item {
    Number(u64),
    User(u32),
    Void,
    Claim,
    Count(Count),
    Bitmap(Bitmap),
    Tombstone,
}

/// Why a write was rejected.
#[derive(Debug)]
pub(super) enum Rejected {
    Conflict,
    /// The condition of the action with this index failed.
    Condition(usize),
}

pub(super) type Condition = Box<dyn Fn(Option<&Item>) -> bool + Send>;
pub(super) type Change = Box<dyn Fn(Option<Item>) -> Option<Item> + Send>;

pub(super) struct Action {
    key: Key,
    condition: Condition,
    /// `None`: the item is only checked.
    change: Option<Change>,
}

pub(super) fn action(
    key: Key,
    condition: impl Fn(Option<&Item>) -> bool + Send + 'static,
    change: impl Fn(Option<Item>) -> Option<Item> + Send + 'static,
) -> Action {
    Action { key, condition: Box::new(condition), change: Some(Box::new(change)) }
}

pub(super) fn absent(item: Option<&Item>) -> bool {
    item.is_none()
}

pub(super) struct State {
    pub(super) rng: SmallRng,
    pub(super) step: u64,
    pub(super) items: BTreeMap<Key, Item>,
    pub(super) locks: HashMap<Key, u64>,
    pub(super) transactions: u64,
    pub(super) histories: BTreeMap<u64, History>,
    pub(super) spawned: Vec<Task>,
    pub(super) wrong: Vec<String>,
    pub(super) lists: u64,
    pub(super) seals: u64,
}

/// A world with one account in it.
#[derive(Clone)]
pub(super) struct World {
    pub(super) state: Arc<Mutex<State>>,
    pub(super) flaw: Flaw,
    /// The probability that a gap is left alone.
    pub(super) polite: f64,
}

pub(super) struct Task {
    pub(super) future: Pin<Box<dyn Future<Output = ()> + Send>>,
    pub(super) stalls: f64,
    pub(super) crashes: f64,
}

/// Lets other tasks run.
pub(super) struct Step(bool);

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

pub(super) fn step() -> Step {
    Step(false)
}

impl World {
    pub(super) fn new(seed: u64, flaw: Flaw, polite: f64) -> Self {
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

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    pub(super) fn chance(&self, probability: f64) -> bool {
        self.state().rng.random_bool(probability)
    }

    pub(super) fn below(&self, end: usize) -> usize {
        self.state().rng.random_range(0..end)
    }

    pub(super) fn between(&self, first: u64, last: u64) -> u64 {
        self.state().rng.random_range(first..=last)
    }

    pub(super) fn now(&self) -> u64 {
        self.state().step
    }

    pub(super) fn spawn(&self, future: impl Future<Output = ()> + Send + 'static, stalls: f64, crashes: f64) {
        self.state().spawned.push(Task { future: Box::pin(future), stalls, crashes });
    }

    /// Runs all tasks in random order, step by step, until none is left or this many steps are done.
    pub(super) fn run(&self, tasks: &mut Vec<Task>, steps: Option<u64>) {
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

    pub(super) async fn get(&self, key: Key) -> Option<Item> {
        step().await;
        self.state().items.get(&key).cloned()
    }

    /// A query: reads item by item, while other clients write.
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

    pub(super) async fn write(&self, action: Action) -> Result<(), Rejected> {
        step().await;
        let mut state = self.state();
        if state.locks.contains_key(&action.key) {
            return Err(Rejected::Conflict);
        }
        if !(action.condition)(state.items.get(&action.key)) {
            return Err(Rejected::Condition(0));
        }
        state.apply(&action);
        Ok(())
    }

    pub(super) async fn reserve_id(&self) -> u64 {
        step().await;
        let mut state = self.state();
        let next = match state.items.get(&Key::Counter) {
            Some(Item::Number(number)) => number + 1,
            _ => 1,
        };
        state.items.insert(Key::Counter, Item::Number(next));
        next
    }

    /// Sends a transaction to the service, which completes it even if the client stops.
    pub(super) async fn transact(&self, actions: Vec<Action>) -> Result<(), Rejected> {
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

/// A transaction in the service: all items are checked and locked, then each becomes visible at its own time.
async fn service(world: World, actions: Vec<Action>, told: Arc<Mutex<Option<Result<(), Rejected>>>>) {
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
            Some(Rejected::Conflict)
        } else if !(action.condition)(state.items.get(&action.key)) {
            Some(Rejected::Condition(place))
        } else {
            state.locks.insert(action.key, me);
            None
        };
        drop(state);
        if let Some(refused) = refused {
            return abort(refused);
        }
    }
    // A commit may take a while.
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

impl IndexStore for World {
    const BLOCK: u64 = 8;
    const MAX_TAIL: u64 = 3;
    const MAX_DELETED: usize = 1;
    type User = u64;
    type Error = String;

    async fn reserved(&self) -> Result<ReservedIds, String> {
        let last = match self.get(Key::Counter).await {
            Some(Item::Number(number)) => number,
            _ => 0,
        };
        Ok(ReservedIds { last, ..ReservedIds::default() })
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
            let frontier: BTreeMap<_, _> = counts.iter().map(|count| (count.block, count.sealed_through)).collect();
            counts = read().await;
            for count in &mut counts {
                count.sealed_through = count.sealed_through.and(frontier.get(&count.block).copied().flatten());
            }
        }
        if self.flaw == Flaw::ForgottenDeletion {
            for count in &mut counts {
                count.live_at_seal = count.live();
                count.deleted.clear();
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
            // Some users are only counted, and read again if they are on the page.
            (Key::User(id), Item::User(_)) => {
                let whole = self.chance(0.5).then_some(id);
                Some(Entry { id, slot: Slot::User(whole, time()) })
            }
            (Key::User(id), Item::Void) => Some(Entry { id, slot: Slot::Void }),
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

    async fn void_id(&self, id: u64) -> Result<Voided, String> {
        if self.flaw == Flaw::NoVoidMarker {
            return Ok(Voided::Done);
        }
        let void_id = action(Key::User(id), absent, |_| Some(Item::Void));
        Ok(match self.write(void_id).await {
            Ok(()) => Voided::Done,
            Err(Rejected::Conflict) => Voided::Busy,
            Err(Rejected::Condition(_)) => match self.state().items.get(&Key::User(id)) {
                Some(Item::User(_)) => Voided::User,
                Some(_) => Voided::Done,
                None => Voided::Busy,
            },
        })
    }

    async fn advance(&self, read: &Count, sealed: &Count, bitmap: &Bitmap) -> Result<bool, String> {
        let (version, bitmap_version, any_rev) = (read.version, read.bitmap_version, self.flaw == Flaw::NoRevision);
        let (sealed, bitmap, block) = (sealed.clone(), bitmap.clone(), read.block);
        let condition = move |item: Option<&Item>| match item {
            None => version == 0,
            Some(Item::Count(count)) => count.version == version || (any_rev && count.bitmap_version == bitmap_version),
            Some(_) => false,
        };
        let count = action(Key::Count(block), condition, move |before| {
            let version = if let Some(Item::Count(count)) = before { count.version } else { 0 };
            Some(Item::Count(Count { version: version + 1, ..sealed.clone() }))
        });
        let bitmap = action(Key::Bitmap(block), |_| true, move |_| Some(Item::Bitmap(bitmap.clone())));
        let written = self.transact(vec![count, bitmap]).await.is_ok();
        self.state().seals += u64::from(written);
        Ok(written)
    }

    async fn compact(&self, read: &Count, compacted: &[u64], bitmap: &Bitmap) -> Result<bool, String> {
        let (bitmap_version, block, live_at_seal) = (read.bitmap_version, read.block, bitmap.count_ones());
        let (compacted, bitmap) = (compacted.to_vec(), bitmap.clone());
        let condition = move |item: Option<&Item>| matches!(item, Some(Item::Count(count)) if count.bitmap_version == bitmap_version);
        let count = action(Key::Count(block), condition, move |before| {
            let Some(Item::Count(mut count)) = before else { return before };
            count.deleted.retain(|id| !compacted.contains(id));
            Some(Item::Count(Count {
                live_at_seal,
                bitmap_version: bitmap_version + 1,
                version: count.version + 1,
                ..count
            }))
        });
        let bitmap = action(Key::Bitmap(block), |_| true, move |_| Some(Item::Bitmap(bitmap.clone())));
        let written = self.transact(vec![count, bitmap]).await.is_ok();
        self.state().seals += u64::from(written);
        Ok(written)
    }

    fn is_abandoned(&self, _gap: u64, _entries: &[Entry<u64>]) -> bool {
        !self.chance(self.polite)
    }

    fn inconsistent() -> String {
        "inconsistent".to_owned()
    }

    async fn pause(&self, tries: u32) -> bool {
        for _ in 0..tries * 10 {
            step().await;
        }
        tries < 50
    }
}

pub(super) fn time() -> Timestamp {
    clock::now()
}
