//! What the cleaner leaves of a log, batch by batch. Apache Kafka 4.3.1 leaves the same.

use std::time::Duration;

use kop_codec::ErrorCode;
use kop_records::Compression::{Gzip, Lz4, None as Plain, Snappy, Zstd};
use kop_records::{BatchBuilder, Compression};
use kop_tests::target::Target;

use super::cleaned_log::CleanedLog;
use super::produce::producer_id;
use super::settings::{BROKER, DELETE, SET};
use super::unique;

/// `delete.retention.ms`: long enough that nothing goes, and nothing.
const DAY: i64 = 86_400_000;
const NONE: i64 = 0;

/// Writes batches of which records go, from the middle, the end, or all.
fn put_superseded(log: &mut CleanedLog, codec: Compression) {
    log.put(codec, "a=1@10 b=2@50 c=3@20 d=4@40#h:x#null e=5@30");
    log.put(codec, "a=6@60 c=7@70");
    log.next_hour();
    log.put(codec, "b=8@5 x=9@80 a=10@90");
    log.put(codec, "c=11@100 y=12@110 y=13@95");
    log.next_hour();
    log.put(codec, "n=1@- m=2@-");
    log.put(codec, "n=3@-");
}

/// What is left of them, the last hour included.
fn left_of_superseded(codec: Compression) -> Vec<String> {
    let lines = [
        "0..4 CODEC create max 40: 3:d=4@40#h:x#null 4:e=5@30",
        "7..7 none create max 1h0: 7:hour1=@1h0",
        "8..10 CODEC create max 1h90: 8:b=8@1h5 9:x=9@1h80 10:a=10@1h90",
        "11..13 CODEC create max 1h100: 11:c=11@1h100 13:y=13@1h95",
        "14..14 none create max 2h0: 14:hour2=@2h0",
        "15..16 CODEC create max -: 16:m=2@-",
        "17..17 CODEC create max -: 17:n=3@-",
        "18..18 none create max 3h0: 18:hour3=@3h0",
    ];
    let lines = lines.iter();
    lines
        .map(|line| line.replace("CODEC", &codec.to_string()))
        .collect()
}

fn expect(log: &mut CleanedLog, lines: &[String]) {
    let lines: Vec<_> = lines.iter().map(String::as_str).collect();
    log.expect(&lines);
}

#[test]
#[ignore = "needs a server: cargo xtask test"]
fn superseded_records_go_in_every_codec() {
    for codec in [Plain, Gzip, Snappy, Lz4, Zstd] {
        let Some(mut log) = CleanedLog::new("cleaner", DAY, &[]) else {
            return;
        };
        put_superseded(&mut log, codec);
        log.clean();
        expect(&mut log, &left_of_superseded(codec));
    }
}

/// The codec of a batch stays, whatever the topic wants by now.
#[test]
#[ignore = "needs a server: cargo xtask test"]
fn a_batch_keeps_the_codec_in_which_it_was_stored() {
    for (codec, kind, stored) in [
        (Gzip, "zstd", Zstd),
        (Zstd, "uncompressed", Plain),
        (Plain, "gzip", Gzip),
    ] {
        let compression = [("compression.type", kind)];
        let Some(mut log) = CleanedLog::new("cleaner", DAY, &compression) else {
            return;
        };
        put_superseded(&mut log, codec);
        log.set("compression.type", "lz4");
        log.clean();
        let mut lines = left_of_superseded(stored);
        for line in &mut lines {
            // The topic's codec is that of single records too.
            if line.contains("hour3") {
                *line = line.replace("none", "lz4");
            } else if line.contains("hour") {
                *line = line.replace("none", &stored.to_string());
            }
        }
        expect(&mut log, &lines);
    }
}

