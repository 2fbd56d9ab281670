//! `GET /docs`, `GET /docs/{asset}` and `GET /openapi.json`: interactive API documentation

use std::future::ready;

use roster_dialects::{
    http::{Request, Response},
    laravel,
};
use roster_lambda::{Endpoint, Error, Prewarm};

/// The files of the page: paths, types and compressed content. Created by `build.rs`.
static ASSETS: [(&str, &str, &[u8]); 10] = include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// Allows only our own scripts and documents. Styles may be inline, because Swagger UI sets some.
const POLICY: &str = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'; \
    base-uri 'none'; form-action 'none'";
/// Swagger UI changes rarely. Our own files belong to the running version.
const CACHED: &str = "public, max-age=86400";
const NOT_CACHED: &str = "no-cache";

/// This endpoint.
pub const ENDPOINT: Endpoint = Endpoint {
    name: "docs-page",
    handle: |context| Box::pin(ready(page(&context.request))),
    failed: |request, failure| laravel::failed(request, &failure),
    prewarm: Prewarm::Nothing,
};

fn page(request: &Request) -> Response {
    let asset = ASSETS.iter().find(|(path, ..)| *path == request.path);
    let Some((_, content_type, compressed)) = asset else { return laravel::not_found() };
    let headers = [
        ("cache-control", if request.path.contains("swagger-ui") { CACHED } else { NOT_CACHED }),
        ("content-security-policy", POLICY),
        ("referrer-policy", "no-referrer"),
        ("x-content-type-options", "nosniff"),
    ];
    let response = Response::compressed(request, content_type, compressed);
    headers.into_iter().fold(response, |response, (name, value)| response.static_header(name, value))
}

/// Serves only the documentation, as a Lambda function.
///
/// # Errors
/// The runtime cannot be reached.
pub fn main() -> Result<(), Error> {
    roster_lambda::run(&ENDPOINT)
}
