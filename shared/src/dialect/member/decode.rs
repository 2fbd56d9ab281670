//! From a body's fields to what the directory is asked for.

use std::borrow::Cow;

use super::Refusal;
use crate::{
    dialect::laravel::{Errors, text},
    domain::{Decimal, Email, EmailFault, Line, LineFault, Login, NewUser, Password, Patch, Role, UserChange},
    http::{Call, Fields, Value},
};

const NAME: u64 = 255;
const PHONE_NUMBER: u64 = 30;
const PASSWORD: u64 = 1000;
const NO_EXTENSION: &str = "The email must have a valid domain with an extension.";

/// What a create asks for.
///
/// # Errors
/// Every field that fails, with its texts.
pub fn new_user(fields: &Fields) -> Result<NewUser, Errors> {
    let mut form = Form::new(fields);
    let Some(email) = form.email(true) else {
        // The address is at fault; the other fields are looked at for what they add.
        form.rest();
        return Err(form.errors);
    };
    let rest = form.rest();
    let or = |given: Option<Line>, default: &str| given.unwrap_or_else(|| Line::stored(default.to_owned()));
    form.errors.or(NewUser {
        login: Login::from(&email),
        email: Some(email),
        first_name: or(rest.first_name, "Student"),
        last_name: or(rest.last_name, "Member"),
        role: Role::Regular,
        password: rest.password,
        external_id: rest.external_id.value(),
        source: Some(or(rest.source, "api")),
        phone_number: rest.phone_number.value(),
        live_scanner: rest.live_scanner.unwrap_or(false),
        gender: None,
        birthday: None,
        country_id: None,
    })
}

/// What an update asks for, with the new password if there is one. Only provided fields change.
///
/// # Errors
/// Every field that fails, with its texts.
pub fn user_change(fields: &Fields) -> Result<(UserChange, Option<Password>), Errors> {
    let mut form = Form::new(fields);
    let email = form.email(false);
    let rest = form.rest();
    let change = UserChange {
        email,
        login_follows_email: true,
        first_name: rest.first_name,
        last_name: rest.last_name,
        external_id: rest.external_id,
        source: rest.source,
        phone_number: rest.phone_number,
        live_scanner: rest.live_scanner,
        ..UserChange::default()
    };
    form.errors.or((change, rest.password))
}

/// The address a look-up asks for; `None` where no user can have it.
///
/// # Errors
/// The body holds no fields, there is no address, or it is not a text.
pub fn lookup(call: &Call) -> Result<Option<Email>, Refusal> {
    let fields = Fields::read(call)?;
    let mut form = Form::new(&fields);
    let email = match form.address() {
        Address::Parsed(parsed) => parsed.ok(),
        Address::Absent | Address::Blank => form.missing("email"),
        Address::NoText => {
            form.errors.add("email", address_texts(NO_ADDRESS));
            None
        }
    };
    Ok(form.errors.or(email)?)
}

/// What a body says of the address.
enum Address {
    Absent,
    Blank,
    Parsed(Result<Email, EmailFault>),
    NoText,
}

/// What is wrong with an address that has nothing of one.
const NO_ADDRESS: EmailFault = EmailFault { address: true, extension: true };

/// The fields that create and update read alike.
struct Rest {
    first_name: Option<Line>,
    last_name: Option<Line>,
    source: Option<Line>,
    external_id: Patch<Decimal>,
    phone_number: Patch<Line>,
    live_scanner: Option<bool>,
    password: Option<Password>,
}

/// A body being read, with what has been found wrong so far.
struct Form<'a> {
    fields: &'a Fields,
    errors: Errors,
}

impl<'a> Form<'a> {
    fn new(fields: &'a Fields) -> Self {
        Self { fields, errors: Errors::default() }
    }

