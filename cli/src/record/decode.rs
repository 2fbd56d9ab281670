//! From the cells of a line to a record.

use std::collections::BTreeMap;

use roster_directory::Argon2Hasher;
use roster_domain::{
    Code, Email, Line, Login, Password, PasswordInput, Patch, PlanId, ProfileAttribute, Role, Timestamp, UserId, flag,
};

use super::{Column, Record};

/// Characters of a line of text, unless its column has a limit of its own.
const TEXT: u64 = 255;

/// The content of a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Cell {
    /// An empty cell of a CSV file. It may mean null or no change.
    Blank,
    Null,
    /// A text, a number, a boolean.
    Text(String),
    List(Vec<String>),
    /// A value that no column accepts.
    Object,
}

/// The plans of the account, by slug.
pub(crate) type Plans = BTreeMap<String, PlanId>;

impl Record {
    /// Reads a line.
    ///
    /// # Errors
    /// All errors of the line. Each begins with the name of its column, and none contains a value.
    pub(crate) fn read(cells: Vec<(Column, Cell)>, plans: &Plans, now: Timestamp) -> Result<Self, Vec<String>> {
        let mut reader = Reader { record: Self::default(), wrong: Vec::new() };
        for (column, cell) in cells {
            reader.cell(column, cell, plans, now);
        }
        if reader.wrong.is_empty() { Ok(reader.record) } else { Err(reader.wrong) }
    }
}

struct Reader {
    record: Record,
    wrong: Vec<String>,
}

impl Reader {
    fn cell(&mut self, column: Column, cell: Cell, plans: &Plans, now: Timestamp) {
        match cell {
            _ if column == Column::Ignored => {}
            Cell::Blank => {
                if let Column::Profile(name) = column {
                    self.record.blank.push(name);
                }
            }
            Cell::Null => self.null(column),
            Cell::Text(text) if column == Column::Plans => {
                let slugs = text.split(',').map(|slug| slug.trim().to_owned()).filter(|slug| !slug.is_empty());
                // This is how they are written where a slug itself contains a comma.
                let listed = serde_json::from_str(&text).ok();
                let slugs: Vec<String> = listed.unwrap_or_else(|| slugs.collect());
                self.plans(&slugs, plans);
            }
            Cell::List(slugs) if column == Column::Plans => self.plans(&slugs, plans),
            Cell::Text(text) => self.text(column, &text, now),
            Cell::List(_) | Cell::Object => self.refuse(column, "is not a single value"),
        }
    }

    fn refuse(&mut self, column: Column, text: &str) {
        self.wrong.push(format!("{} {text}", column.name()));
    }

    /// Records an error, if there is one.
    fn take<T>(&mut self, column: Column, value: Option<T>, wrong: &str) -> Option<T> {
        if value.is_none() {
            self.refuse(column, wrong);
        }
        value
    }

    fn null(&mut self, column: Column) {
        let record = &mut self.record;
        match column {
            Column::Email => record.email = Patch::Clear,
            Column::Attribute(name) => record.attributes.clear(name),
            Column::Profile(name) => {
                record.profile.insert(name, None);
            }
            _ => {}
        }
    }

    fn plans(&mut self, slugs: &[String], plans: &Plans) {
        let ids: Vec<_> = slugs.iter().map(|slug| plans.get(slug).copied()).collect();
        if ids.iter().all(Option::is_some) {
            self.record.plans = Some(ids.into_iter().flatten().collect());
        } else {
            self.refuse(Column::Plans, "names a plan that the account does not have (`roster plan create` makes one)");
        }
    }

    fn line(&mut self, column: Column, text: &str, max: u64) -> Option<Line> {
        match Line::parse(text, max) {
            Ok(line) => return Some(line),
            Err(fault) if fault.too_long => self.refuse(column, &format!("has more than {max} characters")),
            Err(_) => self.refuse(column, "holds a control character"),
        }
        None
    }

    /// As [`Reader::line`], for a value that cannot be empty.
    fn named(&mut self, column: Column, text: &str) -> Option<Line> {
        let line = self.line(column, text, TEXT)?;
        self.take(column, Some(line).filter(|line| !line.as_str().is_empty()), "is blank")
    }

    fn text(&mut self, column: Column, text: &str, now: Timestamp) {
        let trimmed = text.trim();
        match column {
            Column::Id => self.record.id = self.take(column, UserId::parse(trimmed), "is no number from 1"),
            Column::Email => {
                let email = Email::parse(trimmed).map_err(|fault| self.refuse(column, &format!("is {fault}")));
                self.record.email = email.ok().into();
            }
            Column::Login => self.record.login = self.named(column, text).map(Login::from),
            Column::Code => self.record.code = self.named(column, text).map(Code::from),
            Column::FirstName => self.record.first_name = self.named(column, text),
            Column::LastName => self.record.last_name = self.named(column, text),
            Column::Role => self.record.role = self.take(column, role(trimmed), "is neither regular nor administrator"),
            Column::Active => self.record.active = self.take(column, flag(trimmed), "is neither true nor false"),
            Column::Attribute(name) => {
                if let Err(fault) = self.record.attributes.parse(name, text, now) {
                    self.refuse(column, &fault.to_string());
                }
            }
            Column::CreatedAt => self.record.created_at = self.moment(column, trimmed),
            Column::UpdatedAt => self.record.updated_at = self.moment(column, trimmed),
            Column::Password if trimmed.is_empty() => {}
            Column::Password => {
                let password = Password::parse(text).ok();
                let password = self.take(column, password, "has more than 1,000 characters");
                self.credential(column, password.map(PasswordInput::Password));
            }
            Column::PasswordHash => {
                let hash =
                    Argon2Hasher::accept(trimmed).map_err(|unusable| self.refuse(column, &unusable.to_string())).ok();
                self.credential(column, hash.map(PasswordInput::Hash));
            }
            Column::Profile(name) => {
                let kind = ProfileAttribute::named(name).map(|attribute| attribute.kind);
                match kind.map(|kind| kind.parse(trimmed)).transpose() {
                    Ok(value) => {
                        self.record.profile.insert(name, value.flatten());
                    }
                    Err(fault) => self.refuse(column, &fault.to_string()),
                }
            }
            Column::Plans | Column::Ignored => {}
        }
    }

    fn credential(&mut self, column: Column, credential: Option<PasswordInput>) {
        if credential.is_some() && self.record.password.is_some() {
            self.refuse(column, "and another say how the user signs in");
        }
        self.record.password = credential;
    }

    fn moment(&mut self, column: Column, text: &str) -> Option<Timestamp> {
        let moment = Timestamp::try_from(text.to_owned()).ok();
        self.take(column, moment, "is no moment such as 2025-01-31T09:30:00Z")
    }
}

fn role(word: &str) -> Option<Role> {
    match word.to_ascii_lowercase().as_str() {
        "administrator" | "superadmin" | "1" => Some(Role::Administrator),
        "regular" | "student" | "2" => Some(Role::Regular),
        _ => None,
    }
}
