use std::{collections::BTreeMap, net::IpAddr, time::Duration};

use serde::{Deserialize, Serialize};

use sha2::{Digest as _, Sha256};

use super::{AccountId, Timestamp, hex};

/// Failed tries of one name from one address within [`WINDOW`].
const MAX_FAILED: u32 = 3;
/// Failed tries from one address, of all names, within [`WINDOW`].
const MAX_FAILED_OF_ADDRESS: u32 = 60;
/// How long failed tries count, measured from the first one.
const WINDOW: Duration = Duration::from_secs(10 * 60);
/// How long a try may take. A try that has not ended by then counts as failed.
const MAX_TRY: Duration = Duration::from_secs(60);

/// The maximum difference between the clocks of two processes. A time further ahead was written by a wrong clock.
const SKEW: Duration = Duration::from_secs(60);

/// The failed tries to sign in, and the tries in progress, of one account, name and address.
///
/// Only failed tries count. Each try takes one of three slots before anything is hashed, and returns it afterwards. So
/// any number of concurrent tries costs at most three hashes. Correct tries all succeed, one after the other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoginTries {
    failed: u32,
    /// Tries in progress, each with the time at which it counts as failed.
    #[serde(default)]
    places: BTreeMap<String, Timestamp>,
    /// When the window ends. The first failed try starts it.
    #[serde(rename = "expires_at")]
    ends_at: Timestamp,
}

/// The decision about a try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// It has a slot.
    Taken,
    /// Tries in progress take all remaining slots.
    Busy,
    /// Too many tries have failed; the next one is checked at this time.
    Refused(Timestamp),
}

impl LoginTries {
    /// No tries yet.
    #[must_use]
    pub fn new(now: Timestamp) -> Self {
        Self { failed: 0, places: BTreeMap::new(), ends_at: now.saturating_add(WINDOW) }
    }

    /// Takes a slot for a try with a unique name. The same name gets the same slot again.
    #[must_use]
    pub fn take(&mut self, try_id: &str, now: Timestamp) -> Place {
        self.pass_time(now);
        if self.places.contains_key(try_id) {
            return Place::Taken;
        }
        if self.failed >= MAX_FAILED {
            return Place::Refused(self.ends_at);
        }
        if self.failed as usize + self.places.len() >= MAX_FAILED as usize {
            return Place::Busy;
        }
        if self.is_empty() {
            *self = Self::new(now);
        }
        self.places.insert(try_id.to_owned(), now.saturating_add(MAX_TRY));
        Place::Taken
    }

    /// The try has failed.
    pub fn fail(&mut self, try_id: &str, now: Timestamp) {
        self.pass_time(now);
        if self.places.remove(try_id).is_some() {
            self.failed += 1;
        }
    }

    /// The try was correct: earlier failed tries no longer count.
    pub fn succeed(&mut self, try_id: &str) {
        self.places.remove(try_id);
        self.failed = 0;
    }

    /// Whether nothing has to be stored.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.failed == 0 && self.places.is_empty()
    }

    /// For all names of an address: when the next try is checked, if too many have failed.
    #[must_use]
    pub fn address_is_rejected(&self, now: Timestamp) -> Option<Timestamp> {
        (self.failed >= MAX_FAILED_OF_ADDRESS && !self.is_over(now)).then_some(self.ends_at)
    }

    /// For all names of an address: records one more failed try.
    pub fn address_fails(&mut self, now: Timestamp) {
        self.pass_time(now);
        self.failed += 1;
    }

    /// Whether the window has ended. A window that ends too far in the future was written by a wrong clock, and counts
    /// as ended.
    fn is_over(&self, now: Timestamp) -> bool {
        self.ends_at <= now || self.ends_at > now.saturating_add(WINDOW + SKEW)
    }

    fn pass_time(&mut self, now: Timestamp) {
        let under_way = self.places.len();
        self.places.retain(|_, end| now < *end && *end <= now.saturating_add(MAX_TRY + SKEW));
        let given_up = u32::try_from(under_way - self.places.len()).expect("few tries are in progress at a time");
        if self.is_over(now) {
            (self.failed, self.ends_at) = (0, now.saturating_add(WINDOW));
        } else {
            self.failed = self.failed.saturating_add(given_up);
        }
    }
}

/// The key under which attempts are counted. Contains no name and no address, only their hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoginTriesKey(String);

impl LoginTriesKey {
    /// The key of an account, a compared login and a source address.
    #[must_use]
    pub fn new(account: AccountId, login: &str, source: &str) -> Self {
        Self::of(&[&account.to_string(), login, source])
    }

    /// The key of a source address, for all accounts and logins together.
    #[must_use]
    pub fn of_address(source: &str) -> Self {
        Self::of(&["address", &network_of(source)])
    }

