//! The outcome of a row.

use roster_domain::{Unique, UserId};

/// The outcome of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Created(UserId),
    Updated(UserId),
    Unchanged(UserId),
    /// Nothing was written, for this reason.
    Refused(String),
}

/// The names of the outcomes, in the order in which they are counted.
pub(super) const NAMES: [&str; 4] = ["created", "updated", "unchanged", "refused"];

impl Outcome {
    /// The outcome of a row whose unique values other users hold.
    pub(super) fn taken(taken: &[Unique]) -> Self {
        let name = |unique: &Unique| match unique {
            Unique::Email => "email is taken",
            Unique::Login => "login is taken",
            Unique::Code => "code is taken",
        };
        Self::Refused(taken.iter().map(name).collect::<Vec<_>>().join("; "))
    }

    /// Its index in [`NAMES`].
    pub(super) const fn index(&self) -> usize {
        match self {
            Self::Created(_) => 0,
            Self::Updated(_) => 1,
            Self::Unchanged(_) => 2,
            Self::Refused(_) => 3,
        }
    }

    pub(super) const fn id(&self) -> Option<UserId> {
        match self {
            Self::Created(id) | Self::Updated(id) | Self::Unchanged(id) => Some(*id),
            Self::Refused(_) => None,
        }
    }

    pub(super) fn reason(&self) -> &str {
        match self {
            Self::Refused(reason) => reason,
            _ => "",
        }
    }
}

/// The number of rows by outcome.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally(pub(super) [u64; 4]);

impl Tally {
    pub(super) fn add(&mut self, outcome: &Outcome) {
        if let Some(count) = self.0.get_mut(outcome.index()) {
            *count += 1;
        }
    }

    pub(super) fn refused(&self) -> u64 {
        self.0[3]
    }
}

impl std::fmt::Display for Tally {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let counts: Vec<_> = NAMES.iter().zip(self.0).map(|(word, count)| format!("{count} {word}")).collect();
        f.write_str(&counts.join(", "))
    }
}
