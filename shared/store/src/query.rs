use std::collections::HashMap;

use aws_sdk_dynamodb::{operation::query::builders::QueryFluentBuilder, types::AttributeValue};

use roster_directory::ports::StoreError;

use super::{Item, error::sdk_error};

/// All items that a query finds, on any number of pages.
pub(super) async fn all(query: QueryFluentBuilder) -> Result<Vec<Item>, StoreError> {
    let mut items = Vec::new();
    let mut start: Option<HashMap<String, AttributeValue>> = None;
    loop {
        let answer = query.clone().set_exclusive_start_key(start).send().await.map_err(sdk_error)?;
        items.extend(answer.items.unwrap_or_default());
        // A megabyte has been read. Let other tasks run, so that time limits take effect.
        tokio::task::yield_now().await;
        start = answer.last_evaluated_key;
        if start.is_none() {
            return Ok(items);
        }
    }
}
