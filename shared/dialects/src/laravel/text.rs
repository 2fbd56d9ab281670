//! The standard texts of field errors. A field's name is shown with spaces for underscores.

fn label(field: &str) -> String {
    field.replace('_', " ")
}

macro_rules! texts {
    ($($name:ident: $text:literal;)*) => {
        $(pub(crate) fn $name(field: &str) -> String {
            $text.replace("{field}", &label(field))
        })*
    };
}

texts! {
    required: "The {field} field is required.";
    string: "The {field} field must be a string.";
    number: "The {field} field must be a number.";
    integer: "The {field} field must be an integer.";
    boolean: "The {field} field must be true or false.";
    email: "The {field} field must be a valid email address.";
    date: "The {field} field must be a valid date.";
    format: "The {field} field format is invalid.";
    confirmation: "The {field} field confirmation does not match.";
    selected: "The selected {field} is invalid.";
    taken: "The {field} has already been taken.";
}

pub(crate) fn max(field: &str, characters: u64) -> String {
    format!("The {} field must not be greater than {characters} characters.", label(field))
}

pub(crate) fn min(field: &str, characters: u64) -> String {
    format!("The {} field must be at least {characters} characters.", label(field))
}
