//! From the parameters of a request to requests of the domain.

use std::borrow::Cow;

use roster_domain::{
    Code, Email, Line, LineFault, Login, NewUser, Password, PasswordInput, Patch, ProfileChange, ProfileValue, Role,
    RoleGuard, User, UserChange, UserUpdate, ValueFault, ValueKind, is_yes,
};

use super::{
    Parameters,
    attribute::{ATTRIBUTES, Attribute, Cell, Field, Source},
    parameters::{Param, param},
    wrapper::WRAPPER,
};
use crate::{Errors, http::Value};

/// Characters that first name, space and last name may have together.
const MAX_FULL_NAME: u64 = 200;
const MAX_PASSWORD: u64 = Password::MAX_LENGTH as u64;

const BLANK: &str = "can't be blank";
const INVALID: &str = "is invalid";
const NOT_A_NUMBER: &str = "is not a number";
const NOT_ALLOWED: &str = "does not allow this change";
pub(super) const TAKEN: &str = "has already been taken";

fn too_long(max: u64) -> String {
    format!("is too long (maximum is {max} characters)")
}

/// The user that a create describes.
///
/// # Errors
/// Every attribute that fails, with its texts.
pub fn new_user(parameters: &Parameters) -> Result<NewUser, Errors> {
    let form = UserForm::read(parameters, None);
    let (Some(login), Some(first_name), Some(last_name)) = (form.login, form.first_name, form.last_name) else {
        // A missing value has an error already.
        return Err(form.errors);
    };
    form.errors.or(NewUser {
        password: form.password.map(PasswordInput::from),
        code: form.code,
        active: form.active.unwrap_or(true),
        profile: form.profile,
        ..NewUser::named(login, form.email.value(), first_name, last_name)
    })
}

/// The update of `user` that a request describes. A value that the user has already is no change, and no error, also
/// where this dialect would not accept it from a new user.
///
/// A caller who is no administrator may not change how, and whether, administrators sign in; this holds too for a user
/// who became one after it was read.
///
/// # Errors
/// Every attribute that fails, with its texts.
pub fn user_update(parameters: &Parameters, user: &User, is_administrator: bool) -> Result<UserUpdate, Errors> {
    let mut form = UserForm::read(parameters, Some(user));
    let changes_sign_in =
        form.login.is_some() || form.email != Patch::Keep || form.password.is_some() || form.active.is_some();
    let is_guarded = changes_sign_in && !is_administrator;
    if is_guarded && user.role == Role::Administrator {
        form.fail::<()>("authority", NOT_ALLOWED);
    }
    let change = UserChange {
        email: form.email,
        login: form.login,
        first_name: form.first_name,
        last_name: form.last_name,
        active: form.active,
        profile: form.profile,
        ..UserChange::default()
    };
    let guard = if is_guarded { RoleGuard::RegularOnly } else { RoleGuard::Any };
    form.errors.or(UserUpdate { change, password: form.password.map(PasswordInput::from), guard })
}

/// The errors of a write to an administrator for which the caller lacks permission.
#[must_use]
pub fn not_allowed() -> Errors {
    let mut errors = Errors::default();
    errors.add("authority", vec![NOT_ALLOWED.to_owned()]);
    errors
}

/// The attributes that clients write, while they are read.
#[derive(Default)]
struct UserForm {
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

impl UserForm {
    /// Reads all attributes, for a new user or a change of `user`.
    fn read(parameters: &Parameters, user: Option<&User>) -> Self {
        let mut form = Self::default();
        if parameters.is_malformed() {
            form.fail::<()>(WRAPPER, INVALID);
            return form;
        }
        for attribute in ATTRIBUTES.iter() {
            let given = parameters.attribute(attribute.name);
            match (attribute.source, given) {
                (Source::Field(field @ (Field::Login | Field::FirstName | Field::LastName)), given) => {
                    form.required(attribute, field, given, user);
                }
                (_, None) | (Source::Constant(_), _) => {}
                (Source::Profile, Some(given)) => form.profile(attribute, given, user),
                (Source::Field(field), Some(given)) => form.field(attribute, field, given, user),
            }
        }
        form.check_full_name(user);
        form.read_password(parameters.raw("password"));
        form
    }

    fn fail<T>(&mut self, name: &'static str, text: &str) -> Option<T> {
        self.errors.add(name, vec![text.to_owned()]);
        None
    }

