//! Parameters as Rails reads them: in a wrapper or without one, in JSON, forms and XML.

use std::collections::HashMap;

use crate::http::{BadBody, Fields, MAX_LIST, Request, Value, form, json, xml};

/// The wrapper of attributes: `{"user":{…}}`, `user[login]=tim`, `<user><login>tim</login></user>`.
pub(super) const WRAPPER: &str = "user";

/// Parameters, of which some may be in a [`WRAPPER`].
#[derive(Clone, Debug, Default)]
pub(super) struct Wrapped {
    /// The parameters outside the wrapper.
    pub(super) outer: Fields,
    /// The parameters in the wrapper, if there is one.
    pub(super) inner: Option<Fields>,
    /// The wrapper is there and holds no parameters: `{"user":"x"}`, `{"user":[…]}`, `user=x`, `user[][login]=x`.
    pub(super) is_malformed: bool,
}

impl Wrapped {
    /// Reads a request's body: JSON (also `+json`, or without a type), a form or XML. Without a body there are no
    /// parameters. The last of several values of one name counts.
    ///
    /// # Errors
    /// See [`BadBody`].
    pub(super) fn read_body(request: &Request) -> Result<Self, BadBody> {
        if request.is_empty() {
            return Ok(Self::default());
        }
        let body = request.body.as_slice();
        match request.content_type().as_str() {
            "" | "application/json" => read_json(body),
            "application/x-www-form-urlencoded" => form::read(body).map(unbracket),
            "application/xml" | "text/xml" => xml::read(body).map(|root| read_xml(&root)),
            suffix if suffix.ends_with("+json") => read_json(body),
            suffix if suffix.ends_with("+xml") => xml::read(body).map(|root| read_xml(&root)),
            _ => Err(BadBody::UnknownType),
        }
    }

    /// Reads a request's query. A value that is not UTF-8 makes no other one invalid.
    pub(super) fn read_query(request: &Request) -> Self {
        unbracket(form::read_query(&request.query))
    }
}

/// The fields of a JSON object, and those of its member called [`WRAPPER`].
fn read_json(body: &[u8]) -> Result<Wrapped, BadBody> {
    let outer = json::members(body)?;
    let wrapper = outer.0.iter().rfind(|(name, _)| name.as_deref() == Some(WRAPPER)).map(|(_, raw)| raw.get());
    let inner = wrapper.filter(|raw| raw.starts_with('{')).map(|raw| json::members(raw.as_bytes())).transpose()?;
    let is_malformed = inner.is_none() && wrapper.is_some_and(|raw| raw != "null");
    let inner = inner.map(|inner| Fields::from(inner.values()));
    Ok(Wrapped { outer: Fields::from(outer.values()), inner, is_malformed })
}

/// The children of an XML document's root, and those of the child called [`WRAPPER`].
fn read_xml(root: &xml::Element) -> Wrapped {
    let mut wrapped = Wrapped::default();
    for child in root.children.iter().filter(|child| child.name == WRAPPER) {
        let is_array = child.attribute("type") == Some("array");
        let is_blank = child.children.is_empty() && child.text.trim().is_empty();
        wrapped.is_malformed = is_array || (child.children.is_empty() && !is_blank);
        wrapped.inner = (!child.children.is_empty() && !is_array).then(|| xml_fields(&child.children));
    }
    wrapped.outer = xml_fields(&root.children);
    wrapped
}

fn xml_fields(elements: &[xml::Element]) -> Fields {
    // Dashes in names count as underscores.
    Fields::from(
        elements.iter().map(|element| (element.name.replace('-', "_"), xml_value(element))).collect::<Vec<_>>(),
    )
}

fn xml_value(element: &xml::Element) -> Value {
    if element.attributes_named("nil").any(|nil| matches!(nil, "true" | "1")) {
        Value::Null
    } else if element.attribute("type") == Some("array") {
        Value::list(element.children.iter().map(xml_value).collect())
    } else if element.children.is_empty() {
        Value::Text(element.text.clone())
    } else {
        Value::Compound
    }
}

