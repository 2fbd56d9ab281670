use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::{Case, ExpectedResponse, Operation, Sent};

/// The introduction of every document.
const ABOUT: &str = include_str!("about.md");

/// One of the three APIs, as it is documented.
#[derive(Debug)]
pub struct Dialect {
    /// `member`
    pub name: &'static str,
    /// `Member API`
    pub title: &'static str,
    /// The description of the API, in Markdown.
    pub description: &'static str,
    /// The security schemes by name. An operation needs one of them.
    pub schemes: Vec<(&'static str, Value)>,
    /// Its operations.
    pub operations: Vec<Operation>,
    /// Its schemas by name.
    pub schemas: BTreeMap<String, Value>,
}

/// An OpenAPI document, in the order in which people read one.
#[derive(Debug, Serialize)]
pub struct Document {
    openapi: &'static str,
    info: Value,
    servers: Value,
    tags: Vec<Value>,
    paths: BTreeMap<&'static str, Map<String, Value>>,
    components: Value,
}

/// The OpenAPI document of these dialects.
#[must_use]
pub fn document(dialects: &[Dialect]) -> Document {
    let mut paths: BTreeMap<&'static str, Map<String, Value>> = BTreeMap::new();
    let operations = || dialects.iter().flat_map(|dialect| dialect.operations.iter().map(move |call| (dialect, call)));
    let ids: Vec<&str> = operations().map(|(_, call)| call.id).collect();
    for (dialect, call) in operations() {
        paths.entry(call.path).or_default().insert(call.method.to_lowercase(), described(dialect, call, &ids));
    }
    let tags = dialects.iter().map(|dialect| json!({"name": dialect.title, "description": dialect.description.trim()}));
    let schemes = dialects.iter().flat_map(|dialect| dialect.schemes.iter().cloned());
    let schemes: Map<String, Value> = schemes.map(|(name, scheme)| (name.to_owned(), scheme)).collect();
    let schemas: Map<String, Value> = dialects.iter().flat_map(|dialect| dialect.schemas.clone()).collect();
    let title = match dialects {
        [one] => format!("Roster: {}", one.title),
        _ => "Roster".to_owned(),
    };
    Document {
        openapi: "3.1.0",
        info: json!({
            "title": title,
            "version": env!("CARGO_PKG_VERSION"),
            "summary": "One user directory that answers in the REST dialects existing LMS integrations speak",
            "description": ABOUT.trim(),
            "license": {"name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0"},
        }),
        servers: json!([{"url": "/", "description": "Where this document comes from"}]),
        tags: tags.collect(),
        paths,
        components: json!({"schemas": schemas, "headers": headers(dialects), "securitySchemes": schemes}),
    }
}

fn described(dialect: &Dialect, call: &Operation, ids: &[&str]) -> Value {
    let schemes = dialect.schemes.iter().filter(|_| !call.is_open);
    let security: Vec<Value> = schemes.map(|(name, _)| json!({*name: []})).collect();
    let mut described = json!({
        "tags": [dialect.title],
        "operationId": call.id,
        "summary": call.summary,
        "description": call.description,
        "security": security,
        "responses": responses(call, ids),
    });
    if !call.parameters.is_empty() {
        let parameters = call.parameters.iter().map(|parameter| with_example(call, parameter));
        described["parameters"] = parameters.collect();
    }
    if let Some(body) = &call.body {
        let content = body.content.iter().map(|(kind, schema)| (kind.to_string(), request(call, kind, schema)));
        described["requestBody"] = json!({"required": body.required, "content": content.collect::<Map<_, _>>()});
    }
    described
}

/// A body of a type, with the valid examples of that type.
fn request(call: &Operation, kind: &str, schema: &Value) -> Value {
    let sent = |case: &Case| {
        let good = case.answered.iter().all(|answer| answer.status < 300);
        let sent =
            case.sent.as_ref().filter(|sent| good && sent.content_type == Some(kind) && !sent.body.is_empty())?;
        Some((case.name.to_owned(), json!({"summary": case.says, "value": value(kind, &sent.body)})))
    };
    with("examples", call.cases.iter().filter_map(sent).collect(), json!({"schema": schema}))
}

/// A parameter of the path, with its value in the examples.
fn with_example(call: &Operation, parameter: &Value) -> Value {
    let mut parameter = parameter.clone();
    let example = call.cases.iter().find_map(|case| in_path(call, case.sent.as_ref()?));
    if let Some(example) = example.filter(|_| parameter["in"] == "path") {
        let is_text = parameter["schema"]["type"] == "string";
        parameter["example"] = value(if is_text { "text/plain" } else { "application/json" }, &example);
    }
    parameter
}

/// The value of the path's parameter in a request.
fn in_path(call: &Operation, sent: &Sent) -> Option<String> {
    let path = sent.target.split('?').next()?;
    let mut places = call.path.split('/').zip(path.split('/'));
    places.find(|(place, _)| place.starts_with('{')).map(|(_, value)| value.to_owned())
}

fn responses(call: &Operation, ids: &[&str]) -> Value {
    let answers = || call.cases.iter().flat_map(|case| case.answered.iter().map(move |answer| (case, answer)));
    let mut statuses: BTreeMap<u16, Vec<(&Case, &ExpectedResponse)>> = BTreeMap::new();
    for (case, answer) in answers() {
        statuses.entry(answer.status).or_default().push((case, answer));
    }
    let responses = statuses.iter().map(|(status, answers)| {
        let mut says: Vec<&str> = answers.iter().map(|(case, _)| case.says).collect();
        says.dedup();
        let description = match says.as_slice() {
            [one] => (*one).to_owned(),
            several => several.iter().map(|says| format!("- {says}\n")).collect(),
        };
        let mut response = json!({"description": description.trim_end(), "headers": headers_of(answers)});
        let content = content(answers);
        if !content.is_empty() {
            response["content"] = Value::from(content);
        }
        if (200..300).contains(status) {
            let links = call.links.iter().filter(|(id, ..)| ids.contains(id));
            let links = links.map(|(id, parameter, place)| {
                (id.to_string(), json!({"operationId": id, "parameters": {*parameter: place}}))
            });
            response = with("links", links.collect(), response);
        }
        (status.to_string(), response)
    });
    responses.collect::<Map<_, _>>().into()
}

/// The bodies of one status, by type.
fn content(answers: &[(&Case, &ExpectedResponse)]) -> Map<String, Value> {
    let mut content: Map<String, Value> = Map::new();
    for kind in answers.iter().filter_map(|(_, answer)| answer.media_type()) {
        let of_kind = || answers.iter().filter(|(_, answer)| answer.media_type() == Some(kind));
        let mut schemas: Vec<&Value> = Vec::new();
        for (_, answer) in of_kind() {
            if !schemas.contains(&&answer.schema) {
                schemas.push(&answer.schema);
            }
        }
        let schema = match schemas.as_slice() {
            [one] => (*one).clone(),
            several => json!({"anyOf": several}),
        };
        let examples = of_kind().map(|(case, answer)| {
            (case.name.to_owned(), json!({"summary": case.says, "value": value(kind, &answer.body)}))
        });
        content.insert(kind.to_owned(), json!({"schema": schema, "examples": examples.collect::<Map<_, _>>()}));
    }
    content
}

/// The headers of one status.
fn headers_of(answers: &[(&Case, &ExpectedResponse)]) -> Map<String, Value> {
    let names = answers.iter().flat_map(|(_, answer)| &answer.headers).map(|(name, _)| name.as_str());
    let names = names.filter(|name| *name != "content-type");
    names.map(|name| (name.to_owned(), json!({"$ref": format!("#/components/headers/{name}")}))).collect()
}

/// Every header of ours in the responses of these operations. All responses of a status have the same headers.
fn headers(dialects: &[Dialect]) -> Map<String, Value> {
    let header =
        |description: &str, schema: Value| json!({"description": description, "required": true, "schema": schema});
    let all = [
        ("cache-control", header("No answer is to be kept by caches", json!({"const": "no-store"}))),
        (
            "location",
            header(
                "The path of the user that was made",
                json!({"type": "string", "pattern": "^/api/v2/users/[1-9][0-9]*$"}),
            ),
        ),
        ("retry-after", header("Seconds after which to try again", json!({"type": "integer", "minimum": 1}))),
        (
            "status",
            header("Status and reason", json!({"type": "string", "pattern": "^[2-5][0-9]{2} [A-Z][A-Za-z ]+$"})),
        ),
        (
            "x-request-id",
            header(
                "Names this request in the logs; a client's own is ignored",
                json!({"type": "string", "minLength": 1}),
            ),
        ),
    ];
    let calls = dialects.iter().flat_map(|dialect| &dialect.operations);
    let answers: Vec<&ExpectedResponse> = calls.flat_map(|call| &call.cases).flat_map(|case| &case.answered).collect();
    let is_used = |name: &str| answers.iter().any(|answer| answer.headers.iter().any(|(own, _)| own == name));
    all.into_iter().filter(|(name, _)| is_used(name)).map(|(name, header)| (name.to_owned(), header)).collect()
}

/// A body as an example: a document where it is JSON, the text where it is anything else.
fn value(kind: &str, body: &str) -> Value {
    let document = serde_json::from_str(body).ok().filter(|_| kind.ends_with("json"));
    document.unwrap_or_else(|| json!(body))
}

/// `value` with one more member, unless that is empty.
fn with(name: &str, member: Map<String, Value>, mut value: Value) -> Value {
    if !member.is_empty() {
        value[name] = Value::from(member);
    }
    value
}
