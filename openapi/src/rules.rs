//! Schemas of the values of fields. The limits are those of the decoders.

use roster_domain::{MAX_ADDRESS, MAX_ID};
use serde_json::{Value, json};

/// The pattern of a line: no control characters and no noncharacters. White space at its ends is trimmed.
const LINE: &str = r"^[^\u0000-\u001F\u007F-\u009F\uFFFE\uFFFF]*$";
/// As [`LINE`], with tabs and line ends.
const LINES: &str = r"^[^\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F\uFFFE\uFFFF]*$";
/// As [`LINE`], but not blank.
const NAME: &str = r"^[^\u0000-\u0020\u007F-\u00A0\u1680\u2000-\u200A\u2028\u2029\u202F\u205F\u3000\uFFFE\uFFFF]([^\u0000-\u001F\u007F-\u009F\uFFFE\uFFFF]*[^\u0000-\u0020\u007F-\u00A0\u1680\u2000-\u200A\u2028\u2029\u202F\u205F\u3000\uFFFE\uFFFF])?$";

/// A text of a line.
pub(crate) fn line(max: u64) -> Value {
    json!({"type": "string", "maxLength": max, "pattern": LINE})
}

/// A text that may have several lines.
pub(crate) fn lines(max: u64) -> Value {
    json!({"type": "string", "maxLength": max, "pattern": LINES})
}

/// A text of a line that is not blank.
pub(crate) fn name(max: u64) -> Value {
    json!({"type": "string", "minLength": 1, "maxLength": max, "pattern": NAME})
}

/// An address with a dotted domain, in any script.
pub(crate) fn email() -> Value {
    json!({"type": "string", "format": "idn-email", "maxLength": MAX_ADDRESS, "description": "With a dotted domain"})
}

/// A password, exactly as typed.
pub(crate) fn password(min: u64, max: u64) -> Value {
    json!({"type": "string", "format": "password", "minLength": min, "maxLength": max})
}

/// The same, or null.
pub(crate) fn nullable(mut schema: Value) -> Value {
    let kinds = match schema["type"].take() {
        Value::Array(kinds) => kinds,
        kind => vec![kind],
    };
    schema["type"] = kinds.into_iter().chain([json!("null")]).collect();
    schema
}

/// With a description.
pub(crate) fn described(mut schema: Value, description: &str) -> Value {
    schema["description"] = json!(description);
    schema
}

/// An object of these fields.
pub(crate) fn object(required: &[&str], fields: impl IntoIterator<Item = (&'static str, Value)>) -> Value {
    let fields: serde_json::Map<String, Value> =
        fields.into_iter().map(|(name, schema)| (name.to_owned(), schema)).collect();
    let mut schema = json!({"type": "object", "properties": fields});
    if !required.is_empty() {
        schema["required"] = json!(required);
    }
    schema
}

/// The id in a path.
pub(crate) fn id() -> Value {
    json!({"type": "integer", "format": "int64", "minimum": 1, "maximum": MAX_ID})
}

/// One of these; a client has a type for each.
pub(crate) fn any_of(alternatives: impl IntoIterator<Item = Value>) -> Value {
    json!({"anyOf": alternatives.into_iter().collect::<Vec<_>>()})
}

/// One of these words.
pub(crate) fn words(words: &[&str]) -> Value {
    json!({"type": "string", "enum": words})
}

/// One of these numbers.
pub(crate) fn numbers(numbers: &[u64]) -> Value {
    json!({"type": "integer", "enum": numbers})
}

/// The absence of a value: an empty text, or null.
pub(crate) fn nothing() -> [Value; 2] {
    [words(&[""]), json!({"type": "null"})]
}

/// The schema in a form: its values are texts, and empty ones should be left out.
pub(crate) fn form(mut schema: Value) -> Value {
    for field in schema["properties"].as_object_mut().unwrap().values_mut() {
        let description = field.get("description").cloned();
        let is_text = |alternative: &&Value| alternative["type"] == "string" && alternative["enum"] != json!([""]);
        if let Some(text) = field["anyOf"].as_array().and_then(|any| any.iter().find(is_text)).cloned() {
            *field = text;
            field["description"] = description.unwrap_or_else(|| json!("A text"));
        }
        if let Some(kinds) = field["type"].as_array() {
            field["type"] = kinds.iter().find(|kind| *kind == "string" || *kind == "integer").unwrap().clone();
        }
        if let Some(words) = field.get_mut("enum").and_then(Value::as_array_mut) {
            words.retain(|word| word != "");
        }
    }
    schema
}
