//! What an account's count rows weigh, and would weigh in a larger account.

use std::fmt::Write as _;

use aws_sdk_dynamodb::types::AttributeValue;

use crate::account::{MeasuredAccount, grouped};
use testkit::raw_tables;

/// Bytes of a read unit.
const UNIT: f64 = 4_096.0;

/// Bytes of all count rows of the account, by DynamoDB's rules.
pub(crate) fn bytes(account: &MeasuredAccount, dynamodb: &str) -> usize {
    let query = raw_tables::client(dynamodb)
        .query()
        .table_name("roster-accounts")
        .key_condition_expression("part = :part")
        .expression_attribute_values(":part", AttributeValue::S(format!("{}#counts", account.id)))
        .consistent_read(true);
    let rows = account.runtime.block_on(query.send()).unwrap();
    rows.items().iter().flatten().map(|(name, value)| name.len() + size(value)).sum()
}

fn size(value: &AttributeValue) -> usize {
    let number = |digits: &String| digits.len().div_ceil(2) + 1;
    match value {
        AttributeValue::S(text) => text.len(),
        AttributeValue::N(digits) => number(digits),
        AttributeValue::Ns(numbers) => numbers.iter().map(number).sum(),
        other => panic!("a count row has no {other:?}"),
    }
}

/// What a list reads of count rows in this account and in one of ten million, sealed and at worst.
pub(crate) fn arithmetic(users: u64, sealed: usize, worst: usize) -> String {
    const LARGE: u64 = 10_000_000;
    let units = |bytes: f64| (bytes / UNIT).ceil();
    let factor = LARGE as f64 / users as f64;
    let mut text = format!(
        "\n| count rows | bytes for {0} | units of a list | bytes for {1} | units of a list |\n\
         |---|---:|---:|---:|---:|\n",
        grouped(users),
        grouped(LARGE)
    );
    for (what, bytes) in [("sealed, compacted", sealed), ("64 new deletions in every block", worst)] {
        let large = bytes as f64 * factor;
        let (here, there) = (grouped(bytes as u64), grouped(large as u64));
        writeln!(text, "| {what} | {here} | {} | {there} | {} |", units(bytes as f64), units(large)).unwrap();
    }
    text
}
