//! Holds answers against the OpenAPI document.

use std::{collections::BTreeMap, sync::LazyLock};

use jsonschema::Validator;
use roster_openapi::Operation;
use roster_openapi::dialects;
use serde_json::{Map, Value, json};

use super::Response;

const DOCUMENT: &str = "docs/openapi/roster.json";

/// The documented answers, by method, path, status and type of body (none: empty).
static CONTRACT: LazyLock<Contract> = LazyLock::new(Contract::read);

struct Contract {
    document: Value,
    /// By method and path: every `{…}` is a variable.
    operations: Vec<(String, Vec<String>)>,
    bodies: BTreeMap<(String, String, u16, String), Validator>,
    headers: BTreeMap<String, Validator>,
}

/// A path of the exceed dialect without extension and slash; any other as it is.
pub fn plain_path(path: &str) -> String {
    if !path.starts_with("/api/v2/") {
        return path.to_owned();
    }
    let path = path.trim_end_matches("{slash+}");
    let path = path.strip_suffix('/').unwrap_or(path);
    [".json", ".xml"].iter().find_map(|extension| path.strip_suffix(extension)).unwrap_or(path).to_owned()
}

/// Fails where an answer is not as it is documented.
#[track_caller]
pub fn check(method: &str, path: &str, response: &Response) {
    let contract = &*CONTRACT;
    let Some(template) = contract.template(method, path) else {
        // The gateway's own: no function has such a route. Or it is a page.
        assert!(
            !path.starts_with("/api/") || matches!(response.status, 404 | 413 | 414),
            "{method} {path}: {response:?}"
        );
        return;
    };
    if response.header("x-request-id").is_none() && matches!(response.status, 413 | 414) {
        return;
    }
    let answer =
        &contract.document["paths"][&template][method.to_lowercase()]["responses"][response.status.to_string()];
    assert!(
        answer.is_object(),
        "{method} {template} is not documented to answer {}: {}",
        response.status,
        response.body
    );
    contract.check_headers(answer, response);
    contract.check_body(method, &template, answer, response);
}

/// As [`check`], for what a function answers to its gateway.
#[track_caller]
pub fn check_payload(function: &str, payload: &Value) {
    static CALLS: LazyLock<Vec<Operation>> =
        LazyLock::new(|| dialects().into_iter().flat_map(|dialect| dialect.operations).collect());
    let status = payload["statusCode"].as_u64().unwrap();
    let headers = payload["headers"].as_object().unwrap().iter();
    let headers = headers.map(|(name, value)| (name.parse().unwrap(), value.as_str().unwrap().parse().unwrap()));
    let body = payload["body"].as_str().unwrap_or_default().to_owned();
    let response = Response { status: u16::try_from(status).unwrap(), headers: headers.collect(), body };
    // Whichever of its calls it was: that is not in every event of the suites.
    let of_function = CALLS.iter().filter(|call| call.function == function);
    let is_told = |call: &&Operation| {
        call.cases.iter().flat_map(|case| &case.answered).any(|answered| answered.status == response.status)
    };
    match of_function.clone().find(is_told).or_else(|| of_function.clone().next()) {
        Some(call) => check(call.method, call.path, &response),
        // A page, or a task.
        None => assert!(!function.contains("member-") && !function.contains("admin-") && !function.contains("exceed-")),
    }
}

impl Contract {
    fn read() -> Self {
        let document: Value =
            serde_json::from_str(&std::fs::read_to_string(super::repository(DOCUMENT)).unwrap()).unwrap();
        let paths = document["paths"].as_object().unwrap();
        let operations = paths.iter().map(|(path, methods)| {
            (path.clone(), methods.as_object().unwrap().keys().map(|method| method.to_uppercase()).collect())
        });
        let mut bodies = BTreeMap::new();
        for (path, methods) in paths {
            for (method, operation) in methods.as_object().unwrap() {
                for (status, answer) in operation["responses"].as_object().unwrap() {
                    for (kind, media) in answer["content"].as_object().into_iter().flatten() {
                        let place = (method.to_uppercase(), path.clone(), status.parse().unwrap(), kind.clone());
                        bodies.insert(place, validator(&document, &media["schema"]));
                    }
                }
            }
        }
        let headers = document["components"]["headers"].as_object().unwrap();
        let headers = headers.iter().map(|(name, header)| (name.clone(), validator(&document, &header["schema"])));
        Self { operations: operations.collect(), headers: headers.collect(), bodies, document }
    }

    /// The documented path that a request's path is one of: texts count before variables.
    fn template(&self, method: &str, path: &str) -> Option<String> {
        let path = plain_path(path);
        let fits = |template: &str| {
            let (template, path): (Vec<_>, Vec<_>) = (template.split('/').collect(), path.split('/').collect());
            let same = |(own, given): (&&str, &&str)| own == given || (own.starts_with('{') && !given.is_empty());
            template.len() == path.len() && template.iter().zip(&path).all(same)
        };
        let known = self.operations.iter().filter(|(_, methods)| methods.iter().any(|known| known == method));
        let fitting = known.map(|(template, _)| template).filter(|template| fits(template));
        fitting.min_by_key(|template| template.matches('{').count()).cloned()
    }

