//! What the server shows in a browser, as far as that can be seen without one.

use testkit::{Response, bundle, request, send};

use super::place;

fn get(path: &str, headers: &[(&str, &str)]) -> Response {
    let sent = request("GET", &format!("{}{path}", bundle().url));
    send(headers.iter().fold(sent, |sent, (name, value)| sent.header(*name, *value)))
}

#[test]
fn the_landing_page_has_a_first_call_of_each_dialect_in_html_and_as_text() {
    let page = get("/", &[("accept", "text/html,*/*;q=0.8")]);
    let text = get("/", &[("accept", "*/*")]);
    assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
    assert_eq!(text.header("content-type"), Some("text/plain; charset=utf-8"));
    for response in [page, text] {
        assert_eq!(response.status, 200);
        for reported in ["/api/users ", "/api/v1/users ", "/api/v2/users.xml?user[email]", "/docs", "/openapi.json"] {
            assert!(response.body.contains(reported), "{reported} in {}", response.body);
        }
        assert!(!response.body.contains("<!--") && !response.body.contains("{version}"), "{}", response.body);
    }
}

#[test]
fn the_documentation_needs_nothing_from_elsewhere() {
    let page = get("/docs", &[]);
    assert_eq!((page.status, page.header("content-type")), (200, Some("text/html; charset=utf-8")));
    assert!(page.header("content-security-policy").unwrap().starts_with("default-src 'self';"));
    let parts = page.body.split(['"', '\'']).filter(|part| part.starts_with("/docs/"));
    let documents = ["/docs/member.json", "/docs/admin.json", "/docs/exceed.json"];
    let mut seen = 0;
    for path in parts.chain(documents) {
        let plain = get(path, &[]);
        assert_eq!((plain.status, plain.header("content-encoding")), (200, None), "{path}");
        let packed = get(path, &[("accept-encoding", "gzip")]);
        assert_eq!((packed.status, packed.header("content-encoding")), (200, Some("gzip")), "{path}");
        let lasts = path.contains("swagger-ui");
        let cached = if lasts { "public, max-age=86400" } else { "no-cache" };
        assert_eq!((plain.header("cache-control"), plain.header("vary")), (Some(cached), Some("accept-encoding")));
        seen += 1;
    }
    assert_eq!(seen, 8);
    assert!(!page.body.contains("://"), "{}", page.body);
    for path in ["/docs/", "/docs/page.html", "/docs/..%2fpage.css"] {
        assert_eq!(get(path, &[]).status, 404, "{path}");
    }
}

#[test]
fn the_document_that_is_served_is_the_one_that_is_kept() {
    for (path, name) in [("/openapi.json", "roster"), ("/docs/admin.json", "admin")] {
        assert!(get(path, &[]).body == std::fs::read_to_string(place(name)).unwrap(), "{path}");
    }
}
