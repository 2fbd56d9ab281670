//! From a body's fields to requests of the domain.

use std::borrow::Cow;

use roster_domain::{
    Attributes, AttributesChange, Birthday, CountryId, Email, Gender, Line, Login, NewUser, Password, Patch, Role,
    RoleGuard, Timestamp, User, UserChange, UserUpdate,
};

use crate::{
    Errors,
    http::{Fields, Value},
    laravel::{self, Form, text},
};

/// Characters that a username, a first and a last name may have.
pub const MAX_NAME: u64 = 64;
/// The minimum length of a password, in characters.
pub const MIN_PASSWORD: usize = 8;

/// The user that a create describes; its birthday is not after `now`.
///
/// # Errors
/// Every field that fails, with its texts.
pub fn new_user(fields: &Fields, now: Timestamp) -> Result<NewUser, Errors> {
    let mut form = Form::new(fields);
    let form = &mut form;
    let username = form.required("username").and_then(|value| login(form, &value));
    let email = form.required("email").and_then(|value| email(form, &value));
    let password = password(form);
    let first_name = form.required("first_name").and_then(|value| form.line_of("first_name", &value, MAX_NAME));
    let last_name = form.required("last_name").and_then(|value| form.line_of("last_name", &value, MAX_NAME));
    let gender = form.required("gender").and_then(|value| gender(form, &value));
    let birthday = form.required("birthday").and_then(|value| birthday(form, &value, now));
    let country_id = optional(form, "country_id").and_then(|value| country_id(form, &value));
    let role = optional(form, "role_id").and_then(|value| role(form, &value));
    let errors = std::mem::take(&mut form.errors);
    match (username, email, password, first_name, last_name) {
        (Some(login), Some(email), Some(password), Some(first_name), Some(last_name)) => errors.or(NewUser {
            role: role.unwrap_or(Role::Regular),
            password: Some(password.into()),
            attributes: Attributes { gender, birthday, country_id, ..Attributes::default() },
            ..NewUser::named(login, Some(email), first_name, last_name)
        }),
        // A missing value has an error already.
        _ => Err(errors),
    }
}

/// The update of `user` that a request describes. Only fields that are sent change; a value that the user has already
/// is no error, also where this dialect would not accept it from a new user.
///
/// # Errors
/// Every field that fails, with its texts.
pub fn user_update(fields: &Fields, user: &User, now: Timestamp) -> Result<UserUpdate, Errors> {
    let mut form = Form::new(fields);
    let form = &mut form;
    let own_email = user.email.as_ref().map(Email::as_str);
    let own_birthday = user.attributes.birthday.map(|date| date.to_string());
    let change = UserChange {
        login: changed(form, "username", Some(user.login.as_str())).and_then(|value| login(form, &value)),
        email: changed(form, "email", own_email).and_then(|value| email(form, &value)).into(),
        first_name: changed_line(form, "first_name", &user.first_name),
        last_name: changed_line(form, "last_name", &user.last_name),
        attributes: AttributesChange {
            gender: changed(form, "gender", user.attributes.gender.map(Gender::as_str))
                .and_then(|value| gender(form, &value))
                .into(),
            birthday: changed(form, "birthday", own_birthday.as_deref())
                .and_then(|value| birthday(form, &value, now))
                .into(),
            country_id: match form.value("country_id").as_deref() {
                None => Patch::Keep,
                Some(Value::Null) => Patch::Clear,
                Some(value) => country_id(form, value).map_or(Patch::Keep, Patch::Set),
            },
            ..AttributesChange::default()
        },
        role: not_null(form, "role_id").and_then(|value| role(form, &value)),
        active: not_null(form, "user_status").and_then(|value| active(form, &value)),
        ..UserChange::default()
    };
    std::mem::take(&mut form.errors).or(UserUpdate { change, password: None, guard: RoleGuard::Any })
}

/// The fields of a login.
#[derive(Debug)]
pub struct LoginForm {
    /// The name as typed, trimmed.
    pub username: String,
    /// `None` where no user can have such a password.
    pub password: Option<Password>,
}

/// Reads the fields of a login.
///
/// # Errors
/// A field is missing, or is not a text.
pub fn login_form(fields: &Fields) -> Result<LoginForm, Errors> {
    let mut form = Form::new(fields);
    let username = match form.required("username").as_deref() {
        None => None,
        Some(Value::Text(name)) => Some(name.clone()),
        // A name that no user can have.
        Some(Value::IllFormed) => Some("\u{ffff}".to_owned()),
        Some(_) => form.fail("username", vec![text::string("username")]),
    };
    let password = match form.raw("password") {
        None | Some(Value::Null) => form.fail("password", vec![text::required("password")]),
        Some(Value::Text(password)) if password.is_empty() => form.fail("password", vec![text::required("password")]),
        Some(Value::Text(password)) => Some(Password::parse(password).ok()),
        Some(Value::IllFormed) => Some(None),
        Some(_) => form.fail("password", vec![text::string("password")]),
    };
    match (username, password) {
        (Some(username), Some(password)) => form.errors.or(LoginForm { username, password }),
        _ => Err(form.errors),
    }
}

