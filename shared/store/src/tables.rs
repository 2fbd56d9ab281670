/// Environment variables that name the tables, with the names used where they are unset. The
/// template sets them; the defaults are what it calls the tables of a stack named `roster`.
pub const TABLE_VARIABLES: [(&str, &str); 5] = [
    ("USERS_TABLE", "roster-users"),
    ("CLAIMS_TABLE", "roster-claims"),
    ("DELETIONS_TABLE", "roster-deletions"),
    ("KEYS_TABLE", "roster-keys"),
    ("ACCOUNTS_TABLE", "roster-accounts"),
];

/// Indexes of the users table.
pub(crate) const EMAIL_INDEX: &str = "email-index";
pub(crate) const CODE_INDEX: &str = "code-index";
pub(crate) const CHANGES_INDEX: &str = "changes-index";
/// The index of the table of keys.
pub(crate) const EXPIRY_INDEX: &str = "expiry-index";

/// The tables' names.
#[derive(Clone, Debug)]
pub struct Tables {
    /// Users, and the void markers of abandoned ids.
    pub users: String,
    /// One item per unique value, naming its user.
    pub claims: String,
    /// Tombstones.
    pub deletions: String,
    /// API keys, sessions and other short-lived items.
    pub keys: String,
    /// Settings, counters, plans.
    pub accounts: String,
}

impl Tables {
    /// Reads the names from the environment, or uses the defaults.
    #[must_use]
    pub fn from_environment() -> Self {
        let [users, claims, deletions, keys, accounts] =
            TABLE_VARIABLES.map(|(variable, default)| super::variable(variable).unwrap_or_else(|| default.to_owned()));
        Self { users, claims, deletions, keys, accounts }
    }

    /// The name that a variable of [`TABLE_VARIABLES`] stands for.
    #[must_use]
    pub fn name(&self, variable: &str) -> Option<&str> {
        match variable {
            "USERS_TABLE" => Some(&self.users),
            "CLAIMS_TABLE" => Some(&self.claims),
            "DELETIONS_TABLE" => Some(&self.deletions),
            "KEYS_TABLE" => Some(&self.keys),
            "ACCOUNTS_TABLE" => Some(&self.accounts),
            _ => None,
        }
    }
}
