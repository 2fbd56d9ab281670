use serde::{Deserialize, Serialize};

/// The highest id, and the highest number in any request: JSON clients read numbers as doubles.
pub const MAX_ID: u64 = 1 << 53;

/// Reads canonical decimal digits: no sign, no leading zero, at least 1.
pub(super) fn canonical(text: &str) -> Option<u64> {
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if !digits || text.starts_with('0') {
        return None;
    }
    text.parse().ok().filter(|n| *n <= MAX_ID)
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        #[cfg_attr(feature = "openapi", derive(schemars::JsonSchema), schemars(inline, transparent))]
        pub struct $name(#[cfg_attr(feature = "openapi", schemars(range(min = 1, max = MAX_ID)))] u64);

        impl $name {
            /// Wraps a number that the store has handed out.
            #[must_use]
            pub const fn new(number: u64) -> Self {
                Self(number)
            }

            /// Reads an id from a path or a command line: canonical decimal digits from 1 to 2^53 and nothing else.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                canonical(text).map(Self)
            }

            /// The highest there can be.
            pub const LAST: Self = Self(MAX_ID);

            /// The one after this.
            #[must_use]
            pub const fn next(self) -> Self {
                Self(self.0 + 1)
            }

            /// The number itself.
            #[must_use]
            pub const fn get(self) -> u64 {
                self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

id!(
    /// Names an account (a tenant). Counts from 1 in a directory.
    AccountId
);
id!(
    /// Names a user within an account. Counts from 1 in each account; none is given twice.
    UserId
);
id!(
    /// Names a subscription plan within an account.
    PlanId
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_canonical_decimal_digits_are_ids() {
        assert_eq!(UserId::parse("7"), Some(UserId::new(7)));
        assert_eq!(UserId::parse("9007199254740992"), Some(UserId::new(MAX_ID)));
        for text in ["", "0", "07", "+7", "-7", "7.0", "7 ", "٧", "9007199254740993", "1e3", "99999999999999999999"] {
            assert_eq!(UserId::parse(text), None, "{text:?}");
        }
    }
}
