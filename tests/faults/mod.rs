//! Calls to the store that go wrong: whatever happens, the answer is a documented one, all tables agree, and
//! whoever sends the request again finds what one request would have done.

mod history;
mod linear;
mod sweep;
