use super::attribute::{ATTRIBUTES, Attribute, attribute};

/// The attributes that a list shows.
#[derive(Debug)]
pub struct Fieldset {
    pub(super) attributes: Vec<&'static Attribute>,
    /// Whether these are all, XML's password included.
    pub(super) is_all: bool,
}

impl Fieldset {
    /// Every attribute.
    #[must_use]
    pub fn all() -> Self {
        Self { attributes: ATTRIBUTES.iter().collect(), is_all: true }
    }

    /// The attributes of these names; all, where no attribute has one of them.
    pub fn of<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        let mut attributes: Vec<_> = names.into_iter().filter_map(attribute).collect();
        attributes.sort_unstable_by_key(|attribute| attribute.name);
        attributes.dedup_by_key(|attribute| attribute.name);
        if attributes.is_empty() { Self::all() } else { Self { attributes, is_all: false } }
    }
}
