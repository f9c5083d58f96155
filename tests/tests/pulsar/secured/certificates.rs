//! Certificates of an authority of our own, and one of another, made by the program `openssl`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Its kinds of certificates.
const CONFIG: &str = "
[req]
distinguished_name = name
[name]
[authority]
basicConstraints = critical, CA:TRUE
[broker]
basicConstraints = CA:FALSE
subjectAltName = IP:127.0.0.1
[client]
basicConstraints = CA:FALSE
[own]
basicConstraints = critical, CA:TRUE
subjectAltName = IP:127.0.0.1
";

/// PEM files of a certificate and its key.
#[derive(Clone)]
pub(super) struct Identity {
    pub(super) file: PathBuf,
    pub(super) key: PathBuf,
}

/// All there are.
pub(super) struct Certificates {
    /// The authority that the cluster and its clients trust.
    pub(super) trusted: PathBuf,
    /// The broker's, for 127.0.0.1 and no other name.
    pub(super) broker: Identity,
    /// The role [`ADMIN`](super::ADMIN).
    pub(super) client: Identity,
    /// The same role, as another authority says.
    pub(super) stranger: Identity,
    /// That authority, which nobody trusts at first.
    pub(super) other: PathBuf,
    /// A broker's, for 127.0.0.1, that no other authority has signed.
    pub(super) own: Identity,
}

impl Certificates {
    pub(super) fn new(dir: &Path) -> Self {
        fs::write(dir.join("openssl.conf"), CONFIG).expect("a file");
        let trusted = authority(dir, "ours");
        let other = authority(dir, "another").file;
        Self {
            other,
            own: self_signed(dir, "own", "own"),
            trusted: trusted.file,
            broker: identity(dir, "broker", "broker", "ours"),
            client: identity(dir, "client", super::ADMIN, "ours"),
            stranger: identity(dir, "client", super::ADMIN, "another"),
        }
    }
}

impl Identity {
    fn new(dir: &Path, name: &str) -> Self {
        Self {
            file: dir.join(format!("{name}.pem")),
            key: dir.join(format!("{name}.key")),
        }
    }
}

/// Whether certificates can be made here.
pub(super) fn possible() -> bool {
    Command::new("openssl").arg("version").output().is_ok()
}

fn openssl(dir: &Path, arguments: &str) {
    let mut openssl = Command::new("openssl");
    openssl.args(arguments.split_whitespace()).current_dir(dir);
    let output = openssl.output().expect("openssl");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "openssl {arguments}: {said}");
}

/// Of a request for a certificate with a new key.
const NEW_KEY: &str = "req -config openssl.conf -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes";

fn authority(dir: &Path, name: &str) -> Identity {
    self_signed(dir, name, "authority")
}

fn self_signed(dir: &Path, name: &str, kind: &str) -> Identity {
    let made = format!("-extensions {kind} -subj /CN={name} -days 30 -out {name}.pem");
    openssl(dir, &format!("{NEW_KEY} -x509 -keyout {name}.key {made}"));
    Identity::new(dir, name)
}

/// A certificate of this kind, signed by an authority.
fn identity(dir: &Path, kind: &str, common_name: &str, authority: &str) -> Identity {
    let name = format!("{kind}-of-{authority}");
    let request = format!("-keyout {name}.key -out {name}.csr -subj /CN={common_name}");
    openssl(dir, &format!("{NEW_KEY} {request}"));
    let signed = format!("-CA {authority}.pem -CAkey {authority}.key -CAcreateserial -days 30");
    let of_kind = format!("-extfile openssl.conf -extensions {kind}");
    openssl(
        dir,
        &format!("x509 -req -in {name}.csr {signed} {of_kind} -out {name}.pem"),
    );
    Identity::new(dir, &name)
}