/// An optional field's value; null and blank count as absent.
fn optional(form: &Form, field: &str) -> Option<Value> {
    form.value(field).filter(|value| **value != Value::Null).map(Cow::into_owned)
}

/// A field of an update that cannot be cleared.
fn not_null(form: &mut Form, field: &'static str) -> Option<Value> {
    form.value(field)?;
    form.required(field).map(Cow::into_owned)
}

/// As [`not_null`], but `None` where the user has this very value, or lacks it, already.
fn changed(form: &mut Form, field: &'static str, own: Option<&str>) -> Option<Value> {
    let same = match (form.value(field)?.as_ref(), own) {
        (Value::Text(text), Some(own)) => text == own,
        (Value::Null, own) => own.is_none_or(str::is_empty),
        _ => false,
    };
    if same { None } else { not_null(form, field) }
}

fn changed_line(form: &mut Form, field: &'static str, own: &Line) -> Option<Line> {
    changed(form, field, Some(own.as_str())).and_then(|value| form.line_of(field, &value, MAX_NAME))
}

fn login(form: &mut Form, value: &Value) -> Option<Login> {
    form.line_of("username", value, MAX_NAME).map(Login::from)
}

fn email(form: &mut Form, value: &Value) -> Option<Email> {
    let parsed = match value {
        Value::Text(address) => Email::parse(address).ok(),
        _ => None,
    };
    parsed.or_else(|| form.fail("email", vec![text::email("email")]))
}

/// The password, which must equal its confirmation. Neither is trimmed.
fn password(form: &mut Form) -> Option<Password> {
    let blank = |value: Option<&Value>| match value {
        None | Some(Value::Null) => true,
        Some(Value::Text(text)) => text.is_empty(),
        Some(_) => false,
    };
    let (typed, confirmation) = (form.raw("password"), form.raw("password_confirmation"));
    let password = match typed {
        Some(value) if !blank(typed) => {
            let parsed = laravel::password("password", value);
            let short = matches!(value, Value::Text(text) if text.chars().nth(MIN_PASSWORD - 1).is_none());
            let mut texts = parsed.as_ref().err().cloned().unwrap_or_default();
            if short {
                texts.push(text::min("password", MIN_PASSWORD as u64));
            }
            if !blank(confirmation) && confirmation != Some(value) {
                texts.push(text::confirmation("password"));
            }
            if texts.is_empty() { parsed.ok() } else { form.fail("password", texts) }
        }
        _ => form.fail("password", vec![text::required("password")]),
    };
    if blank(confirmation) {
        return form.fail("password_confirmation", vec![text::required("password_confirmation")]);
    }
    password
}

fn gender(form: &mut Form, value: &Value) -> Option<Gender> {
    let parsed = match value {
        Value::Text(word) => Gender::parse(word),
        _ => None,
    };
    parsed.or_else(|| form.fail("gender", vec![text::selected("gender")]))
}

fn birthday(form: &mut Form, value: &Value, now: Timestamp) -> Option<Birthday> {
    let parsed = match value {
        Value::Text(date) => Birthday::parse(date, now),
        _ => None,
    };
    parsed.or_else(|| form.fail("birthday", vec![text::date("birthday")]))
}

fn country_id(form: &mut Form, value: &Value) -> Option<CountryId> {
    let parsed = match value {
        Value::Number(number) | Value::Text(number) => CountryId::parse(number),
        _ => None,
    };
    parsed.or_else(|| form.fail("country_id", vec![text::integer("country_id")]))
}

fn role(form: &mut Form, value: &Value) -> Option<Role> {
    match value {
        Value::Number(number) | Value::Text(number) => match number.as_str() {
            "1" => Some(Role::Administrator),
            "2" => Some(Role::Regular),
            other if is_integer(other) => form.fail("role_id", vec![text::selected("role_id")]),
            _ => form.fail("role_id", vec![text::integer("role_id")]),
        },
        _ => form.fail("role_id", vec![text::integer("role_id")]),
    }
}

fn is_integer(text: &str) -> bool {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())
}

fn active(form: &mut Form, value: &Value) -> Option<bool> {
    match value {
        Value::Text(word) if word == "active" => Some(true),
        Value::Text(word) if word == "inactive" => Some(false),
        _ => form.fail("user_status", vec![text::selected("user_status")]),
    }
}
