//! A cluster that wants to know who we are, over TLS too: Kafka clients write and read through a server that has shown it
//! in each of the ways there are, and whoever cannot show it is told what is wrong.

mod certificates;
mod identity;
mod oauth2;

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use kop_codec::ErrorCode;
use kop_tests::data::Record;
use kop_tests::librdkafka::Reading;
use kop_tests::pulsar::Cluster;
use kop_tests::server::Server;
use kop_tests::target::skip;
use kop_tests::wire::Wire;
use kop_tests::{requests, steps, wait_until};
use tempfile::TempDir;

use crate::peer::Peer;
use crate::refused::{PATIENCE, refusal};
use crate::{server_on, texts};
use certificates::Certificates;
use identity::token;

/// The role that may do everything.
const ADMIN: &str = "admin";
/// `secret`, as htpasswd keeps it.
const PASSWORD: &str = "$apr1$kopsalt1$QJvfAKXId1xWLFCP0Fujx.";
const RECORDS: usize = 200;

/// The cluster of these tests.
struct Secured {
    peer: Peer,
    dir: TempDir,
    certificates: Certificates,
    /// What its brokers are set to.
    settings: Vec<String>,
    /// Signs tokens.
    key: Vec<u8>,
}

type Part = fn(&Secured);

#[test]
#[ignore = "needs a Pulsar of its own: cargo xtask test"]
fn whoever_shows_who_it_is() {
    let Some(peer) = Peer::new("a secured Pulsar", 0, &["--auth"]) else {
        return;
    };
    if !certificates::possible() {
        return skip("a secured Pulsar", "openssl is not installed");
    }
    let secured = Secured::start(peer);
    let parts: [(&str, Part); 10] = [
        ("tokens", tokens),
        ("names with passwords", passwords),
        ("permissions", permissions),
        ("TLS", tls),
        ("client certificates", client_certificates),
        ("several addresses", several_addresses),
        ("OAuth 2", oauth2::client_credentials),
        ("tokens that expire", oauth2::expiring_tokens),
        ("files that are replaced", replaced_files),
        ("a certificate without authority", self_signed),
    ];
    for (name, part) in parts {
        let began = Instant::now();
        part(&secured);
        eprintln!("secured: {name}: {:.1?}", began.elapsed());
    }
}

impl Secured {
    fn start(peer: Peer) -> Self {
        let dir = tempfile::tempdir().expect("a directory");
        let certificates = Certificates::new(dir.path());
        let passwords = dir.path().join("passwords");
        fs::write(&passwords, format!("{ADMIN}:{PASSWORD}\n")).expect("a file");
        let of = |name: &str| format!("org.apache.pulsar.broker.authentication.{name}");
        let providers = ["Token", "Basic", "Tls"]
            .map(|name| of(&format!("AuthenticationProvider{name}")))
            .join(",");
        let path = |path: &Path| path.display().to_string();
        let settings = [
            ("authenticationProviders", providers),
            ("basicAuthConf", path(&passwords)),
            ("brokerServicePortTls", (peer.port + 4).to_string()),
            ("webServicePortTls", (peer.port + 5).to_string()),
            ("tlsCertificateFilePath", path(&certificates.broker.file)),
            ("tlsKeyFilePath", path(&certificates.broker.key)),
            ("tlsTrustCertsFilePath", path(&certificates.trusted)),
            // Looks every second whether what clients have shown has expired.
            ("authenticationRefreshCheckSeconds", "1".to_owned()),
            ("superUserRoles", format!("{ADMIN},{}", oauth2::CLIENT)),
        ];
        let settings = settings.map(|(key, value)| format!("{key}={value}"));
        peer.start(&settings);
        let said = peer.tell(&["key"]);
        let key = fs::read(said.lines().last().expect("a path")).expect("a key");
        Self {
            peer,
            dir,
            certificates,
            settings: settings.to_vec(),
            key,
        }
    }

    /// Without TLS, with new namespaces.
    fn plain(&self) -> Cluster {
        let port = self.peer.port;
        self.at(
            &format!("pulsar://127.0.0.1:{port}"),
            &format!("http://127.0.0.1:{}", port + 1),
        )
    }

    /// With TLS, at this name of the machine, with new namespaces.
    fn encrypted(&self, host: &str) -> Cluster {
        let port = self.peer.port;
        self.at(
            &format!("pulsar+ssl://{host}:{}", port + 4),
            &format!("https://{host}:{}", port + 5),
        )
    }

    fn at(&self, service_url: &str, admin_url: &str) -> Cluster {
        let cluster = Cluster::new(service_url.to_owned(), admin_url.to_owned());
        cluster.with_token(token(&self.key, ADMIN, None))
    }

    fn trust(&self) -> String {
        let trusted = &self.certificates.trusted;
        format!("brokerClientTrustCertsFilePath={}", trusted.display())
    }
}

