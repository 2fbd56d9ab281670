//! From values of the domain to the documents of the dialect.

use ::http::StatusCode;
use roster_domain::{Account, Decimal, Email, Line, Plan, Timestamp, User, UserId};
use serde::Serialize;
use serde_json::value::RawValue;

use crate::http::Response;

/// The body of a create.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema), schemars(rename = "MemberCreated"))]
pub struct Created {
    message: &'static str,
    user_id: UserId,
}

/// The body of an update.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema), schemars(rename = "MemberUpdated"))]
pub struct Updated {
    message: &'static str,
}

/// The body of a find.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema), schemars(rename = "MemberFound"))]
pub struct Found {
    user_id: UserId,
}

/// A user.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema), schemars(rename = "MemberUser"))]
pub struct UserView<'a> {
    id: UserId,
    user_id: UserId,
    email: Option<&'a str>,
    first_name: &'a str,
    last_name: &'a str,
    #[cfg_attr(feature = "openapi", schemars(with = "Option<serde_json::Number>"))]
    external_id: Option<&'a RawValue>,
    source: Option<&'a str>,
    phone_number: Option<&'a str>,
    live_scanner: bool,
    #[cfg_attr(feature = "openapi", schemars(extend("const" = "Member")))]
    role: &'static str,
    created_at: Timestamp,
    updated_at: Timestamp,
}

/// The body of a look-up of subscriptions.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema), schemars(rename = "MemberSubscriptions"))]
pub struct Subscriptions<'a> {
    subscriptions: Vec<Subscription<'a>>,
    site_url: Option<&'a str>,
    site_name: Option<&'a str>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema), schemars(rename = "MemberSubscription"))]
struct Subscription<'a> {
    id: u64,
    name: &'a str,
    slug: &'a str,
    sku: &'a str,
    mobile_push_enabled: bool,
}

/// The response to a create.
#[must_use]
pub fn user_created(user: &User) -> Response {
    Response::json(StatusCode::CREATED, &Created { message: "User created successfully", user_id: user.id })
}

/// The response to an update.
#[must_use]
pub fn user_updated(_: &User) -> Response {
    Response::json(StatusCode::OK, &Updated { message: "User updated successfully" })
}

/// The response to a get.
#[must_use]
pub fn user_shown(user: &User) -> Response {
    let external_id = user.attributes.external_id.as_ref().map(Decimal::as_str);
    Response::json(
        StatusCode::OK,
        &UserView {
            id: user.id,
            user_id: user.id,
            email: user.email.as_ref().map(Email::as_str),
            first_name: user.first_name.as_str(),
            last_name: user.last_name.as_str(),
            // As it stands, so that nothing is rounded.
            external_id: external_id.map(|text| serde_json::from_str(text).expect("a decimal is a JSON number")),
            source: user.attributes.source.as_ref().map(Line::as_str),
            phone_number: user.attributes.phone_number.as_ref().map(Line::as_str),
            live_scanner: user.attributes.live_scanner == Some(true),
            role: "Member",
            created_at: user.created_at,
            updated_at: user.updated_at,
        },
    )
}

/// The response to a find.
#[must_use]
pub fn user_found(user: &User) -> Response {
    Response::json(StatusCode::OK, &Found { user_id: user.id })
}

/// The response to a look-up of subscriptions; `plans` are all of the account, by id.
#[must_use]
pub fn user_subscriptions(user: &User, plans: &[Plan], account: Option<&Account>) -> Response {
    let subscriptions = plans.iter().filter(|plan| user.plans.contains(&plan.id)).map(|plan| Subscription {
        id: plan.id.get(),
        name: &plan.name,
        slug: plan.slug.as_str(),
        sku: &plan.sku,
        mobile_push_enabled: plan.mobile_push_enabled,
    });
    let settings = account.map(|account| &account.settings);
    Response::json(
        StatusCode::OK,
        &Subscriptions {
            subscriptions: subscriptions.collect(),
            site_url: settings.and_then(|settings| settings.site_url.as_deref()),
            site_name: settings.and_then(|settings| settings.site_name.as_deref()),
        },
    )
}