/// A batch has no record of the server's own time: each has that of the batch, and keeps it.
#[test]
#[ignore = "needs a server: cargo xtask test"]
fn the_time_of_the_append_stays() {
    let by_append = [("message.timestamp.type", "LogAppendTime")];
    let Some(mut log) = CleanedLog::new("cleaner", DAY, &by_append) else {
        return;
    };
    log.put(Gzip, "a=1@10 b=2@50 c=3@20 e=4@5");
    log.put(Plain, "a=4@1 e=5@2");
    log.put(Gzip, "b@1 d=5@2");
    log.put(Plain, "e@30 f=6@20 e=7@10");
    log.set("message.timestamp.type", "CreateTime");
    log.clean();
    log.expect(&[
        "0..3 gzip append max now: 2:c=3@now",
        "4..5 none append max now: 4:a=4@now",
        "6..7 gzip append max now horizon: 6:b@now 7:d=5@now",
        "8..10 none append max now: 9:f=6@now 10:e=7@now",
        "11..11 none create max 1h0: 11:hour1=@1h0",
    ]);
}

fn put_tombstones(log: &mut CleanedLog) {
    log.put(Plain, "a=1@10 b=2@20 c=3@30");
    log.put(Lz4, "a@40 d=4@50 d=5@45 g=6@42");
    log.put(Gzip, "b@60 e=7@70");
    log.put(Plain, "b=8@80");
    log.put(Plain, "f@90");
    log.clean();
    log.expect(&[
        "0..2 none create max 30: 2:c=3@30",
        "3..6 lz4 create max 45 horizon: 3:a@40 5:d=5@45 6:g=6@42",
        "7..8 gzip create max 70: 8:e=7@70",
        "9..9 none create max 80: 9:b=8@80",
        "10..10 none create max 90 horizon: 10:f@90",
        "11..11 none create max 1h0: 11:hour1=@1h0",
    ]);
}

/// A tombstone's time is told from the first round on, and does not change with the setting.
#[test]
#[ignore = "needs a server: cargo xtask test"]
fn tombstones_stay_until_their_horizon() {
    let Some(mut log) = CleanedLog::new("cleaner", DAY, &[]) else {
        return;
    };
    put_tombstones(&mut log);
    log.set("delete.retention.ms", "0");
    log.put(Plain, "d=9@10");
    log.clean();
    log.expect(&[
        "0..2 none create max 30: 2:c=3@30",
        "3..6 lz4 create max 42 horizon: 3:a@40 6:g=6@42",
        "7..8 gzip create max 70: 8:e=7@70",
        "9..9 none create max 80: 9:b=8@80",
        "10..10 none create max 90 horizon: 10:f@90",
        "11..11 none create max 1h0: 11:hour1=@1h0",
        "12..12 none create max 1h10: 12:d=9@1h10",
        "13..13 none create max 2h0: 13:hour2=@2h0",
    ]);
}

/// Without retention they go in the round after the one that met them, and not before.
#[test]
#[ignore = "needs a server: cargo xtask test"]
fn tombstones_go_after_their_horizon() {
    let Some(mut log) = CleanedLog::new("cleaner", NONE, &[]) else {
        return;
    };
    put_tombstones(&mut log);
    log.put(Plain, "d=9@10");
    log.clean();
    log.expect(&[
        "0..2 none create max 30: 2:c=3@30",
        "3..6 lz4 create max 42 horizon: 6:g=6@42",
        "7..8 gzip create max 70: 8:e=7@70",
        "9..9 none create max 80: 9:b=8@80",
        "11..11 none create max 1h0: 11:hour1=@1h0",
        "12..12 none create max 1h10: 12:d=9@1h10",
        "13..13 none create max 2h0: 13:hour2=@2h0",
    ]);
}

