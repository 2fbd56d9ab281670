//! Bodies in JSON.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, MapAccess, Visitor},
};
use serde_json::value::RawValue;

use super::{BadBody, MAX_LIST, Value};

/// Reads a JSON object. Values stay unparsed text until they are used. So numbers lose no digits, and nesting costs no
/// stack.
pub(crate) fn read(body: &[u8]) -> Result<Vec<(String, Value)>, BadBody> {
    Ok(members(body)?.values())
}

/// The members of a JSON object with their text, in order.
pub fn members(body: &[u8]) -> Result<Object<'_>, BadBody> {
    let text = std::str::from_utf8(body).map_err(|_| BadBody::NotJson)?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    match serde_json::from_str::<Object>(text) {
        Ok(object) => Ok(object),
        Err(_) if serde_json::from_str::<IgnoredAny>(text).is_ok() => Err(BadBody::NotAnObject),
        Err(_) => Err(BadBody::NotJson),
    }
}

/// A JSON object: every member in order, each with its text. A name is `None` where it is not valid Unicode.
#[derive(Debug)]
pub struct Object<'a>(pub Vec<(Option<String>, &'a RawValue)>);

impl Object<'_> {
    /// The values by name.
    pub(crate) fn values(self) -> Vec<(String, Value)> {
        // A name that is not valid Unicode names no field.
        self.0.into_iter().filter_map(|(name, raw)| Some((name?, value(raw.get())))).collect()
    }
}

impl<'de> Deserialize<'de> for Object<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ObjectVisitor)
    }
}

struct ObjectVisitor;

impl<'de> Visitor<'de> for ObjectVisitor {
    type Value = Object<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object<'de>, A::Error> {
        let mut fields = Vec::new();
        while let Some((Name(name), raw)) = map.next_entry::<Name, &'de RawValue>()? {
            fields.push((name, raw));
        }
        Ok(Object(fields))
    }
}

/// A name; `None` where it holds a lone surrogate, which a Rust string cannot.
struct Name(Option<String>);

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // When it parses bytes, the parser returns lone surrogates in an encoding that is not UTF-8.
        let bytes = serde_bytes::ByteBuf::deserialize(deserializer)?;
        Ok(Self(String::from_utf8(bytes.into_vec()).ok()))
    }
}

/// The value in a piece of JSON that is known to be well-formed.
fn value(raw: &str) -> Value {
    match raw.as_bytes().first() {
        // A well-formed text that cannot be read has a lone surrogate in it.
        Some(b'"') => serde_json::from_str(raw).map_or(Value::IllFormed, Value::Text),
        Some(b'{') => Value::Compound,
        Some(b'[') => list(raw),
        Some(b't' | b'f') => Value::Bool(raw == "true"),
        Some(b'n') => Value::Null,
        _ => Value::Number(raw.to_owned()),
    }
}

fn list(raw: &str) -> Value {
    let Ok(values) = serde_json::from_str::<Vec<&RawValue>>(raw) else { return Value::Compound };
    // Not followed downwards: a list holds plain values.
    let plain = values.iter().map(|raw| if raw.get().starts_with('[') { Value::Compound } else { value(raw.get()) });
    Value::list(plain.take(MAX_LIST + 1).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn field(body: &str) -> Value {
        let fields = read(body.as_bytes()).unwrap();
        fields.into_iter().rfind(|(name, _)| name == "a").unwrap().1
    }

    #[test]
    fn values_keep_what_was_sent() {
        assert_eq!(field(r#"{"a":1.10e400}"#), Value::Number("1.10e400".into()));
        assert_eq!(field(r#"{"a":"x\u00e9\n"}"#), Value::Text("xé\n".into()));
        assert_eq!(field(r#"{"a": null }"#), Value::Null);
        assert_eq!(field(r#"{"a":true,"a":false}"#), Value::Bool(false));
        assert_eq!(field(r#"{"\u0061":{"b":1}}"#), Value::Compound);
        let list = |texts: &[&str]| Value::List(texts.iter().map(|text| Value::Text((*text).to_owned())).collect());
        assert_eq!(field(r#"{"a":["b","c"]}"#), list(&["b", "c"]));
        assert_eq!(field(r#"{"a":[]}"#), list(&[]));
        assert_eq!(field(r#"{"a":["b",["c"]]}"#), Value::Compound);
        assert_eq!(field(&format!(r#"{{"a":[{}]}}"#, vec!["1"; 101].join(","))), Value::Compound);
        assert_eq!(field("\u{feff}{\"a\":1}"), Value::Number("1".into()));
    }

    #[test]
    fn what_is_no_object_is_told_from_what_is_no_json() {
        for body in ["[]", "1", "\"a\"", "null", "[{\"a\":1}]"] {
            assert_eq!(read(body.as_bytes()), Err(BadBody::NotAnObject), "{body}");
        }
        for body in [
            "{",
            "{\"a\":}",
            "{\"a\":01}",
            "{'a':1}",
            "[1",
            "{\"a\":1}x",
            "{\"a\":NaN}",
            "{\"a\":\"\u{0}\"}",
            "{\"a\":\"\\x\"}",
        ] {
            assert_eq!(read(body.as_bytes()), Err(BadBody::NotJson), "{body}");
        }
        assert_eq!(read(b"{\"a\":\"\xff\"}"), Err(BadBody::NotJson));
    }

    #[test]
    fn lone_surrogates_spoil_their_own_value_alone() {
        assert_eq!(field(r#"{"a":"\ud83d\ude00"}"#), Value::Text("😀".into()));
        assert_eq!(field(r#"{"a":"x\ud800y"}"#), Value::IllFormed);
        assert_eq!(field(r#"{"a":"\udc00\ud83d\ude00"}"#), Value::IllFormed);
        assert_eq!(field(r#"{"a":"\\ud800"}"#), Value::Text("\\ud800".into()));
        assert_eq!(field(r#"{"b":"\ud800","\udfff":"x","a":"y"}"#), Value::Text("y".into()));
    }

    #[test]
    fn depth_costs_no_stack() {
        let deep = format!("{{\"a\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
        assert_eq!(field(&deep), Value::Compound);
    }

    proptest! {
        #[test]
        fn nothing_panics(body in "\\PC*") {
            let _ = read(body.as_bytes());
        }

        #[test]
        fn texts_come_through(text in any::<String>()) {
            let body = serde_json::json!({ "a": text }).to_string();
            prop_assert_eq!(field(&body), Value::Text(text));
        }

        #[test]
        fn escapes_never_fail(units in prop::collection::vec(0xD700u16..0xE100, 0..8)) {
            let body = format!("{{\"a\":\"{}\"}}", units.iter().map(|unit| format!("\\u{unit:04x}")).collect::<String>());
            let expected: Result<String, _> = char::decode_utf16(units).collect();
            prop_assert_eq!(field(&body), expected.map_or(Value::IllFormed, Value::Text));
        }
    }
}
