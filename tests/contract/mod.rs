//! The OpenAPI documents say what the server does.

mod examples;
mod pages;

use std::{collections::BTreeSet, fs, path::PathBuf};

use roster_cli::template::Template;
use roster_openapi::dialects;
use roster_openapi::document;
use serde_json::Value;
use testkit::contract::{plain_path, read_body, validator};

fn place(name: &str) -> PathBuf {
    testkit::repository(&format!("docs/openapi/{name}.json"))
}

#[test]
fn the_documents_are_those_that_the_code_gives() {
    let dialects = dialects();
    let each = dialects.iter().map(|dialect| (dialect.name, document(std::slice::from_ref(dialect))));
    for (name, document) in each.chain([("roster", document(&dialects))]) {
        let text = serde_json::to_string_pretty(&document).unwrap() + "\n";
        if std::env::var_os("ROSTER_WRITE_DOCS").is_some() {
            fs::write(place(name), &text).unwrap();
        }
        assert!(
            fs::read_to_string(place(name)).unwrap_or_default() == text,
            "docs/openapi/{name}.json is of other code: ROSTER_WRITE_DOCS=1 cargo test --test suites -- contract::"
        );
    }
}

#[test]
fn every_example_fits_its_schema() {
    let document = serde_json::to_value(document(&dialects())).unwrap();
    let operations =
        document["paths"].as_object().unwrap().values().flat_map(|path| path.as_object().unwrap().values());
    let mut examples = 0;
    for operation in operations {
        let answers = operation["responses"].as_object().unwrap().values();
        let contents =
            answers.chain(operation.get("requestBody")).filter_map(|reported| reported["content"].as_object());
        for (kind, media) in contents.flatten() {
            let validator = validator(&document, &media["schema"]);
            for (name, example) in media["examples"].as_object().into_iter().flatten() {
                let value = match &example["value"] {
                    Value::String(text) => read_body(kind, text),
                    value => value.clone(),
                };
                let faults: Vec<_> = validator.iter_errors(&value).map(|error| error.to_string()).collect();
                assert!(faults.is_empty(), "{} {name}: {faults:?}\n{value}", operation["operationId"]);
                examples += 1;
            }
        }
    }
    assert!(examples > 200, "{examples} examples");
}

#[test]
fn every_route_is_documented_and_every_documented_call_is_a_route_of_its_function() {
    let documented = dialects().into_iter().flat_map(|dialect| dialect.operations);
    let documented: BTreeSet<(String, String, String)> =
        documented.map(|call| (call.method.to_owned(), plain_path(call.path), call.function.to_owned())).collect();
    let routes = Template::built_in().unwrap().routes.into_iter();
    let routes: BTreeSet<(String, String, String)> = routes
        .filter(|route| route.path.starts_with("/api/"))
        .map(|route| (route.method, plain_path(&route.path), route.function))
        .collect();
    assert_eq!(documented, routes);
}