    /// Login and names: they must be there, and never blank.
    fn required(&mut self, attribute: &'static Attribute, field: Field, given: Option<Param>, user: Option<&User>) {
        let name = attribute.name;
        let text = match given {
            None if user.is_some() => return,
            None | Some(Param::Null) => return self.fail(name, BLANK).unwrap_or(()),
            Some(Param::Text(text)) if text.is_empty() => return self.fail(name, BLANK).unwrap_or(()),
            Some(Param::Unusable) => return self.fail(name, INVALID).unwrap_or(()),
            Some(Param::Text(text)) => text,
        };
        // Letter case is not shown here, so no client means to change it.
        let same_login = |user: &User| user.login.key() == Login::from(Line::stored(text.as_ref().to_owned())).key();
        if user.is_some_and(|user| is_own(attribute, &text, user) || (field == Field::Login && same_login(user))) {
            return;
        }
        let Some(line) = self.line(attribute, &text) else { return };
        match field {
            Field::Login => self.login = Some(Login::from(line)),
            Field::FirstName => self.first_name = Some(line),
            _ => self.last_name = Some(line),
        }
    }

    /// The other fields. Those that no client may write are ignored.
    fn field(&mut self, attribute: &'static Attribute, field: Field, given: Param, user: Option<&User>) {
        let text = match given {
            Param::Null => Cow::Borrowed(""),
            Param::Text(text) => text,
            Param::Unusable
                if matches!(field, Field::Email | Field::Active) || (field == Field::Code && user.is_none()) =>
            {
                return self.fail(attribute.name, INVALID).unwrap_or(());
            }
            Param::Unusable => return,
        };
        match field {
            Field::Email => self.read_email(attribute, &text, user),
            // In an update a code only names the user.
            Field::Code if user.is_none() && !text.is_empty() => {
                self.code = self.line(attribute, &text).map(Code::from);
            }
            Field::Active if !text.is_empty() => {
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

    /// An attribute that the directory stores as it is.
    fn profile(&mut self, attribute: &'static Attribute, given: Param, user: Option<&User>) {
        let text = match given {
            Param::Null => None,
            Param::Text(text) => Some(text),
            Param::Unusable => return self.fail(attribute.name, INVALID).unwrap_or(()),
        };
        if let (Some(text), Some(user)) = (&text, user)
            && is_own(attribute, text, user)
        {
            return;
        }
        let value = match text.map(|text| attribute.kind.parse(&text)).transpose() {
            Ok(value) => value.flatten(),
            Err(ValueFault::Text { fault, .. }) => return self.fail_text(attribute, fault).unwrap_or(()),
            Err(ValueFault::NotAnInteger) => return self.fail(attribute.name, NOT_A_NUMBER).unwrap_or(()),
            Err(ValueFault::NotADate) => return self.fail(attribute.name, INVALID).unwrap_or(()),
        };
        if value.is_none() && attribute.kind == ValueKind::Boolean {
            return;
        }
        if user.is_none_or(|user| !shows(attribute, value.as_ref(), user)) {
            self.profile.insert(attribute.name, value);
        }
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
        if first + 1 + last > MAX_FULL_NAME {
            self.fail::<()>("full_name", &too_long(MAX_FULL_NAME));
        }
    }

    /// Not trimmed: a password is used as typed. A blank one counts as absent, as in Rails.
    fn read_password(&mut self, value: Option<&Value>) {
        let text = match value {
            None | Some(Value::Null) => return,
            Some(Value::Text(text)) => Cow::Borrowed(text.as_str()),
            Some(value) => match param(value) {
                Param::Text(text) => text,
                Param::Null | Param::Unusable => return self.fail("password", INVALID).unwrap_or(()),
            },
        };
        if !text.trim().is_empty() {
            self.password = Password::parse(&text).ok().or_else(|| self.fail("password", &too_long(MAX_PASSWORD)));
        }
    }
}

/// Whether a user has a value already.
fn shows(attribute: &Attribute, value: Option<&ProfileValue>, user: &User) -> bool {
    match (attribute.of(user), value) {
        (Cell::Null, None) => true,
        (Cell::Boolean(own), Some(ProfileValue::Boolean(new))) => own == *new,
        (Cell::Integer(own), Some(ProfileValue::Integer(new))) => own == *new,
        (Cell::Text(own), Some(ProfileValue::Text(new))) => own == new.as_str(),
        _ => false,
    }
}

/// Whether a user has this very text already.
fn is_own(attribute: &Attribute, text: &str, user: &User) -> bool {
    match attribute.of(user) {
        Cell::Text(own) => own == text.replace("\r\n", "\n"),
        _ => false,
    }
}

impl Attribute {
    /// Characters that its text may have.
    fn limit(&self) -> u64 {
        match self.kind {
            ValueKind::Line(max) | ValueKind::Lines(max) => max,
            ValueKind::Integer | ValueKind::Boolean | ValueKind::Date | ValueKind::Timestamp => u64::MAX,
        }
    }
}
