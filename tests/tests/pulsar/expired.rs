//! What Pulsar's subscriptions are made to pass, or retention deletes, while consumers of Kafka's read it.

use std::ops::Range;
use std::time::{Duration, Instant};

use kop_codec::messages::FetchRequest;
use kop_codec::{ErrorCode, Records};
use kop_tests::data::Record;
use kop_tests::librdkafka::Reading;
use kop_tests::native::{How, Native, Seen};
use kop_tests::requests;
use kop_tests::server::Server;
use kop_tests::target::skip;
use kop_tests::wire::Wire;
use kop_tests::{pause, steps, wait_until};

use crate::bad_input::{run, said};
use crate::{create, server, server_on, texts};

const WRITTEN: usize = 1_500;

/// Writes records of a kilobyte, each as an entry of its own: more than a reader has waiting.
fn send(server: &Server, topic: &str, count: usize) {
    let records = vec![Record::of(vec![b'x'; 1_000]); count];
    let settings = [("batch.num.messages", "1"), ("linger.ms", "0")];
    steps::send(&server.bootstrap(), topic, &settings, &records).expect("a write");
}

/// Fetches some 20 entries after the other.
struct Fetching<'a> {
    wire: Wire,
    topic: &'a str,
    next: i64,
}

impl<'a> Fetching<'a> {
    fn new(server: &Server, topic: &'a str) -> Self {
        let wire = Wire::connect(&server.bootstrap()).expect("connect");
        let next = 0;
        Self { wire, topic, next }
    }

    /// Fetches on to this offset, or until there is an error; nothing may be left out.
    fn to(&mut self, offset: i64) -> ErrorCode {
        while self.next < offset {
            let mut request = FetchRequest {
                max_wait_ms: 500,
                ..requests::fetch(self.topic, self.next)
            };
            request.topics[0].partitions[0].partition_max_bytes = 20_000;
            let response = self.wire.call(4, &request).expect("an answer");
            let answer = &response.responses[0].partitions[0];
            if answer.error_code != ErrorCode::NONE {
                return answer.error_code;
            }
            let records = answer.records.as_ref().map(Records::to_bytes);
            let records = records.transpose().expect("records");
            let mut rest = records.as_deref().unwrap_or_default();
            while let Some((head, _)) = rest.split_first_chunk::<12>() {
                let (base, len) = head.split_at(8);
                let base = i64::from_be_bytes(base.try_into().expect("8 bytes"));
                let len = u32::from_be_bytes(len.try_into().expect("4 bytes"));
                assert_eq!(base, self.next, "what lies between is left out");
                self.next += 1;
                rest = &rest[12 + len as usize..];
            }
        }
        ErrorCode::NONE
    }
}

/// A time to live, and operators who have subscriptions skip messages, move readers too. But all is stored as before.
#[test]
#[ignore = "needs a Pulsar: cargo xtask test"]
fn what_expires_for_subscriptions_is_read_all_the_same() {
    let Some((first, cluster)) = server("messages that expire", &[]) else {
        return;
    };
    create(&first, "expires", 1);
    send(&first, "expires", WRITTEN);
    pause(Duration::from_secs(4));
    send(&first, "expires", 100);
    // The next one has nothing in memory.
    drop(first);
    let server = server_on(&cluster, &[]).expect("a binary");
    let expire = |seconds: u64| {
        let path = cluster.path("expires", 0);
        let path = format!("{path}/all_subscription/expireMessages/{seconds}");
        // It is refused for those that have read all, such as the server's reader of the tail; and done afterwards for the rest.
        let _ = cluster.admin("POST", &path);
        pause(Duration::from_secs(1));
    };
    let mut fetching = Fetching::new(&server, "expires");
    assert_eq!(fetching.to(100), ErrorCode::NONE);
    expire(3);
    assert_eq!(fetching.to(1_000), ErrorCode::NONE);
    // Nothing is left to wait for.
    expire(1);
    let began = Instant::now();
    let end = i64::try_from(WRITTEN).expect("few") + 100;
    assert_eq!(fetching.to(end), ErrorCode::NONE, "{}", server.log());
    assert!(
        began.elapsed() < Duration::from_secs(10),
        "{:?}",
        began.elapsed()
    );
}

