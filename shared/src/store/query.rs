use std::collections::HashMap;

use aws_sdk_dynamodb::{operation::query::builders::QueryFluentBuilder, types::AttributeValue};

use super::{Item, StoreError};

/// Everything a query finds, however many answers it takes.
pub(super) async fn all(query: QueryFluentBuilder) -> Result<Vec<Item>, StoreError> {
    let mut items = Vec::new();
    let mut start: Option<HashMap<String, AttributeValue>> = None;
    loop {
        let answer = query.clone().set_exclusive_start_key(start).send().await?;
        items.extend(answer.items.unwrap_or_default());
        // A megabyte has been read: others have a turn, and limits of time are heard.
        tokio::task::yield_now().await;
        start = answer.last_evaluated_key;
        if start.is_none() {
            return Ok(items);
        }
    }
}
