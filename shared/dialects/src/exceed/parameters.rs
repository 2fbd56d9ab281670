//! The parameters of a request, from its query and its body.

use std::borrow::Cow;

use roster_domain::{AccountId, Code, Date, Line, TimeZone, UserFilter};

use super::{Error, Fieldset, Format, filter, wrapper::Wrapped};
use crate::{
    MAX_PAGE,
    http::{BadBody, Request, Value},
};

/// Characters that a code may have.
pub(super) const MAX_CODE: u64 = 255;

/// The parameters of a request as they came: its body may not be readable.
///
/// That is not an error before the key has been checked. So before [`Received::check`] only the values are available
/// that are needed to check the key, and to read data concurrently.
#[derive(Debug)]
pub struct Received {
    parameters: Parameters,
    bad_body: Option<BadBody>,
}

/// The parameters of a request whose body could be read: query and body. The body takes precedence.
#[derive(Debug)]
pub struct Parameters {
    /// How the response is written.
    pub(super) format: Format,
    query: Wrapped,
    body: Wrapped,
}

/// The start of the listed deletions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Since {
    /// All deletions are listed.
    Always,
    /// Deletions from the beginning of this day on, in the account's time zone.
    Day(Date),
    /// The parameter is not a valid day: no deletions are listed.
    Never,
}

/// A parameter as a client sent it. Numbers and booleans are their text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Param<'a> {
    Null,
    /// Trimmed; perhaps empty.
    Text(Cow<'a, str>),
    /// No value of any attribute: an array, an object, a text that no field may hold.
    Unusable,
}

/// A code as it was sent, for the look-up and for errors.
#[derive(Clone, Debug)]
pub(super) struct CodeParameter {
    /// `None` where no user can have it.
    pub(super) code: Option<Code>,
    pub(super) text: String,
}

impl Received {
    /// Reads the parameters of a request.
    ///
    /// # Errors
    /// There is no such path.
    pub fn read(request: &Request) -> Result<Self, Error> {
        // The route variant that matches a trailing slash also matches anything after it.
        if request.variable("slash").is_some_and(|rest| !rest.is_empty()) {
            return Err(Error::UnknownPath);
        }
        let body = if request.is_too_large() { Ok(Wrapped::default()) } else { Wrapped::read_body(request) };
        let (body, bad_body) = match body {
            Ok(body) => (body, None),
            Err(bad) => (Wrapped::default(), Some(bad)),
        };
        let parameters = Parameters { format: Format::of(request), query: Wrapped::read_query(request), body };
        Ok(Self { parameters, bad_body })
    }

    /// The parameters, if the body could be read.
    ///
    /// # Errors
    /// The body could not be read.
    pub fn check(&self) -> Result<&Parameters, Error> {
        match self.bad_body {
            None => Ok(&self.parameters),
            Some(bad) => Err(Error::BadBody(bad)),
        }
    }

    /// The text that may be the API key: the first that is not empty of query, body and header.
    #[must_use]
    pub fn api_key<'a>(&'a self, request: &'a Request) -> Option<Cow<'a, str>> {
        let Parameters { query, body, .. } = &self.parameters;
        let values = [query, body].into_iter().filter_map(|part| part.outer.get("api_key"));
        let texts = values.filter_map(|value| param(value).into_text());
        texts.into_iter().find(|text| !text.is_empty()).or_else(|| request.bearer_token().map(Cow::Borrowed))
    }

    /// The filter of a list, with dates in the time zone of the account.
    #[must_use]
    pub fn filter(&self, account: AccountId, time_zone: Option<&TimeZone>) -> UserFilter {
        filter::filter(&self.parameters, account, time_zone)
    }

    /// Whether the filter holds dates or times, which are read in the account's time zone.
    #[must_use]
    pub fn needs_time_zone(&self) -> bool {
        filter::needs_time_zone(&self.parameters)
    }

    /// The page, from 1; the first where the parameter is no page.
    #[must_use]
    pub fn page(&self) -> u64 {
        match self.parameters.plain("page") {
            Some(Param::Text(text)) => {
                let digits = text.bytes().all(|b| b.is_ascii_digit());
                let page = if digits { text.parse().ok() } else { None };
                page.filter(|page| (1..=MAX_PAGE).contains(page)).unwrap_or(1)
            }
            _ => 1,
        }
    }

    /// The start of the requested deletions.
    #[must_use]
    pub fn since(&self) -> Since {
        match self.parameters.plain("deleted_at") {
            None => Since::Always,
            Some(Param::Text(text)) => Date::parse(&text).map_or(Since::Never, Since::Day),
            Some(Param::Null | Param::Unusable) => Since::Never,
        }
    }

    /// The code that names a user; `None` where none is sent.
    pub(super) fn code(&self) -> Option<CodeParameter> {
        match self.parameters.attribute("code")? {
            Param::Null => None,
            Param::Text(text) if text.is_empty() => None,
            Param::Text(text) => {
                let code = Line::parse(&text, MAX_CODE).ok().map(Code::from);
                Some(CodeParameter { code, text: text.into_owned() })
            }
            Param::Unusable => Some(CodeParameter { code: None, text: String::new() }),
        }
    }
}

impl Parameters {
    /// An attribute as it was sent: passwords are not trimmed.
    pub(super) fn raw(&self, attribute: &str) -> Option<&Value> {
        // Without a wrapper, a body's own fields are the attributes.
        let body = self.body.inner.as_ref().unwrap_or(&self.body.outer);
        let query = self.query.inner.as_ref();
        body.get(attribute).or_else(|| query.and_then(|query| query.get(attribute)))
    }

    /// Whether attributes are sent in a form in which none can be read: `{"user":"x"}`, `user[][login]=x`.
    pub(super) fn is_malformed(&self) -> bool {
        self.query.is_malformed || self.body.is_malformed
    }

    /// An attribute; `None` where it is absent.
    pub(super) fn attribute(&self, name: &str) -> Option<Param<'_>> {
        self.raw(name).map(param)
    }

    /// A parameter that is no attribute; `None` where it is absent or empty.
    fn plain(&self, name: &str) -> Option<Param<'_>> {
        let value = self.outer(name).map(param)?;
        let empty = match &value {
            Param::Null => true,
            Param::Text(text) => text.is_empty(),
            Param::Unusable => false,
        };
        (!empty).then_some(value)
    }

    fn outer(&self, name: &str) -> Option<&Value> {
        self.body.outer.get(name).or_else(|| self.query.outer.get(name))
    }

    /// The attributes that `fields` names; all, where it names none that exists.
    #[must_use]
    pub fn fieldset(&self) -> Fieldset {
        let values = match self.outer("fields") {
            Some(Value::List(values)) => values.iter().collect(),
            value => Vec::from_iter(value),
        };
        let texts: Vec<_> = values.into_iter().filter_map(|value| param(value).into_text()).collect();
        Fieldset::of(texts.iter().flat_map(|text| text.split(',')).map(str::trim))
    }
}

impl<'a> Param<'a> {
    fn into_text(self) -> Option<Cow<'a, str>> {
        match self {
            Self::Text(text) => Some(text),
            Self::Null | Self::Unusable => None,
        }
    }
}

pub(super) fn param(value: &Value) -> Param<'_> {
    match value {
        Value::Null => Param::Null,
        Value::Bool(true) => Param::Text(Cow::Borrowed("true")),
        Value::Bool(false) => Param::Text(Cow::Borrowed("false")),
        Value::Number(text) | Value::Text(text) => Param::Text(Cow::Borrowed(text.trim())),
        Value::IllFormed | Value::List(_) | Value::Compound => Param::Unusable,
    }
}
