//! Signature Version 4, as DynamoDB verifies it.

use std::{fmt, time::SystemTime};

use aws_sdk_dynamodb::config::Credentials;
use aws_sigv4::{
    http_request::{SignableBody, SignableRequest, SigningSettings, sign},
    sign::v4,
};
use axum::http::{HeaderMap, Method, Uri, header::AUTHORIZATION, header::HOST};
use rand::distr::{Alphanumeric, SampleString as _};
use roster_domain::Timestamp;
use subtle::ConstantTimeEq as _;

/// The maximum difference between a request's time and ours.
const MAX_SKEW_SECONDS: u64 = 15 * 60;
const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// The only key pair that an endpoint accepts.
#[derive(Clone)]
pub struct KeyPair {
    pub(crate) id: String,
    pub(crate) secret: String,
}

impl KeyPair {
    /// A new random key pair.
    #[must_use]
    pub fn random() -> Self {
        let text = |length| Alphanumeric.sample_string(&mut rand::rng(), length);
        // Only letters and digits, so that shells and files need no quotes.
        Self { id: format!("ROSTER{}", text(14).to_ascii_uppercase()), secret: text(40) }
    }

    /// An example command for the AWS CLI.
    #[must_use]
    pub fn aws_cli(&self, url: &str) -> String {
        let Self { id, secret } = self;
        format!(
            "AWS_ACCESS_KEY_ID={id} AWS_SECRET_ACCESS_KEY={secret} \\\n  aws dynamodb list-tables --region local --endpoint-url {url}"
        )
    }
}

impl fmt::Debug for KeyPair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyPair").field("id", &self.id).finish_non_exhaustive()
    }
}

/// Why a request is rejected: DynamoDB's own code and text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Rejected {
    pub(super) code: &'static str,
    pub(super) text: String,
}

impl Rejected {
    fn missing() -> Self {
        Self { code: "MissingAuthenticationTokenException", text: "Request is missing Authentication Token".to_owned() }
    }

    fn incomplete(what: &str) -> Self {
        Self { code: "IncompleteSignatureException", text: format!("Authorization header requires {what}.") }
    }

    fn unknown_key() -> Self {
        Self {
            code: "UnrecognizedClientException",
            text: "The security token included in the request is invalid.".to_owned(),
        }
    }

    fn wrong(text: &str) -> Self {
        Self { code: "InvalidSignatureException", text: text.to_owned() }
    }
}

const DOES_NOT_MATCH: &str = "The request signature we calculated does not match the signature you provided. Check your AWS \
    Secret Access Key and signing method. Consult the service documentation for details.";

/// The parsed Authorization header.
struct Authorization<'a> {
    key_id: &'a str,
    date: &'a str,
    region: &'a str,
    service: &'a str,
    signed_headers: &'a str,
    signature: &'a str,
}

impl<'a> Authorization<'a> {
    fn read(header: &'a str) -> Result<Self, Rejected> {
        let parameters =
            header.strip_prefix(ALGORITHM).ok_or_else(|| Rejected::incomplete("the algorithm AWS4-HMAC-SHA256"))?;
        let parameter = |name: &str| {
            let found = parameters.split(',').find_map(|one| one.trim().strip_prefix(name)?.strip_prefix('='));
            found.filter(|value| !value.is_empty()).ok_or_else(|| Rejected::incomplete(&format!("'{name}' parameter")))
        };
        let scope: Vec<_> = parameter("Credential")?.split('/').collect();
        let [key_id, date, region, service, "aws4_request"] = scope[..] else {
            return Err(Rejected::incomplete("a credential of the form key/date/region/service/aws4_request"));
        };
        let (signed_headers, signature) = (parameter("SignedHeaders")?, parameter("Signature")?);
        Ok(Self { key_id, date, region, service, signed_headers, signature })
    }
}

/// Verifies that a request was signed with a key pair, within fifteen minutes of `now`.
pub(super) fn verify(
    keys: &KeyPair,
    method: &Method,
    uri: &Uri,
    headers: &HeaderMap,
    body: &[u8],
    now: Timestamp,
) -> Result<(), Rejected> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let given = Authorization::read(text(AUTHORIZATION.as_str()).ok_or_else(Rejected::missing)?)?;
    let date = text("x-amz-date").ok_or_else(|| Rejected::incomplete("existence of an 'X-Amz-Date' header"))?;
    let time = jiff::fmt::strtime::parse("%Y%m%dT%H%M%SZ", date)
        .and_then(|parsed| parsed.to_datetime())
        .and_then(|time| time.to_zoned(jiff::tz::TimeZone::UTC))
        .map_err(|_| Rejected::incomplete("a valid 'X-Amz-Date' header"))?;
    // Our keys have no session token.
    if given.key_id != keys.id || headers.contains_key("x-amz-security-token") {
        return Err(Rejected::unknown_key());
    }
    if !date.starts_with(given.date) || given.service != "dynamodb" {
        return Err(Rejected::wrong("Credential should be scoped to a valid date and to correct service: 'dynamodb'."));
    }
    let time = Timestamp::from(time.timestamp());
    if now.since(time).max(time.since(now)).as_secs() > MAX_SKEW_SECONDS {
        return Err(Rejected::wrong(&format!("Signature expired: {date} is more than 15 min from {now}")));
    }
    let names: Vec<&str> = given.signed_headers.split(';').collect();
    if !["host", "x-amz-date"].iter().all(|name| names.contains(name)) {
        return Err(Rejected::incomplete("the signed headers 'host' and 'x-amz-date'"));
    }
    let signed: Vec<(&str, &str)> = names
        .iter()
        .flat_map(|name| headers.get_all(*name).iter().filter_map(|value| Some((*name, value.to_str().ok()?))))
        .collect();
    let authority = text(HOST.as_str()).unwrap_or_default();
    let address = format!("http://{authority}{}", uri.path_and_query().map_or("/", |target| target.as_str()));
    let expected = signature(keys, given.region, time, method, &address, &signed, body);
    let is_right = expected.is_some_and(|expected| expected.as_bytes().ct_eq(given.signature.as_bytes()).into());
    if is_right { Ok(()) } else { Err(Rejected::wrong(DOES_NOT_MATCH)) }
}

/// The signature of a request; `None` if the request is malformed.
fn signature(
    keys: &KeyPair,
    region: &str,
    time: Timestamp,
    method: &Method,
    address: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Option<String> {
    let mut settings = SigningSettings::default();
    // The headers that the client has signed.
    settings.excluded_headers = None;
    let identity = Credentials::new(&keys.id, &keys.secret, None, None, "endpoint").into();
    let time = SystemTime::UNIX_EPOCH + std::time::Duration::from_millis(u64::try_from(time.as_millisecond()).ok()?);
    let params = v4::SigningParams::builder().identity(&identity).region(region).name("dynamodb").time(time);
    let params = params.settings(settings).build().ok()?.into();
    let request = SignableRequest::new(method.as_str(), address, headers.iter().copied(), SignableBody::Bytes(body));
    sign(request.ok()?, &params).ok().map(|signed| signed.signature().to_owned())
}
