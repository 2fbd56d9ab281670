use std::{borrow::Cow, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, MapAccess, Visitor},
};
use serde_json::value::RawValue;

use super::fields::{BadBody, Fields, Value};

/// Reads a JSON object. Values keep the text they were sent as until they are asked for: numbers
/// lose no digit, and nesting costs no stack.
pub(super) fn read(body: &[u8]) -> Result<Fields, BadBody> {
    let text = std::str::from_utf8(body).map_err(|_| BadBody::NotJson)?;
    let text = replace_lone_surrogates(text.trim_start_matches('\u{feff}'));
    match serde_json::from_str::<Object>(&text) {
        Ok(Object(fields)) => Ok(fields.into_iter().collect()),
        Err(_) if serde_json::from_str::<IgnoredAny>(&text).is_ok() => Err(BadBody::NotAnObject),
        Err(_) => Err(BadBody::NotJson),
    }
}

struct Object(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Fieldwise)
    }
}

struct Fieldwise;

impl<'de> Visitor<'de> for Fieldwise {
    type Value = Object;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object, A::Error> {
        let mut fields = Vec::new();
        while let Some((name, raw)) = map.next_entry::<String, &'de RawValue>()? {
            fields.push((name, value(raw.get()).map_err(serde::de::Error::custom)?));
        }
        Ok(Object(fields))
    }
}

fn value(raw: &str) -> serde_json::Result<Value> {
    Ok(match raw.as_bytes().first() {
        Some(b'"') => Value::Text(serde_json::from_str(raw)?),
        Some(b'{' | b'[') => Value::Compound,
        Some(b't' | b'f') => Value::Bool(raw == "true"),
        Some(b'n') => Value::Null,
        _ => Value::Number(raw.to_owned()),
    })
}

/// Turns `\ud800` without its other half into `\uffff`: a Rust string cannot hold the former,
/// every field refuses the latter, and so the field is at fault and not the whole body.
fn replace_lone_surrogates(text: &str) -> Cow<'_, str> {
    let unit = |at: usize| {
        let digits = text.get(at..at + 6)?.strip_prefix("\\u")?;
        u16::from_str_radix(digits, 16).ok()
    };
    let mut replaced: Option<String> = None;
    let (mut copied, mut at) = (0, 0);
    // A backslash in JSON stands in a string and takes the next character with it.
    while let Some(step) = text.get(at..).and_then(|rest| rest.find('\\')) {
        at += step;
        at += match (unit(at), unit(at + 6)) {
            (Some(0xD800..=0xDBFF), Some(0xDC00..=0xDFFF)) => 12,
            (Some(0xD800..=0xDFFF), _) => {
                let out = replaced.get_or_insert_default();
                out.push_str(text.get(copied..at).unwrap_or_default());
                out.push_str("\\uffff");
                copied = at + 6;
                6
            }
            (Some(_), _) => 6,
            (None, _) => 1 + text.get(at + 1..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8),
        };
    }
    match replaced {
        Some(mut out) => {
            out.push_str(text.get(copied..).unwrap_or_default());
            Cow::Owned(out)
        }
        None => Cow::Borrowed(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn field(body: &str) -> Value {
        read(body.as_bytes()).unwrap().get("a").unwrap().clone()
    }

    #[test]
    fn values_keep_what_was_sent() {
        assert_eq!(field(r#"{"a":1.10e400}"#), Value::Number("1.10e400".into()));
        assert_eq!(field(r#"{"a":"x\u00e9\n"}"#), Value::Text("xé\n".into()));
        assert_eq!(field(r#"{"a": null }"#), Value::Null);
        assert_eq!(field(r#"{"a":true,"a":false}"#), Value::Bool(false));
        assert_eq!(field(r#"{"\u0061":[1]}"#), Value::Compound);
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
    fn lone_surrogates_spoil_their_field_alone() {
        assert_eq!(field(r#"{"a":"\ud83d\ude00"}"#), Value::Text("😀".into()));
        assert_eq!(field(r#"{"a":"x\ud800y"}"#), Value::Text("x\u{ffff}y".into()));
        assert_eq!(field(r#"{"a":"\udc00\ud800\ud83d\ude00"}"#), Value::Text("\u{ffff}\u{ffff}😀".into()));
        assert_eq!(field(r#"{"a":"\\ud800"}"#), Value::Text("\\ud800".into()));
        assert_eq!(field(r#"{"a":"\ud8"}"#.replace("\\ud8", "\\\\").as_str()), Value::Text("\\".into()));
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
            let expected: String = char::decode_utf16(units).map(|c| c.unwrap_or('\u{ffff}')).collect();
            prop_assert_eq!(field(&body), Value::Text(expected));
        }
    }
}
