//! Converts items to and from values. Errors do not contain their data.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use roster_directory::ports::StoreError;
use serde::{Serialize, de::DeserializeOwned};

/// An item in the type of the SDK.
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

/// The error is logged, so it must not contain values of the item.
fn unreadable(_: serde_dynamo::Error) -> StoreError {
    StoreError::Unreadable("it does not have the shape that we write".to_owned())
}
