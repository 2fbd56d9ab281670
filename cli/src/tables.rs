//! Creates missing tables as the template describes them.

use anyhow::Context as _;
use aws_sdk_dynamodb::{
    Client,
    operation::create_table::CreateTableError,
    types::{
        AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection, ProjectionType,
        ScalarAttributeType,
    },
};
use roster_store::Tables;

use crate::template::{KeyElement, TableSchema, Template};

/// Creates every table that the engine does not have.
pub(crate) async fn create_missing(client: &Client, names: &Tables, template: &Template) -> anyhow::Result<()> {
    let listed = client
        .list_tables()
        .send()
        .await
        .map_err(aws_sdk_dynamodb::Error::from)
        .context("the tables cannot be listed")?;
    for table in &template.tables {
        let name = names.name(&table.variable).with_context(|| format!("{} names no table", table.variable))?;
        if listed.table_names().iter().any(|listed| listed == name) {
            continue;
        }
        let created = create(client, name, &table.schema).await;
        created.with_context(|| format!("the table {name} cannot be made"))?;
    }
    Ok(())
}

async fn create(client: &Client, name: &str, schema: &TableSchema) -> anyhow::Result<()> {
    let mut request = client
        .create_table()
        .table_name(name)
        .billing_mode(BillingMode::PayPerRequest)
        .set_key_schema(Some(keys(&schema.key_schema)?));
    for attribute in &schema.attribute_definitions {
        let definition = AttributeDefinition::builder()
            .attribute_name(&attribute.attribute_name)
            .attribute_type(ScalarAttributeType::from(attribute.attribute_type.as_str()));
        request = request.attribute_definitions(definition.build()?);
    }
    for index in &schema.global_secondary_indexes {
        let projection =
            Projection::builder().projection_type(ProjectionType::from(index.projection.projection_type.as_str()));
        let index = GlobalSecondaryIndex::builder()
            .index_name(&index.index_name)
            .set_key_schema(Some(keys(&index.key_schema)?))
            .projection(projection.build());
        request = request.global_secondary_indexes(index.build()?);
    }
    match request.send().await {
        // Another process on the same data created it first.
        Err(error) if error.as_service_error().is_some_and(CreateTableError::is_resource_in_use_exception) => Ok(()),
        Err(error) => Err(aws_sdk_dynamodb::Error::from(error).into()),
        Ok(_) => Ok(()),
    }
}

fn keys(elements: &[KeyElement]) -> anyhow::Result<Vec<KeySchemaElement>> {
    let key = |element: &KeyElement| {
        KeySchemaElement::builder()
            .attribute_name(&element.attribute_name)
            .key_type(KeyType::from(element.key_type.as_str()))
            .build()
    };
    Ok(elements.iter().map(key).collect::<Result<_, _>>()?)
}
