use super::{
    attributes::{ATTRIBUTES, Attribute, attribute},
    parameters::Parameters,
};

/// The attributes that a list shows.
#[derive(Debug)]
pub struct Selection {
    pub(super) attributes: Vec<&'static Attribute>,
    /// Whether these are all, XML's password included.
    pub(super) all: bool,
}

impl Selection {
    pub(super) fn all() -> Self {
        Self { attributes: ATTRIBUTES.iter().collect(), all: true }
    }
}

impl Parameters {
    /// The attributes that `fields` names; all, where it names none that there is.
    pub(super) fn fields(&self) -> Selection {
        let names = self.names("fields");
        let mut attributes: Vec<_> =
            names.iter().flat_map(|names| names.split(',')).filter_map(|name| attribute(name.trim())).collect();
        attributes.sort_unstable_by_key(|attribute| attribute.name);
        attributes.dedup_by_key(|attribute| attribute.name);
        if attributes.is_empty() { Selection::all() } else { Selection { attributes, all: false } }
    }
}