/// The settings of a way to say who one is.
fn credentials(plugin: &str, parameters: &str) -> Vec<String> {
    vec![
        format!("brokerClientAuthenticationPlugin={plugin}"),
        format!("brokerClientAuthenticationParameters={parameters}"),
    ]
}

fn with_token(token: &str) -> Vec<String> {
    credentials("token", &format!("token:{token}"))
}

fn server(cluster: &Cluster, settings: &[String]) -> Server {
    let settings: Vec<&str> = settings.iter().map(String::as_str).collect();
    server_on(cluster, &settings).expect("there is a binary")
}

/// A Kafka client writes and another reads it all.
fn works(cluster: &Cluster, settings: &[String]) {
    let server = server(cluster, settings);
    let records = (0..RECORDS).map(|number| Record::of(number.to_string()));
    let records: Vec<Record> = records.collect();
    let idempotent = [("enable.idempotence", "true")];
    if let Err(error) = steps::send(&server.bootstrap(), "topic", &idempotent, &records) {
        panic!("{settings:?}: {error:#}\n{}", server.log());
    }
    let reading = Reading::first(&server.bootstrap(), "topic").expect("a consumer");
    let found = texts(&server, &reading, RECORDS).into_iter();
    let wanted = records.iter().map(Record::text);
    let all = found.map(|(_, text)| text).eq(wanted);
    assert!(all, "{settings:?}: {}", server.log());
}

/// The server and its doctor both end and say one of these.
fn refused(cluster: &Cluster, settings: &[String], reasons: &[&str]) {
    for doctor in [false, true] {
        let text = refusal(cluster, settings, doctor);
        let lower = text.to_lowercase();
        let named = reasons.iter().any(|reason| lower.contains(reason));
        assert!(named, "{reasons:?} with {settings:?}: {text}");
    }
}

const NOT_KNOWN: &[&str] = &["authenticat", "401"];

fn tokens(secured: &Secured) {
    let good = token(&secured.key, ADMIN, None);
    works(&secured.plain(), &with_token(&good));
    let file = secured.dir.path().join("token");
    fs::write(&file, format!("{good}\n")).expect("a file");
    let class = "org.apache.pulsar.client.impl.auth.AuthenticationToken";
    let from_file = credentials(class, &format!("file://{}", file.display()));
    works(&secured.plain(), &from_file);
    let expired = token(&secured.key, ADMIN, Some(Duration::ZERO));
    let forged = token(&[7; 32], ADMIN, None);
    refused(&secured.plain(), &[], NOT_KNOWN);
    for bad in ["not.a.token", &expired, &forged] {
        refused(&secured.plain(), &with_token(bad), NOT_KNOWN);
    }
}

