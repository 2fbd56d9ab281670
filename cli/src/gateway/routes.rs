use std::collections::HashMap;

use axum::http::Method;
use percent_encoding::percent_decode_str;

use crate::template::Route;

/// The routes of a gateway, by method.
pub(super) struct Routes(HashMap<String, matchit::Router<Route>>);

/// The route a request takes.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Found {
    /// `GET /api/users/{user_id}`
    pub(super) key: String,
    pub(super) function: String,
    /// The route's variables, decoded.
    pub(super) variables: Vec<(String, String)>,
}

impl Routes {
    pub(super) fn new(routes: &[Route]) -> anyhow::Result<Self> {
        let mut methods: HashMap<String, matchit::Router<Route>> = HashMap::new();
        for route in routes {
            methods.entry(route.method.clone()).or_default().insert(pattern(&route.path), route.clone())?;
        }
        Ok(Self(methods))
    }

    /// The route of a method and a path as it came, still encoded.
    pub(super) fn find(&self, method: &Method, path: &str) -> Option<Found> {
        let found = self.0.get(method.as_str())?.at(path).ok()?;
        let route = found.value;
        Some(Found {
            key: format!("{} {}", route.method, route.path),
            function: route.function.clone(),
            variables: found.params.iter().map(|(name, value)| (name.to_owned(), decode(value))).collect(),
        })
    }
}

/// API Gateway writes a variable that takes the rest of the path `{name+}`; the router, `{*name}`.
fn pattern(path: &str) -> String {
    match path.split_once('{').and_then(|(front, rest)| Some((front, rest.strip_suffix("+}")?))) {
        Some((front, name)) => format!("{front}{{*{name}}}"),
        None => path.to_owned(),
    }
}

/// Percent-decodes, as the gateway does before it tells a function; what is not UTF-8 becomes
/// replacement characters.
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
        ])
        .unwrap();
        assert_eq!(function(&routes, &Method::GET, "/users/7"), Some("get".into()));
        assert_eq!(function(&routes, &Method::GET, "/users/find"), Some("get".into()));
        assert_eq!(function(&routes, &Method::POST, "/users/find"), Some("find".into()));
        assert_eq!(function(&routes, &Method::GET, "/more/a/b"), Some("more".into()));
        for path in ["/", "/users/", "/users/7/", "/users//", "/User", "/users/7/x", "/more/"] {
            assert_eq!(function(&routes, &Method::GET, path), None, "{path}");
        }
        assert_eq!(function(&routes, &Method::HEAD, "/users"), None);
        assert_eq!(function(&routes, &Method::POST, "/users"), None);
    }

    #[test]
    fn variables_are_decoded() {
        let routes = Routes::new(&[route("GET", "/users/{id}", "get")]).unwrap();
        let found = routes.find(&Method::GET, "/users/a%2Fb%20%ff").unwrap();
        assert_eq!(found.variables, [("id".to_owned(), "a/b \u{fffd}".to_owned())]);
        assert_eq!(found.key, "GET /users/{id}");
    }
}
