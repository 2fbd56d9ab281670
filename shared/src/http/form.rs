use percent_encoding::percent_decode_str;

use super::fields::{BadBody, Fields, Value};

/// Reads `application/x-www-form-urlencoded`. Unlike the usual parsers it refuses what is not
/// UTF-8 instead of storing replacement characters.
pub(super) fn read(body: &[u8]) -> Result<Fields, BadBody> {
    let text = std::str::from_utf8(body).map_err(|_| BadBody::NotAForm)?;
    let pairs = text.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Ok((decode(name)?, Value::Text(decode(value)?)))
        })
        .collect()
}

fn decode(text: &str) -> Result<String, BadBody> {
    let spaced = text.replace('+', " ");
    let decoded = percent_decode_str(&spaced).decode_utf8().map_err(|_| BadBody::NotAForm)?;
    Ok(decoded.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pluses_are_spaces_and_the_last_value_counts() {
        let fields = read(b"a=1&a=2+3%2B4&b&&c=%C3%A9").unwrap();
        assert_eq!(fields.get("a"), Some(&Value::Text("2 3+4".into())));
        assert_eq!(fields.get("b"), Some(&Value::Text(String::new())));
        assert_eq!(fields.get("c"), Some(&Value::Text("é".into())));
    }

    #[test]
    fn what_is_not_utf8_is_refused() {
        assert_eq!(read(b"a=%ff"), Err(BadBody::NotAForm));
        assert_eq!(read(b"a=\xff"), Err(BadBody::NotAForm));
    }
}
