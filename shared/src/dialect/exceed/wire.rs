//! From the directory's values to the documents of the dialect, in either format.

use lambda_http::http::{HeaderName, StatusCode, header::LOCATION};

use super::{
    Refusal,
    format::Format,
    json,
    refusal::{Refused, RefusedBody},
    selection::Selection,
    xml,
};
use crate::{
    directory::Failure,
    domain::{Deletion, TimeZone, User},
    http::{Answer, Call},
};

const STATUS: HeaderName = HeaderName::from_static("status");

/// What is replied to a call that is done.
#[derive(Debug)]
pub enum Reply {
    /// The user that was made.
    Created(Box<User>),
    /// One user.
    User(Box<User>),
    /// A page of users.
    Users(Vec<User>, Selection),
    /// A page of deletions, and the zone in which they are shown; UTC where there is none.
    Deletions(Vec<Deletion>, Option<TimeZone>),
    /// It is done, and there is nothing to tell.
    Done,
}

/// The answer to a call: what the endpoint replies, or its refusal, in the format that is asked for
/// and in a size that can be handed over.
pub fn answer(call: &Call, outcome: Result<Reply, Refusal>) -> Answer {
    let answer = match outcome {
        Ok(reply) => reply_answer(Format::of(call), &reply),
        Err(refusal) => refuse(call, refusal),
    };
    answer.fitted(call).unwrap_or_else(|| refuse(call, Refusal::AnswerTooLarge))
}

/// The answer to a call that we cannot answer otherwise.
pub fn failed(call: &Call, failure: &Failure) -> Answer {
    refuse(call, Refusal::Failed(failure.clone()))
}

fn reply_answer(format: Format, reply: &Reply) -> Answer {
    let (status, body) = match (reply, format) {
        (Reply::Done, _) => return Answer::empty(StatusCode::OK).header(STATUS, &status_line(StatusCode::OK)),
        (Reply::Created(user), Format::Json) => (StatusCode::CREATED, json::user(user)),
        (Reply::Created(user), Format::Xml) => (StatusCode::CREATED, xml::user(user)),
        (Reply::User(user), Format::Json) => (StatusCode::OK, json::user(user)),
        (Reply::User(user), Format::Xml) => (StatusCode::OK, xml::user(user)),
        (Reply::Users(users, selection), Format::Json) => (StatusCode::OK, json::users(users, selection)),
        (Reply::Users(users, selection), Format::Xml) => (StatusCode::OK, xml::users(users, selection)),
        (Reply::Deletions(list, zone), Format::Json) => (StatusCode::OK, json::deletions(list, zone.as_ref())),
        (Reply::Deletions(list, zone), Format::Xml) => (StatusCode::OK, xml::deletions(list, zone.as_ref())),
    };
    let answer = document(format, status, body);
    match reply {
        Reply::Created(user) => answer.header(LOCATION, &format!("/api/v2/users/{}", user.id)),
        _ => answer,
    }
}

fn refuse(call: &Call, refusal: Refusal) -> Answer {
    let Refused { status, body, retry_after } = match refusal.refused(call) {
        Ok(refused) => refused,
        Err(answer) => return answer,
    };
    let format = Format::of(call);
    let body = match (body, format) {
        (RefusedBody::Error(text), Format::Json) => json::error(&text),
        (RefusedBody::Error(text), Format::Xml) => xml::errors([text.as_str()]),
        (RefusedBody::Errors(errors), Format::Json) => json::errors(&errors),
        (RefusedBody::Errors(errors), Format::Xml) => {
            let texts: Vec<_> = errors.iter().map(|(name, text)| format!("{} {text}", humanised(name))).collect();
            xml::errors(texts.iter().map(String::as_str))
        }
    };
    let answer = document(format, status, body);
    match retry_after {
        Some(seconds) => answer.retry_after(seconds),
        None => answer,
    }
}

fn document(format: Format, status: StatusCode, body: String) -> Answer {
    let content_type = match format {
        Format::Json => "application/json; charset=utf-8",
        Format::Xml => "application/xml; charset=utf-8",
    };
    Answer::text(status, content_type, body).header(STATUS, &status_line(status))
}

/// `422 Unprocessable Entity`
fn status_line(status: StatusCode) -> String {
    format!("{} {}", status.as_u16(), status.canonical_reason().unwrap_or_default())
}

/// An attribute's name for people: spaces for underscores, no `_id` at the end, a capital first.
fn humanised(name: &str) -> String {
    let words = name.strip_suffix("_id").unwrap_or(name).replace('_', " ");
    let mut characters = words.chars();
    let first = characters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(characters).collect()
}
