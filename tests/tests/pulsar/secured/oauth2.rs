//! OAuth 2 client credentials: the cluster verifies what an identity provider has given us.

use std::fs;
use std::net::TcpListener;
use std::thread;
use std::time::{Duration, Instant};

use kop_tests::data::Record;
use kop_tests::librdkafka::Sending;
use kop_tests::pause;
use serde_json::json;

use super::identity::{Provider, Rules};
use super::{NOT_KNOWN, Secured, credentials, refusal, refused, server, works};

/// The client, and its role in the cluster.
pub(super) const CLIENT: &str = "kop-at-the-provider";
const SECRET: &str = "a+secret&such";
const ENCODED: &str = "a%2Bsecret%26such";
const AUDIENCE: &str = "urn:sn:pulsar:kop";

fn rules(secured: &Secured) -> Rules {
    let long = Duration::from_secs(3600);
    Rules {
        key: secured.key.clone(),
        form: vec![
            ("grant_type", "client_credentials"),
            ("client_id", CLIENT),
            ("client_secret", ENCODED),
            ("audience", "urn%3Asn%3Apulsar%3Akop"),
        ],
        role: CLIENT,
        life: long,
        said_life: long,
    }
}

/// With a key file as Pulsar's clients have it.
fn settings(secured: &Secured, issuer: &str, secret: &str) -> Vec<String> {
    let file = secured
        .dir
        .path()
        .join(format!("key-{}.json", secret.len()));
    let key = json!({
        "type": "client_credentials",
        "client_id": CLIENT,
        "client_secret": secret,
        "client_email": "kop@example.com",
        "issuer_url": issuer,
    });
    fs::write(&file, key.to_string()).expect("a file");
    let parameters = json!({
        "type": "client_credentials",
        "issuerUrl": issuer,
        "privateKey": format!("file://{}", file.display()),
        "audience": AUDIENCE,
    });
    let class = "org.apache.pulsar.client.impl.auth.oauth2.AuthenticationOAuth2";
    credentials(class, &parameters.to_string())
}

pub(super) fn client_credentials(secured: &Secured) {
    let provider = Provider::start(rules(secured));
    works(&secured.plain(), &settings(secured, &provider.url, SECRET));
    let given = provider.given();
    assert!((1..=5).contains(&given), "one for many uses, not {given}");

    let wrong = settings(secured, &provider.url, "wrong");
    refused(&secured.plain(), &wrong, &["access_denied unauthorized"]);
    late_provider(secured);
    let elsewhere = format!("{}/elsewhere", provider.url);
    let lost = settings(secured, &elsewhere, SECRET);
    refused(
        &secured.plain(),
        &lost,
        &["openid-configuration: status 404"],
    );

    let forger = Provider::start(Rules {
        key: vec![7; 32],
        ..rules(secured)
    });
    let forged = settings(secured, &forger.url, SECRET);
    refused(&secured.plain(), &forged, NOT_KNOWN);
}

/// A provider that is away: the doctor says so, and the server waits for it.
fn late_provider(secured: &Secured) {
    let reserved = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = reserved.local_addr().expect("an address");
    drop(reserved);
    let settings = settings(secured, &format!("http://{address}/realm"), SECRET);
    let said = refusal(&secured.plain(), &settings, true);
    for part in ["OAuth 2", &address.to_string(), "refused"] {
        assert!(said.contains(part), "{said}");
    }
    let rules = rules(secured);
    thread::scope(|scope| {
        scope.spawn(move || {
            pause(Duration::from_secs(2));
            Provider::at(TcpListener::bind(address).expect("the port"), rules);
        });
        works(&secured.plain(), &settings);
    });
}

/// Brokers ask again when a token has expired. A producer notices nothing, whether the provider has told the truth about
/// how long its tokens are good for or not.
pub(super) fn expiring_tokens(secured: &Secured) {
    let life = Duration::from_secs(3);
    for said_life in [life, Duration::from_secs(3600)] {
        let provider = Provider::start(Rules {
            life,
            said_life,
            ..rules(secured)
        });
        let settings = settings(secured, &provider.url, SECRET);
        let server = server(&secured.plain(), &settings);
        let idempotent = [("enable.idempotence", "true"), ("linger.ms", "0")];
        let sending = Sending::new(&server.bootstrap(), &idempotent).expect("a producer");
        let began = Instant::now();
        let (mut sent, mut longest) = (0, Duration::ZERO);
        while began.elapsed() < 4 * life {
            let record = Record::of(sent.to_string());
            let before = Instant::now();
            sending.send("expiring", &record, sent).expect("send");
            sending.flush().expect("flush");
            // The topic is created by the first one.
            if sent > 0 {
                longest = longest.max(before.elapsed());
            }
            sent += 1;
            pause(Duration::from_millis(20));
        }
        let refused = sending.reports().find(|(_, result)| result.is_err());
        assert!(refused.is_none(), "{refused:?}\n{}", server.log());
        let given = provider.given();
        assert!(given >= 3, "{given} tokens in {:?}", began.elapsed());
        assert!(!server.log().contains("WARN"), "{}", server.log());
        eprintln!("secured: {sent} records, {given} tokens, one of them took {longest:.1?}");
    }
}
