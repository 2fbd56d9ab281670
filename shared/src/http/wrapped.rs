use super::{BadBody, Call, Fields, Value, form, json, value::Named, xml};

/// Parameters of which some may stand in a wrapper: `{"user":{…}}`, `user[login]=tim`,
/// `<user><login>tim</login></user>`.
#[derive(Clone, Debug, Default)]
pub struct Wrapped {
    /// Those that stand by themselves.
    pub outer: Fields,
    /// Those in the wrapper, where there is one.
    pub inner: Option<Fields>,
}

impl Wrapped {
    /// Reads a call's body: JSON (also `+json`, or without a type), a form or XML. No body is no
    /// parameters. The last of several values of one name counts.
    ///
    /// # Errors
    /// See [`BadBody`].
    pub fn read_body(call: &Call, wrapper: &str) -> Result<Self, BadBody> {
        let body = call.body();
        if body.trim_ascii().is_empty() {
            return Ok(Self::default());
        }
        let named = match call.content_type().as_str() {
            "" | "application/json" => json::read_wrapped(body, wrapper),
            "application/x-www-form-urlencoded" => form::read(body).map(|fields| unbracketed(fields, wrapper)),
            "application/xml" | "text/xml" => xml::read(body, wrapper),
            suffix if suffix.ends_with("+json") => json::read_wrapped(body, wrapper),
            suffix if suffix.ends_with("+xml") => xml::read(body, wrapper),
            _ => Err(BadBody::UnknownType),
        };
        named.map(Self::from)
    }

    /// Reads a call's query. A value that is not UTF-8 spoils itself alone.
    #[must_use]
    pub fn read_query(call: &Call, wrapper: &str) -> Self {
        Self::from(unbracketed(form::read_leniently(call.raw_query()), wrapper))
    }
}

impl From<Named> for Wrapped {
    fn from(named: Named) -> Self {
        Self { outer: Fields::from(named.outer), inner: named.inner.map(Fields::from) }
    }
}

/// Tells `user[login]` from `login`. White space before a bracket is tolerated.
fn unbracketed(fields: Vec<(String, Value)>, wrapper: &str) -> Named {
    let mut named = Named::default();
    for (name, value) in fields {
        let bracket = name.split_once('[').filter(|(front, _)| front.trim() == wrapper);
        match bracket.and_then(|(_, rest)| rest.trim_end().strip_suffix(']')) {
            Some(inner) => named.inner.get_or_insert_default().push((inner.trim().to_owned(), value)),
            None => named.outer.push((name, value)),
        }
    }
    named
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_make_a_wrapper() {
        let fields =
            form::read_leniently("user%5Blogin%5D=a&user[zip]=1&user%20[city]=x&user+[state]=y&page=2&userx[a]=1");
        let named = unbracketed(fields, "user");
        let names = |fields: &[(String, Value)]| fields.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
        assert_eq!(names(&named.inner.unwrap()), ["login", "zip", "city", "state"]);
        assert_eq!(names(&named.outer), ["page", "userx[a]"]);
    }
}