/// The last batch of a producer tells how far it has come, and stays without records.
#[test]
#[ignore = "needs a server: cargo xtask test"]
fn the_last_batch_of_a_producer_stays() {
    let Some(mut log) = CleanedLog::new("cleaner", NONE, &[]) else {
        return;
    };
    let [p0, p1, p2] = ["p0", "p1", "p2"].map(|name| {
        let producer = producer_id(&mut log.case);
        log.name(producer, name)
    });
    log.put_from(p0, 0, Plain, "a=1@10 b=2@20");
    log.put_from(p0, 2, Gzip, "a=3@30 b=4@40");
    log.put_from(p1, 0, Lz4, "c=5@50 d=6@60");
    log.put(Plain, "a=7@70 b=8@80 c=9@90 d=10@100");
    log.put_from(p2, 0, Zstd, "e=1@105 f=2@106");
    log.put(Plain, "e=3@110");
    log.clean();
    log.expect(&[
        "2..3 none create max 40 by p0/0/2:",
        "4..5 none create max 60 by p1/0/0:",
        "6..9 none create max 100: 6:a=7@70 7:b=8@80 8:c=9@90 9:d=10@100",
        "10..11 zstd create max 106 by p2/0/0: 11:f=2@106",
        "12..12 none create max 110: 12:e=3@110",
        "13..13 none create max 1h0: 13:hour1=@1h0",
    ]);
    log.put_from(p0, 4, Plain, "g=1@10");
    log.put(Plain, "f@20");
    log.clean();
    log.expect(&[
        "4..5 none create max 60 by p1/0/0:",
        "6..9 none create max 100: 6:a=7@70 7:b=8@80 8:c=9@90 9:d=10@100",
        "10..11 none create max 106 by p2/0/0:",
        "12..12 none create max 110: 12:e=3@110",
        "13..13 none create max 1h0: 13:hour1=@1h0",
        "14..14 none create max 1h10 by p0/0/4: 14:g=1@1h10",
        "15..15 none create max 1h20 horizon: 15:f@1h20",
        "16..16 none create max 2h0: 16:hour2=@2h0",
    ]);
    // And goes on from there.
    log.put_from(p1, 2, Plain, "h=1@10");
    log.put_from(p2, 2, Plain, "g@20");
    log.clean();
    log.expect(&[
        "6..9 none create max 100: 6:a=7@70 7:b=8@80 8:c=9@90 9:d=10@100",
        "12..12 none create max 110: 12:e=3@110",
        "13..13 none create max 1h0: 13:hour1=@1h0",
        "14..14 none create max 1h10 by p0/0/4:",
        "16..16 none create max 2h0: 16:hour2=@2h0",
        "17..17 none create max 2h10 by p1/0/2: 17:h=1@2h10",
        "18..18 none create max 2h20 by p2/0/2 horizon: 18:g@2h20",
        "19..19 none create max 3h0: 19:hour3=@3h0",
    ]);
}

