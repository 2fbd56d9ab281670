//! From values of the domain to the documents of the dialect, in either format.

use ::http::{HeaderName, StatusCode, header::LOCATION};
use roster_domain::{Deletion, TimeZone, User};

use super::{Error, Parameters, format::Format, json, xml};
use crate::http::{Request, Response};

const STATUS: HeaderName = HeaderName::from_static("status");

/// The response to a create.
#[must_use]
pub fn user_created(parameters: &Parameters, user: &User) -> Response {
    let format = parameters.format;
    let location = format!("/api/v2/users/{}", user.id);
    document(format, StatusCode::CREATED, user_body(format, user)).header(LOCATION, &location)
}

/// The response to a get.
#[must_use]
pub fn user_shown(parameters: &Parameters, user: &User) -> Response {
    document(parameters.format, StatusCode::OK, user_body(parameters.format, user))
}

/// The response to updates and deletes: no body.
#[must_use]
pub fn done(_: &Parameters) -> Response {
    Response::empty(StatusCode::OK).header(STATUS, &status_line(StatusCode::OK))
}

/// The response to a list.
///
/// # Errors
/// It is larger than a function may respond.
pub fn users_listed(request: &Request, parameters: &Parameters, users: &[User]) -> Result<Response, Error> {
    let fieldset = parameters.fieldset();
    let body = match parameters.format {
        Format::Json => json::users(users, &fieldset),
        Format::Xml => xml::users(users, &fieldset),
    };
    document(parameters.format, StatusCode::OK, body).fitted(request).ok_or(Error::ResponseTooLarge)
}

/// The response to a list of deletions, with times in a time zone; UTC without one.
///
/// # Errors
/// It is larger than a function may respond.
pub fn deletions_listed(
    request: &Request,
    parameters: &Parameters,
    deletions: &[Deletion],
    time_zone: Option<&TimeZone>,
) -> Result<Response, Error> {
    let body = match parameters.format {
        Format::Json => json::deletions(deletions, time_zone),
        Format::Xml => xml::deletions(deletions, time_zone),
    };
    document(parameters.format, StatusCode::OK, body).fitted(request).ok_or(Error::ResponseTooLarge)
}

fn user_body(format: Format, user: &User) -> String {
    match format {
        Format::Json => json::user(user),
        Format::Xml => xml::user(user),
    }
}

/// A document with the headers of this dialect.
pub(super) fn document(format: Format, status: StatusCode, body: String) -> Response {
    let content_type = match format {
        Format::Json => "application/json; charset=utf-8",
        Format::Xml => "application/xml; charset=utf-8",
    };
    Response::text(status, content_type, body).header(STATUS, &status_line(status))
}

/// `422 Unprocessable Entity`
fn status_line(status: StatusCode) -> String {
    format!("{} {}", status.as_u16(), status.canonical_reason().expect("statuses of ours are registered"))
}
