//! The three APIs. A dialect is three things: decode to a domain request, domain value to wire,
//! error to wire.

pub mod admin;
pub mod laravel;
pub mod member;

/// What a call needs of its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// A read-only key is enough.
    Read,
    /// A read-only key is refused.
    Write,
}
