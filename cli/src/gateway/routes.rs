use std::collections::HashMap;

use axum::http::Method;
use path_tree::PathTree;
use percent_encoding::percent_decode_str;

use crate::template::Route;

/// The routes of a gateway, by method. As on API Gateway, the more specific of two routes wins: a literal before a
/// variable, and a variable before one that matches the rest of the path.
pub(super) struct Routes(HashMap<String, PathTree<Route>>);

/// The route that matches a request.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Found {
    /// `GET /api/users/{user_id}`
    pub(super) key: String,
    pub(super) function: String,
    /// The route's variables, decoded.
    pub(super) variables: Vec<(String, String)>,
}

impl Routes {
    pub(super) fn new(routes: &[Route]) -> Self {
        let mut methods: HashMap<String, PathTree<Route>> = HashMap::new();
        for route in routes {
            let _ = methods.entry(route.method.clone()).or_default().insert(&pattern(&route.path), route.clone());
        }
        Self(methods)
    }

    /// The route of a method and a path, which is still percent-encoded.
    pub(super) fn find(&self, method: &Method, path: &str) -> Option<Found> {
        let (route, found) = self.0.get(method.as_str())?.find(path)?;
        let names = variables(&route.path);
        Some(Found {
            key: format!("{} {}", route.method, route.path),
            function: route.function.clone(),
            variables: names
                .zip(found.params_iter())
                .map(|(name, (_, value))| (name.to_owned(), decode(value)))
                .collect(),
        })
    }
}

/// A path in the router's syntax: `:id` for `{id}`, and `*` for `{rest+}`, which matches the rest of the path, however
/// short.
fn pattern(path: &str) -> String {
    let segments = path.split('/').map(|segment| match variable(segment) {
        Some(name) if segment.ends_with("+}") => ("*", name),
        Some(name) => (":", name),
        None => ("", segment),
    });
    segments
        .map(|(sign, name)| if sign == "*" { sign.to_owned() } else { format!("{sign}{name}") })
        .collect::<Vec<_>>()
        .join("/")
}

fn variables(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter_map(variable)
}

fn variable(segment: &str) -> Option<&str> {
    segment.strip_prefix('{')?.strip_suffix('}').map(|name| name.trim_end_matches('+'))
}

/// Percent-decodes, as the gateway does before it invokes a function. Invalid UTF-8 becomes replacement characters.
pub(super) fn decode(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn route(method: &str, path: &str, function: &str) -> Route {
        Route { method: method.into(), path: path.into(), function: function.into() }
    }

    fn function(routes: &Routes, method: &Method, path: &str) -> Option<String> {
        routes.find(method, path).map(|found| found.function)
    }

    #[test]
    fn paths_and_methods_choose_the_function() {
        let routes = Routes::new(&[
            route("GET", "/users/{id}", "get"),
            route("GET", "/users", "list"),
            route("POST", "/users/find", "find"),
            route("GET", "/more/{rest+}", "more"),
            route("GET", "/more/{id}", "one"),
            route("GET", "/more/{id}/{rest+}", "one"),
            route("GET", "/more/all.json", "all"),
        ]);
        assert_eq!(function(&routes, &Method::GET, "/users/7"), Some("get".into()));
        assert_eq!(function(&routes, &Method::GET, "/users/find"), Some("get".into()));
        assert_eq!(function(&routes, &Method::POST, "/users/find"), Some("find".into()));
        for (path, expected) in
            [("a-b.c", "one"), ("a/", "one"), ("a/b", "one"), ("all.json", "all"), ("all.jso", "one")]
        {
            assert_eq!(function(&routes, &Method::GET, &format!("/more/{path}")), Some(expected.into()), "{path}");
        }
        assert_eq!(function(&routes, &Method::GET, "/more/"), Some("more".into()));
        for path in ["/", "/users/", "/users/7/", "/users//", "/User", "/users/7/x", "/more"] {
            assert_eq!(function(&routes, &Method::GET, path), None, "{path}");
        }
        assert_eq!(function(&routes, &Method::HEAD, "/users"), None);
        assert_eq!(function(&routes, &Method::POST, "/users"), None);
    }

    #[test]
    fn variables_are_decoded() {
        let routes = Routes::new(&[route("GET", "/users/{id}", "get")]);
        let found = routes.find(&Method::GET, "/users/a%2Fb%20%ff").unwrap();
        assert_eq!(found.variables, [("id".to_owned(), "a/b \u{fffd}".to_owned())]);
        assert_eq!(found.key, "GET /users/{id}");
    }
}