fn passwords(secured: &Secured) {
    let of = |password: &str| {
        let parameters = format!(r#"{{"userId":"{ADMIN}","password":"{password}"}}"#);
        credentials("basic", &parameters)
    };
    works(&secured.plain(), &of("secret"));
    refused(&secured.plain(), &of("wrong"), NOT_KNOWN);
}

fn tls(secured: &Secured) {
    let mut settings = with_token(&token(&secured.key, ADMIN, None));
    refused(
        &secured.encrypted("127.0.0.1"),
        &settings,
        &["unknownissuer"],
    );
    settings.push(secured.trust());
    works(&secured.encrypted("127.0.0.1"), &settings);
    // The certificate names the address alone.
    let elsewhere = secured.encrypted("localhost");
    refused(&elsewhere, &settings, &["not valid for name \"localhost\""]);
    settings.push("tlsHostnameVerificationEnabled=false".to_owned());
    works(&elsewhere, &settings);
}

fn client_certificates(secured: &Secured) {
    let of = |identity: &certificates::Identity| {
        let (file, key) = (identity.file.display(), identity.key.display());
        let mut settings = credentials("tls", &format!("tlsCertFile:{file},tlsKeyFile:{key}"));
        settings.push(secured.trust());
        settings
    };
    let cluster = || secured.encrypted("127.0.0.1");
    works(&cluster(), &of(&secured.certificates.client));
    let reasons = &["certificate", "handshake", "closed"];
    refused(&cluster(), &of(&secured.certificates.stranger), reasons);
    refused(&cluster(), &[secured.trust()], NOT_KNOWN);
}

/// Certificates and tokens in files may be replaced while the server runs: here because the brokers, which are away for a
/// while, come back with another authority. Nobody restarts the server.
fn replaced_files(secured: &Secured) {
    let (ours, theirs) = (&secured.certificates.client, &secured.certificates.stranger);
    let by_certificate = {
        let (file, key) = (ours.file.display(), ours.key.display());
        let mut settings = credentials("tls", &format!("tlsCertFile:{file},tlsKeyFile:{key}"));
        settings.push(secured.trust());
        server(&secured.encrypted("127.0.0.1"), &settings)
    };
    let file = secured.dir.path().join("replaced-token");
    let short = Duration::from_secs(20);
    fs::write(&file, token(&secured.key, ADMIN, Some(short))).expect("a file");
    let by_token = {
        let parameters = format!("file://{}", file.display());
        server(&secured.plain(), &credentials("token", &parameters))
    };
    let servers = [by_certificate, by_token];
    let write = |server: &Server, value: &str| {
        let settings = [("message.timeout.ms", "5000")];
        let records = [Record::of(value)];
        steps::send(&server.bootstrap(), "replaced", &settings, &records)
    };
    for server in &servers {
        write(server, "before").unwrap_or_else(|error| panic!("{error:#}\n{}", server.log()));
    }
    fs::write(&file, token(&secured.key, ADMIN, None)).expect("a file");
    for (new, old) in [(&theirs.file, &ours.file), (&theirs.key, &ours.key)] {
        fs::copy(new, old).expect("a copy");
    }
    let other = format!(
        "tlsTrustCertsFilePath={}",
        secured.certificates.other.display()
    );
    let settings: Vec<String> = secured.settings.iter().cloned().chain([other]).collect();
    secured.peer.restart(&settings);
    for server in &servers {
        let written = wait_until(PATIENCE, || write(server, "after").is_ok());
        assert!(written, "{}", server.log());
    }
}

/// Brokers whose certificate is its own authority, as `openssl req -x509` makes it, and nobody else's: Java's clients take
/// it where it is trusted.
fn self_signed(secured: &Secured) {
    let own = &secured.certificates.own;
    let (file, key) = (own.file.display(), own.key.display());
    let certificate = [
        format!("tlsCertificateFilePath={file}"),
        format!("tlsKeyFilePath={key}"),
    ];
    let settings: Vec<String> = secured
        .settings
        .iter()
        .cloned()
        .chain(certificate)
        .collect();
    secured.peer.restart(&settings);
    let token = with_token(&token(&secured.key, ADMIN, None));
    let trusting = |what: String| [token.clone(), vec![what]].concat();
    let right = trusting(format!("brokerClientTrustCertsFilePath={file}"));
    works(&secured.encrypted("127.0.0.1"), &right);
    let elsewhere = secured.encrypted("localhost");
    refused(&elsewhere, &right, &["not valid for name \"localhost\""]);
    let wrong = trusting(secured.trust());
    refused(
        &secured.encrypted("127.0.0.1"),
        &wrong,
        &["invalid peer certificate"],
    );
}

/// Nobody listens at the first address.
fn several_addresses(secured: &Secured) {
    let port = secured.peer.port;
    let nobody = port + 6;
    let cluster = secured.at(
        &format!("pulsar://127.0.0.1:{nobody},127.0.0.1:{port}"),
        &format!("http://127.0.0.1:{nobody},127.0.0.1:{}", port + 1),
    );
    works(&cluster, &with_token(&token(&secured.key, ADMIN, None)));
}

fn create(server: &Server, topic: &str) -> ErrorCode {
    let mut wire = Wire::connect(&server.bootstrap()).expect("connect");
    let request = requests::create_topic(topic);
    let response = wire.call(5, &request).expect("an answer");
    response.topics[0].error_code
}

fn permissions(secured: &Secured) {
    let cluster = secured.plain();
    // A role without any permission: what it may not do is named.
    let stranger = with_token(&token(&secured.key, "stranger", None));
    let stranger = refusal(&cluster, &stranger, false).to_lowercase();
    assert!(
        ["authoriz", "permission", "403"]
            .iter()
            .any(|reason| stranger.contains(reason)),
        "{stranger}"
    );
    // One that may use two namespaces, and create nothing.
    let (own, metadata) = (cluster.namespace(), cluster.metadata_namespace());
    for namespace in [&own, &metadata] {
        cluster.create_namespace(namespace).expect("a namespace");
        let path = format!("namespaces/{namespace}/permissions/guest");
        let grants = r#"["produce","consume"]"#;
        cluster.admin_with("POST", &path, grants).expect("a grant");
    }
    let mut settings = with_token(&token(&secured.key, "guest", None));
    settings.push("kafkaManageSystemNamespaces=false".to_owned());
    let server = server(&cluster, &settings);
    assert_eq!(
        create(&server, "not-allowed"),
        ErrorCode::TOPIC_AUTHORIZATION_FAILED,
        "{}",
        server.log()
    );
    let path = cluster.partitioned_path("theirs");
    cluster
        .admin_with("PUT", &format!("{path}/partitions"), "1")
        .expect("a topic");
    let records = [Record::of("as a guest")];
    let settings = [("message.timeout.ms", "5000")];
    let written = wait_until(PATIENCE, || {
        steps::send(&server.bootstrap(), "theirs", &settings, &records).is_ok()
    });
    assert!(written, "{}", server.log());
}
