//! Items to and from values, without their data in errors.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use roster_directory::store::StoreError;
use serde::{Serialize, de::DeserializeOwned};

/// An item as the SDK hands it over.
pub(crate) type Item = HashMap<String, AttributeValue>;

/// The value in an item.
pub(crate) fn from_item<T: DeserializeOwned>(item: Item) -> Result<T, StoreError> {
    serde_dynamo::aws_sdk_dynamodb_1::from_item(item).map_err(unreadable)
}

/// The values in items.
pub(crate) fn from_items<T: DeserializeOwned>(items: Vec<Item>) -> Result<Vec<T>, StoreError> {
    serde_dynamo::aws_sdk_dynamodb_1::from_items(items).map_err(unreadable)
}

/// The item of a value.
pub(crate) fn to_item(value: impl Serialize) -> Result<Item, StoreError> {
    serde_dynamo::aws_sdk_dynamodb_1::to_item(value).map_err(unreadable)
}

/// The values in the item stay out of the error: it is logged.
fn unreadable(_: serde_dynamo::Error) -> StoreError {
    StoreError::Unreadable("it does not have the shape that we write".to_owned())
}
