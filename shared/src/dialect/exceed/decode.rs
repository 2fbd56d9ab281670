//! From a call's parameters to what the directory is asked for.

use std::borrow::Cow;

use super::{
    attributes::{ATTRIBUTES, Attribute, Kind, Of, Shown, Source, attribute},
    parameters::{Given, Parameters, WRAPPER, given, is_yes},
};
use crate::{
    dialect::Errors,
    directory::Caller,
    domain::{
        Among, Code, Credential, Date, Email, Line, LineFault, Login, NewUser, Paragraph, Password, Patch,
        ProfileChange, ProfileValue, Role, User, UserChange,
    },
    http::Value,
};

/// Characters of first name, space and last name.
const FULL_NAME: u64 = 200;
pub(super) const PASSWORD: u64 = 1000;

const BLANK: &str = "can't be blank";
const INVALID: &str = "is invalid";
const NOT_A_NUMBER: &str = "is not a number";
const NOT_ALLOWED: &str = "does not allow this change";
pub(super) const TAKEN: &str = "has already been taken";

fn too_long(max: u64) -> String {
    format!("is too long (maximum is {max} characters)")
}

/// What a create asks for.
///
/// # Errors
/// Every attribute that fails, with its texts.
pub fn new_user(asked: &Parameters) -> Result<NewUser, Errors> {
    let draft = Draft::read(asked, None);
    let (Some(login), Some(first_name), Some(last_name)) = (draft.login, draft.first_name, draft.last_name) else {
        // Whatever is missing here has been noted.
        return Err(draft.errors);
    };
    draft.errors.or(NewUser {
        password: draft.password.map(Credential::from),
        code: draft.code,
        active: draft.active.unwrap_or(true),
        profile: draft.profile,
        ..NewUser::named(login, draft.email.value(), first_name, last_name)
    })
}

/// An update, and whom it may be done to.
#[derive(Debug)]
pub struct Update {
    /// What changes.
    pub change: UserChange,
    /// A new password.
    pub password: Option<Credential>,
    /// Without the admin scope, administrators keep how and whether they sign in, also those who became
    /// administrators a moment ago.
    pub among: Among,
}

/// What an update of `user` asks for. A value that the user has already is no change, and no error,
/// whatever this dialect's rules would say of it.
///
/// # Errors
/// Every attribute that fails, with its texts.
pub fn user_update(asked: &Parameters, user: &User, caller: &Caller) -> Result<Update, Errors> {
    let mut draft = Draft::read(asked, Some(user));
    let signs_in =
        draft.login.is_some() || draft.email != Patch::Keep || draft.password.is_some() || draft.active.is_some();
    let guarded = signs_in && !caller.administers;
    if guarded && user.role == Role::Administrator {
        draft.fail::<()>("authority", NOT_ALLOWED);
    }
    let change = UserChange {
        email: draft.email,
        login: draft.login,
        first_name: draft.first_name,
        last_name: draft.last_name,
        active: draft.active,
        profile: draft.profile,
        ..UserChange::default()
    };
    let among = if guarded { Among::Regular } else { Among::Everybody };
    draft.errors.or(Update { change, password: draft.password.map(Credential::from), among })
}

/// The attributes that clients write and that mean nothing to the directory, in order.
pub fn profile_names() -> impl Iterator<Item = &'static str> {
    ATTRIBUTES.iter().filter(|attribute| attribute.source == Source::Profile).map(|attribute| attribute.name)
}

/// The value that a text stands for in one of [`profile_names`]; `None` where it stands for none.
///
/// # Errors
/// What is wrong with it.
pub fn profile_value(name: &str, text: &str) -> Result<Option<ProfileValue>, Vec<String>> {
    let Some(attribute) = attribute(name) else { return Ok(None) };
    let mut draft = Draft::default();
    let value = draft.value(attribute, Some(text.trim()));
    value.map_err(|Noted| draft.errors.iter().map(|(_, text)| text.to_owned()).collect())
}

/// The errors of an update that met an administrator whom it may not be done to.
pub(super) fn not_allowed() -> Errors {
    let mut errors = Errors::default();
    errors.add("authority", vec![NOT_ALLOWED.to_owned()]);
    errors
}

/// What is read of the attributes that clients write.
#[derive(Default)]
struct Draft {
    login: Option<Login>,
    email: Patch<Email>,
    first_name: Option<Line>,
    last_name: Option<Line>,
    code: Option<Code>,
    active: Option<bool>,
    password: Option<Password>,
    profile: ProfileChange,
    errors: Errors,
}

