//! The landing page of the local server at `/`: HTML for a browser, plain text for a terminal.

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, header},
    response::Response,
};

use crate::first_calls::{FirstCall, first_calls};

const PAGE: &str = include_str!("landing.html");
/// The placeholder for the example requests in the page.
const CALLS: &str = "<!-- calls -->";
/// Allows only the page's own style and script.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'; \
    base-uri 'none'; form-action 'none'";

/// The page of the server at `authority`.
pub(super) fn landing(headers: &HeaderMap, authority: &str) -> Response {
    let url = format!("http://{authority}");
    let accepts = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
    let (content_type, body) = match accepts.to_ascii_lowercase().contains("text/html") {
        true => ("text/html; charset=utf-8", page(&url)),
        false => ("text/plain; charset=utf-8", text(&url)),
    };
    let mut response = Response::new(Body::from(body));
    let told = [
        (header::CONTENT_TYPE, content_type),
        (header::VARY, "accept"),
        (header::CACHE_CONTROL, "no-store"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
    ];
    response.headers_mut().extend(told.map(|(name, value)| (name, HeaderValue::from_static(value))));
    response
}

fn text(url: &str) -> String {
    let calls = first_calls(url, "$ROSTER_KEY")
        .map(|call| format!("{}: {}\n\n{}\n", call.dialect, call.does, indented(&call.command)));
    format!(
        "Roster {}: one user directory, three REST APIs.\n\n\
         The server tells two keys when it first starts; `roster key create --account 1 --scope member,admin,exceed` makes more.\n\n\
         \x20 export ROSTER_KEY=ros_1_…\n\n{}\n\
         Documentation   {url}/docs\nOpenAPI         {url}/openapi.json\n",
        env!("CARGO_PKG_VERSION"),
        calls.join("\n"),
    )
}

fn indented(command: &str) -> String {
    command.lines().map(|line| format!("  {line}")).collect::<Vec<_>>().join("\n")
}

fn page(url: &str) -> String {
    let call = |call: FirstCall| {
        let (dialect, does, command) = (call.dialect, call.does, escaped(&call.command));
        let name = dialect.split(' ').next().unwrap_or_default().to_lowercase();
        format!(
            "<section><h2>{dialect}: {does}</h2>\n<pre tabindex=\"0\"><code>{command}</code></pre>\n\
             <p><button type=\"button\">Copy</button> <a href=\"/docs?api={name}\">Read and try the {dialect}</a></p></section>\n"
        )
    };
    PAGE.replace("{version}", env!("CARGO_PKG_VERSION"))
        .replace(CALLS, &first_calls(url, "$ROSTER_KEY").map(call).concat())
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
