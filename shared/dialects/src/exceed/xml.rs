//! XML documents: dashes for underscores, two spaces a level, a type on every element that is no text.

use quick_xml::escape::partial_escape;
use roster_domain::{Deletion, TimeZone, User, ValueKind};

use super::{
    Fieldset,
    attribute::{Attribute, Cell},
    date_format::{deletion_timestamp, timestamp},
};

const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
/// An element that JSON does not have. It never holds anything.
const PASSWORD: &str = "password";

/// A document under construction.
struct Document(String);

impl Document {
    fn new() -> Self {
        Self(DECLARATION.to_owned())
    }

    fn line(&mut self, depth: usize, text: &str) {
        for _ in 0..depth {
            self.0.push_str("  ");
        }
        self.0.push_str(text);
        self.0.push('\n');
    }

    /// An element with a text, or null; `kind` is its type, where it is no text.
    fn element(&mut self, depth: usize, name: &str, kind: Option<&str>, text: Option<&str>) {
        let name = name.replace('_', "-");
        let kind = kind.map(|kind| format!(" type=\"{kind}\"")).unwrap_or_default();
        let nil = if text.is_none() { " nil=\"true\"" } else { "" };
        let text = partial_escape(text.unwrap_or_default());
        self.line(depth, &format!("<{name}{kind}{nil}>{text}</{name}>"));
    }

    fn attribute(&mut self, depth: usize, attribute: &Attribute, user: &User) {
        let text = match attribute.of(user) {
            Cell::Null => None,
            Cell::Integer(number) => Some(number.to_string()),
            Cell::Boolean(flag) => Some(flag.to_string()),
            Cell::Timestamp(at) => Some(format!("{}Z", timestamp(at))),
            Cell::Text(text) => Some(text.into_owned()),
        };
        let kind = match attribute.kind {
            ValueKind::Integer => Some("integer"),
            ValueKind::Boolean => Some("boolean"),
            ValueKind::Date => Some("date"),
            ValueKind::Timestamp => Some("datetime"),
            ValueKind::Line(_) | ValueKind::Lines(_) => None,
        };
        self.element(depth, attribute.name, kind, text.as_deref());
    }

    fn user(&mut self, depth: usize, user: &User, fieldset: &Fieldset) {
        self.line(depth, "<user>");
        let mut password = fieldset.is_all;
        for attribute in &fieldset.attributes {
            if password && attribute.name > PASSWORD {
                self.element(depth + 1, PASSWORD, None, None);
                password = false;
            }
            self.attribute(depth + 1, attribute, user);
        }
        self.line(depth, "</user>");
    }

    /// A list, each entry by `write`.
    fn list<T>(mut self, entries: &[T], write: impl Fn(&mut Self, &T)) -> String {
        if entries.is_empty() {
            self.line(0, "<users type=\"array\"/>");
            return self.0;
        }
        self.line(0, "<users type=\"array\">");
        for entry in entries {
            write(&mut self, entry);
        }
        self.line(0, "</users>");
        self.0
    }
}

pub(super) fn user(user: &User) -> String {
    let mut document = Document::new();
    document.user(0, user, &Fieldset::all());
    document.0
}

pub(super) fn users(users: &[User], fieldset: &Fieldset) -> String {
    Document::new().list(users, |document, user| document.user(1, user, fieldset))
}

pub(super) fn deletions(deletions: &[Deletion], time_zone: Option<&TimeZone>) -> String {
    Document::new().list(deletions, |document, deletion| {
        document.line(1, "<user>");
        document.element(2, "id", Some("integer"), Some(&deletion.id.to_string()));
        document.element(2, "account_id", Some("integer"), Some(&deletion.account.to_string()));
        document.element(2, "code", None, Some(deletion.code.as_str()));
        document.element(2, "deleted_at", Some("datetime"), Some(&deletion_timestamp(deletion.deleted_at, time_zone)));
        document.line(1, "</user>");
    })
}

pub(super) fn errors<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    let mut document = Document::new();
    document.line(0, "<errors>");
    for text in texts {
        document.element(1, "error", None, Some(text));
    }
    document.line(0, "</errors>");
    document.0
}
