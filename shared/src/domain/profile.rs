use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A value that the directory keeps and that means nothing to it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(untagged)]
pub enum ProfileValue {
    /// Yes or no.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// A text, perhaps empty; a date as `YYYY-MM-DD`, which sorts as dates do.
    Text(String),
}

/// What the exceed dialect's clients say of a user beyond what the directory itself understands:
/// addresses, telephones, custom texts … Which names there are is the dialect's affair. An absent
/// name is null.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Profile(BTreeMap<String, ProfileValue>);

impl Profile {
    /// What every user starts with, whatever door it comes through.
    #[must_use]
    pub fn of_new_user() -> Self {
        Self(BTreeMap::from([("locale".to_owned(), ProfileValue::Text("en".to_owned()))]))
    }

    /// The value of a name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&ProfileValue> {
        self.0.get(name)
    }

    /// Applies a change.
    pub fn apply(&mut self, change: &ProfileChange) {
        for (name, value) in change {
            match value {
                Some(value) => self.0.insert((*name).to_owned(), value.clone()),
                None => self.0.remove(*name),
            };
        }
    }
}

/// New values by name; `None` makes one absent.
pub type ProfileChange = BTreeMap<&'static str, Option<ProfileValue>>;
