//! From the directory's values to the documents of the dialect.

use lambda_http::http::StatusCode;
use serde::Serialize;
use serde_json::value::RawValue;

use super::{Refusal, door::shows};
use crate::{
    domain::{Account, Email, Line, Plan, Timestamp, User, UserId},
    http::Answer,
};

#[derive(Serialize)]
#[cfg_attr(feature = "contract", derive(schemars::JsonSchema), schemars(rename = "MemberCreated"))]
pub(super) struct Created {
    message: &'static str,
    user_id: UserId,
}

#[derive(Serialize)]
#[cfg_attr(feature = "contract", derive(schemars::JsonSchema), schemars(rename = "MemberUpdated"))]
pub(super) struct Updated {
    message: &'static str,
}

#[derive(Serialize)]
#[cfg_attr(feature = "contract", derive(schemars::JsonSchema), schemars(rename = "MemberFound"))]
pub(super) struct Found {
    user_id: UserId,
}

#[derive(Serialize)]
#[cfg_attr(feature = "contract", derive(schemars::JsonSchema), schemars(rename = "MemberUser"))]
pub(super) struct Shown<'a> {
    id: UserId,
    user_id: UserId,
    email: Option<&'a str>,
    first_name: &'a str,
    last_name: &'a str,
    #[cfg_attr(feature = "contract", schemars(with = "Option<serde_json::Number>"))]
    external_id: Option<&'a RawValue>,
    source: Option<&'a str>,
    phone_number: Option<&'a str>,
    live_scanner: bool,
    #[cfg_attr(feature = "contract", schemars(extend("const" = "Member")))]
    role: &'static str,
    created_at: Timestamp,
    updated_at: Timestamp,
}

#[derive(Serialize)]
#[cfg_attr(feature = "contract", derive(schemars::JsonSchema), schemars(rename = "MemberSubscriptions"))]
pub(super) struct Subscriptions<'a> {
    subscriptions: Vec<Subscription<'a>>,
    site_url: Option<&'a str>,
    site_name: Option<&'a str>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "contract", derive(schemars::JsonSchema), schemars(rename = "MemberSubscription"))]
struct Subscription<'a> {
    id: u64,
    name: &'a str,
    slug: &'a str,
    sku: &'a str,
    mobile_push_enabled: bool,
}

/// The answer to a create.
#[must_use]
pub fn user_created(user: &User) -> Answer {
    Answer::json(StatusCode::CREATED, &Created { message: "User created successfully", user_id: user.id })
}

/// The answer to an update.
#[must_use]
pub fn user_updated() -> Answer {
    Answer::json(StatusCode::OK, &Updated { message: "User updated successfully" })
}

/// The answer to a get.
///
/// # Errors
/// The user is absent, or an administrator.
pub fn user_shown(user: Option<&User>) -> Result<Answer, Refusal> {
    let user = visible(user)?;
    let external_id = user.external_id.as_ref().map(|number| serde_json::from_str(number.as_str())).transpose();
    Ok(Answer::json(
        StatusCode::OK,
        &Shown {
            id: user.id,
            user_id: user.id,
            email: user.email.as_ref().map(Email::as_str),
            first_name: user.first_name.as_str(),
            last_name: user.last_name.as_str(),
            // A canonical decimal is a JSON number as it stands, so nothing is rounded.
            external_id: external_id.unwrap_or_default(),
            source: user.source.as_ref().map(Line::as_str),
            phone_number: user.phone_number.as_ref().map(Line::as_str),
            live_scanner: user.live_scanner,
            role: "Member",
            created_at: user.created_at,
            updated_at: user.updated_at,
        },
    ))
}

/// The answer to a find.
///
/// # Errors
/// The user is absent, or an administrator.
pub fn found(user: Option<&User>) -> Result<Answer, Refusal> {
    Ok(Answer::json(StatusCode::OK, &Found { user_id: visible(user)?.id }))
}

/// The answer to a look-up of subscriptions; `plans` are all of the account, by id.
///
/// # Errors
/// The user is absent, or an administrator.
pub fn subscriptions(user: Option<&User>, plans: &[Plan], account: Option<&Account>) -> Result<Answer, Refusal> {
    let user = visible(user)?;
    let subscriptions = plans.iter().filter(|plan| user.plans.contains(&plan.id)).map(|plan| Subscription {
        id: plan.id.get(),
        name: &plan.name,
        slug: plan.slug.as_str(),
        sku: &plan.sku,
        mobile_push_enabled: plan.mobile_push_enabled,
    });
    let settings = account.map(|account| &account.settings);
    Ok(Answer::json(
        StatusCode::OK,
        &Subscriptions {
            subscriptions: subscriptions.collect(),
            site_url: settings.and_then(|settings| settings.site_url.as_deref()),
            site_name: settings.and_then(|settings| settings.site_name.as_deref()),
        },
    ))
}

fn visible(user: Option<&User>) -> Result<&User, Refusal> {
    user.filter(|user| shows(user)).ok_or(Refusal::UserNotFound)
}
