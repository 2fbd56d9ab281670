//! Whole requests: a query, a type and a body, read by every dialect as its endpoints do.
//!
//! The input is `type \n query \n body`.
#![no_main]

use lambda_http::{Body, Request, RequestExt as _, http};
use libfuzzer_sys::fuzz_target;
use roster_shared::{
    dialect::{admin, exceed, member},
    domain::{AccountId, TimeZone},
    http::{Call, Fields},
};

const TYPES: [&str; 6] =
    ["application/json", "application/x-www-form-urlencoded", "application/xml", "text/xml; charset=utf-8", "", "text/json"];

fuzz_target!(|input: &[u8]| {
    let mut parts = input.splitn(3, |octet| *octet == b'\n');
    let [kind, query, body] = [(); 3].map(|()| parts.next().unwrap_or_default());
    let kind = kind.first().map_or(0, |first| usize::from(first.wrapping_sub(b'0'))) % TYPES.len();
    let Ok(query) = std::str::from_utf8(query) else { return };
    let Some(call) = call(TYPES[kind], query, body) else { return };

    if let Ok(fields) = Fields::read(&call) {
        let _ = member::new_user(&fields);
        let _ = member::user_change(&fields);
        let _ = admin::new_user(&fields);
        let _ = admin::credentials(&fields);
    }
    let _ = member::lookup(&call);
    let _ = member::key(&call);
    let _ = admin::credential(&call);
    let paging = admin::Paging::of(&call);
    assert!(paging.per_page >= 1 && paging.page >= 1);
    if let Ok(asked) = exceed::Parameters::read(&call) {
        let _ = exceed::key(&call, &asked);
        let _ = exceed::new_user(&asked);
        assert!(asked.page() >= 1);
        let zone = TimeZone::parse("Pacific/Apia").ok();
        for zone in [None, zone.as_ref()] {
            let filter = exceed::filter(&asked, AccountId::new(1), zone);
            // What a filter asks for decides under which key a walk over its pages is kept.
            assert_eq!(format!("{filter:?}"), format!("{:?}", exceed::filter(&asked, AccountId::new(1), zone)));
        }
    }
});

fn call(kind: &str, query: &str, body: &[u8]) -> Option<Call> {
    let uri = http::Uri::builder().scheme("https").authority("roster.example.com");
    let uri = uri.path_and_query(format!("/api/v2/users?{query}")).build().ok()?;
    let request: Request = http::Request::builder()
        .method("POST")
        .uri(uri)
        .header("content-type", kind)
        .body(Body::Binary(body.to_vec()))
        .ok()?;
    let multimap: lambda_http::aws_lambda_events::query_map::QueryMap = query.parse().ok()?;
    Some(Call::new(request.with_query_string_parameters(multimap).with_raw_http_path("/api/v2/users")))
}
