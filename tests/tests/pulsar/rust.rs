//! An independent consumer in Rust, of the crate `pulsar`, reads what a Kafka client wrote: by itself the format `pulsar`,
//! the Kafka formats with kop-entry's `PayloadProcessor`. It compares the checksums of entries.

use kop_tests::data::{CODECS, Record};
use kop_tests::native::Native;
use kop_tests::steps;
use kop_tests::target::skip;

use crate::{create, server};

/// Records of each codec.
const COUNT: usize = 50;
/// Seconds without a message after which it has read all there is.
const IDLE: &str = "3";

fn record(codec: &str, number: usize, nulls: bool) -> Record {
    let binary = [b'k', 0, 0xff, number as u8];
    Record {
        key: (!nulls || !number.is_multiple_of(3)).then(|| binary.to_vec()),
        value: (!nulls || !number.is_multiple_of(5))
            .then(|| format!("{codec} {number}").into_bytes()),
        ..Record::default()
    }
}

fn text(bytes: Option<&Vec<u8>>) -> String {
    bytes.map_or_else(
        || "null".to_owned(),
        |bytes| bytes.escape_ascii().to_string(),
    )
}

fn reads(format: &str, how: &str) {
    let test = format!("{format} read in Rust");
    let Some(rust) = Native::installed("pulsar-rs") else {
        return skip(
            &test,
            "the client is not installed; cargo xtask test installs it",
        );
    };
    let Some((server, cluster)) = server(&test, &[&format!("entryFormat={format}")]) else {
        return;
    };
    create(&server, "topic", 1);
    let mut wanted = Vec::new();
    for codec in CODECS {
        // The crate's consumer does not tell a null from what is empty.
        let of = |number| record(codec, number, how == "processor");
        let records: Vec<Record> = (0..COUNT).map(of).collect();
        let settings = [("compression.type", codec), ("linger.ms", "20")];
        steps::send(&server.bootstrap(), "topic", &settings, &records).expect("a write");
        let line = |record: &Record| {
            let (key, value) = (text(record.key.as_ref()), text(record.value.as_ref()));
            format!("{key}\t{value}")
        };
        wanted.extend(records.iter().map(line));
    }
    let address = cluster.service_url.trim_start_matches("pulsar://");
    let said = rust
        .output(&[how, address, &cluster.topic("topic", 0), IDLE])
        .expect("it reads");
    let found = said.lines().map(|line| {
        let (message, _batch_index) = line.rsplit_once('\t').unwrap_or((line, ""));
        message.to_owned()
    });
    assert_eq!(found.collect::<Vec<_>>(), wanted, "{}", server.log());
}

#[test]
#[ignore = "needs a Pulsar: cargo xtask test"]
fn the_format_pulsar() {
    reads("pulsar", "plain");
}

#[test]
#[ignore = "needs a Pulsar: cargo xtask test"]
fn the_format_kafka() {
    reads("kafka", "processor");
}

#[test]
#[ignore = "needs a Pulsar: cargo xtask test"]
fn the_format_mixed_kafka() {
    reads("mixed_kafka", "processor");
}
