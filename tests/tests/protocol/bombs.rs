//! Batches that are small as they are sent and enormous when they are read.

use kop_codec::{Bytes, ErrorCode};
use kop_records::{BatchBuilder, Compression};
use kop_tests::requests::produce;
use kop_tests::server::Setup;

use super::{now, own, plain};

/// More than a request may have: no client could have sent this without a codec.
const EXPANDED: usize = 160 << 20;
/// What eight of them at once may cost the server above its start, their frames included; one alone would take more if
/// it were expanded.
const ALLOWED: u64 = 128 << 20;

/// A batch with a record of zeros.
fn bomb(codec: Compression) -> Bytes {
    let mut builder = BatchBuilder::new(codec);
    let value = vec![0; EXPANDED];
    builder
        .append(now(), None, Some(&value), &[])
        .expect("append");
    builder.build().expect("build")
}

fn refused(codec: Compression) {
    let Some(mut case) = own(codec.name(), Setup::default()) else {
        return;
    };
    // So that it is not refused for what it is compressed.
    let topic = case.topic(&[("max.message.bytes", "67108864")]);
    let before = case.server().peak_memory().expect("VmHWM");
    let bomb = bomb(codec);
    assert!(bomb.len() < 16 << 20, "{} bytes are no bomb", bomb.len());
    let mut wires: Vec<_> = (0..8).map(|_| case.connect()).collect();
    for wire in &mut wires {
        wire.send(9, &produce(&topic, 0, bomb.clone()))
            .expect("send");
    }
    for wire in &mut wires {
        let mut response = wire
            .receive::<kop_codec::messages::ProduceRequest>(9)
            .expect("Produce");
        let answer = response.responses.remove(0).partition_responses.remove(0);
        assert_eq!(
            answer.error_code,
            ErrorCode::MESSAGE_TOO_LARGE,
            "{answer:?}"
        );
    }
    let grown = case.server().peak_memory().expect("VmHWM") - before;
    eprintln!(
        "{} bombs of {} bytes took {grown} bytes",
        codec.name(),
        bomb.len()
    );
    assert!(grown < ALLOWED, "{grown} bytes");
    let answer = case.produce(&topic, plain(1));
    assert_eq!(
        (answer.error_code, answer.base_offset),
        (ErrorCode::NONE, 0),
        "nothing of them is stored"
    );
}

#[test]
#[ignore = "needs a server: cargo xtask test"]
fn of_gzip() {
    refused(Compression::Gzip);
}

#[test]
#[ignore = "needs a server: cargo xtask test"]
fn of_snappy() {
    refused(Compression::Snappy);
}

#[test]
#[ignore = "needs a server: cargo xtask test"]
fn of_lz4() {
    refused(Compression::Lz4);
}

#[test]
#[ignore = "needs a server: cargo xtask test"]
fn of_zstd() {
    refused(Compression::Zstd);
}
