//! Whole requests: a query, a type and a body, read by every dialect as its endpoints do.
//!
//! The input is `type \n query \n body`.
#![no_main]

use http::{HeaderValue, Method, header::CONTENT_TYPE};
use libfuzzer_sys::fuzz_target;
use roster_dialects::{
    admin, exceed,
    http::{Fields, Request},
    member,
};
use roster_domain::{AccountId, TimeZone, Timestamp};

const TYPES: [&str; 6] =
    ["application/json", "application/x-www-form-urlencoded", "application/xml", "text/xml; charset=utf-8", "", "text/json"];

fuzz_target!(|input: &[u8]| {
    let mut parts = input.splitn(3, |byte| *byte == b'\n');
    let [kind, query, body] = [(); 3].map(|()| parts.next().unwrap_or_default());
    let kind = kind.first().map_or(0, |first| usize::from(first.wrapping_sub(b'0'))) % TYPES.len();
    let Ok(query) = std::str::from_utf8(query) else { return };
    let mut request = Request { method: Method::POST, body: body.to_vec(), ..Request::to("/api/v2/users") };
    request.query = query.to_owned();
    request.headers.insert(CONTENT_TYPE, HeaderValue::from_static(TYPES[kind]));

    let now = Timestamp::from_millisecond(1_795_262_400_000);
    if let Ok(fields) = Fields::read(&request) {
        let _ = member::new_user(&fields);
        let _ = member::user_update(&fields);
        let _ = admin::new_user(&fields, now);
        let _ = admin::login_form(&fields);
    }
    let _ = member::lookup(&request);
    let paging = admin::Paging::of(&request);
    assert!(paging.per_page >= 1 && paging.page >= 1);
    if let Ok(received) = exceed::Received::read(&request) {
        let _ = received.api_key(&request);
        let _ = received.since();
        assert!(received.page() >= 1);
        let zone = TimeZone::parse("Pacific/Apia").ok();
        for zone in [None, zone.as_ref()] {
            let filter = received.filter(AccountId::new(1), zone);
            // A filter decides under which key the position in its list is stored.
            assert_eq!(format!("{filter:?}"), format!("{:?}", received.filter(AccountId::new(1), zone)));
        }
        if let Ok(parameters) = received.check() {
            let _ = exceed::new_user(parameters);
            let _ = parameters.fieldset();
        }
    }
});
