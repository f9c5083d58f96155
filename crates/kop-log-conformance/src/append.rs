//! Properties of appending.

use futures_util::future::join_all;
use kop_log::LogError;
use kop_records::TimestampType;

use crate::Backend;
use crate::fixture::{Batch, NOW, from, partition, read, read_all, read_values};

/// Offsets begin at 0 and have no gaps.
pub async fn offsets_are_dense(backend: &dyn Backend) {
    let catalog = backend.open().await;
    let log = partition(&*catalog, &[]).await;
    let mut next = 0;
    for values in [vec!["a", "b", "c"], vec!["d"], vec!["e", "f"]] {
        let appended = Batch::of(&values).append(&log).await.expect("appended");
        assert_eq!(appended.base_offset, next);
        next += values.len() as i64;
        assert_eq!(
            (appended.last_offset, appended.log_start_offset),
            (next - 1, 0)
        );
        assert_eq!(
            (appended.log_append_time_ms, appended.duplicate),
            (-1, false)
        );
        let offsets = log.offsets();
        assert_eq!((offsets.log_start, offsets.log_end), (0, next));
        assert_eq!((offsets.high_watermark, offsets.last_stable), (next, next));
    }
    assert_eq!(read_values(&log, 0).await, ["a", "b", "c", "d", "e", "f"]);
}

/// Appends take effect in the order of the calls, in whichever order the futures are polled.
pub async fn calls_fix_the_order(backend: &dyn Backend) {
    let catalog = backend.open().await;
    let log = partition(&*catalog, &[]).await;
    let config = log.config();
    let values: Vec<_> = (0..50).map(|number| format!("v{number}")).collect();
    let calls: Vec<_> = values
        .iter()
        .map(|value| log.append(Batch::of(&[value]).request(&config)))
        .collect();
    for (index, call) in calls.into_iter().enumerate().rev() {
        assert_eq!(call.await.expect("appended").base_offset, index as i64);
    }
    assert_eq!(read_values(&log, 0).await, values);
}

/// Appends of many tasks get offsets of their own, and every record is where its append said.
pub async fn concurrent_appends_take_turns(backend: &dyn Backend) {
    let catalog = backend.open().await;
    let log = partition(&*catalog, &[("internal.segment.bytes", "4096")]).await;
    let task = |task: usize| {
        let log = log.clone();
        tokio::spawn(async move {
            let mut done = Vec::new();
            for round in 0..50 {
                let values: Vec<_> = (0..=(task + round) % 4)
                    .map(|n| format!("{task}-{round}-{n}"))
                    .collect();
                let texts: Vec<_> = values.iter().map(String::as_str).collect();
                done.push((Batch::of(&texts).append_ok(&log).await, values));
            }
            done
        })
    };
    let tasks = join_all((0..8).map(task)).await;
    let mut said: Vec<_> = tasks
        .into_iter()
        .flat_map(|done| done.expect("the task ends well"))
        .collect();
    for appends in said.chunks(50) {
        assert!(
            appends.windows(2).all(|pair| pair[0].0 < pair[1].0),
            "a task's appends keep their order"
        );
    }
    said.sort_unstable();
    let values: Vec<_> = said.iter().flat_map(|(_, values)| values.clone()).collect();
    assert_eq!(read_values(&log, 0).await, values);
    let mut next = 0;
    for (base_offset, values) in said {
        assert_eq!(base_offset, next);
        next += values.len() as i64;
    }
}

/// Dropping an append's future does not take the append back.
pub async fn a_dropped_future_takes_nothing_back(backend: &dyn Backend) {
    let catalog = backend.open().await;
    let log = partition(&*catalog, &[]).await;
    drop(log.append(Batch::of(&["dropped"]).request(&log.config())));
    assert_eq!(Batch::of(&["kept"]).append_ok(&log).await, 1);
    assert_eq!(read_values(&log, 0).await, ["dropped", "kept"]);
}

/// Under `LogAppendTime` the time of the append is answered and is the records' timestamp.
pub async fn log_append_time_is_the_time_of_the_append(backend: &dyn Backend) {
    let catalog = backend.open().await;
    let log = partition(&*catalog, &[("message.timestamp.type", "LogAppendTime")]).await;
    let appended = Batch::at(&[5, 7]).append(&log).await.expect("appended");
    assert_eq!(appended.log_append_time_ms, NOW);
    let batches = read(&log, from(0)).await.expect("read");
    assert_eq!(batches[0].timestamp_type(), TimestampType::LogAppendTime);
    assert!(
        read_all(&log, 0)
            .await
            .iter()
            .all(|record| record.timestamp == NOW)
    );
}

/// What cannot fit a segment is refused, and leaves nothing behind.
pub async fn more_than_a_segment_is_refused(backend: &dyn Backend) {
    let catalog = backend.open().await;
    let log = partition(&*catalog, &[("internal.segment.bytes", "500")]).await;
    let refused = Batch::sized(600).append(&log).await;
    assert!(
        matches!(refused, Err(LogError::TooLarge { limit: 500, .. })),
        "{refused:?}"
    );
    assert_eq!(Batch::of(&["a"]).append_ok(&log).await, 0);
    assert_eq!(read_values(&log, 0).await, ["a"]);
}
