//! The documentation in the browser: no dialect, and nothing of the store.

roster_lambda::endpoints!(page);
