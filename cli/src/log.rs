use tracing_subscriber::{EnvFilter, layer::SubscriberExt as _, util::SubscriberInitExt as _};

/// One line a request on standard error.
///
/// Only our own crates speak below warnings: the SDK's and the engine's finer lines hold items.
pub(crate) fn init() {
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_target(false);
    let filter =
        EnvFilter::new("error,aws_smithy_runtime=off,roster_shared=info,roster_functions=info,roster_cli=info");
    let _ = tracing_subscriber::registry().with(filter).with(lines).try_init();
}
