//! Ranges of dates and times in filters: `YYYY-MM-DD`, `YYYY-MM-DD HH:MM:SS` or RFC 3339, alone or as an
//! inclusive range `from,to`, either end open.

use jiff::{
    SignedDuration, ToSpan as _,
    civil::{DateTime, Time},
    tz::TimeZone,
};

use roster_domain::{self as domain, Date, Span, Timestamp};

/// One end of a range.
#[derive(Clone, Copy, Debug)]
enum End {
    /// The whole day.
    Day(Date),
    /// The whole second, in the account's time zone.
    Second(DateTime),
    /// The second that holds this instant.
    Instant(jiff::Timestamp),
}

/// The range of instants that a text stands for in a time zone; `None` where it is no range.
pub(super) fn instants(text: &str, zone: Option<&domain::TimeZone>) -> Option<Span<Timestamp>> {
    let zone = rules(zone);
    let (from, to) = range(text)?;
    Some(Span {
        // A beginning that is later than any instant leaves an empty range.
        from: from.map(|end| first(end, &zone).unwrap_or_else(|| jiff::Timestamp::MAX.into())),
        before: to.and_then(|end| after(end, &zone)),
    })
}

/// The range of dates that a text stands for, as texts; `None` where it is no range.
pub(super) fn dates(text: &str, zone: Option<&domain::TimeZone>) -> Option<Span<String>> {
    let zone = rules(zone);
    let date = |end| match end {
        End::Day(date) => date.civil(),
        End::Second(second) => second.date(),
        End::Instant(instant) => instant.to_zoned(zone.clone()).date(),
    };
    let (from, to) = range(text)?;
    Some(Span {
        from: from.map(|end| date(end).to_string()),
        before: to.and_then(|end| date(end).tomorrow().ok()).map(|date| date.to_string()),
    })
}

/// The first instant of a day in a time zone; `None` where that is later than any instant.
#[must_use]
pub fn day_start(date: Date, zone: Option<&domain::TimeZone>) -> Option<Timestamp> {
    first(End::Day(date), &rules(zone))
}

fn rules(zone: Option<&domain::TimeZone>) -> TimeZone {
    zone.map_or(TimeZone::UTC, domain::TimeZone::rules)
}

fn range(text: &str) -> Option<(Option<End>, Option<End>)> {
    let end = |text: &str| match text.trim() {
        "" => Some(None),
        text => read(text).map(Some),
    };
    match text.split_once(',') {
        Some((from, to)) => Some((end(from)?, end(to)?)),
        None => read(text.trim()).map(|end| (Some(end), Some(end))),
    }
}

fn read(text: &str) -> Option<End> {
    let date = Date::parse(text.get(..10)?)?;
    let Some(rest) = text.get(10..).filter(|rest| !rest.is_empty()) else { return Some(End::Day(date)) };
    let time = rest.strip_prefix([' ', 'T', 't'])?;
    let clock = time.get(..8).filter(|clock| is_clock(clock))?;
    if clock == time {
        let time: Time = clock.parse().ok()?;
        return Some(End::Second(date.civil().to_datetime(time)));
    }
    format!("{date}T{time}").parse().ok().map(End::Instant)
}

/// `HH:MM:SS`
fn is_clock(text: &str) -> bool {
    text.bytes().enumerate().all(|(index, b)| if index % 3 == 2 { b == b':' } else { b.is_ascii_digit() })
}

/// The first instant of an end.
fn first(end: End, zone: &TimeZone) -> Option<Timestamp> {
    let instant = match end {
        End::Day(date) => date.civil().to_zoned(zone.clone()).ok()?.timestamp(),
        // In a gap or an overlap of the clocks it is the earlier instant.
        End::Second(second) => zone.to_ambiguous_timestamp(second).earlier().ok()?,
        End::Instant(instant) => instant,
    };
    let second = jiff::Timestamp::from_second(instant.as_second() - i64::from(instant.subsec_nanosecond() < 0)).ok()?;
    Some(Timestamp::from(second))
}

