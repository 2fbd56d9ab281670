//! Single values: addresses, names, dates, keys.
#![no_main]

use libfuzzer_sys::fuzz_target;
use roster_domain::{AccountId, ApiKey, Birthday, Code, CountryId, Date, Decimal, Email, IdempotencyKey, Line, Login, PlanId, SessionToken, Slug, TimeZone, Timestamp, UserId};

fuzz_target!(|text: &str| {
    if let Ok(email) = Email::parse(text) {
        // What is compared reads back as itself, unless it has become too long; and an address is a login.
        let local = email.key().rsplit_once('@').map_or(0, |(local, _)| local.len());
        match Email::parse(email.key()) {
            Ok(key) => assert_eq!(key.key(), email.key()),
            Err(_) => assert!(local > 64 || email.key().len() > 254, "a compared form is an address"),
        }
        assert!(!Login::from(&email).key().is_empty());
    }
    if let Ok(login) = Login::parse(text, 1000) {
        assert_eq!(Login::parse(login.key(), 4000).map(|again| again.key().to_owned()).ok().as_deref(), Some(login.key()));
    }
    if let Ok(key) = ApiKey::parse(text) {
        assert_eq!(key.reveal(), text);
    }
    if let Some(token) = SessionToken::parse(text) {
        assert_eq!(token.reveal(), text);
    }
    if let Ok(number) = Decimal::parse(text) {
        let again = Decimal::parse(number.as_str()).expect("a written number is a number");
        assert_eq!(again.as_str(), number.as_str());
    }
    for id in [UserId::parse(text).map(|id| id.to_string()), AccountId::parse(text).map(|id| id.to_string())] {
        assert!(id.is_none_or(|id| id == text));
    }
    if let Ok(moment) = Timestamp::try_from(text.to_owned()) {
        assert_eq!(Timestamp::try_from(moment.to_string()).ok(), Some(moment));
    }
    let _ = (Date::parse(text), PlanId::parse(text), Slug::parse(text), TimeZone::parse(text), CountryId::parse(text));
    let _ = (Line::parse(text, 255), Birthday::parse(text, Timestamp::from_millisecond(1_795_262_400_000)));
    let _ = IdempotencyKey::parse(AccountId::new(1), "holder", text.as_bytes());
    if let Some(id) = UserId::parse(text) {
        assert_eq!(Code::default_for(id, 1).default_of(), Some(id));
    }
});