/// Also where the server follows what others write.
#[test]
#[ignore = "needs Pulsar's clients: cargo xtask test"]
fn what_is_skipped_at_the_end_is_read_all_the_same() {
    let Some((server, cluster)) = server("skipped at the end", &[]) else {
        return;
    };
    let Some(native) = Native::installed("pulsar-python") else {
        return skip("skipped at the end", "pulsar-python is not installed");
    };
    create(&server, "skipped", 1);
    let reading = Reading::first(&server.bootstrap(), "skipped").expect("a consumer");
    // The broker holds back what the server's reader of the end is to get.
    let path = cluster.path("skipped", 0);
    let rate = format!("{}/dispatchRate", cluster.partitioned_path("skipped"));
    let slow = r#"{"dispatchThrottlingRateInMsg":20,"dispatchThrottlingRateInByte":-1,"ratePeriodInSecond":1}"#;
    cluster.admin_with("POST", &rate, slow).expect("a rate");
    pause(Duration::from_secs(1));
    let topic = cluster.topic("skipped", 0);
    let write = |numbers: Range<i64>| {
        let how = How {
            topic: &topic,
            codec: "NONE",
            batched: false,
        };
        let message = |number: i64| Seen {
            value: Some(number.to_string().into_bytes()),
            time: 1,
            ..Seen::default()
        };
        let messages = numbers.map(|number| (how.clone(), message(number)));
        let written = native.produce(&cluster.service_url, messages.collect::<Vec<_>>());
        written.expect("they are written");
    };
    write(0..300);
    let stats = cluster
        .admin("GET", &format!("{path}/stats"))
        .expect("statistics");
    let stats: serde_json::Value = serde_json::from_str(&stats).expect("JSON");
    for name in stats["subscriptions"].as_object().expect("readers").keys() {
        let skip = format!("{path}/subscription/{name}/skip_all");
        cluster.admin("POST", &skip).expect("they are skipped");
    }
    cluster.admin("DELETE", &rate).expect("it is removed");
    write(300..320);
    let found = texts(&server, &reading, 320);
    let wanted = (0..320).map(|number| (number, number.to_string()));
    assert!(found.iter().cloned().eq(wanted), "{found:?}");
}

/// As in Kafka a consumer learns that what it would read next is gone.
#[test]
#[ignore = "needs a Pulsar: cargo xtask test"]
fn what_is_deleted_while_it_is_read_is_out_of_range() {
    let Some((first, cluster)) = server("deleted while it is read", &[]) else {
        return;
    };
    create(&first, "deleted", 1);
    send(&first, "deleted", WRITTEN);
    drop(first);
    let server = server_on(&cluster, &[]).expect("a binary");
    let mut fetching = Fetching::new(&server, "deleted");
    assert_eq!(fetching.to(100), ErrorCode::NONE);
    let topic = cluster.partitioned_path("deleted");
    let none = r#"{"retentionTimeInMinutes":0,"retentionSizeInMB":0}"#;
    cluster
        .admin_with("POST", &format!("{topic}/retention"), none)
        .expect("the policy is set");
    let partition = cluster.path("deleted", 0);
    let gone = wait_until(Duration::from_secs(20), || {
        cluster
            .admin("POST", &format!("{partition}/trim"))
            .expect("it is trimmed");
        let stats = cluster.admin("GET", &format!("{partition}/internalStats"));
        let stats = stats.expect("statistics");
        let stats: serde_json::Value = serde_json::from_str(&stats).expect("JSON");
        let ledgers = stats["ledgers"].as_array().map(Vec::len);
        ledgers.is_some_and(|ledgers| ledgers < 3)
    });
    assert!(gone, "the broker deletes nothing");
    let end = i64::try_from(WRITTEN).expect("few");
    assert_eq!(fetching.to(end), ErrorCode::OFFSET_OUT_OF_RANGE);
}

#[test]
#[ignore = "needs a Pulsar: cargo xtask test"]
fn a_time_to_live_of_what_groups_commit_is_advised_against() {
    let Some((first, cluster)) = server("commits that expire", &[]) else {
        return;
    };
    let advice = "remove-message-ttl";
    assert!(!first.log().contains(advice), "{}", first.log());
    drop(first);
    let path = format!("namespaces/{}/messageTTL", cluster.metadata_namespace());
    cluster
        .admin_with("POST", &path, "259200")
        .expect("the policy is set");
    let server = server_on(&cluster, &[]).expect("a binary");
    assert!(server.log().contains(advice), "{}", server.log());
    let own = cluster.arguments();
    let arguments = own.iter().map(String::as_str).chain(["doctor"]);
    let doctor = run("doctor", &arguments.collect::<Vec<_>>()).expect("there is a binary");
    let said = said(&doctor);
    assert!(doctor.status.success() && said.contains(advice), "{said}");
}
