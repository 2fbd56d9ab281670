//! The three APIs. A dialect is three things: decode to a domain request, domain value to wire,
//! error to wire.

pub mod laravel;
pub mod member;
