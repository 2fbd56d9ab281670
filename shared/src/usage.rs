//! What one request uses of the store, counted where it is used and told where the request ends.

use std::{
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

tokio::task_local! {
    static USAGE: Arc<Counters>;
}

#[derive(Debug, Default)]
struct Counters {
    /// Tenths: an eventually consistent read is half a unit.
    tenths: AtomicU64,
    calls: AtomicU64,
    retries: AtomicU64,
    conflicts: AtomicU64,
}

/// What a request used.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Usage {
    /// Capacity units, read and written.
    pub(crate) units: f64,
    /// Requests to the store, without those that were sent again.
    pub(crate) calls: u64,
    /// Requests that were sent again.
    pub(crate) retries: u64,
    /// Writes that met other writers.
    pub(crate) conflicts: u64,
}

/// Does something and tells what it used, also of what it does beside in the same task.
pub(crate) async fn counted<T>(work: impl Future<Output = T>) -> (T, Usage) {
    let counters = Arc::<Counters>::default();
    let done = USAGE.scope(Arc::clone(&counters), work).await;
    let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
    let usage = Usage {
        units: count(&counters.tenths) as f64 / 10.0,
        calls: count(&counters.calls),
        retries: count(&counters.retries),
        conflicts: count(&counters.conflicts),
    };
    (done, usage)
}

/// Counts what `work` uses with the request that starts it, in whatever task it runs.
pub(crate) fn carried<T>(work: impl Future<Output = T>) -> impl Future<Output = T> {
    let counters = USAGE.try_with(Arc::clone).unwrap_or_default();
    USAGE.scope(counters, work)
}

/// Outside a request nothing is counted.
fn add(counter: impl Fn(&Counters) -> &AtomicU64, many: u64) {
    let _ = USAGE.try_with(|counters| counter(counters).fetch_add(many, Ordering::Relaxed));
}

/// A request to the store was answered, at this price.
pub(crate) fn call(units: f64) {
    add(|counters| &counters.calls, 1);
    add(|counters| &counters.tenths, (units * 10.0).round() as u64);
}

/// Something is sent again.
pub(crate) fn retry() {
    add(|counters| &counters.retries, 1);
}

/// A write met another writer.
pub(crate) fn conflict() {
    add(|counters| &counters.conflicts, 1);
}

#[cfg(test)]
mod tests {
    use super::*;

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
        assert_eq!(one, Usage { units: 1.5, calls: 2, retries: 1, conflicts: 1 });
        assert_eq!(two, Usage { units: 12.0, calls: 1, ..Usage::default() });
    }
}
