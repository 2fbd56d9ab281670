//! What keeps the directory in order, on a schedule.

pub mod cleanup;
