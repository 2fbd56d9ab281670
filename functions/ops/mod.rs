//! Scheduled maintenance of the directory.

pub mod cleanup;
