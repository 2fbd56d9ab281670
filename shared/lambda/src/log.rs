use tracing::level_filters::LevelFilter;
use tracing_subscriber::{filter::Targets, layer::SubscriberExt, util::SubscriberInitExt};

/// Writes one JSON line for each event to standard output, where Lambda collects it.
///
/// Whatever the environment sets, only our own crates log below warnings: finer lines of the SDK contain items.
pub(crate) fn init() {
    let filter = Targets::new().with_default(LevelFilter::WARN).with_target("roster", LevelFilter::INFO);
    let lines = tracing_subscriber::fmt::layer()
        .json()
        .flatten_event(true)
        .with_target(false)
        .with_current_span(true)
        .with_span_list(false);
    // A second call in one process changes nothing.
    let _ = tracing_subscriber::registry().with(filter).with(lines).try_init();
}