/// The first instant after an end; `None` where that is later than any instant.
fn after(end: End, zone: &TimeZone) -> Option<Timestamp> {
    match end {
        End::Day(date) => first(End::Day(Date::from(date.civil().checked_add(1.day()).ok()?)), zone),
        End::Second(_) | End::Instant(_) => {
            let first = first(end, zone)?.instant();
            first.checked_add(SignedDuration::from_secs(1)).ok().map(Timestamp::from)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(text: &str, zone: &str) -> Option<(String, String)> {
        let zone = domain::TimeZone::parse(zone).unwrap();
        let span = instants(text, Some(&zone))?;
        let show = |end: Option<Timestamp>| end.map_or("open".to_owned(), |end| end.to_string().replace(".000000", ""));
        Some((show(span.from), show(span.before)))
    }

    #[track_caller]
    fn means(text: &str, zone: &str, from: &str, before: &str) {
        assert_eq!(span(text, zone), Some((from.to_owned(), before.to_owned())), "{text} {zone}");
    }

    #[test]
    fn days_and_seconds_are_whole() {
        means("2020-07-07", "UTC", "2020-07-07T00:00:00Z", "2020-07-08T00:00:00Z");
        means("2020-07-07 11:24:43", "UTC", "2020-07-07T11:24:43Z", "2020-07-07T11:24:44Z");
        means("2020-07-07T11:24:43+02:00", "UTC", "2020-07-07T09:24:43Z", "2020-07-07T09:24:44Z");
        means("2020-07-07T11:24:43.9Z", "UTC", "2020-07-07T11:24:43Z", "2020-07-07T11:24:44Z");
        means("1969-12-31T23:59:59.5Z", "UTC", "1969-12-31T23:59:59Z", "1970-01-01T00:00:00Z");
        means("2020-01-01, 2020-01-31", "UTC", "2020-01-01T00:00:00Z", "2020-02-01T00:00:00Z");
        means("2020-01-01,", "UTC", "2020-01-01T00:00:00Z", "open");
        means(",2020-01-01 12:00:00", "UTC", "open", "2020-01-01T12:00:01Z");
        means(",", "UTC", "open", "open");
        means("9999-12-31", "UTC", "9999-12-30T22:00:00.999999Z", "open");
    }

    #[test]
    fn dates_are_read_in_the_account_s_time_zone() {
        let new_york = "America/New_York";
        means("2020-01-15", new_york, "2020-01-15T05:00:00Z", "2020-01-16T05:00:00Z");
        // 23 and 25 hours.
        means("2024-03-10", new_york, "2024-03-10T05:00:00Z", "2024-03-11T04:00:00Z");
        means("2024-11-03", new_york, "2024-11-03T04:00:00Z", "2024-11-04T05:00:00Z");
        // There is no 02:30 on that day, and 01:30 is there twice.
        means("2024-03-10 02:30:00", new_york, "2024-03-10T06:30:00Z", "2024-03-10T06:30:01Z");
        means("2024-11-03 01:30:00", new_york, "2024-11-03T05:30:00Z", "2024-11-03T05:30:01Z");
        // A day that began at one o'clock.
        means("2018-11-04", "America/Sao_Paulo", "2018-11-04T03:00:00Z", "2018-11-05T02:00:00Z");
        means("2024-03-10T02:30:00-05:00", new_york, "2024-03-10T07:30:00Z", "2024-03-10T07:30:01Z");
    }

    #[test]
    fn a_text_that_is_no_date_is_no_range() {
        for text in [
            "",
            "x",
            "2020",
            "2020-02-30",
            "2020-7-7",
            "2020-07-07 11:24",
            "2020-07-07 25:00:00",
            "2020-07-07T11:24:43x",
            "2020-07-07T11:24:43 00:00",
            "2020-01-01,x",
            "2020-01-01,2020-01-02,",
            "2020-07-07 11-24-43",
            "２０２０-07-07",
            "2020-07-07é",
        ] {
            assert_eq!(span(text, "UTC"), None, "{text}");
        }
    }

    #[test]
    fn dates_are_taken_from_moments_in_the_zone() {
        let zone = domain::TimeZone::parse("America/New_York").unwrap();
        let dates = |text: &str| {
            dates(text, Some(&zone)).map(|span| (span.from.unwrap_or_default(), span.before.unwrap_or_default()))
        };
        let expected = |from: &str, before: &str| Some((from.to_owned(), before.to_owned()));
        assert_eq!(dates("2020-01-31"), expected("2020-01-31", "2020-02-01"));
        assert_eq!(dates("2020-01-31 23:00:00"), expected("2020-01-31", "2020-02-01"));
        assert_eq!(dates("2020-02-01T03:00:00Z,"), expected("2020-01-31", ""));
        assert_eq!(dates("9999-12-31"), expected("9999-12-31", ""));
        assert_eq!(dates("soon"), None);
    }
}
