use tracing::level_filters::LevelFilter;
use tracing_subscriber::{filter::Targets, layer::SubscriberExt as _, util::SubscriberInitExt as _};

/// Writes one line for each request to standard error.
///
/// Only our own crates log below warnings: finer lines of the SDK and of the engine contain items.
pub(crate) fn init() {
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_target(false);
    let filter = Targets::new()
        .with_default(LevelFilter::ERROR)
        .with_target("aws_smithy_runtime", LevelFilter::OFF)
        .with_target("roster", LevelFilter::INFO);
    let _ = tracing_subscriber::registry().with(filter).with(lines).try_init();
}
