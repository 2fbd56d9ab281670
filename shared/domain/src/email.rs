use icu_normalizer::ComposingNormalizerBorrowed;
use idna::uts46::{AsciiDenyList, DnsLength, Hyphens, Uts46};
use validator::ValidateEmail;

use super::line::is_rejected;

/// Bytes of the part before the `@` (RFC 5321, 4.5.3.1.1).
const MAX_LOCAL: usize = 64;
/// Bytes of a whole address (RFC 5321, 4.5.3.1.3, less the angle brackets).
pub const MAX_ADDRESS: usize = 254;

/// An e-mail address: an RFC 5321 addr-spec with a dotted domain. International local parts
/// and domains are allowed; quoted local parts, address literals and display names are not.
///
/// Stored as typed, for display. Compared by NFC, lower case and the domain's A-label form.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Email {
    typed: String,
    key: String,
}

/// Why a text is not an [`Email`]. Both can be true of one text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an e-mail address with a dotted domain")]
pub struct EmailFault {
    /// It is not an address. (A domain without a dot passes this rule.)
    pub address: bool,
    /// Its domain is missing, invalid or has no extension.
    pub extension: bool,
}

impl Email {
    /// Trims `text` and checks it.
    ///
    /// # Errors
    /// States which of the two rules it breaks.
    pub fn parse(text: &str) -> Result<Self, EmailFault> {
        let text = text.trim();
        let (local, domain) = text.rsplit_once('@').unwrap_or((text, ""));
        let ascii_domain = ascii_domain(domain);
        let fault = EmailFault {
            address: text.len() > MAX_ADDRESS
                || !is_local_part(local)
                || !ascii_domain.as_deref().is_some_and(|d| is_address("x", d)),
            extension: !ascii_domain.as_deref().is_some_and(|d| d.contains('.')),
        };
        match ascii_domain {
            Some(domain) if !fault.address && !fault.extension => {
                Ok(Self { key: format!("{}@{domain}", fold(local)), typed: text.to_owned() })
            }
            _ => Err(fault),
        }
    }

    /// Wraps an address that was valid when it was stored.
    #[must_use]
    pub fn stored(typed: String, key: String) -> Self {
        Self { typed, key }
    }

    /// The address as typed.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.typed
    }

    /// The form in which two spellings of one address are equal.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }
}

/// Hides the value, so that personal data stays out of logs.
impl std::fmt::Debug for Email {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Email(…)")
    }
}

/// NFC and lower case: how names compare.
pub(crate) fn fold(text: &str) -> String {
    let nfc = ComposingNormalizerBorrowed::new_nfc();
    // Lower-casing can take a text out of NFC, so it is composed again.
    nfc.normalize(&nfc.normalize(text).to_lowercase()).into_owned()
}

/// The domain's A-label form in lower case; `None` where it is not a domain name.
fn ascii_domain(domain: &str) -> Option<String> {
    Uts46::new()
        .to_ascii(domain.as_bytes(), AsciiDenyList::STD3, Hyphens::CheckFirstLast, DnsLength::Verify)
        .ok()
        .map(|domain| domain.to_ascii_lowercase())
}

/// `validator` knows the alphabet, but allows dots anywhere and rejects every letter outside ASCII (RFC 6531 allows
/// them).
fn is_local_part(local: &str) -> bool {
    let dots = local.starts_with('.') || local.ends_with('.') || local.contains("..");
    let wide = |c: char| !c.is_ascii() && !c.is_whitespace() && !is_rejected(c);
    let narrowed = |text: &str| text.chars().map(|c| if wide(c) { 'x' } else { c }).collect::<String>();
    // Composition turns a few characters into others that no address may have: U+037E becomes a semicolon.
    let is_written = |text: &str| is_address(&narrowed(text), "example.com");
    local.len() <= MAX_LOCAL && !dots && is_written(local) && is_written(&fold(local))
}

fn is_address(local: &str, ascii_domain: &str) -> bool {
    format!("{local}@{ascii_domain}").validate_email()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(text: &str) -> (bool, bool) {
        let fault = Email::parse(text).expect_err(text);
        (fault.address, fault.extension)
    }

    #[test]
    fn two_spellings_of_one_address_are_equal() {
        let typed = Email::parse(" A@Bücher.example ").unwrap();
        let ascii = Email::parse("a@xn--bcher-kva.example").unwrap();
        assert_eq!(typed.key(), ascii.key());
        assert_eq!(typed.as_str(), "A@Bücher.example");
        let composed = Email::parse("\u{e9}@x.com").unwrap();
        let decomposed = Email::parse("E\u{301}@x.com").unwrap();
        assert_eq!(composed.key(), decomposed.key());
    }

    #[test]
    fn the_missing_dot_is_told_apart() {
        assert_eq!(fault("foo"), (true, true));
        assert_eq!(fault("foo@bar"), (false, true));
        assert_eq!(fault("a..b@x.com"), (true, false));
        assert_eq!(fault("@x.com"), (true, false));
        assert_eq!(fault("a@"), (true, true));
        assert_eq!(fault(""), (true, true));
    }

    #[test]
    fn what_other_rules_let_pass_is_refused() {
        for text in [
            "user@localhost",
            "a@foo[127.0.0.1]",
            "a@[127.0.0.1]",
            "a@[IPv6:::1]",
            "\"a b\"@x.com",
            ".a@x.com",
            "a.@x.com",
            "Tim <a@x.com>",
            "a b@x.com",
            "a@x..com",
            "a@x.com.",
            "a@-x.com",
            "a@x-.com",
            "a@x_y.com",
            "a@@x.com",
            "a\u{0}b@x.com",
            "a\u{ffff}@x.com",
            "a\u{a0}b@x.com",
            "a\u{37e}b@x.com",
            "a@x.com\u{7f}",
            "a@b@c.com",
            "a,b@x.com",
            "a@x.com,b@x.com",
        ] {
            assert!(Email::parse(text).is_err(), "{text:?}");
        }
        for text in [
            "a+b@x.com",
            "o'neil@x.co.uk",
            "ünal@x.com",
            "用户@例子.广告",
            "a@x--y.com",
            "1@2.com",
            "a@xn--bcher-kva.example",
        ] {
            assert!(Email::parse(text).is_ok(), "{text:?}");
        }
    }

    #[test]
    fn lengths_count_octets() {
        let local = |n: usize| format!("{}@x.com", "a".repeat(n));
        assert!(Email::parse(&local(64)).is_ok());
        assert_eq!(fault(&local(65)), (true, false));
        assert!(Email::parse(&format!("{}@x.com", "é".repeat(32))).is_ok());
        assert!(Email::parse(&format!("{}@x.com", "é".repeat(33))).is_err());
        let label = "b".repeat(61);
        let domain = |last: usize| format!("{}@{label}.{label}.{label}.{}", "a", "c".repeat(last));
        assert!(Email::parse(&domain(60)).is_ok());
        let whole = |n: usize| format!("{}@{label}.{label}.{label}.com", "a".repeat(n));
        assert_eq!(whole(64).len(), 254);
        assert!(Email::parse(&whole(64)).is_ok());
        assert!(Email::parse(&format!("{}@{label}.{label}.{label}.comm", "a".repeat(64))).is_err());
    }
}
