//! TLS of connections to brokers and to the admin REST.

use std::io;
use std::path::Path;
use std::sync::Arc;

use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::client::WebPkiServerVerifier;
use tokio_rustls::rustls::client::danger::ServerCertVerifier;
use tokio_rustls::rustls::crypto::{CryptoProvider, ring};
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio_rustls::rustls::{self, RootCertStore};

use crate::address::Address;
use crate::config::{TlsConfig, TlsIdentity};
use crate::error::Error;

mod verify;

use verify::Verifier;

/// Shakes hands on a TCP connection. Certificates are read anew each time, so that they can be replaced in place.
pub(crate) async fn connect(
    config: &TlsConfig,
    address: &Address,
    tcp: TcpStream,
) -> Result<TlsStream<TcpStream>, Error> {
    let name = ServerName::try_from(address.host.clone())
        .map_err(|error| Error::config(format!("host {:?}", address.host), error))?;
    let config = config.clone();
    let client = crate::blocking(move || client_config(&config)).await?;
    let connector = TlsConnector::from(Arc::new(client));
    connector
        .connect(name, tcp)
        .await
        .map_err(|source| Error::Tls {
            address: address.to_string(),
            source: Arc::new(advised(source)),
        })
}

/// Says what is likely where the other side does not even begin.
fn advised(error: io::Error) -> io::Error {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref());
    let not_tls = error.kind() == io::ErrorKind::UnexpectedEof
        || matches!(inner, Some(rustls::Error::InvalidMessage(_)));
    match not_tls {
        true => io::Error::new(
            error.kind(),
            format!("{error}: this may be a port without TLS"),
        ),
        false => error,
    }
}

/// The fault of a connection that `error` broke. With TLS 1.3 a server that does not take our certificate says so only
/// when the handshake is over for us.
pub(crate) fn broken(address: &Address, error: &(dyn std::error::Error + 'static)) -> Error {
    let address = address.to_string();
    let (mut reasons, mut next) = (Vec::new(), Some(error));
    while let Some(cause) = next {
        if let Some(alert @ rustls::Error::AlertReceived(_)) = cause.downcast_ref() {
            let source = Arc::new(io::Error::new(io::ErrorKind::InvalidData, alert.clone()));
            return Error::Tls { address, source };
        }
        let io = cause.downcast_ref::<io::Error>();
        next = match io.and_then(io::Error::get_ref) {
            // It says the same, and is not among its own sources.
            Some(inner) => Some(inner),
            None => {
                reasons.push(cause.to_string());
                cause.source()
            }
        };
    }
    Error::Disconnected {
        address,
        reason: reasons.join(": "),
        written: false,
    }
}

/// What rustls needs. Reads files.
fn client_config(config: &TlsConfig) -> Result<rustls::ClientConfig, Error> {
    let provider = Arc::new(ring::default_provider());
    let builder = rustls::ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|error| Error::config("TLS", error))?
        .dangerous()
        .with_custom_certificate_verifier(verifier(config, provider)?);
    let Some(TlsIdentity { certificates, key }) = &config.identity else {
        return Ok(builder.with_no_client_auth());
    };
    let chain = certificates_of(certificates)?;
    let private = PrivateKeyDer::from_pem_file(key).map_err(|error| of_file(key, error))?;
    builder
        .with_client_auth_cert(chain, private)
        .map_err(|error| of_file(certificates, error))
}

fn verifier(
    config: &TlsConfig,
    provider: Arc<CryptoProvider>,
) -> Result<Arc<dyn ServerCertVerifier>, Error> {
    let trusted = match &config.trust_certs {
        Some(file) => certificates_of(file)?,
        None => Vec::new(),
    };
    let sound = match config.allow_insecure {
        true => None,
        false => {
            let roots = Arc::new(roots(config.trust_certs.as_deref(), &trusted)?);
            let sound = WebPkiServerVerifier::builder_with_provider(roots, Arc::clone(&provider))
                .build()
                .map_err(|error| Error::config("trusted certificates", error))?;
            Some(sound)
        }
    };
    Ok(Arc::new(Verifier {
        provider,
        sound,
        trusted,
        verify_name: config.verify_hostname,
    }))
}

/// What is trusted: the certificates of this file, or those of the operating system.
fn roots(file: Option<&Path>, trusted: &[CertificateDer<'static>]) -> Result<RootCertStore, Error> {
    let mut roots = RootCertStore::empty();
    match file {
        Some(file) => {
            for certificate in trusted {
                roots
                    .add(certificate.clone())
                    .map_err(|error| of_file(file, error))?;
            }
        }
        // Some stores hold certificates that rustls does not take; the others are of use all the same.
        None => {
            roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        }
    }
    if roots.is_empty() {
        return Err(Error::config("trusted certificates", "there are none"));
    }
    Ok(roots)
}

fn certificates_of(file: &Path) -> Result<Vec<CertificateDer<'static>>, Error> {
    CertificateDer::pem_file_iter(file)
        .and_then(Iterator::collect)
        .map_err(|error| of_file(file, error))
}

fn of_file(file: &Path, reason: impl std::fmt::Display) -> Error {
    Error::config(file.display().to_string(), reason)
}
