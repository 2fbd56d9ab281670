use roster_domain::{Attributes, ProfileAttribute};

/// The meaning of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Column {
    Id,
    Email,
    Login,
    Code,
    FirstName,
    LastName,
    Role,
    Active,
    Plans,
    CreatedAt,
    UpdatedAt,
    Password,
    PasswordHash,
    /// One of [`Attributes::NAMES`].
    Attribute(&'static str),
    /// One of the profile's attributes.
    Profile(&'static str),
    /// An attribute that the dialects show but no client can write, or a column that is mapped to nothing.
    Ignored,
}

/// All names of the columns; the first one of each column is its own.
const NAMES: &[(&str, Column)] = &[
    ("id", Column::Id),
    ("user_id", Column::Id),
    ("email", Column::Email),
    ("login", Column::Login),
    ("username", Column::Login),
    ("code", Column::Code),
    ("first_name", Column::FirstName),
    ("last_name", Column::LastName),
    ("role", Column::Role),
    ("role_id", Column::Role),
    ("authority", Column::Role),
    ("active", Column::Active),
    ("is_active", Column::Active),
    ("user_status", Column::Active),
    ("plans", Column::Plans),
    ("created_at", Column::CreatedAt),
    ("created_on", Column::CreatedAt),
    ("updated_at", Column::UpdatedAt),
    ("updated_on", Column::UpdatedAt),
    ("password", Column::Password),
    ("password_hash", Column::PasswordHash),
    ("account", Column::Ignored),
    ("account_id", Column::Ignored),
    ("full_name", Column::Ignored),
];

impl Column {
    /// The column of a name, in any letter case.
    pub(crate) fn named(name: &str) -> Option<Self> {
        let name = name.trim().to_ascii_lowercase();
        let own = NAMES.iter().find(|(known, _)| *known == name).map(|(_, column)| *column);
        let attribute = || Attributes::NAMES.iter().find(|known| **known == name).map(|name| Self::Attribute(name));
        own.or_else(attribute).or_else(|| ProfileAttribute::named(&name).map(|found| Self::Profile(found.name)))
    }

    /// Its own name.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Attribute(name) | Self::Profile(name) => name,
            own => NAMES.iter().find(|(_, column)| *column == own).map_or("", |(name, _)| name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_every_dialect_lead_to_one_column() {
        for (name, column) in [("Username", Column::Login), (" login ", Column::Login), ("user_status", Column::Active)]
        {
            assert_eq!(Column::named(name), Some(column), "{name}");
        }
        assert_eq!(Column::named("city"), Some(Column::Profile("city")));
        assert_eq!(Column::named("shoe_size"), None);
        assert_eq!((Column::Login.name(), Column::Profile("zip").name()), ("login", "zip"));
    }
}
