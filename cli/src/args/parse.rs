//! Values of the command line.

use std::{
    net::{SocketAddr, ToSocketAddrs as _},
    time::Duration,
};

use roster_domain::{AccountId, ApiKeyId, Code, Email, Line, Login, Slug, TimeZone, UserId};

use super::OptionalAddress;

/// How long a key is valid.
const LONGEST: Duration = Duration::from_secs(100 * 366 * 86_400);

/// A new value, or the removal of the value.
#[derive(Clone, Debug)]
pub(crate) struct Clearable<T>(pub(crate) Option<T>);

/// The word that clears a setting.
const NONE: &str = "none";

pub(super) fn parse_optional_address(text: &str) -> Result<OptionalAddress, String> {
    if text == "none" {
        return Ok(OptionalAddress(None));
    }
    parse_address(text).map(|address| OptionalAddress(Some(address)))
}

pub(super) fn parse_address(text: &str) -> Result<SocketAddr, String> {
    let found = text.to_socket_addrs().ok().and_then(|mut addresses| addresses.next());
    found.ok_or_else(|| "an address has a host and a port: 127.0.0.1:3000, localhost:3000, [::1]:3000".to_owned())
}

pub(super) fn parse_account(text: &str) -> Result<AccountId, String> {
    AccountId::parse(text).ok_or_else(|| "an account is a number from 1".to_owned())
}

pub(super) fn parse_key_id(text: &str) -> Result<ApiKeyId, String> {
    ApiKeyId::parse(text)
        .ok_or_else(|| "a key's public part has 12 letters and digits; `roster key list` shows it".to_owned())
}

pub(super) fn parse_email(text: &str) -> Result<Email, String> {
    Email::parse(text).map_err(|fault| fault.to_string())
}

pub(super) fn parse_slug(text: &str) -> Result<Slug, String> {
    Slug::parse(text).map_err(|_| "a slug has 1 to 255 characters, none of them a control character".to_owned())
}

pub(super) fn parse_name(text: &str) -> Result<String, String> {
    match Line::parse(text, 255) {
        Ok(line) if !line.as_str().is_empty() => Ok(line.as_str().to_owned()),
        _ => Err("1 to 255 characters, none of them a control character".to_owned()),
    }
}

pub(super) fn parse_url(text: &str) -> Result<String, String> {
    let url = parse_name(text)?;
    if url.starts_with("https://") || url.starts_with("http://") {
        Ok(url)
    } else {
        Err("a site's address starts with https:// or http://".to_owned())
    }
}

/// A span in jiff's friendly form, with days of 24 hours.
pub(super) fn parse_span(text: &str) -> Result<Duration, String> {
    let problem = || "a span is a number and a unit, longer than nothing: 30d, 12h, 45m, 90s".to_owned();
    let span: jiff::Span = text.parse().map_err(|_| problem())?;
    let span = span.to_duration(jiff::SpanRelativeTo::days_are_24_hours()).map_err(|_| problem())?;
    let span = Duration::try_from(span).ok().filter(|span| !span.is_zero()).ok_or_else(problem)?;
    if span > LONGEST {
        Err("a key is good for at most 100 years; leave it out for one without an end".to_owned())
    } else {
        Ok(span)
    }
}

/// A setting's new value, or `none`.
pub(super) fn parse_clearable<T, E: std::fmt::Display>(
    text: &str,
    parse: impl Fn(&str) -> Result<T, E>,
) -> Result<Clearable<T>, String> {
    if text == NONE {
        return Ok(Clearable(None));
    }
    parse(text).map(|value| Clearable(Some(value))).map_err(|error| error.to_string())
}

pub(super) fn parse_clearable_name(text: &str) -> Result<Clearable<String>, String> {
    parse_clearable(text, parse_name)
}

pub(super) fn parse_clearable_url(text: &str) -> Result<Clearable<String>, String> {
    parse_clearable(text, parse_url)
}

pub(super) fn parse_clearable_time_zone(text: &str) -> Result<Clearable<TimeZone>, String> {
    parse_clearable(text, TimeZone::parse)
}

/// A span, or `forever`.
pub(super) fn parse_retention(text: &str) -> Result<Clearable<Duration>, String> {
    if text == "forever" {
        return Ok(Clearable(None));
    }
    parse_span(text).map(|span| Clearable(Some(span)))
}

pub(super) fn parse_user(text: &str) -> Result<UserId, String> {
    UserId::parse(text).ok_or_else(|| "a user's id is a number from 1".to_owned())
}

pub(super) fn parse_login(text: &str) -> Result<Login, String> {
    parse_name(text).map(|_| ())?;
    Line::parse(text, 255).map(Login::from).map_err(|fault| fault.to_string())
}

pub(super) fn parse_code(text: &str) -> Result<Code, String> {
    parse_name(text).map(|_| ())?;
    Line::parse(text, 255).map(Code::from).map_err(|fault| fault.to_string())
}

/// `theirs=ours`
pub(super) fn parse_pair(text: &str) -> Result<(String, String), String> {
    let pair = text.split_once('=').ok_or("a mapping is THEIRS=OURS, or THEIRS= to leave a column out")?;
    Ok((pair.0.to_owned(), pair.1.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_have_units_and_a_length() {
        assert_eq!(parse_span("30d"), Ok(Duration::from_secs(30 * 86_400)));
        assert_eq!(parse_span("1h 30m"), Ok(Duration::from_secs(5_400)));
        for text in ["", "30", "0s", "-1d", "soon", "1 fortnight", "3000000d"] {
            assert!(parse_span(text).is_err(), "{text}");
        }
    }
}
