//! Calls to the store that go wrong: in every case the response is a documented one, all tables agree, and
//! a repeated request finds what one request would have done.

mod history;
mod linear;
mod sweep;
