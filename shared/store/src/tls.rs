//! The certificate authorities that a connection trusts.

use aws_sdk_dynamodb::config::{RuntimeComponents, SharedHttpClient};
use aws_smithy_http_client::{
    Builder, Connector,
    proxy::ProxyConfig,
    tls::{Provider, TlsContext, TrustStore, rustls_provider::CryptoMode},
};

/// The authorities from which AWS's endpoints have their certificates, as <https://www.amazontrust.com/repository/>
/// lists them; the first of them ends in December 2037.
const AMAZON_ROOTS: &[u8] = include_bytes!("amazon_roots.pem");

/// The regions of AWS partitions that may have other authorities.
const OTHER_PARTITIONS: [&str; 4] = ["cn-", "us-iso", "eu-iso", "eusc-"];

/// Connects to the store. Finding and parsing the system's 150 authorities would take longer than everything else that
/// a function does before its first event. So only Amazon's are trusted for AWS endpoints.
pub(super) fn client(region: Option<&str>, endpoint: Option<&str>) -> SharedHttpClient {
    let trusted = match endpoint {
        // Plain HTTP has no certificate.
        Some(url) if url.starts_with("http://") => TrustStore::empty(),
        None if !region.is_some_and(|region| OTHER_PARTITIONS.iter().any(|start| region.starts_with(start))) => {
            TrustStore::empty().with_pem_certificate(AMAZON_ROOTS)
        }
        _ => TrustStore::default(),
    };
    let context = TlsContext::builder().with_trust_store(trusted).build().expect("the trust store is valid");
    // As in the SDK's own client, including a proxy from the environment.
    Builder::new().build_with_connector_fn(move |settings, components| {
        let mut connector = Connector::builder()
            .tls_provider(Provider::Rustls(CryptoMode::AwsLc))
            .tls_context(context.clone())
            .proxy_config(ProxyConfig::from_env());
        connector.set_connector_settings(settings.cloned());
        connector.set_sleep_impl(components.and_then(RuntimeComponents::sleep_impl));
        connector.build()
    })
}

#[cfg(test)]
mod tests {
    use rustls::{RootCertStore, pki_types::pem::PemObject as _};
    use sha2::{Digest as _, Sha256};

    use super::*;

    /// As Amazon publishes them.
    const FINGERPRINTS: [&str; 5] = [
        "8ecde6884f3d87b1125ba31ac3fcb13d7016de7f57cc904fe1cb97c6ae98196e",
        "1ba5b2aa8c65401a82960118f80bec4f62304d83cec4713a19c39c011ea46db4",
        "18ce6cfe7bf14e60b2e347b8dfe868cb31d02ebb3ada271569f50343b46db3a4",
        "e35d28419ed02025cfa69038cd623962458da5c695fbdea3c22b0bfb25897092",
        "568d6905a2c88708a4b3025190edcfedb1974a606a13c6e5290fcb2ae63edab5",
    ];

    #[test]
    fn amazons_authorities_are_those_that_it_publishes() {
        let certificates: Vec<_> =
            rustls::pki_types::CertificateDer::pem_slice_iter(AMAZON_ROOTS).map(Result::unwrap).collect();
        let fingerprint =
            |octets: &[u8]| -> String { Sha256::digest(octets).iter().map(|octet| format!("{octet:02x}")).collect() };
        let found: Vec<_> = certificates.iter().map(|certificate| fingerprint(certificate)).collect();
        assert_eq!(found, FINGERPRINTS);
        // An unreadable certificate would stop every function at its start.
        assert_eq!(RootCertStore::empty().add_parsable_certificates(certificates), (5, 0));
    }
}
