//! How a server ends, and who may use its data.

use std::process::Command;
use std::time::{Duration, Instant};

use kop_codec::ErrorCode;
use kop_tests::data::Record;
use kop_tests::librdkafka::{Reading, Sending};
use kop_tests::server::Setup;
use kop_tests::target::server_binary;

use super::{own, own_files, plain, unique};

const PATIENCE: Duration = Duration::from_secs(60);
/// "Within seconds", on a machine that is busy with other tests.
const STOP: Duration = Duration::from_secs(10);

fn record(number: usize) -> Record {
    Record {
        partition: (number % 2) as i32,
        ..Record::of(format!("{number:08}"))
    }
}

/// Sends without a pause until `stop` has ended the server, which begins after some acknowledgements; the result is the
/// acknowledged records with their offsets.
fn load(bootstrap: &str, topic: &str, stop: impl FnOnce() + Send) -> Vec<(usize, i64)> {
    // Nothing is sent again, so that every record is there at most once.
    let settings = [
        ("linger.ms", "1"),
        ("message.timeout.ms", "3000"),
        ("retries", "0"),
    ];
    let sending = Sending::new(bootstrap, &settings).expect("a producer");
    let (mut acknowledged, mut sent, mut stop) = (Vec::new(), 0, Some(stop));
    let deadline = Instant::now() + PATIENCE;
    std::thread::scope(|scope| {
        let mut stopping = None;
        while !stopping
            .as_ref()
            .is_some_and(|thread: &std::thread::ScopedJoinHandle<'_, ()>| thread.is_finished())
        {
            assert!(
                Instant::now() < deadline,
                "{} acknowledged",
                acknowledged.len()
            );
            for _ in 0..100 {
                sending.send(topic, &record(sent), sent).expect("send");
                sent += 1;
            }
            let reports = sending.reports();
            acknowledged
                .extend(reports.filter_map(|(number, result)| Some((number, result.ok()?))));
            if acknowledged.len() > 5_000 {
                stopping = stopping.or_else(|| Some(scope.spawn(stop.take()?)));
            }
            kop_tests::pause(Duration::from_millis(2));
        }
        stopping.expect("begun").join().expect("it stops");
    });
    sending.flush().expect("each is delivered or has failed");
    let reports = sending.reports();
    acknowledged.extend(reports.filter_map(|(number, result)| Some((number, result.ok()?))));
    acknowledged
}

#[test]
#[ignore = "needs a server: cargo xtask test"]
fn sigterm_under_load_loses_nothing_acknowledged() {
    let Some(mut case) = own("SIGTERM", Setup::default()) else {
        return;
    };
    let (bootstrap, topic) = (case.target.bootstrap(), unique("load"));
    let acknowledged = load(&bootstrap, &topic, || {
        let began = Instant::now();
        let status = case.server().stop().expect("it ends");
        assert_eq!(status.code(), Some(0), "{}", case.server().log());
        eprintln!("ended {:?} after SIGTERM", began.elapsed());
        assert!(began.elapsed() < STOP, "{:?}", began.elapsed());
    });
    case.server().spawn().expect("it starts again");
    let log = case.server().log();
    assert!(!log.contains("panicked"), "{log}");
    let reading = Reading::all(&bootstrap, &topic).expect("a consumer");
    let (mut stored, deadline) = ([Vec::new(), Vec::new()], Instant::now() + PATIENCE);
    let last = |p: i32| {
        let of = acknowledged
            .iter()
            .filter(|(number, _)| record(*number).partition == p);
        of.map(|(_, offset)| *offset).max().expect("some")
    };
    while (0..2).any(|p| (stored[p as usize].len() as i64) <= last(p)) {
        assert!(
            Instant::now() < deadline,
            "{} and {} records",
            stored[0].len(),
            stored[1].len()
        );
        for (offset, got) in reading.poll(Duration::from_millis(100)).expect("poll") {
            let values = &mut stored[got.partition as usize];
            assert_eq!(offset, values.len() as i64);
            values.push(got.value);
        }
    }
    for (number, offset) in acknowledged {
        let record = record(number);
        let found = &stored[record.partition as usize][offset as usize];
        assert_eq!(*found, record.value, "acknowledged at {offset}");
    }
}

#[test]
#[ignore = "needs a server: cargo xtask test"]
fn a_second_server_on_the_same_data_is_refused() {
    let Some(mut case) = own_files("two servers", Setup::default()) else {
        return;
    };
    let topic = case.topic(&[]);
    let data = case.server().data();
    let mut second = Command::new(server_binary().expect("a binary"));
    second.arg("--data-dir").arg(&data).args([
        "--listener",
        "127.0.0.1:0",
        "--set",
        "http.listener=127.0.0.1:0",
    ]);
    for (name, _) in
        std::env::vars_os().filter(|(name, _)| name.as_encoded_bytes().starts_with(b"KOP_"))
    {
        second.env_remove(name);
    }
    let output = second.output().expect("it ends");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success(), "{}", output.status);
    assert!(
        said.contains(&data.display().to_string()) && said.contains("another"),
        "it does not say what is wrong: {said}"
    );
    assert_eq!(
        case.produce(&topic, plain(1)).error_code,
        ErrorCode::NONE,
        "the first goes on"
    );
}
