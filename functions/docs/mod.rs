//! The documentation in the browser: no dialect, and nothing of the store.

pub mod page;