    #[track_caller]
    fn check_headers(&self, answer: &Value, response: &Response) {
        let documented = answer["headers"].as_object().unwrap();
        for (name, header) in documented {
            let component = header["$ref"].as_str().unwrap().rsplit('/').next().unwrap();
            let is_required = self.document["components"]["headers"][component]["required"] == json!(true);
            match response.header(name) {
                None => assert!(!is_required, "{name} is not there: {response:?}"),
                // A number stands in a header as its digits.
                Some(value) => {
                    let number = value.parse::<u64>().map(Value::from);
                    let is_valid = |value: &Value| self.headers[component].is_valid(value);
                    assert!(is_valid(&json!(value)) || number.is_ok_and(|number| is_valid(&number)), "{name}: {value}");
                }
            }
        }
        for name in response.headers.keys() {
            let known = ["content-type", "content-length", "date", "content-encoding", "vary"].contains(&name.as_str());
            assert!(known || documented.contains_key(name.as_str()), "{name} is not documented: {response:?}");
        }
    }

    #[track_caller]
    fn check_body(&self, method: &str, template: &str, answer: &Value, response: &Response) {
        let Some(content_type) = response.header("content-type") else {
            assert!(answer.get("content").is_none() && response.body.is_empty(), "{method} {template}: {response:?}");
            return;
        };
        let kind = content_type.split(';').next().unwrap().to_owned();
        let place = (method.to_owned(), template.to_owned(), response.status, kind.clone());
        let validator = self.bodies.get(&place).unwrap_or_else(|| panic!("{place:?} is not documented"));
        if response.header("content-encoding").is_some() {
            return;
        }
        let body = read_body(&kind, &response.body);
        let faults: Vec<String> =
            validator.iter_errors(&body).map(|error| format!("{error} at {}", error.instance_path())).collect();
        assert!(faults.is_empty(), "{place:?}: {faults:#?}\n{}", response.body);
    }
}

/// A validator of a schema of the document; formats count.
pub fn validator(document: &Value, schema: &Value) -> Validator {
    let mut whole = schema.clone();
    whole["components"] = document["components"].clone();
    jsonschema::options()
        .should_validate_formats(true)
        .build(&whole)
        .unwrap_or_else(|error| panic!("{error}: {schema}"))
}

/// A body of a type, in the terms of its schema.
pub fn read_body(kind: &str, text: &str) -> Value {
    if kind.ends_with("xml") {
        from_xml(text)
    } else if kind.ends_with("urlencoded") {
        let query = reqwest::Url::parse(&format!("http://form/?{text}")).unwrap();
        query.query_pairs().map(|(name, value)| (name.into_owned(), json!(value))).collect()
    } else {
        serde_json::from_str(text).unwrap()
    }
}

/// An XML document in the terms of its schema: typed elements as their types, underscores for dashes.
fn from_xml(text: &str) -> Value {
    let mut reader = quick_xml::Reader::from_str(text);
    let mut open: Vec<Element> = vec![Element::default()];
    loop {
        use quick_xml::events::Event;
        match reader.read_event().unwrap() {
            Event::Start(start) => open.push(Element::of(&start)),
            Event::Empty(start) => {
                let element = Element::of(&start);
                open.last_mut().unwrap().children.push((element.name.clone(), element.value()));
            }
            Event::End(_) => {
                let element = open.pop().unwrap();
                open.last_mut().unwrap().children.push((element.name.clone(), element.value()));
            }
            Event::Text(text) => open.last_mut().unwrap().text.push_str(&text),
            Event::GeneralRef(reference) => {
                let name = reference.to_string();
                let character = reference.resolve_char_ref().unwrap().map(String::from);
                let known =
                    character.or_else(|| quick_xml::escape::resolve_predefined_entity(&name).map(str::to_owned));
                open.last_mut().unwrap().text.push_str(&known.unwrap());
            }
            Event::Eof => return open.remove(0).children.remove(0).1,
            _ => {}
        }
    }
}

#[derive(Default)]
struct Element {
    name: String,
    kind: Option<String>,
    is_nil: bool,
    text: String,
    children: Vec<(String, Value)>,
}

impl Element {
    fn of(start: &quick_xml::events::BytesStart) -> Self {
        let attribute = |name: &str| {
            let found = start.try_get_attribute(name).unwrap()?;
            Some(found.value.into_owned())
        };
        let name = start.name().as_ref().replace('-', "_");
        Self { name, kind: attribute("type"), is_nil: attribute("nil").is_some(), ..Self::default() }
    }

    fn value(self) -> Value {
        match (self.kind.as_deref(), self.name.as_str()) {
            _ if self.is_nil => Value::Null,
            (Some("array"), _) => self.children.into_iter().map(|(_, value)| value).collect(),
            (_, "errors") => json!({"error": self.children.into_iter().map(|(_, value)| value).collect::<Vec<_>>()}),
            (Some("integer"), _) => json!(self.text.parse::<i64>().unwrap()),
            (Some("boolean"), _) => json!(self.text.parse::<bool>().unwrap()),
            _ if self.children.is_empty() => json!(self.text),
            _ => Value::Object(self.children.into_iter().collect::<Map<_, _>>()),
        }
    }
}
