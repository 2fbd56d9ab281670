use std::collections::BTreeMap;

use schemars::{JsonSchema, SchemaGenerator, generate::SchemaSettings};
use serde_json::{Value, json};

/// The schemas that the operations of a dialect refer to.
pub(crate) struct Types {
    generator: SchemaGenerator,
    own: BTreeMap<String, Value>,
}

impl Types {
    pub(crate) fn new() -> Self {
        let settings = SchemaSettings::draft2020_12().for_serialize().with(|settings| {
            settings.definitions_path = "/components/schemas".into();
            settings.meta_schema = None;
        });
        Self { generator: settings.into_generator(), own: BTreeMap::new() }
    }

    /// A type that is written on the wire.
    pub(crate) fn of<T: JsonSchema>(&mut self) -> Value {
        self.generator.subschema_for::<T>().to_value()
    }

    /// A schema under a name.
    pub(crate) fn named(&mut self, name: impl Into<String>, schema: Value) -> Value {
        let name = name.into();
        let reference = json!({"$ref": format!("#/components/schemas/{name}")});
        self.own.insert(name, schema);
        reference
    }

    /// All of them by name.
    pub(crate) fn all(mut self) -> BTreeMap<String, Value> {
        self.generator.take_definitions(true).into_iter().chain(self.own).collect()
    }
}
