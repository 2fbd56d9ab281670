use std::{collections::BTreeMap, fmt};

use serde::{
    Deserialize, Deserializer, Serialize,
    de::{self, Visitor},
};

/// A value that the directory stores without interpreting it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(untagged)]
pub enum ProfileValue {
    /// Yes or no.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// A text, perhaps empty; a date as `YYYY-MM-DD`, which sorts as dates do.
    Text(String),
}

/// Written by hand for speed. The derived code tries one form after the other, and formats an error for each text that
/// is not of the first form. That takes 26 times as long for a text that is not ASCII.
impl<'de> Deserialize<'de> for ProfileValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyValue)
    }
}

struct AnyValue;

impl Visitor<'_> for AnyValue {
    type Value = ProfileValue;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a boolean, an integer or a text")
    }

    fn visit_bool<E>(self, flag: bool) -> Result<ProfileValue, E> {
        Ok(ProfileValue::Boolean(flag))
    }

    fn visit_i64<E>(self, number: i64) -> Result<ProfileValue, E> {
        Ok(ProfileValue::Integer(number))
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<ProfileValue, E> {
        i64::try_from(number).map(ProfileValue::Integer).map_err(E::custom)
    }

    fn visit_str<E>(self, text: &str) -> Result<ProfileValue, E> {
        Ok(ProfileValue::Text(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<ProfileValue, E> {
        Ok(ProfileValue::Text(text))
    }
}

/// Attributes of a user that only the exceed dialect uses and the directory does not interpret: addresses, telephone
/// numbers, custom texts … The dialect defines the names. An absent name is null.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Profile(BTreeMap<String, ProfileValue>);

impl Profile {
    /// The profile of every new user, in any dialect.
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

/// New values by name; `None` removes the value.
pub type ProfileChange = BTreeMap<&'static str, Option<ProfileValue>>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_as_they_were_written() {
        for (value, json) in [
            (ProfileValue::Boolean(true), "true"),
            (ProfileValue::Integer(-7), "-7"),
            (ProfileValue::Integer(i64::MAX), "9223372036854775807"),
            (ProfileValue::Text(String::new()), "\"\""),
            (ProfileValue::Text("true".to_owned()), "\"true\""),
            (ProfileValue::Text("Женева 日内瓦 😀".to_owned()), "\"Женева 日内瓦 😀\""),
        ] {
            assert_eq!(serde_json::to_string(&value).unwrap(), json);
            assert_eq!(serde_json::from_str::<ProfileValue>(json).unwrap(), value);
        }
        for json in ["null", "1.5", "18446744073709551615", "[]", "{}"] {
            assert!(serde_json::from_str::<ProfileValue>(json).is_err(), "{json}");
        }
    }
}
