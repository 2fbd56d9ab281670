//! `GET /docs`, `GET /docs/{asset}` and `GET /openapi.json`: the APIs, to be read and to be tried.

use std::future::ready;

use roster_shared::{
    dialect::laravel,
    http::{self, Answer, Call, Endpoint, Needs},
};

/// What the page consists of: paths and types, each compressed. Made by `build.rs`.
static ASSETS: [(&str, &str, &[u8]); 10] = include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// Scripts and documents of our own alone; the styles that Swagger UI sets itself are inline.
const POLICY: &str = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'; \
    base-uri 'none'; form-action 'none'";
/// Swagger UI changes seldom; what is ours is of one version with what answers.
const LASTING: &str = "public, max-age=86400";
const FRESH: &str = "no-cache";

/// This endpoint.
pub const ENDPOINT: Endpoint = Endpoint {
    name: "docs-page",
    handle: |call, _| Box::pin(ready(page(call))),
    failed: laravel::failed,
    needs: Needs::Nothing,
};

fn page(call: &Call) -> Answer {
    let found = ASSETS.iter().find(|(path, ..)| *path == call.raw_path());
    let Some((_, content_type, compressed)) = found else { return laravel::not_found() };
    let headers = [
        ("cache-control", if call.raw_path().contains("swagger-ui") { LASTING } else { FRESH }),
        ("content-security-policy", POLICY),
        ("referrer-policy", "no-referrer"),
        ("x-content-type-options", "nosniff"),
    ];
    let answer = Answer::compressed(call, content_type, compressed);
    headers.into_iter().fold(answer, |answer, (name, value)| answer.fixed_header(name, value))
}

/// Serves the documentation alone, as a Lambda function.
///
/// # Errors
/// The runtime cannot be reached.
pub fn main() -> Result<(), http::Error> {
    http::run(&ENDPOINT)
}