/// A marker stays while something is left of its transaction, and then as long as a tombstone.
#[test]
#[ignore = "needs a server: cargo xtask test"]
fn markers_go_after_their_transactions() {
    let Some(mut log) = CleanedLog::new("cleaner", NONE, &[]) else {
        return;
    };
    let ids = [unique("first"), unique("second")];
    let [p0, p1] = [("p0", &ids[0]), ("p1", &ids[1])].map(|(name, id)| {
        let producer = log.case.new_producer(id);
        (id.as_str(), log.name(producer, name))
    });
    log.put_in_transaction(9, p0, 0, "a=1@10");
    log.end(3, p0, true);
    log.put_in_transaction(9, p1, 0, "a=2@20 b=2@21");
    log.end(3, p1, false);
    log.put_in_transaction(9, p0, 1, "b=3@30 c=3@31");
    log.end(3, p0, true);
    log.put(Plain, "c=4@40");
    log.put_in_transaction(9, p1, 2, "d=5@50");
    log.end(3, p1, true);
    log.clean();
    log.expect(&[
        "0..0 none create max 10 by p0/0/0 txn: 0:a=1@10",
        "1..1 none create max now by p0/0/-1 txn control: 1:COMMIT@now",
        "4..4 none create max now by p1/0/-1 txn control: 4:ABORT@now",
        "5..6 none create max 30 by p0/0/1 txn: 5:b=3@30",
        "7..7 none create max now by p0/0/-1 txn control: 7:COMMIT@now",
        "8..8 none create max 40: 8:c=4@40",
        "9..9 none create max 50 by p1/0/2 txn: 9:d=5@50",
        "10..10 none create max now by p1/0/-1 txn control: 10:COMMIT@now",
        "11..11 none create max 1h0: 11:hour1=@1h0",
        "aborted p1 from 2",
    ]);
    let rest = [
        "5..6 none create max 30 by p0/0/1 txn:",
        "7..7 none create max now by p0/0/-1 txn control: 7:COMMIT@now",
        "8..8 none create max 40: 8:c=4@40",
        "9..9 none create max 50 by p1/0/2 txn: 9:d=5@50",
        "10..10 none create max now by p1/0/-1 txn control: 10:COMMIT@now",
        "11..11 none create max 1h0: 11:hour1=@1h0",
        "12..13 none create max 1h12: 12:a=9@1h11 13:b=9@1h12",
        "14..14 none create max 2h0: 14:hour2=@2h0",
        "15..15 none create max 2h10: 15:e=1@2h10",
        "16..16 none create max 3h0: 16:hour3=@3h0",
        "17..17 none create max 3h10: 17:f=1@3h10",
        "18..18 none create max 4h0: 18:hour4=@4h0",
    ];
    log.put(Plain, "a=9@11 b=9@12");
    log.clean();
    let mut lines = vec![
        "1..1 none create max now by p0/0/-1 txn control: 1:COMMIT@now",
        "4..4 none create max now by p1/0/-1 txn control horizon: 4:ABORT@now",
    ];
    lines.extend(&rest[..8]);
    log.expect(&lines);
    log.put(Plain, "e=1@10");
    log.clean();
    let mut lines = vec!["1..1 none create max now by p0/0/-1 txn control horizon: 1:COMMIT@now"];
    lines.extend(&rest[..10]);
    log.expect(&lines);
    log.put(Plain, "f=1@10");
    log.clean();
    log.expect(&rest);
}

/// Where each transaction has an epoch of its own, the last marker tells it.
#[test]
#[ignore = "needs a server: cargo xtask test"]
fn the_marker_of_the_last_epoch_stays() {
    let Some(mut log) = CleanedLog::new("cleaner", NONE, &[]) else {
        return;
    };
    let id = unique("id");
    let first = log.case.new_producer(&id);
    log.name(first, "p0");
    log.put_in_transaction(12, (&id, first), 0, "a=1@10");
    let second = log.end(5, (&id, first), true);
    assert_eq!(second, (first.0, first.1 + 1));
    log.put_in_transaction(12, (&id, second), 0, "b=1@20");
    let third = log.end(5, (&id, second), false);
    assert_eq!(third, (first.0, first.1 + 2));
    log.put(Plain, "a=2@30");
    let rest = [
        "4..4 none create max 30: 4:a=2@30",
        "5..5 none create max 1h0: 5:hour1=@1h0",
        "6..6 none create max 2h0: 6:hour2=@2h0",
        "7..7 none create max 3h0: 7:hour3=@3h0",
        "8..8 none create max 4h0: 8:hour4=@4h0",
    ];
    let rounds: [&[&str]; 4] = [
        &[
            "1..1 none create max now by p0/1/-1 txn control: 1:COMMIT@now",
            "3..3 none create max now by p0/2/-1 txn control: 3:ABORT@now",
        ],
        &[
            "1..1 none create max now by p0/1/-1 txn control horizon: 1:COMMIT@now",
            "3..3 none create max now by p0/2/-1 txn control horizon: 3:ABORT@now",
        ],
        &["3..3 none create max now by p0/2/-1 txn control:"],
        &["3..3 none create max now by p0/2/-1 txn control:"],
    ];
    for (n, markers) in rounds.into_iter().enumerate() {
        log.clean();
        let mut lines = markers.to_vec();
        lines.extend(&rest[..n + 2]);
        if n == 0 {
            lines.push("aborted p0 from 2");
        }
        log.expect(&lines);
    }
}

