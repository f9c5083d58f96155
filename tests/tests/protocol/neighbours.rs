//! Peers that stall or crawl, beside one that works as always.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use kop_codec::ErrorCode;
use kop_codec::messages::ApiVersionsRequest;
use kop_records::{BatchBuilder, Compression};
use kop_tests::data::Record;
use kop_tests::librdkafka::{Reading, Sending};
use kop_tests::server::Setup;
use kop_tests::wire::Wire;

use super::offsets::fetch_request;
use super::{Case, batch, now, own, unique};

const STALLED: usize = 20;
const REQUESTS: usize = 200;
const RECORDS: usize = 2_000;
const PATIENCE: Duration = Duration::from_secs(60);
/// The answers that nobody reads would take several gigabytes.
const ALLOWED: u64 = 100 << 20;

/// Connections that have asked for far more than they read, which is nothing.
fn stalled(case: &mut Case) -> Vec<Wire> {
    let topic = case.topic(&[]);
    let value = "x".repeat(900_000);
    for _ in 0..2 {
        let records = batch(BatchBuilder::new(Compression::None), &[(now(), &value)]);
        assert_eq!(case.produce(&topic, records).error_code, ErrorCode::NONE);
    }
    let mut wires: Vec<_> = (0..STALLED).map(|_| case.connect()).collect();
    for wire in &mut wires {
        for _ in 0..REQUESTS {
            wire.send(12, &fetch_request(&topic, 0)).expect("send");
        }
    }
    wires
}

/// Sends a request a byte at a time until `done`, then the rest; its answer comes all the same.
fn crawl(mut wire: Wire, done: &AtomicBool) {
    let frame = wire
        .frame(0, &ApiVersionsRequest::default())
        .expect("a frame");
    for byte in &frame {
        wire.write(&[*byte]).expect("write");
        let deadline = Instant::now() + Duration::from_secs(1);
        kop_tests::wait_until(Duration::from_secs(1), || {
            done.load(Ordering::Relaxed) || Instant::now() >= deadline
        });
    }
    let response = wire.receive::<ApiVersionsRequest>(0).expect("an answer");
    assert_eq!(response.error_code, ErrorCode::NONE);
}

/// Produces and consumes with an ordinary client.
fn work(bootstrap: &str) {
    let (topic, deadline) = (unique("work"), Instant::now() + PATIENCE);
    let sending = Sending::new(bootstrap, &[("linger.ms", "1")]).expect("a producer");
    let record = |number: usize| Record {
        partition: (number % 2) as i32,
        ..Record::of(number.to_string())
    };
    for number in 0..RECORDS {
        sending.send(&topic, &record(number), number).expect("send");
    }
    sending.flush().expect("delivered");
    let reading = Reading::all(bootstrap, &topic).expect("a consumer");
    let mut count = 0;
    while count < RECORDS {
        assert!(Instant::now() < deadline, "{count} of {RECORDS} records");
        for (offset, got) in reading.poll(Duration::from_millis(100)).expect("poll") {
            let number = 2 * offset as usize + got.partition as usize;
            assert_eq!(got.value, record(number).value);
            count += 1;
        }
    }
}

#[test]
#[ignore = "needs a server: cargo xtask test"]
fn who_does_not_read_and_who_crawls_harm_nobody() {
    let Some(mut case) = own("neighbours", Setup::default()) else {
        return;
    };
    let before = case.server().peak_memory().expect("VmHWM");
    let mut stalled = stalled(&mut case);
    let done = AtomicBool::new(false);
    let crawling = case.connect();
    let bootstrap = case.target.bootstrap();
    std::thread::scope(|scope| {
        scope.spawn(|| crawl(crawling, &done));
        let worked = std::panic::catch_unwind(|| {
            for _ in 0..3 {
                work(&bootstrap);
            }
        });
        done.store(true, Ordering::Relaxed);
        worked.expect("the neighbour works");
    });
    let grown = case.server().peak_memory().expect("VmHWM") - before;
    eprintln!("{STALLED} peers that do not read took {grown} bytes");
    assert!(grown < ALLOWED, "{grown} bytes");
    // Who reads after all gets what it asked for.
    let wire = stalled.last_mut().expect("one");
    for _ in 0..REQUESTS {
        let frame = wire.read_frame().expect("an answer");
        assert!(frame.len() > 900_000, "{} bytes", frame.len());
    }
}
