//! The schemas of responses and of request bodies.

use roster_dialects::{
    exceed::{ATTRIBUTES, Attribute, Constant, Field, Source},
    laravel::MAX_PASSWORD,
};
use roster_domain::ValueKind;
use serde_json::{Value, json};

use crate::{Body, FORM, JSON, Types, XML, rules};

/// A user as it is shown in JSON; in a list perhaps without some of its keys.
pub(super) fn shown_user(whole: bool) -> Value {
    let properties = ATTRIBUTES.iter().map(|attribute| (attribute.name, shown(attribute)));
    let names: Vec<_> = ATTRIBUTES.iter().map(|attribute| attribute.name).collect();
    rules::object(if whole { &names } else { &[] }, properties)
}

/// A user as it is shown in XML.
pub(super) fn xml_user(whole: bool) -> Value {
    let mut user = shown_user(whole);
    user["properties"]["password"] = json!({"type": "null"});
    if whole {
        user["required"].as_array_mut().unwrap().push(json!("password"));
    }
    as_xml(user)
}

pub(super) fn xml_deletion() -> Value {
    let fields = ["id", "account_id", "code", "deleted_at"];
    let number = json!({"type": "integer"});
    let text = json!({"type": "string"});
    as_xml(rules::object(&fields, fields.into_iter().zip([number.clone(), number, text.clone(), text])))
}

/// Dashes for underscores, in an element `user`.
fn as_xml(mut user: Value) -> Value {
    user["xml"] = json!({"name": "user"});
    for (name, property) in
        user["properties"].as_object_mut().unwrap().iter_mut().filter(|(name, _)| name.contains('_'))
    {
        property["xml"] = json!({"name": name.replace('_', "-")});
    }
    user
}

/// The values of an attribute in responses.
fn shown(attribute: &Attribute) -> Value {
    let schema = match attribute.kind {
        ValueKind::Integer => json!({"type": "integer", "format": "int64"}),
        ValueKind::Boolean => json!({"type": "boolean"}),
        ValueKind::Date => json!({"type": "string", "format": "date"}),
        ValueKind::Timestamp => json!({"type": "string", "format": "date-time"}),
        ValueKind::Line(max) | ValueKind::Lines(max) => json!({"type": "string", "maxLength": max}),
    };
    let mandatory = match attribute.source {
        Source::Profile => attribute.kind == ValueKind::Boolean,
        Source::Field(field) => field != Field::Email,
        Source::Constant(constant) => constant != Constant::Null,
    };
    // Other APIs have limits of their own.
    let is_shared = matches!(
        attribute.source,
        Source::Field(Field::Email | Field::Login | Field::FirstName | Field::LastName | Field::FullName | Field::Code)
    );
    let schema = if is_shared { json!({"type": "string"}) } else { schema };
    if mandatory { schema } else { rules::nullable(schema) }
}

/// The body of creates and updates.
pub(super) fn taken_body(types: &mut Types, is_new: bool) -> Body {
    let password = json!({"type": ["string", "number", "boolean", "null"], "maxLength": MAX_PASSWORD});
    let known = ATTRIBUTES.iter().filter_map(|attribute| Some((attribute.name, written(attribute, is_new)?)));
    let known: Vec<_> = known.chain([("password", rules::described(password, "A blank one counts as none"))]).collect();
    let required: &[&str] = if is_new { &["first_name", "last_name", "login"] } else { &[] };
    let user = rules::object(required, known.clone());
    let form = rules::form(user.clone());
    // Attributes outside the wrapper are ignored.
    let no_wrapper =
        json!({"type": ["string", "number", "boolean", "array", "null"], "items": {}, "description": "Ignored"});
    let flat = rules::object(required, known.into_iter().chain([("user", no_wrapper)]));
    let name = if is_new { "ExceedNewUser" } else { "ExceedUserChange" };
    let user = types.named(name, user);
    let wrapped = types.named(format!("{name}Wrapped"), rules::object(&["user"], [("user", user)]));
    let flat = types.named(format!("{name}Flat"), flat);
    let of_form = types.named(format!("{name}Form"), bracketed(&form));
    let of_xml = types.named(format!("{name}Xml"), as_xml(form));
    let content = vec![(JSON, json!({"anyOf": [wrapped, flat]})), (FORM, of_form), (XML, of_xml)];
    Body { required: is_new, content }
}

/// `user[first_name]` for `first_name`.
fn bracketed(user: &Value) -> Value {
    let properties = user["properties"].as_object().unwrap().iter();
    let properties: serde_json::Map<String, Value> =
        properties.map(|(name, schema)| (format!("user[{name}]"), schema.clone())).collect();
    let required = user["required"].as_array().into_iter().flatten();
    let required: Vec<String> = required.filter_map(Value::as_str).map(|name| format!("user[{name}]")).collect();
    json!({"type": "object", "properties": properties, "required": required})
}

/// The values that clients may write; `None` if clients cannot write the attribute.
fn written(attribute: &Attribute, is_new: bool) -> Option<Value> {
    // Numbers and booleans count as their text.
    let scalar = |mut schema: Value| {
        schema["type"] = json!(["string", "number", "boolean"]);
        schema
    };
    let (field, kind) = match (attribute.source, attribute.kind) {
        (Source::Constant(_), _) => return None,
        (Source::Profile, kind) => (None, kind),
        (Source::Field(field), kind) => (Some(field), kind),
    };
    let schema = match (field, kind) {
        (Some(Field::Login | Field::FirstName | Field::LastName), ValueKind::Line(max)) => scalar(rules::name(max)),
        (Some(Field::Email), ValueKind::Line(max)) => {
            let mut address = rules::email();
            address["maxLength"] = json!(max);
            rules::any_of([address].into_iter().chain(rules::nothing()))
        }
        (Some(Field::Code), ValueKind::Line(max)) if is_new => rules::nullable(scalar(rules::line(max))),
        (Some(Field::Code), _) => json!({"description": "Names the user; it does not change"}),
        (Some(Field::Active), _) => flag(),
        (Some(_), _) => return None,
        (None, ValueKind::Boolean) => flag(),
        (None, ValueKind::Integer) => {
            json!({"type": ["integer", "string", "null"], "minimum": i64::MIN, "maximum": i64::MAX, "pattern": "^([+-]?([0-9]{1,18}|[1-8][0-9]{18}))?$"})
        }
        (None, ValueKind::Date | ValueKind::Timestamp) => {
            rules::any_of([json!({"type": "string", "format": "date"})].into_iter().chain(rules::nothing()))
        }
        (None, ValueKind::Line(max)) => rules::nullable(scalar(rules::line(max))),
        (None, ValueKind::Lines(max)) => rules::nullable(scalar(rules::lines(max))),
    };
    Some(schema)
}

fn flag() -> Value {
    rules::described(
        json!({"type": ["boolean", "string", "number", "null"]}),
        "`false`, `0`, `f`, `no` and `off` are no, other texts yes, blank ones neither",
    )
}