/// The segment in which a transaction is open, and all behind it, is left alone.
#[test]
#[ignore = "needs a server: cargo xtask test"]
fn an_open_transaction_holds_the_cleaner_back() {
    let Some(mut log) = CleanedLog::new("cleaner", NONE, &[]) else {
        return;
    };
    let id = unique("id");
    let by = log.case.new_producer(&id);
    log.name(by, "p0");
    log.put(Plain, "a=1@10");
    log.put(Plain, "a=2@20");
    log.next_hour();
    log.put(Plain, "c=1@5 c=2@6");
    log.put_in_transaction(9, (&id, by), 0, "b=1@10");
    log.put(Plain, "a=3@20");
    log.next_hour();
    log.put(Plain, "a=4@10");
    log.clean();
    let open = [
        "1..1 none create max 20: 1:a=2@20",
        "2..2 none create max 1h0: 2:hour1=@1h0",
        "3..4 none create max 1h6: 3:c=1@1h5 4:c=2@1h6",
        "5..5 none create max 1h10 by p0/0/0 txn: 5:b=1@1h10",
        "6..6 none create max 1h20: 6:a=3@1h20",
        "7..7 none create max 2h0: 7:hour2=@2h0",
        "8..8 none create max 2h10: 8:a=4@2h10",
        "9..9 none create max 3h0: 9:hour3=@3h0",
    ];
    log.expect(&open);
    log.end(3, (&id, by), false);
    log.expect(&[
        open[1],
        "3..4 none create max 1h6: 4:c=2@1h6",
        "5..5 none create max 1h10 by p0/0/0 txn:",
        open[5],
        open[6],
        open[7],
        "10..10 none create max now by p0/0/-1 txn control: 10:ABORT@now",
        "aborted p0 from 5",
    ]);
}

/// Records without keys, from before the topic was compacted, are never the last of their key.
#[test]
#[ignore = "needs a server: cargo xtask test"]
fn records_without_keys_go() {
    let deleted = [("cleanup.policy", "delete")];
    let Some(mut log) = CleanedLog::new("cleaner", NONE, &deleted) else {
        return;
    };
    log.put(Plain, "-=1@10 a=2@20 z=1@15");
    log.put(Plain, "-=3@30");
    log.put(Snappy, "a=4@40 -=5@41 b=6@39");
    log.put(Snappy, "-=7@50 -=8@60");
    log.set("cleanup.policy", "compact");
    let refused = log.batch(BatchBuilder::new(Plain), "a=1@1 -=1@1");
    let topic = log.topic.clone();
    let answer = log.case.produce(&topic, refused);
    assert_eq!(answer.error_code, ErrorCode::INVALID_RECORD);
    log.clean();
    log.expect(&[
        "0..2 none create max 15: 2:z=1@15",
        "4..6 snappy create max 40: 4:a=4@40 6:b=6@39",
        // It tells where the log went on.
        "7..8 none create max 60:",
        "9..9 none create max 1h0: 9:hour1=@1h0",
    ]);
    log.clean();
    log.expect(&[
        "0..2 none create max 15: 2:z=1@15",
        "4..6 snappy create max 40: 4:a=4@40 6:b=6@39",
        "9..9 none create max 1h0: 9:hour1=@1h0",
        "10..10 none create max 2h0: 10:hour2=@2h0",
    ]);
}