impl Draft {
    /// Reads all attributes, for a new user or a change of `user`.
    fn read(asked: &Parameters, user: Option<&User>) -> Self {
        let mut draft = Self::default();
        if asked.is_malformed() {
            draft.fail::<()>(WRAPPER, INVALID);
            return draft;
        }
        for attribute in &ATTRIBUTES {
            let given = asked.attribute(attribute.name);
            match (attribute.source, given) {
                (Source::User(of @ (Of::Login | Of::FirstName | Of::LastName)), given) => {
                    draft.required(attribute, of, given, user);
                }
                (_, None) | (Source::Always(_), _) => {}
                (Source::Profile, Some(given)) => draft.profile(attribute, given, user),
                (Source::User(of), Some(given)) => draft.of_user(attribute, of, given, user),
            }
        }
        draft.check_full_name(user);
        draft.read_password(asked.raw("password"));
        draft
    }

    fn fail<T>(&mut self, name: &'static str, text: &str) -> Option<T> {
        self.errors.add(name, vec![text.to_owned()]);
        None
    }

    /// Login and names: they must be there, and never blank.
    fn required(&mut self, attribute: &'static Attribute, of: Of, given: Option<Given>, user: Option<&User>) {
        let name = attribute.name;
        let text = match given {
            None if user.is_some() => return,
            None | Some(Given::Null) => return self.fail(name, BLANK).unwrap_or(()),
            Some(Given::Text(text)) if text.is_empty() => return self.fail(name, BLANK).unwrap_or(()),
            Some(Given::Unusable) => return self.fail(name, INVALID).unwrap_or(()),
            Some(Given::Text(text)) => text,
        };
        // Letter case is not shown here, so nobody can mean to change it.
        let same_login = |user: &User| user.login.key() == Login::from(Line::stored(text.as_ref().to_owned())).key();
        if user.is_some_and(|user| is_own(attribute, &text, user) || (of == Of::Login && same_login(user))) {
            return;
        }
        let Some(line) = self.line(attribute, &text) else { return };
        match of {
            Of::Login => self.login = Some(Login::from(line)),
            Of::FirstName => self.first_name = Some(line),
            _ => self.last_name = Some(line),
        }
    }

    /// The others that the directory understands. Those that nobody may write are ignored.
    fn of_user(&mut self, attribute: &'static Attribute, of: Of, given: Given, user: Option<&User>) {
        let text = match given {
            Given::Null => Cow::Borrowed(""),
            Given::Text(text) => text,
            Given::Unusable if matches!(of, Of::Email | Of::Active) || (of == Of::Code && user.is_none()) => {
                return self.fail(attribute.name, INVALID).unwrap_or(());
            }
            Given::Unusable => return,
        };
        match of {
            Of::Email => self.read_email(attribute, &text, user),
            // The code of a user that is there only names it.
            Of::Code if user.is_none() && !text.is_empty() => {
                self.code = self.line(attribute, &text).map(Code::from);
            }
            Of::Active if !text.is_empty() => {
                self.active = Some(is_yes(&text)).filter(|active| user.is_none_or(|user| user.active != *active));
            }
            _ => {}
        }
    }

    fn read_email(&mut self, attribute: &'static Attribute, text: &str, user: Option<&User>) {
        let own = user.and_then(|user| user.email.as_ref()).map(Email::as_str);
        if text.is_empty() {
            self.email = own.map_or(Patch::Keep, |_| Patch::Clear);
        } else if own != Some(text) {
            let max = attribute.limit();
            let too_long = (text.chars().count() as u64 > max).then(|| too_long(max));
            let parsed = Email::parse(text);
            let invalid = parsed.is_err().then(|| INVALID.to_owned());
            self.errors.add(attribute.name, too_long.into_iter().chain(invalid).collect());
            self.email = parsed.ok().into();
        }
    }

    /// An attribute that means nothing to the directory.
    fn profile(&mut self, attribute: &'static Attribute, given: Given, user: Option<&User>) {
        let text = match given {
            Given::Null => None,
            Given::Text(text) => Some(text),
            Given::Unusable => return self.fail(attribute.name, INVALID).unwrap_or(()),
        };
        if let (Some(text), Some(user)) = (&text, user)
            && is_own(attribute, text, user)
        {
            return;
        }
        let Ok(value) = self.value(attribute, text.as_deref()) else { return };
        if value.is_none() && attribute.kind == Kind::Boolean {
            return;
        }
        if user.is_none_or(|user| !shows(attribute, value.as_ref(), user)) {
            self.profile.insert(attribute.name, value);
        }
    }

