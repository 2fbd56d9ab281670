//! The plain way to a page: from the first on, with `LastEvaluatedKey`.

use aws_sdk_dynamodb::types::{AttributeValue, ReturnConsumedCapacity};

use crate::{account::MeasuredAccount, fill};
use testkit::raw_tables;

/// Users of a partition.
const PARTITION: u64 = 1_024;
const PER_PAGE: u64 = 15;

/// What the way to each of `pages` reads, in units.
pub(crate) fn measure(account: &MeasuredAccount, dynamodb: &str, users: u64, pages: &[u64]) -> Vec<(u64, f64)> {
    let client = raw_tables::client(dynamodb);
    let bar = fill::bar(users, "users walked");
    let (mut points, mut units, mut seen, mut start) = (Vec::new(), 0.0, 0, None);
    let mut partition = 0;
    while partition <= users / PARTITION && points.len() < pages.len() {
        let query = client
            .query()
            .table_name("roster-users")
            .key_condition_expression("#block = :block")
            .expression_attribute_names("#block", "block")
            .expression_attribute_values(":block", AttributeValue::S(format!("{}#{partition}", account.id)))
            .consistent_read(true)
            .limit(i32::try_from(PER_PAGE).unwrap())
            .set_exclusive_start_key(start.take())
            .return_consumed_capacity(ReturnConsumedCapacity::Total);
        let answer = account.runtime.block_on(query.send()).unwrap();
        units +=
            answer.consumed_capacity().and_then(aws_sdk_dynamodb::types::ConsumedCapacity::capacity_units).unwrap();
        seen += answer.items().len() as u64;
        bar.set_position(seen);
        // One in twenty is gone by now: a page is reached when as many users were seen as stand before it.
        while pages.get(points.len()).is_some_and(|page| seen >= page * PER_PAGE * 19 / 20) {
            points.push((pages[points.len()], units));
        }
        start = answer.last_evaluated_key;
        partition += u64::from(start.is_none());
    }
    bar.finish();
    points
}
