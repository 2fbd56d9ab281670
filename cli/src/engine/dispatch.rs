use dynoxide::{Database, DynoxideError};
use serde::{Serialize, de::DeserializeOwned};

/// Runs one operation of DynamoDB's protocol: a status and a JSON body.
pub(super) fn dispatch(db: &Database, operation: &str, body: &[u8]) -> (u16, String) {
    match run(db, operation, body) {
        Ok(body) => (200, body),
        Err(error) => (error.status_code(), error.to_json()),
    }
}

fn run(db: &Database, operation: &str, body: &[u8]) -> Result<String, DynoxideError> {
    match operation {
        "GetItem" => write(&db.get_item(read(body)?)?),
        "PutItem" => write(&db.put_item(read(body)?)?),
        "UpdateItem" => write(&db.update_item(read(body)?)?),
        "DeleteItem" => write(&db.delete_item(read(body)?)?),
        "Query" => write(&db.query(read(body)?)?),
        "Scan" => write(&db.scan(read(body)?)?),
        "BatchGetItem" => write(&db.batch_get_item(read(body)?)?),
        "BatchWriteItem" => write(&db.batch_write_item(read(body)?)?),
        "TransactGetItems" => write(&db.transact_get_items(read(body)?)?),
        "TransactWriteItems" => write(&db.transact_write_items(read(body)?)?),
        "ExecuteStatement" => write(&db.execute_statement(read(body)?)?),
        "BatchExecuteStatement" => write(&db.batch_execute_statement(read(body)?)?),
        "ExecuteTransaction" => write(&db.execute_transaction(read(body)?)?),
        "CreateTable" => write(&db.create_table(read(body)?)?),
        "UpdateTable" => write(&db.update_table(read(body)?)?),
        "DeleteTable" => write(&db.delete_table(read(body)?)?),
        "DescribeTable" => write(&db.describe_table(read(body)?)?),
        "ListTables" => write(&db.list_tables(read(body)?)?),
        "ListTagsOfResource" => write(&db.list_tags_of_resource(read(body)?)?),
        "DescribeTimeToLive" => write(&db.describe_time_to_live(read(body)?)?),
        other => Err(DynoxideError::ValidationException(format!("{other} is not an operation of this endpoint"))),
    }
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, DynoxideError> {
    serde_json::from_slice(body).map_err(|error| {
        // The engine marks errors that DynamoDB would report as validation errors.
        let text = error.to_string();
        match text.split_once("VALIDATION:") {
            Some((_, reason)) => {
                DynoxideError::ValidationException(reason.split(" at line ").next().unwrap_or(reason).to_owned())
            }
            None => DynoxideError::SerializationException(text),
        }
    })
}

fn write<T: Serialize>(answer: &T) -> Result<String, DynoxideError> {
    serde_json::to_string(answer).map_err(|error| DynoxideError::InternalServerError(error.to_string()))
}
