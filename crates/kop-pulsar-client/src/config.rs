//! How a client reaches its cluster.

use std::path::PathBuf;
use std::time::Duration;

use crate::auth::Authentication;

/// Configuration of a [`Client`](crate::Client). The defaults fit a cluster on this machine.
#[derive(Clone, Debug)]
pub struct ClientConfig {
    /// `pulsar://host:port` or `pulsar+ssl://host:port`, tried in turn. One string may hold several hosts, separated by
    /// commas.
    pub service_urls: Vec<String>,
    /// `http://host:port` or `https://host:port`, tried in turn; several hosts as above. May be empty: then the
    /// [`Admin`](crate::Admin) answers every call with an error.
    pub admin_urls: Vec<String>,
    /// Who we are.
    pub authentication: Authentication,
    /// Whom we trust.
    pub tls: TlsConfig,
    /// Which of its addresses a broker shall name (`advertisedListeners`); None: its default.
    pub listener_name: Option<String>,
    /// For a connection with its handshakes.
    pub connection_timeout: Duration,
    /// For one request to a broker or to the admin REST.
    pub operation_timeout: Duration,
    /// A silent connection is asked for a sign of life after this time, and given up after twice this time.
    pub keep_alive: Duration,
    /// Pause before an address that failed is tried again; it doubles up to [`max_backoff`](Self::max_backoff).
    pub initial_backoff: Duration,
    /// The longest such pause.
    pub max_backoff: Duration,
    /// Connections per broker and namespace, among which its topics are spread. At least 1.
    pub max_connections_per_broker: usize,
    /// The largest entry that is read. Brokers have a limit of their own, 5 MiB by default.
    pub max_entry_bytes: usize,
}

impl Default for ClientConfig {
    fn default() -> Self {
        Self {
            service_urls: vec!["pulsar://127.0.0.1:6650".to_owned()],
            admin_urls: vec!["http://127.0.0.1:8080".to_owned()],
            authentication: Authentication::None,
            tls: TlsConfig::default(),
            listener_name: None,
            connection_timeout: Duration::from_secs(10),
            operation_timeout: Duration::from_secs(30),
            keep_alive: Duration::from_secs(10),
            initial_backoff: Duration::from_millis(100),
            max_backoff: Duration::from_secs(3),
            max_connections_per_broker: 1,
            max_entry_bytes: 128 << 20,
        }
    }
}

/// TLS for `pulsar+ssl://` and `https://`.
#[derive(Clone, Debug)]
pub struct TlsConfig {
    /// PEM file of the certificates that we trust: of authorities, or of servers themselves, of which it is not looked at then
    /// whether they have expired. None: the authorities of the operating system.
    pub trust_certs: Option<PathBuf>,
    /// PEM files of our certificate chain and its private key, for brokers that ask (mTLS).
    pub identity: Option<TlsIdentity>,
    /// Believe any certificate. For tests: it protects from nobody who can change what is on the wire.
    pub allow_insecure: bool,
    /// Whether the certificate must name the host that we connected to.
    pub verify_hostname: bool,
}

impl Default for TlsConfig {
    fn default() -> Self {
        Self {
            trust_certs: None,
            identity: None,
            allow_insecure: false,
            verify_hostname: true,
        }
    }
}

/// A certificate and its key, as PEM files.
#[derive(Clone, Debug)]
pub struct TlsIdentity {
    /// The chain, our own certificate first.
    pub certificates: PathBuf,
    /// The private key: PKCS#8, PKCS#1 or SEC1.
    pub key: PathBuf,
}