    /// A field's value, trimmed, with a blank text as null; `None` where it is not given.
    fn given(&self, field: &str) -> Option<Cow<'a, Value>> {
        let value = self.fields.get(field)?;
        Some(match value {
            Value::Text(text) if text.trim().is_empty() => Cow::Owned(Value::Null),
            Value::Text(text) => Cow::Owned(Value::Text(text.trim().to_owned())),
            other => Cow::Borrowed(other),
        })
    }

    fn missing<T>(&mut self, field: &'static str) -> Option<T> {
        self.errors.add(field, vec![text::required(field)]);
        None
    }

    fn address(&self) -> Address {
        match self.given("email").as_deref() {
            None => Address::Absent,
            Some(Value::Null) => Address::Blank,
            Some(Value::Text(address) | Value::Number(address)) => Address::Parsed(Email::parse(address)),
            Some(Value::IllFormed) => Address::Parsed(Err(EmailFault { address: true, extension: false })),
            Some(Value::Bool(_) | Value::Compound) => Address::NoText,
        }
    }

    fn email(&mut self, required: bool) -> Option<Email> {
        let parsed = match self.address() {
            Address::Absent if !required => return None,
            Address::Absent | Address::Blank => return self.missing("email"),
            Address::Parsed(parsed) => parsed,
            Address::NoText => Err(NO_ADDRESS),
        };
        parsed.map_err(|fault| self.errors.add("email", address_texts(fault))).ok()
    }

    /// Every field but the address, in the order in which errors are reported.
    fn rest(&mut self) -> Rest {
        Rest {
            first_name: self.line("first_name", NAME).value(),
            last_name: self.line("last_name", NAME).value(),
            source: self.line("source", NAME).value(),
            external_id: self.external_id(),
            phone_number: self.line("phone_number", PHONE_NUMBER),
            live_scanner: self.live_scanner(),
            password: self.password(),
        }
    }

    fn line(&mut self, field: &'static str, max: u64) -> Patch<Line> {
        let texts = match self.given(field).as_deref() {
            None => return Patch::Keep,
            Some(Value::Null) => return Patch::Clear,
            Some(Value::Text(value)) => match Line::parse(value, max) {
                Ok(line) => return Patch::Set(line),
                Err(fault) => line_texts(field, max, fault),
            },
            Some(Value::IllFormed) => vec![text::format(field)],
            Some(_) => vec![text::string(field)],
        };
        self.errors.add(field, texts);
        Patch::Keep
    }

    fn external_id(&mut self) -> Patch<Decimal> {
        let parsed = match self.given("external_id").as_deref() {
            None => return Patch::Keep,
            Some(Value::Null) => return Patch::Clear,
            Some(Value::Number(number) | Value::Text(number)) => Decimal::parse(number).ok(),
            Some(Value::Bool(_) | Value::IllFormed | Value::Compound) => None,
        };
        parsed.map_or_else(
            || {
                self.errors.add("external_id", vec![text::number("external_id")]);
                Patch::Keep
            },
            Patch::Set,
        )
    }

    fn live_scanner(&mut self) -> Option<bool> {
        let flag = match self.given("live_scanner").as_deref() {
            None | Some(Value::Null) => return None,
            Some(Value::Bool(flag)) => Some(*flag),
            Some(Value::Number(word)) => number_flag(word),
            Some(Value::Text(word)) => number_flag(word).or_else(|| word.parse().ok()),
            Some(Value::IllFormed | Value::Compound) => None,
        };
        if flag.is_none() {
            self.errors.add("live_scanner", vec![text::boolean("live_scanner")]);
        }
        flag
    }

    /// Not trimmed: a password is what was typed. Only the empty one counts as none.
    fn password(&mut self) -> Option<Password> {
        let texts = match self.fields.get("password") {
            None | Some(Value::Null) => return None,
            Some(Value::Text(password)) if password.is_empty() => return None,
            Some(Value::Text(password)) => match Password::parse(password) {
                Ok(password) => return Some(password),
                Err(_) => vec![text::max("password", PASSWORD)],
            },
            Some(Value::IllFormed) => vec![text::format("password")],
            Some(_) => vec![text::string("password")],
        };
        self.errors.add("password", texts);
        None
    }
}

fn number_flag(word: &str) -> Option<bool> {
    match word {
        "1" => Some(true),
        "0" => Some(false),
        _ => None,
    }
}

fn address_texts(fault: EmailFault) -> Vec<String> {
    let address = fault.address.then(|| text::email("email"));
    let extension = fault.extension.then(|| NO_EXTENSION.to_owned());
    address.into_iter().chain(extension).collect()
}

fn line_texts(field: &str, max: u64, fault: LineFault) -> Vec<String> {
    let too_long = fault.too_long.then(|| text::max(field, max));
    let ill_formed = fault.ill_formed.then(|| text::format(field));
    too_long.into_iter().chain(ill_formed).collect()
}