    /// The value that a text stands for, or null. What it cannot stand for is noted.
    fn value(&mut self, attribute: &'static Attribute, text: Option<&str>) -> Result<Option<ProfileValue>, Noted> {
        let name = attribute.name;
        let Some(text) = text else { return Ok(None) };
        let value = match attribute.kind {
            Kind::Line(_) => self.line(attribute, text).map(Line::into_string).map(ProfileValue::Text),
            Kind::Lines(max) => match Paragraph::parse(text, max) {
                Ok(paragraph) => Some(ProfileValue::Text(paragraph.into_string())),
                Err(fault) => self.fail_text(attribute, fault),
            },
            _ if text.is_empty() => return Ok(None),
            Kind::Boolean => Some(ProfileValue::Boolean(is_yes(text))),
            Kind::Integer => text.parse().ok().map(ProfileValue::Integer).or_else(|| self.fail(name, NOT_A_NUMBER)),
            Kind::Date | Kind::Moment => {
                let date = Date::parse(text).map(|date| ProfileValue::Text(date.to_string()));
                date.or_else(|| self.fail(name, INVALID))
            }
        };
        value.map(Some).ok_or(Noted)
    }

    fn line(&mut self, attribute: &'static Attribute, text: &str) -> Option<Line> {
        match Line::parse(text, attribute.limit()) {
            Ok(line) => Some(line),
            Err(fault) => self.fail_text(attribute, fault),
        }
    }

    fn fail_text<T>(&mut self, attribute: &'static Attribute, fault: LineFault) -> Option<T> {
        let too_long = fault.too_long.then(|| too_long(attribute.limit()));
        let ill_formed = fault.ill_formed.then(|| INVALID.to_owned());
        self.errors.add(attribute.name, too_long.into_iter().chain(ill_formed).collect());
        None
    }

    /// The names together have a limit of their own, which only a new name can break.
    fn check_full_name(&mut self, user: Option<&User>) {
        if self.first_name.is_none() && self.last_name.is_none() {
            return;
        }
        let length = |new: &Option<Line>, own: Option<&Line>| {
            new.as_ref().or(own).map_or(0, |name| name.as_str().chars().count() as u64)
        };
        let first = length(&self.first_name, user.map(|user| &user.first_name));
        let last = length(&self.last_name, user.map(|user| &user.last_name));
        if first + 1 + last > FULL_NAME {
            self.fail::<()>("full_name", &too_long(FULL_NAME));
        }
    }

    /// Not trimmed: a password is what was typed. A blank one counts as none, as in Rails.
    fn read_password(&mut self, value: Option<&Value>) {
        let text = match value {
            None | Some(Value::Null) => return,
            Some(Value::Text(text)) => Cow::Borrowed(text.as_str()),
            Some(value) => match given(value) {
                Given::Text(text) => text,
                Given::Null | Given::Unusable => return self.fail("password", INVALID).unwrap_or(()),
            },
        };
        if !text.trim().is_empty() {
            self.password = Password::parse(&text).ok().or_else(|| self.fail("password", &too_long(PASSWORD)));
        }
    }
}

/// What is wrong has been noted.
struct Noted;

/// Whether a user has a value already.
fn shows(attribute: &Attribute, value: Option<&ProfileValue>, user: &User) -> bool {
    match (attribute.of(user), value) {
        (Shown::Null, None) => true,
        (Shown::Boolean(own), Some(ProfileValue::Boolean(new))) => own == *new,
        (Shown::Integer(own), Some(ProfileValue::Integer(new))) => own == *new,
        (Shown::Text(own), Some(ProfileValue::Text(new))) => own == new.as_str(),
        _ => false,
    }
}

/// Whether a user has this very text already.
fn is_own(attribute: &Attribute, text: &str, user: &User) -> bool {
    match attribute.of(user) {
        Shown::Text(own) => own == text.replace("\r\n", "\n"),
        _ => false,
    }
}

impl Attribute {
    /// Characters that its text may have.
    fn limit(&self) -> u64 {
        match self.kind {
            Kind::Line(max) | Kind::Lines(max) => max,
            Kind::Integer | Kind::Boolean | Kind::Date | Kind::Moment => u64::MAX,
        }
    }
}
