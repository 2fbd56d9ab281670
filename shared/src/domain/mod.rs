//! Values that are parsed once and valid ever after, and what is made of them.
//!
//! Nothing here does any input or output, and no error names a transport or a database.

mod account;
mod api_key;
mod code;
mod decimal;
mod email;
mod id;
mod line;
mod login;
mod password;
mod plan;
mod profile;
mod scope;
mod session;
mod timestamp;
mod token;
mod user;

pub use account::{Account, AccountSettings, TimeZone, UnknownTimeZone};
pub use api_key::{ApiKey, ApiKeyId, ApiKeyRecord, MalformedApiKey};
pub use code::Code;
pub use decimal::{Decimal, NotADecimal};
pub use email::{Email, EmailFault};
pub use id::{AccountId, PlanId, UserId};
pub use line::{Line, LineFault};
pub use login::Login;
pub use password::{Password, PasswordTooLong, PhcString};
pub use plan::{Plan, Slug};
pub use profile::{Birthday, CountryId, Gender};
pub use scope::{Scope, UnknownScope};
pub use session::{Session, SessionToken};
pub use timestamp::Timestamp;
pub use token::SecretDigest;
pub use user::{Among, NewUser, Patch, Role, Unique, User, UserChange};
