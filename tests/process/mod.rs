//! The `roster` program as a process: how it starts and ends, what it prints, what survives.

mod canaries;
mod crash;
mod endpoint;
mod lines;
mod operate;
mod race;
mod serve;