/// A rate bounds the cleaner, and a new one counts at once, in the middle of a round.
#[test]
#[ignore = "needs a server: cargo xtask test"]
fn the_cleaner_keeps_to_its_rate() {
    let segments = [("segment.bytes", "1048576")];
    let Some(mut log) = CleanedLog::new("rate of the cleaner", DAY, &segments) else {
        return;
    };
    let rate = "log.cleaner.io.max.bytes.per.second";
    if let Target::Running(..) = log.case.target {
        eprintln!(
            "skipped: Apache Kafka looks at its rate only every 300 ms, in which all is done"
        );
        return;
    }
    let change = |log: &mut CleanedLog, kind, value| {
        let error = log.case.alter(BROKER, "", &[(rate, kind, value)]);
        assert_eq!(error, ErrorCode::NONE, "{value:?}");
    };
    // Half a minute to read it once: it is read twice.
    change(&mut log, SET, Some("100000"));
    let filler = "x".repeat(100_000);
    for n in 0..30 {
        log.put(Plain, &format!("a={n}{filler}@{n}"));
    }
    // Servers hear of it within a second.
    kop_tests::pause(Duration::from_secs(2));
    let before = log.batches();
    assert_eq!(before, 30);
    log.clean();
    kop_tests::pause(Duration::from_secs(5));
    let during = log.batches();
    change(&mut log, DELETE, None);
    assert_eq!(during, before + 1, "it has cleaned faster than it may");
    let cleaned = kop_tests::wait_until(Duration::from_secs(20), || log.batches() == 2);
    assert!(cleaned, "{} batches are left", log.batches());
}

/// Batches of the formats before 0.11 are written anew, also where nothing goes, each as what is left of it.
///
/// Nobody can send them any more: they are put into the log's file.
#[test]
#[ignore = "needs a server: cargo xtask test"]
fn batches_of_old_formats_are_converted() {
    let Some(mut log) = CleanedLog::new("old formats", NONE, &[]) else {
        return;
    };
    let (mut bytes, mut all, mut living) = (Vec::new(), Vec::new(), Vec::new());
    let mut next = 0;
    for (magic, codec, by_append) in [
        (1, Plain, false),
        (1, Gzip, false),
        (1, Snappy, false),
        (1, Snappy, true),
        (1, Lz4, false),
        (0, Plain, false),
        (0, Gzip, false),
        (0, Snappy, false),
        (0, Lz4, false),
    ] {
        let mut builder = BatchBuilder::new(codec).magic(magic).base_offset(next);
        if by_append {
            builder = builder.log_append_time(log.time(33));
        }
        let records = format!("x=0@50 k{next}=1@10 x=2@40 t{next}@20 x=4@60");
        bytes.extend_from_slice(&log.batch(builder, &records));
        let (k, t) = (next + 1, next + 3);
        let (kind, times) = match (magic, by_append) {
            (0, _) => ("create", ["-", "-"]),
            (_, true) => ("append", ["33", "33"]),
            _ => ("create", ["10", "20"]),
        };
        let record = format!("{k}:k{next}=1@{}", times[0]);
        let tombstone = format!("{t}:t{next}@{}", times[1]);
        let line = |last, max, rest: &str| format!("{k}..{last} {codec} {kind} max {max}{rest}");
        if codec == Plain {
            // Each message is a batch.
            let (kept, max) = (line(k, times[0], &format!(": {record}")), times[1]);
            all.push(kept.clone());
            all.push(format!(
                "{t}..{t} {codec} {kind} max {max} horizon: {tombstone}"
            ));
            living.push(kept);
        } else {
            all.push(line(
                t,
                times[1],
                &format!(" horizon: {record} {tombstone}"),
            ));
            living.push(line(t, times[0], &format!(" horizon: {record}")));
        }
        next += 5;
    }
    if !log.plant(&bytes, next) {
        return;
    }
    log.put(Plain, "x=9@70");
    let mut rest = Vec::new();
    for lines in [&mut all, &mut living] {
        rest.push(format!(
            "{0}..{0} none create max {1}h0: {0}:hour{1}=@{1}h0",
            next + rest.len() as i64 + 1,
            rest.len() + 1
        ));
        lines.push(format!("{next}..{next} none create max 70: {next}:x=9@70"));
        lines.extend_from_slice(&rest);
        log.clean();
        expect(&mut log, lines);
    }
}
