//! What one request uses of store and hasher, counted where it is used and read where the request ends.

use std::{
    future::Future,
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::time::Instant;

tokio::task_local! {
    static USAGE: Arc<Counters>;
}

#[derive(Debug, Default)]
struct Counters {
    /// An eventually consistent read is half a unit.
    tenths_of_units: AtomicU64,
    calls: AtomicU64,
    retries: AtomicU64,
    conflicts: AtomicU64,
    hashes: AtomicU64,
    store: Stopwatch,
    hash: Stopwatch,
    /// Waiting on purpose.
    pause: Stopwatch,
    /// Store, hash or pause.
    away: Stopwatch,
}

/// How long at least one of several activities was in progress.
#[derive(Debug, Default)]
struct Stopwatch(Mutex<Reading>);

#[derive(Clone, Copy, Debug, Default)]
struct Reading {
    under_way: u32,
    since: Option<Instant>,
    past: Duration,
}

impl Stopwatch {
    fn lock(&self) -> MutexGuard<'_, Reading> {
        self.0.lock().expect("nothing panics while it is held")
    }

    fn begin(&self, now: Instant) {
        let mut reading = self.lock();
        if reading.under_way == 0 {
            reading.since = Some(now);
        }
        reading.under_way += 1;
    }

    fn end(&self, now: Instant) {
        let mut reading = self.lock();
        reading.under_way = reading.under_way.saturating_sub(1);
        if reading.under_way == 0 {
            let lasted = reading.since.take().map_or(Duration::ZERO, |since| now - since);
            reading.past += lasted;
        }
    }

    fn read(&self) -> Duration {
        let reading = *self.lock();
        reading.past + reading.since.map_or(Duration::ZERO, |since| since.elapsed())
    }
}

/// What a request used.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Usage {
    /// Capacity units, read and write.
    pub units: f64,
    /// Requests to the store, without those that were sent again.
    pub calls: u64,
    /// Requests that were sent again.
    pub retries: u64,
    /// Writes that met other writers.
    pub conflicts: u64,
    /// Passwords that were hashed.
    pub hashes: u64,
    /// How long it waited for responses of the store; concurrent calls count once.
    pub store: Duration,
    /// How long passwords were hashed, including the wait for a free place.
    pub hash: Duration,
    /// How long any of these, or a pause, was in progress; the rest is our own computing time.
    pub away: Duration,
}

/// Does something and returns what it used, also in [`carried`] tasks.
pub async fn counted<T>(work: impl Future<Output = T>) -> (T, Usage) {
    let counters = Arc::<Counters>::default();
    let done = USAGE.scope(Arc::clone(&counters), work).await;
    let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
    let usage = Usage {
        units: count(&counters.tenths_of_units) as f64 / 10.0,
        calls: count(&counters.calls),
        retries: count(&counters.retries),
        conflicts: count(&counters.conflicts),
        hashes: count(&counters.hashes),
        store: counters.store.read(),
        hash: counters.hash.read(),
        away: counters.away.read(),
    };
    (done, usage)
}

/// Counts what `work` uses for the request that starts it, in any task.
pub fn carried<T>(work: impl Future<Output = T>) -> impl Future<Output = T> {
    let counters = USAGE.try_with(Arc::clone).unwrap_or_default();
    USAGE.scope(counters, work)
}

/// Outside a request nothing is counted.
fn add(counter: impl Fn(&Counters) -> &AtomicU64, count: u64) {
    let _ = USAGE.try_with(|counters| counter(counters).fetch_add(count, Ordering::Relaxed));
}

/// Counts a completed request to the store, with its capacity units.
pub fn call(units: f64) {
    add(|counters| &counters.calls, 1);
    add(|counters| &counters.tenths_of_units, (units * 10.0).round() as u64);
}

/// Something is sent again.
pub fn retry() {
    add(|counters| &counters.retries, 1);
}

/// A write met another writer.
pub fn conflict() {
    add(|counters| &counters.conflicts, 1);
}

/// An activity that is in progress until this is dropped.
#[derive(Debug)]
pub struct Away {
    counters: Arc<Counters>,
    what: fn(&Counters) -> &Stopwatch,
}

impl Away {
    fn begin(what: fn(&Counters) -> &Stopwatch) -> Self {
        let counters = USAGE.try_with(Arc::clone).unwrap_or_default();
        let now = Instant::now();
        what(&counters).begin(now);
        counters.away.begin(now);
        Self { counters, what }
    }
}

impl Drop for Away {
    fn drop(&mut self) {
        let now = Instant::now();
        (self.what)(&self.counters).end(now);
        self.counters.away.end(now);
    }
}

/// An attempt of a request is on its way to the store.
pub fn in_store() -> Away {
    Away::begin(|counters| &counters.store)
}

/// A request waits on purpose.
pub fn in_pause() -> Away {
    Away::begin(|counters| &counters.pause)
}

/// A password is being hashed.
pub fn in_hash() -> Away {
    add(|counters| &counters.hashes, 1);
    Away::begin(|counters| &counters.hash)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn what_is_under_way_together_counts_once() {
        let trip = |begin: u64, end: u64, guard: fn() -> Away| async move {
            tokio::time::sleep(Duration::from_millis(begin)).await;
            let _away = guard();
            tokio::time::sleep(Duration::from_millis(end - begin)).await;
        };
        let ((), usage) = counted(async {
            tokio::join!(trip(0, 60, in_store), trip(20, 80, in_store), trip(40, 120, in_hash));
            tokio::time::sleep(Duration::from_millis(30)).await;
        })
        .await;
        let milliseconds = [usage.store, usage.hash, usage.away].map(|lasted| lasted.as_millis());
        assert_eq!(milliseconds, [80, 80, 120]);
    }

    #[tokio::test]
    async fn each_request_counts_its_own() {
        call(7.0);
        let one = counted(async {
            call(1.0);
            call(0.5);
            tokio::join!(async { retry() }, async { conflict() });
        });
        let two = counted(async { call(12.0) });
        let ((_, one), (_, two)) = tokio::join!(one, two);
        assert_eq!(one, Usage { units: 1.5, calls: 2, retries: 1, conflicts: 1, ..Usage::default() });
        assert_eq!(two, Usage { units: 12.0, calls: 1, ..Usage::default() });
    }
}