    fn of(parts: &[&str]) -> Self {
        let mut hash = Sha256::new();
        for part in parts {
            hash.update(part.len().to_be_bytes());
            hash.update(part);
        }
        Self(hex(hash.finalize().iter()))
    }

    /// The hash, as hexadecimal digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The part of an address that counts as one source. For IPv6 it is the first 64 bits, which belong to one customer.
fn network_of(source: &str) -> String {
    match source.parse::<IpAddr>().map(|address| address.to_canonical()) {
        Ok(IpAddr::V4(address)) => address.to_string(),
        Ok(IpAddr::V6(address)) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
        Err(_) => source.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millisecond(1_700_000_000_000 + seconds * 1_000)
    }

    #[test]
    fn three_failures_use_up_the_window_that_the_first_opened() {
        let mut tries = LoginTries::new(at(0));
        for n in 0..3 {
            let id = format!("try{n}");
            assert_eq!(tries.take(&id, at(n * 10)), Place::Taken);
            tries.fail(&id, at(n * 10 + 1));
        }
        assert_eq!(tries.take("late", at(599)), Place::Refused(at(600)));
        assert_eq!(tries.take("after", at(600)), Place::Taken);
        tries.fail("after", at(601));
        assert_eq!((tries.failed, tries.ends_at), (1, at(1_200)));
    }

    #[test]
    fn tries_under_way_take_places_and_give_them_back() {
        let mut tries = LoginTries::new(at(0));
        for id in ["a", "b", "c"] {
            assert_eq!(tries.take(id, at(0)), Place::Taken);
        }
        assert_eq!(tries.take("a", at(0)), Place::Taken, "the same once more");
        assert_eq!(tries.take("d", at(1)), Place::Busy);
        tries.succeed("a");
        assert_eq!(tries.take("d", at(1)), Place::Taken);
        for id in ["b", "c", "d"] {
            tries.fail(id, at(2));
        }
        assert_eq!(tries.take("e", at(2)), Place::Refused(at(600)));
        tries.fail("b", at(2));
        assert_eq!(tries.failed, 3, "each fails once");
    }

    #[test]
    fn a_success_clears_what_failed() {
        let mut tries = LoginTries::new(at(0));
        assert_eq!(tries.take("a", at(0)), Place::Taken);
        tries.fail("a", at(0));
        assert_eq!(tries.take("b", at(0)), Place::Taken);
        tries.succeed("b");
        assert!(tries.is_empty());
    }

    #[test]
    fn a_try_that_never_ends_has_failed() {
        let mut tries = LoginTries::new(at(0));
        for id in ["a", "b", "c"] {
            assert_eq!(tries.take(id, at(0)), Place::Taken);
        }
        assert_eq!(tries.take("d", at(59)), Place::Busy);
        assert_eq!(tries.take("d", at(60)), Place::Refused(at(600)));
    }

    #[test]
    fn clocks_that_are_a_little_apart_count_together() {
        let mut tries = LoginTries::new(at(30));
        for id in ["a", "b", "c"] {
            assert_eq!(tries.take(id, at(30)), Place::Taken);
        }
        assert_eq!(tries.take("d", at(0)), Place::Busy, "by a clock that is late");
        for id in ["a", "b", "c"] {
            tries.fail(id, at(0));
        }
        assert_eq!(tries.take("d", at(0)), Place::Refused(at(630)));
    }

    #[test]
    fn a_clock_that_was_wrong_leaves_nothing_behind() {
        let mut tries = LoginTries::new(at(2_000_000_000));
        for n in 0..3 {
            let id = format!("try{n}");
            assert_eq!(tries.take(&id, at(2_000_000_000)), Place::Taken);
            tries.fail(&id, at(2_000_000_000));
        }
        assert_eq!(tries.take("now", at(0)), Place::Taken);
        assert_eq!(tries.ends_at, at(600));
    }

    #[test]
    fn an_address_has_sixty_failures_over_all_names() {
        let mut tries = LoginTries::new(at(0));
        for n in 0..60 {
            assert_eq!(tries.address_is_rejected(at(n)), None, "{n}");
            tries.address_fails(at(n));
        }
        assert_eq!(tries.address_is_rejected(at(599)), Some(at(600)));
        assert_eq!(tries.address_is_rejected(at(600)), None);
        tries.address_fails(at(600));
        assert_eq!((tries.failed, tries.ends_at), (1, at(1_200)));
    }

    #[test]
    fn an_address_of_ipv6_is_its_first_half() {
        for (source, address) in [
            ("192.0.2.1", "192.0.2.1"),
            ("::ffff:192.0.2.1", "192.0.2.1"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
            ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
            ("2001:db8:1:3::9", "2001:db8:1:3::/64"),
            ("", ""),
            ("x", "x"),
        ] {
            assert_eq!(network_of(source), address);
        }
    }
}
