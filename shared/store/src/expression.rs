use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;

use roster_domain::Patch;

/// An update expression under construction. Every name is a placeholder, so that no attribute
/// meets a reserved word.
#[derive(Debug, Default)]
pub(crate) struct Update {
    set: Vec<String>,
    remove: Vec<String>,
    add: Vec<String>,
    delete: Vec<String>,
    /// Placeholders of names.
    pub(crate) names: HashMap<String, String>,
    /// Placeholders of values.
    pub(crate) values: HashMap<String, AttributeValue>,
}

impl Update {
    pub(crate) fn set(&mut self, attribute: &str, value: AttributeValue) {
        let (name, placeholder) = (self.name(attribute), self.value(attribute, value));
        self.set.push(format!("{name} = {placeholder}"));
    }

    pub(crate) fn remove(&mut self, attribute: &str) {
        let name = self.name(attribute);
        self.remove.push(name);
    }

    /// Sets, removes or leaves an attribute.
    pub(crate) fn patch<T>(&mut self, attribute: &str, patch: &Patch<T>, value: impl Fn(&T) -> AttributeValue) {
        match patch {
            Patch::Keep => {}
            Patch::Clear => self.remove(attribute),
            Patch::Set(new) => self.set(attribute, value(new)),
        }
    }

    /// Sets one name in an attribute that is a map.
    pub(crate) fn set_in(&mut self, map: &str, name: &str, value: AttributeValue) {
        let (path, placeholder) = (self.path(map, name), self.value(&format!("{map}_{name}"), value));
        self.set.push(format!("{path} = {placeholder}"));
    }

    /// Removes one name from an attribute that is a map.
    pub(crate) fn remove_in(&mut self, map: &str, name: &str) {
        let path = self.path(map, name);
        self.remove.push(path);
    }

    fn path(&mut self, map: &str, name: &str) -> String {
        let map = self.name(map);
        self.names.insert(format!("{map}_{name}"), name.to_owned());
        format!("{map}.{map}_{name}")
    }

    pub(crate) fn add(&mut self, attribute: &str, number: u64) {
        let (name, placeholder) = (self.name(attribute), self.value(attribute, AttributeValue::N(number.to_string())));
        self.add.push(format!("{name} {placeholder}"));
    }

    /// Adds a number to an attribute that is a set of numbers.
    pub(crate) fn add_to_set(&mut self, attribute: &str, number: u64) {
        let set = AttributeValue::Ns(vec![number.to_string()]);
        let (name, placeholder) = (self.name(attribute), self.value(attribute, set));
        self.add.push(format!("{name} {placeholder}"));
    }

    /// Takes numbers out of an attribute that is a set of them.
    pub(crate) fn delete_from_set(&mut self, attribute: &str, numbers: AttributeValue) {
        let (name, placeholder) = (self.name(attribute), self.value(attribute, numbers));
        self.delete.push(format!("{name} {placeholder}"));
    }

    /// A placeholder for a name, for use in the condition too.
    pub(crate) fn name(&mut self, attribute: &str) -> String {
        let placeholder = format!("#{attribute}");
        self.names.insert(placeholder.clone(), attribute.to_owned());
        placeholder
    }

    /// A placeholder for a value, for use in the condition too.
    pub(crate) fn value(&mut self, label: &str, value: AttributeValue) -> String {
        let placeholder = format!(":{label}");
        self.values.insert(placeholder.clone(), value);
        placeholder
    }

    /// The expression's text.
    pub(crate) fn text(&self) -> String {
        [("SET", &self.set), ("REMOVE", &self.remove), ("ADD", &self.add), ("DELETE", &self.delete)]
            .into_iter()
            .filter(|(_, parts)| !parts.is_empty())
            .map(|(verb, parts)| format!("{verb} {}", parts.join(", ")))
            .collect::<Vec<_>>()
            .join(" ")
    }
}
