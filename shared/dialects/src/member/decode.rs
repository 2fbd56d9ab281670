//! From a body's fields to requests of the domain.

use roster_domain::{
    Attributes, AttributesChange, Decimal, Email, EmailFault, Line, Login, NewUser, Password, PasswordInput, Patch,
    RoleGuard, UserChange, UserUpdate,
};

use super::Error;
use crate::{
    Errors,
    http::{Fields, Request, Value},
    laravel::{self, Form, text},
};

/// Characters that names and the source may have.
pub const MAX_NAME: u64 = 255;
/// Characters that a telephone number may have.
pub const MAX_PHONE_NUMBER: u64 = 30;
const NO_EXTENSION: &str = "The email must have a valid domain with an extension.";
/// The error text for a value that does not resemble an address.
const NO_ADDRESS: EmailFault = EmailFault { address: true, extension: true };

/// The user that a create describes.
///
/// # Errors
/// Every field that fails, with its texts.
pub fn new_user(fields: &Fields) -> Result<NewUser, Errors> {
    let mut form = Form::new(fields);
    let email = required_email(&mut form);
    let rest = rest(&mut form);
    let Some(email) = email else { return Err(form.errors) };
    let source = rest.attributes.source.clone().value();
    let or = |value: Option<Line>, default: &str| value.unwrap_or_else(|| Line::stored(default.to_owned()));
    let (first_name, last_name) = (or(rest.first_name, "Student"), or(rest.last_name, "Member"));
    form.errors.or(NewUser {
        password: Some(rest.password.unwrap_or_else(Password::random).into()),
        attributes: Attributes { source: Some(or(source, "api")), ..rest.attributes.into() },
        ..NewUser::named(Login::from(&email), Some(email), first_name, last_name)
    })
}

/// The update that a request describes: of regular users alone. Only fields that are sent change.
///
/// # Errors
/// Every field that fails, with its texts.
pub fn user_update(fields: &Fields) -> Result<UserUpdate, Errors> {
    let mut form = Form::new(fields);
    let email = if fields.get("email").is_some() { required_email(&mut form) } else { None };
    let rest = rest(&mut form);
    let change = UserChange {
        email: email.into(),
        login_follows_email: true,
        first_name: rest.first_name,
        last_name: rest.last_name,
        attributes: rest.attributes,
        ..UserChange::default()
    };
    form.errors.or(UserUpdate {
        change,
        password: rest.password.map(PasswordInput::from),
        guard: RoleGuard::RegularOnly,
    })
}

/// The address in a look-up; `None` where no user can have it.
///
/// # Errors
/// The body holds no fields, there is no address, or it is not a text.
pub fn lookup(request: &Request) -> Result<Option<Email>, Error> {
    let fields = Fields::read(request)?;
    let mut form = Form::new(&fields);
    let email = match form.required("email").as_deref() {
        None => None,
        Some(Value::Bool(_) | Value::List(_) | Value::Compound) => form.fail("email", address_texts(NO_ADDRESS)),
        Some(value) => address(value).ok(),
    };
    Ok(form.errors.or(email)?)
}

/// The fields that create and update read alike.
struct Rest {
    first_name: Option<Line>,
    last_name: Option<Line>,
    attributes: AttributesChange,
    password: Option<Password>,
}

/// Every field but the address, in the order in which errors are reported.
fn rest(form: &mut Form) -> Rest {
    Rest {
        first_name: form.line("first_name", MAX_NAME).value(),
        last_name: form.line("last_name", MAX_NAME).value(),
        attributes: AttributesChange {
            source: form.line("source", MAX_NAME).value().into(),
            external_id: external_id(form),
            phone_number: form.line("phone_number", MAX_PHONE_NUMBER),
            live_scanner: live_scanner(form).into(),
            ..AttributesChange::default()
        },
        password: password(form),
    }
}

fn required_email(form: &mut Form) -> Option<Email> {
    let value = form.required("email")?;
    address(&value).map_err(|fault| form.fail::<()>("email", address_texts(fault))).ok()
}

fn address(value: &Value) -> Result<Email, EmailFault> {
    match value {
        Value::Text(address) | Value::Number(address) => Email::parse(address),
        Value::IllFormed => Err(EmailFault { address: true, extension: false }),
        Value::Null | Value::Bool(_) | Value::List(_) | Value::Compound => Err(NO_ADDRESS),
    }
}

fn address_texts(fault: EmailFault) -> Vec<String> {
    let address = fault.address.then(|| text::email("email"));
    let extension = fault.extension.then(|| NO_EXTENSION.to_owned());
    address.into_iter().chain(extension).collect()
}

fn external_id(form: &mut Form) -> Patch<Decimal> {
    let parsed = match form.value("external_id").as_deref() {
        None => return Patch::Keep,
        Some(Value::Null) => return Patch::Clear,
        Some(Value::Number(number) | Value::Text(number)) => Decimal::parse(number).ok(),
        Some(Value::Bool(_) | Value::IllFormed | Value::List(_) | Value::Compound) => None,
    };
    parsed.or_else(|| form.fail("external_id", vec![text::number("external_id")])).map_or(Patch::Keep, Patch::Set)
}

fn live_scanner(form: &mut Form) -> Option<bool> {
    let flag = match form.value("live_scanner").as_deref() {
        None | Some(Value::Null) => return None,
        Some(Value::Bool(flag)) => Some(*flag),
        Some(Value::Number(word)) => number_flag(word),
        Some(Value::Text(word)) => number_flag(word).or_else(|| word.parse().ok()),
        Some(Value::IllFormed | Value::List(_) | Value::Compound) => None,
    };
    flag.or_else(|| form.fail("live_scanner", vec![text::boolean("live_scanner")]))
}

fn number_flag(word: &str) -> Option<bool> {
    match word {
        "1" => Some(true),
        "0" => Some(false),
        _ => None,
    }
}

/// Not trimmed: a password is used as typed. Only an empty one counts as absent.
fn password(form: &mut Form) -> Option<Password> {
    match form.raw("password") {
        None | Some(Value::Null) => None,
        Some(Value::Text(password)) if password.is_empty() => None,
        Some(value) => laravel::password("password", value).map_err(|texts| form.fail::<()>("password", texts)).ok(),
    }
}
