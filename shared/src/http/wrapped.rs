use std::collections::HashMap;

use super::{
    BadBody, Call, Fields, Value, form, json,
    value::{MAX_LIST, Named},
    xml,
};

/// Parameters of which some may stand in a wrapper: `{"user":{…}}`, `user[login]=tim`,
/// `<user><login>tim</login></user>`.
#[derive(Clone, Debug, Default)]
pub struct Wrapped {
    /// Those that stand by themselves.
    pub outer: Fields,
    /// Those in the wrapper, where there is one.
    pub inner: Option<Fields>,
    /// The wrapper is there and holds no parameters: `{"user":"x"}`, `{"user":[…]}`, `user=x`, `user[][login]=x`.
    pub is_malformed: bool,
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
        Self {
            outer: Fields::from(named.outer),
            inner: named.inner.map(Fields::from),
            is_malformed: named.is_malformed,
        }
    }
}

/// Reads brackets as Rails and PHP do: `user[login]=x` is in the wrapper, `id[]=1` and `id[0]=1` add to a list, any
/// other bracket makes a compound value. White space before a bracket is tolerated.
fn unbracketed(fields: Vec<(String, Value)>, wrapper: &str) -> Named {
    let (mut outer, mut inner) = (Brackets::default(), None::<Brackets>);
    let mut is_malformed = false;
    for (name, value) in fields {
        let front = name.split('[').next().unwrap_or_default().trim();
        let brackets = brackets(&name);
        match (front == wrapper, brackets.as_deref()) {
            (true, Some([attribute, rest @ ..])) if !is_index(attribute) => {
                inner.get_or_insert_default().assign(attribute, rest, value);
            }
            (true, _) => is_malformed = true,
            (false, Some(brackets)) if !front.is_empty() => outer.assign(front, brackets, value),
            (false, _) => outer.assign(&name, &[], value),
        }
    }
    Named { outer: outer.fields(), inner: inner.map(Brackets::fields), is_malformed }
}

/// What stands in a name's brackets; none where they do not close.
fn brackets(name: &str) -> Option<Vec<&str>> {
    let (_, mut rest) = name.split_at(name.find('[').unwrap_or(name.len()));
    let mut brackets = Vec::new();
    while !rest.trim().is_empty() {
        let (inside, after) = rest.trim_start().strip_prefix('[')?.split_once(']')?;
        brackets.push(inside.trim());
        rest = after;
    }
    Some(brackets)
}

/// Whether a bracket adds to a list.
fn is_index(bracket: &str) -> bool {
    bracket.bytes().all(|byte| byte.is_ascii_digit())
}

/// Values by name, as they come.
#[derive(Default)]
struct Brackets(HashMap<String, Value>);

impl Brackets {
    /// The last of several values of one name counts, those of a list together.
    fn assign(&mut self, name: &str, brackets: &[&str], value: Value) {
        let new = match brackets {
            [] => value,
            [index] if is_index(index) => match self.0.remove(name) {
                Some(Value::List(mut values)) if values.len() < MAX_LIST => {
                    values.push(value);
                    Value::List(values)
                }
                Some(Value::List(_) | Value::Compound) => Value::Compound,
                _ => Value::List(vec![value]),
            },
            _ => Value::Compound,
        };
        self.0.insert(name.to_owned(), new);
    }

    fn fields(self) -> Vec<(String, Value)> {
        self.0.into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Value {
        Value::Text(text.to_owned())
    }

    #[test]
    fn brackets_make_a_wrapper() {
        let query = "user%5Blogin%5D=a&user[zip]=1&user%20[city]=x&user+[state]=y&page=2&userx[a]=1";
        let named = unbracketed(form::read_leniently(query), "user");
        let names = |fields: &[(String, Value)]| {
            let mut names: Vec<_> = fields.iter().map(|(name, _)| name.clone()).collect();
            names.sort_unstable();
            names
        };
        assert_eq!(names(&named.inner.unwrap()), ["city", "login", "state", "zip"]);
        assert_eq!(names(&named.outer), ["page", "userx"]);
        assert!(!named.is_malformed);
    }

    #[test]
    fn brackets_behind_an_attribute_make_lists_and_compounds() {
        let list = |texts: &[&str]| Value::List(texts.iter().map(|one| text(one)).collect());
        for (query, expected) in [
            ("user[id]=1", text("1")),
            ("user[id]=1&user[id]=2", text("2")),
            ("user[id][]=1", list(&["1"])),
            ("user[id][]=1&user[id][]=2", list(&["1", "2"])),
            ("user[id][0]=1&user[id][7]=2", list(&["1", "2"])),
            ("user%5Bid%5D%5B%5D=1", list(&["1"])),
            ("user [id] []=1", list(&["1"])),
            ("user[id][]=1&user[id]=2", text("2")),
            ("user[id]=2&user[id][]=1", list(&["1"])),
            ("user[id][gt]=1", Value::Compound),
            ("user[id][][a]=1", Value::Compound),
            ("user[id][gt]=1&user[id][]=2", Value::Compound),
            (&["user[id][]=1"; 101].join("&"), Value::Compound),
        ] {
            let named = unbracketed(form::read_leniently(query), "user");
            assert_eq!(named.inner.unwrap(), [("id".to_owned(), expected)], "{query}");
            assert!(!named.is_malformed, "{query}");
        }
        let flat = unbracketed(form::read_leniently("id[]=1&login[eq]=x"), "user").outer;
        assert_eq!(Fields::from(flat.clone()).get("id"), Some(&list(&["1"])));
        assert_eq!(Fields::from(flat).get("login"), Some(&Value::Compound));
    }

    #[test]
    fn a_wrapper_that_holds_no_names_is_malformed() {
        for query in
            ["user=x", "user=", "user[]=x", "user[][login]=x", "user[0][login]=x", "user[login=x", "user[login]x=y"]
        {
            assert!(unbracketed(form::read_leniently(query), "user").is_malformed, "{query}");
        }
        for query in ["", "users=x", "xuser=x", "[user]=x", "page[user]=x", "user[login]=x"] {
            assert!(!unbracketed(form::read_leniently(query), "user").is_malformed, "{query}");
        }
    }
}