/// Reads brackets as Rails and PHP do: `user[login]=x` is in the wrapper, `id[]=1` and `id[0]=1` add to a list, any
/// other bracket makes a compound value. White space before a bracket is tolerated.
fn unbracket(fields: Vec<(String, Value)>) -> Wrapped {
    let (mut outer, mut inner) = (Brackets::default(), None::<Brackets>);
    let mut is_malformed = false;
    for (name, value) in fields {
        let front = name.split('[').next().unwrap_or_default().trim();
        let brackets = brackets(&name);
        match (front == WRAPPER, brackets.as_deref()) {
            (true, Some([attribute, rest @ ..])) if !is_index(attribute) => {
                inner.get_or_insert_default().assign(attribute, rest, value);
            }
            (true, _) => is_malformed = true,
            (false, Some(brackets)) if !front.is_empty() => outer.assign(front, brackets, value),
            (false, _) => outer.assign(&name, &[], value),
        }
    }
    Wrapped { outer: outer.fields(), inner: inner.map(Brackets::fields), is_malformed }
}

/// The texts in a name's brackets; `None` where they do not close.
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

/// Values by name, collected one by one.
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

    fn fields(self) -> Fields {
        Fields::from(self.0.into_iter().collect::<Vec<_>>())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Value {
        Value::Text(text.to_owned())
    }

    fn fields(fields: &[(&str, Value)]) -> Fields {
        Fields::from(fields.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect::<Vec<_>>())
    }

    fn xml(body: &str) -> Wrapped {
        read_xml(&xml::read(body.as_bytes()).unwrap())
    }

    #[test]
    fn children_of_an_xml_root_are_fields() {
        let body = "\u{feff}<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!-- a --><user type=\"x\">\r\n \
                    <first-name>a &amp; b&#x20;&lt;<![CDATA[<&>]]>\r\nc\u{1f600}</first-name><zip nil=\"true\"/><city/>\
                    <custom_a xsi:nil=\"1\" xmlns:xsi=\"x\"></custom_a><state><b>x</b></state></user>\n";
        let expected = [
            ("first_name", text("a & b <<&>\nc😀")),
            ("zip", Value::Null),
            ("city", text("")),
            ("custom_a", Value::Null),
            ("state", Value::Compound),
        ];
        assert_eq!(xml(body).outer, fields(&expected));
    }

    #[test]
    fn a_wrapper_in_an_xml_root_has_fields_of_its_own() {
        let wrapped = xml("<r><api-key>k</api-key><user><login>x</login></user></r>");
        assert_eq!(wrapped.outer.get("api_key"), Some(&text("k")));
        assert_eq!(wrapped.inner, Some(fields(&[("login", text("x"))])));
    }

    #[test]
    fn brackets_make_a_wrapper() {
        let query = "user%5Blogin%5D=a&user[zip]=1&user%20[city]=x&user+[state]=y&page=2&userx[a]=1";
        let named = unbracket(form::read_query(query));
        let inner = [("city", text("x")), ("login", text("a")), ("state", text("y")), ("zip", text("1"))];
        assert_eq!(named.inner, Some(fields(&inner)));
        assert_eq!(named.outer, fields(&[("page", text("2")), ("userx", Value::Compound)]));
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
            let named = unbracket(form::read_query(query));
            assert_eq!(named.inner, Some(fields(&[("id", expected)])), "{query}");
            assert!(!named.is_malformed, "{query}");
        }
        let flat = unbracket(form::read_query("id[]=1&login[eq]=x")).outer;
        assert_eq!(flat, fields(&[("id", list(&["1"])), ("login", Value::Compound)]));
    }

    #[test]
    fn a_wrapper_that_holds_no_names_is_malformed() {
        for query in
            ["user=x", "user=", "user[]=x", "user[][login]=x", "user[0][login]=x", "user[login=x", "user[login]x=y"]
        {
            assert!(unbracket(form::read_query(query)).is_malformed, "{query}");
        }
        for query in ["", "users=x", "xuser=x", "[user]=x", "page[user]=x", "user[login]=x"] {
            assert!(!unbracket(form::read_query(query)).is_malformed, "{query}");
        }
    }
}
