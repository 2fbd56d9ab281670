use super::{Line, LineFault, PlanId};

/// A plan's short name, unique in its account: `gold-members`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slug(String);

impl Slug {
    /// Trims `text` and checks it: 1 to 255 characters of clean text.
    ///
    /// # Errors
    /// As [`Line::parse`]; an empty slug is ill-formed.
    pub fn parse(text: &str) -> Result<Self, LineFault> {
        let line = Line::parse(text, 255)?;
        if line.as_str().is_empty() {
            return Err(LineFault { too_long: false, ill_formed: true });
        }
        Ok(Self(line.as_str().to_owned()))
    }

    /// Wraps a slug that was valid when it was stored.
    #[must_use]
    pub fn stored(text: String) -> Self {
        Self(text)
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A plan that users can subscribe to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Counts from 1 in the account.
    pub id: PlanId,
    /// The name shown to people.
    pub name: String,
    /// The short name.
    pub slug: Slug,
    /// The stock-keeping unit.
    pub sku: String,
    /// Whether subscribers get push messages on their phones.
    pub mobile_push_enabled: bool,
}
