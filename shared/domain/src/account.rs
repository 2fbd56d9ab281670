use std::time::Duration;

use super::{AccountId, Patch, Timestamp};

/// An IANA time zone by name, `America/New_York`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimeZone(String);

/// No such time zone.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is no IANA time zone (an example of one: America/New_York)")]
pub struct UnknownTimeZone(String);

impl TimeZone {
    /// Reads a zone's name; letter case does not matter.
    ///
    /// # Errors
    /// The zone is not in the bundled database.
    pub fn parse(name: &str) -> Result<Self, UnknownTimeZone> {
        jiff::tz::TimeZone::get(name)
            .ok()
            .and_then(|zone| zone.iana_name().map(|name| Self(name.to_owned())))
            .ok_or_else(|| UnknownTimeZone(name.to_owned()))
    }

    /// Wraps a name that was valid when it was stored.
    #[must_use]
    pub fn stored(name: String) -> Self {
        Self(name)
    }

    /// The zone's rules.
    #[must_use]
    pub fn rules(&self) -> jiff::tz::TimeZone {
        jiff::tz::TimeZone::get(&self.0).unwrap_or(jiff::tz::TimeZone::UTC)
    }

    /// The zone's name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The settings of an account, which the operator chooses.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccountSettings {
    /// The name shown in lists of accounts.
    pub name: String,
    /// The address of the account's site, as the member dialect shows it.
    pub site_url: Option<String>,
    /// The name of the account's site, as the member dialect shows it.
    pub site_name: Option<String>,
    /// The time zone in which dates of this account are interpreted; UTC unless set.
    pub time_zone: Option<TimeZone>,
    /// How long the records of deletions are stored, in whole seconds; permanently unless set.
    pub deletions_kept: Option<Duration>,
}

/// Changes to the settings of an account; the default changes nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccountChange {
    /// See [`AccountSettings::name`].
    pub name: Option<String>,
    /// See [`AccountSettings::site_url`].
    pub site_url: Patch<String>,
    /// See [`AccountSettings::site_name`].
    pub site_name: Patch<String>,
    /// See [`AccountSettings::time_zone`].
    pub time_zone: Patch<TimeZone>,
    /// See [`AccountSettings::deletions_kept`].
    pub deletions_kept: Patch<Duration>,
}

/// A tenant: no data of one is visible or countable from another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Counts from 1 in the directory.
    pub id: AccountId,
    /// Its settings.
    pub settings: AccountSettings,
    /// When it was created.
    pub created_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_are_known_by_their_iana_names() {
        assert_eq!(TimeZone::parse("america/new_york").unwrap().as_str(), "America/New_York");
        assert!(TimeZone::parse("Mars/Olympus").is_err());
        assert!(TimeZone::parse("").is_err());
    }
}
