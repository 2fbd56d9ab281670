//! The documentation in the browser. It uses no dialect and no store.

roster_lambda::endpoints!(page);
