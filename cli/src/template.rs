//! Reads routes and tables from `template.yaml`: the local server has no other source.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Context as _;
use serde::Deserialize;

const TEMPLATE: &str = include_str!("../../template.yaml");

/// The parts of the template that matter here.
#[derive(Debug)]
pub struct Template {
    /// Every route of every function.
    pub routes: Vec<Route>,
    /// Every function's binary.
    pub functions: Vec<String>,
    /// Every table.
    pub tables: Vec<Table>,
    /// The permissions of each function on the tables.
    pub permissions: BTreeSet<Permission>,
}

/// A permission of a function: an action on a table or an index.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Permission {
    /// The binary: `member-get`.
    pub function: String,
    /// `GetItem`
    pub action: String,
    /// The variable that names the table, and the index, if it is one: `USERS_TABLE/email-index`.
    pub resource: String,
}

/// A route of the gateway.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// `GET`
    pub method: String,
    /// `/api/users/{user_id}`
    pub path: String,
    /// The binary that handles requests: `member-get`.
    pub function: String,
}

/// A table and the environment variable that names it.
#[derive(Debug)]
pub struct Table {
    /// `USERS_TABLE`
    pub variable: String,
    /// Keys and indexes.
    pub schema: TableSchema,
}

/// A table's properties, as `CreateTable` knows them too.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TableSchema {
    /// Attributes that are keys.
    pub attribute_definitions: Vec<AttributeDefinition>,
    /// The primary key.
    pub key_schema: Vec<KeyElement>,
    /// Global secondary indexes.
    #[serde(default)]
    pub global_secondary_indexes: Vec<Index>,
}

/// A key attribute's type.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AttributeDefinition {
    /// Its name.
    pub attribute_name: String,
    /// `S`, `N` or `B`.
    pub attribute_type: String,
}

/// A part of a key.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct KeyElement {
    /// The attribute's name.
    pub attribute_name: String,
    /// `HASH` or `RANGE`.
    pub key_type: String,
}

/// A global secondary index.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Index {
    /// Its name.
    pub index_name: String,
    /// Its key.
    pub key_schema: Vec<KeyElement>,
    /// The attributes that it contains.
    pub projection: Projection,
}

/// The attributes that an index contains.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Projection {
    /// `KEYS_ONLY`, `ALL` or `INCLUDE`.
    pub projection_type: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Document {
    globals: Globals,
    resources: BTreeMap<String, Resource>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Globals {
    function: GlobalFunction,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct GlobalFunction {
    environment: Environment,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Environment {
    /// `USERS_TABLE: !Ref UsersTable`
    variables: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Resource {
    r#type: String,
    #[serde(default)]
    metadata: Metadata,
    #[serde(default)]
    properties: Properties,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Metadata {
    #[serde(default)]
    build_properties: BuildProperties,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct BuildProperties {
    binary: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Properties {
    #[serde(default)]
    events: BTreeMap<String, Event>,
    #[serde(default)]
    policies: Vec<Policy>,
    attribute_definitions: Option<Vec<AttributeDefinition>>,
    key_schema: Option<Vec<KeyElement>>,
    #[serde(default)]
    global_secondary_indexes: Vec<Index>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Policy {
    statement: Vec<Statement>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Statement {
    /// IAM allows a single value or a list; the template always uses lists.
    action: Vec<String>,
    resource: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Event {
    r#type: String,
    #[serde(default)]
    properties: EventProperties,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct EventProperties {
    path: Option<String>,
    method: Option<String>,
}

impl Template {
    /// Reads the template this program was built with.
    ///
    /// # Errors
    /// It does not have the expected structure.
    pub fn built_in() -> anyhow::Result<Self> {
        Self::read(TEMPLATE).context("template.yaml")
    }

    fn read(text: &str) -> anyhow::Result<Self> {
        let document: Document = serde_saphyr::from_str(text)?;
        let variables = document.globals.function.environment.variables;
        let (mut routes, mut functions, mut tables) = (Vec::new(), Vec::new(), Vec::new());
        let mut permissions = BTreeSet::new();
        for (name, resource) in document.resources {
            match resource.r#type.as_str() {
                "AWS::Serverless::Function" => {
                    let function =
                        resource.metadata.build_properties.binary.with_context(|| format!("{name} has no binary"))?;
                    for event in resource.properties.events.into_values().filter(|event| event.r#type == "HttpApi") {
                        routes.push(Route {
                            method: event
                                .properties
                                .method
                                .with_context(|| format!("{name} has a route without a method"))?,
                            path: event
                                .properties
                                .path
                                .with_context(|| format!("{name} has a route without a path"))?,
                            function: function.clone(),
                        });
                    }
                    for statement in resource.properties.policies.into_iter().flat_map(|policy| policy.statement) {
                        for resource in statement.resource {
                            let resource = named_resource(&resource, &variables)
                                .with_context(|| format!("{name} has a policy for {resource}"))?;
                            permissions.extend(statement.action.iter().map(|action| Permission {
                                function: function.clone(),
                                action: action.trim_start_matches("dynamodb:").to_owned(),
                                resource: resource.clone(),
                            }));
                        }
                    }
                    functions.push(function);
                }
                "AWS::DynamoDB::Table" => {
                    let variable = variables.iter().find(|(_, table)| **table == name);
                    tables.push(Table {
                        variable: variable.with_context(|| format!("no variable names {name}"))?.0.clone(),
                        schema: TableSchema {
                            attribute_definitions: resource.properties.attribute_definitions.unwrap_or_default(),
                            key_schema: resource.properties.key_schema.unwrap_or_default(),
                            global_secondary_indexes: resource.properties.global_secondary_indexes,
                        },
                    });
                }
                _ => {}
            }
        }
        Ok(Self { routes, functions, tables, permissions })
    }
}

/// `UsersTable.Arn`, `${UsersTable.Arn}/index/email-index`
fn named_resource(resource: &str, variables: &BTreeMap<String, String>) -> Option<String> {
    let plain = resource.replace("${", "").replace('}', "");
    let (table, index) = match plain.split_once("/index/") {
        Some((table, index)) => (table, Some(index)),
        None => (plain.as_str(), None),
    };
    let table = table.strip_suffix(".Arn")?;
    let (variable, _) = variables.iter().find(|(_, named)| *named == table)?;
    Some(index.map_or_else(|| variable.clone(), |index| format!("{variable}/{index}")))
}

#[cfg(test)]
mod tests {
    use roster_functions::{TASKS, endpoints};
    use roster_store::TABLE_VARIABLES;

    use super::*;

    #[test]
    fn every_table_the_code_uses_is_in_the_template_and_the_other_way_round() {
        let template = Template::built_in().unwrap();
        let tables: BTreeSet<_> = template.tables.iter().map(|table| table.variable.as_str()).collect();
        assert_eq!(tables, TABLE_VARIABLES.map(|(variable, _)| variable).into());
    }

    #[test]
    fn every_endpoint_has_a_route_and_every_route_an_endpoint() {
        let template = Template::built_in().unwrap();
        let routed: BTreeSet<_> = template.routes.iter().map(|route| route.function.as_str()).collect();
        assert_eq!(routed, endpoints().map(|endpoint| endpoint.name).collect());
        let functions: BTreeSet<_> = template.functions.iter().map(String::as_str).collect();
        let tasks = TASKS.iter().map(|task| task.name);
        assert_eq!(functions, routed.into_iter().chain(tasks).collect());
    }
}
