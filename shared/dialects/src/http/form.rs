use percent_encoding::percent_decode_str;

use super::{BadBody, Value};

/// Reads `application/x-www-form-urlencoded`. Unlike the usual parsers it rejects what is not
/// UTF-8 instead of storing replacement characters.
pub(crate) fn read(body: &[u8]) -> Result<Vec<(String, Value)>, BadBody> {
    let text = std::str::from_utf8(body).map_err(|_| BadBody::NotAForm)?;
    let whole = pairs(text).map(|(name, value)| Some((decode(name)?, Value::Text(decode(value)?))));
    whole.collect::<Option<_>>().ok_or(BadBody::NotAForm)
}

/// As [`read`], but a value that is not UTF-8 is [`Value::IllFormed`] alone: a query is never rejected as a whole.
pub(crate) fn read_query(query: &str) -> Vec<(String, Value)> {
    let fields =
        pairs(query).map(|(name, value)| Some((decode(name)?, decode(value).map_or(Value::IllFormed, Value::Text))));
    fields.flatten().collect()
}

fn pairs(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let pairs = text.split('&').filter(|pair| !pair.is_empty());
    pairs.map(|pair| pair.split_once('=').unwrap_or((pair, "")))
}

fn decode(text: &str) -> Option<String> {
    let spaced = text.replace('+', " ");
    let decoded = percent_decode_str(&spaced).decode_utf8().ok()?;
    Some(decoded.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pluses_are_spaces_and_order_is_kept() {
        let text = |name: &str, value: &str| (name.to_owned(), Value::Text(value.to_owned()));
        let fields = read(b"a=1&a=2+3%2B4&b&&c=%C3%A9").unwrap();
        assert_eq!(fields, [text("a", "1"), text("a", "2 3+4"), text("b", ""), text("c", "é")]);
    }

    #[test]
    fn what_is_not_utf8_is_refused() {
        assert_eq!(read(b"a=%ff"), Err(BadBody::NotAForm));
        assert_eq!(read(b"a=\xff"), Err(BadBody::NotAForm));
    }
}
