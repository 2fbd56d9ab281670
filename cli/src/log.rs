use tracing::level_filters::LevelFilter;
use tracing_subscriber::{filter::Targets, layer::SubscriberExt as _, util::SubscriberInitExt as _};

/// One line a request on standard error.
///
/// Only our own crates speak below warnings: the SDK's and the engine's finer lines hold items.
pub(crate) fn init() {
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_target(false);
    let filter = Targets::new()
        .with_default(LevelFilter::ERROR)
        .with_target("aws_smithy_runtime", LevelFilter::OFF)
        .with_target("roster", LevelFilter::INFO);
    let _ = tracing_subscriber::registry().with(filter).with(lines).try_init();
}
