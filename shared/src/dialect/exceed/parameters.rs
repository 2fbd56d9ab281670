//! What a call asks for, wherever it says so.

use std::borrow::Cow;

use super::Refusal;
use crate::{
    domain::{Code, Line},
    http::{BadBody, Call, Value, Wrapped},
};

/// Where attributes stand: `{"user":{…}}`, `user[login]=tim`.
pub(super) const WRAPPER: &str = "user";
/// Characters of a code.
pub(super) const CODE: u64 = 255;
/// The last page that can be asked for: JSON clients read numbers as doubles.
const LAST_PAGE: u64 = 1 << 53;

/// The parameters of a call: query and body, the body's winning.
#[derive(Debug)]
pub struct Parameters {
    query: Wrapped,
    body: Result<Wrapped, BadBody>,
}

/// A parameter as a client gave it. Numbers and booleans are their text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Given<'a> {
    Null,
    /// Trimmed; perhaps empty.
    Text(Cow<'a, str>),
    /// Nothing that could be a value: an array, an object, a text that no field may hold.
    Unusable,
}

impl Parameters {
    /// Reads what a call asks for. That its body cannot be read is not said before the key is
    /// checked: see [`Parameters::checked`].
    ///
    /// # Errors
    /// There is no such path.
    pub fn read(call: &Call) -> Result<Self, Refusal> {
        // The twin of a route that takes its trailing slash also takes whatever follows it.
        if call.path("slash").is_some_and(|rest| !rest.is_empty()) {
            return Err(Refusal::UnknownPath);
        }
        let body = if call.is_too_large() { Ok(Wrapped::default()) } else { Wrapped::read_body(call, WRAPPER) };
        Ok(Self { query: Wrapped::read_query(call, WRAPPER), body })
    }

    /// These parameters, if the body could be read.
    ///
    /// # Errors
    /// It could not.
    pub fn checked(&self) -> Result<&Self, Refusal> {
        match &self.body {
            Ok(_) => Ok(self),
            Err(bad) => Err(Refusal::BadBody(*bad)),
        }
    }

    /// The texts that may be the API key, in the order in which they count.
    pub(super) fn api_keys(&self) -> impl Iterator<Item = Cow<'_, str>> {
        let body = self.body.as_ref().ok();
        let places = [Some(&self.query), body].into_iter().flatten();
        let values = places.filter_map(|place| place.outer.get("api_key"));
        values.filter_map(|value| match given(value) {
            Given::Text(text) => Some(text),
            Given::Null | Given::Unusable => None,
        })
    }

    /// What is given for an attribute as it was sent: passwords are not trimmed.
    pub(super) fn raw(&self, attribute: &str) -> Option<&Value> {
        let body = self.body.as_ref().ok();
        // Without a wrapper, a body's own fields are the attributes.
        let body = body.map(|body| body.inner.as_ref().unwrap_or(&body.outer));
        let query = self.query.inner.as_ref();
        body.and_then(|body| body.get(attribute)).or_else(|| query.and_then(|query| query.get(attribute)))
    }

    /// Whether attributes are given in a form in which none can be read: `{"user":"x"}`, `user[][login]=x`.
    pub(super) fn is_malformed(&self) -> bool {
        self.query.is_malformed || self.body.as_ref().is_ok_and(|body| body.is_malformed)
    }

    /// What is given for an attribute.
    pub(super) fn attribute(&self, name: &str) -> Option<Given<'_>> {
        self.raw(name).map(given)
    }

    /// The code that names a user; `None` where none is given.
    pub(super) fn code(&self) -> Option<NamedCode> {
        match self.attribute("code")? {
            Given::Null => None,
            Given::Text(text) if text.is_empty() => None,
            Given::Text(text) => {
                let code = Line::parse(&text, CODE).ok().map(Code::from);
                Some(NamedCode { code, text: text.into_owned() })
            }
            Given::Unusable => Some(NamedCode { code: None, text: String::new() }),
        }
    }

    /// A parameter that is no attribute; `None` where it is absent or empty.
    pub(super) fn plain(&self, name: &str) -> Option<Given<'_>> {
        let value = self.outer(name).map(given)?;
        let empty = match &value {
            Given::Null => true,
            Given::Text(text) => text.is_empty(),
            Given::Unusable => false,
        };
        (!empty).then_some(value)
    }

    fn outer(&self, name: &str) -> Option<&Value> {
        let body = self.body.as_ref().ok().and_then(|body| body.outer.get(name));
        body.or_else(|| self.query.outer.get(name))
    }

    /// The names in a parameter: `fields=id,login`, `fields[]=id&fields[]=login`.
    pub(super) fn names(&self, parameter: &str) -> Vec<Cow<'_, str>> {
        let values = match self.outer(parameter) {
            Some(Value::List(values)) => values.iter().collect(),
            value => Vec::from_iter(value),
        };
        let texts = values.into_iter().filter_map(|value| match given(value) {
            Given::Text(text) => Some(text),
            Given::Null | Given::Unusable => None,
        });
        texts.collect()
    }

    /// The page, from 1; the first where what is given cannot be one.
    #[must_use]
    pub fn page(&self) -> u64 {
        match self.plain("page") {
            Some(Given::Text(text)) => {
                let digits = text.bytes().all(|b| b.is_ascii_digit());
                let page = if digits { text.parse().ok() } else { None };
                page.filter(|page| (1..=LAST_PAGE).contains(page)).unwrap_or(1)
            }
            _ => 1,
        }
    }
}

/// A code as it was given, to be looked up and to be told of.
#[derive(Clone, Debug)]
pub(super) struct NamedCode {
    /// `None` where no user can have it.
    pub(super) code: Option<Code>,
    pub(super) text: String,
}

pub(super) fn given(value: &Value) -> Given<'_> {
    match value {
        Value::Null => Given::Null,
        Value::Bool(true) => Given::Text(Cow::Borrowed("true")),
        Value::Bool(false) => Given::Text(Cow::Borrowed("false")),
        Value::Number(text) | Value::Text(text) => Given::Text(Cow::Borrowed(text.trim())),
        Value::IllFormed | Value::List(_) | Value::Compound => Given::Unusable,
    }
}

/// Whether a text that is not blank stands for yes.
pub(super) fn is_yes(text: &str) -> bool {
    !["false", "0", "f", "no", "off"].iter().any(|no| text.eq_ignore_ascii_case(no))
}
