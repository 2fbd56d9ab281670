//! Values that are parsed once and stay valid, and the types composed of them.
//!
//! Nothing here does input or output, and no error mentions a transport or a database.

mod account;
mod api_key;
mod attribute;
mod code;
mod date;
mod decimal;
mod deletion;
mod email;
mod filter;
mod hex;
mod id;
mod idempotency;
mod line;
mod login;
mod login_tries;
mod outcome;
mod paragraph;
mod password;
mod person;
mod plan;
mod profile;
mod profile_attribute;
mod scalar;
mod scope;
mod session;
mod timestamp;
mod token;
mod user;

pub use account::{Account, AccountChange, AccountSettings, TimeZone, UnknownTimeZone};
pub use api_key::{ApiKey, ApiKeyId, ApiKeyRecord, MalformedApiKey};
pub use attribute::{Attributes, AttributesChange};
pub use code::Code;
pub use date::Date;
pub use decimal::{Decimal, NotADecimal};
pub use deletion::Deletion;
pub use email::{Email, EmailFault, MAX_ADDRESS};
pub use filter::{Condition, ProfileTest, Span, UserFilter};
pub use hex::hex;
pub use id::{AccountId, MAX_ID, PlanId, UserId};
pub use idempotency::{
    Fingerprint, IdempotencyKey, IdempotentRequest, MalformedIdempotencyKey, StoredResponse, StoredResponses,
};
pub use line::{Line, LineFault, is_rejected};
pub use login::Login;
pub use login_tries::{LoginTries, LoginTriesKey, Place};
pub use outcome::{
    Access, AuthenticateError, Caller, CreateUserError, DeleteUserError, Failure, ListError, LoginError, Replay,
    UpdateUserError, UserPage,
};
pub use paragraph::Paragraph;
pub use password::{Password, PasswordInput, PasswordTooLong, PhcString};
pub use person::{Birthday, CountryId, Gender};
pub use plan::{Plan, Slug};
pub use profile::{Profile, ProfileChange, ProfileValue};
pub use profile_attribute::{PROFILE_ATTRIBUTES, ProfileAttribute, ValueFault, ValueKind, is_yes};
pub use scalar::{AttributeFault, Scalar, flag};
pub use scope::{Scope, UnknownScope};
pub use session::{Session, SessionToken};
pub use timestamp::Timestamp;
pub use token::SecretDigest;
pub use user::{NewUser, Patch, PreservedTimestamps, Role, RoleGuard, Unique, User, UserChange, UserUpdate};
