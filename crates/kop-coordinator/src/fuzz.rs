//! Entry points for fuzzing: any records may lie in the coordinators' topics, and nothing may panic.

use std::mem::take;
use std::sync::Arc;

use bytes::{Buf, Bytes};

use crate::{
    GroupConfig, GroupRecord, GroupShard, NoTopics, Now, Outbox, TransactionConfig,
    TransactionOutbox, TransactionRecord, TransactionShard,
};

/// As many time-outs are waited for in one run.
const TIME_OUTS: usize = 16;
/// So that markers of one producer end what it wrote.
const PRODUCERS: u8 = 4;

/// Loads the records that the bytes hold, of groups and of transactional ids, and lets time-outs pass.
///
/// A record is a byte that says where it goes, the lengths of key and value in two bytes each, and both.
///
/// # Panics
/// If a record that was read and written is not read as the same again, or is loaded badly: faults of this code.
pub fn records(data: &[u8]) {
    let mut groups = GroupShard::new(Arc::new(GroupConfig::default()), Arc::new(NoTopics));
    let mut transactions = TransactionShard::new(Arc::new(TransactionConfig::default()));
    let mut rest = Bytes::copy_from_slice(data);
    while let Some((place, key, value)) = next(&mut rest) {
        let value = (place & 0x80 == 0).then_some(&value);
        let producer_id = i64::from(place % PRODUCERS);
        match place / PRODUCERS % 4 {
            0 => {
                if let Some(record) = group(&key, value) {
                    groups.load(record);
                }
            }
            1 => {
                if let Some(record) = group(&key, value) {
                    groups.load_in_transaction(producer_id, record);
                }
            }
            2 => groups.load_end_of_transaction(producer_id, value.is_some()),
            _ => {
                if let Some(record) = transaction(&key, value) {
                    transactions.load(&record);
                }
            }
        }
    }
    let_groups_go_on(groups);
    let_transactions_go_on(transactions);
}

fn next(rest: &mut Bytes) -> Option<(u8, Bytes, Bytes)> {
    let place = rest.try_get_u8().ok()?;
    let lengths = [rest.try_get_u16().ok()?, rest.try_get_u16().ok()?];
    let [key, value] = lengths.map(|len| rest.split_to(usize::from(len).min(rest.len())));
    Some((place, key, value))
}

fn group(key: &Bytes, value: Option<&Bytes>) -> Option<GroupRecord> {
    let record = GroupRecord::decode(key, value).ok()??;
    if let Ok((key, value)) = record.encode() {
        let again = GroupRecord::decode(&key, value.as_ref());
        let again = again.ok().flatten().map(|again| again.encode());
        assert_eq!(again, Some(Ok((key, value))), "{record:?} changes");
    }
    Some(record)
}

fn transaction(key: &Bytes, value: Option<&Bytes>) -> Option<TransactionRecord> {
    let record = TransactionRecord::decode(key, value).ok()??;
    if let Ok((key, value)) = record.encode() {
        let again = TransactionRecord::decode(&key, value.as_ref());
        let again = again.ok().flatten().map(|again| again.encode());
        assert_eq!(again, Some(Ok((key, value))), "{record:?} changes");
    }
    Some(record)
}

fn let_groups_go_on(mut groups: GroupShard) {
    let (mut out, mut now) = (Outbox::default(), Now::default());
    groups.loaded(now, &mut out);
    for _ in 0..TIME_OUTS {
        for write in take(&mut out.writes) {
            groups.written(now, write.then, Ok(()), &mut out);
        }
        now = at(groups.wake_at());
        groups.tick(now, &mut out);
    }
}

fn let_transactions_go_on(mut transactions: TransactionShard) {
    let (mut out, mut now) = (TransactionOutbox::default(), Now::default());
    transactions.loaded(now, &mut out);
    for _ in 0..TIME_OUTS {
        for write in take(&mut out.writes) {
            transactions.written(now, write.then, Ok(()), &mut out);
        }
        for job in take(&mut out.markers) {
            for (topic, partition) in &job.partitions {
                let partition = (&**topic, *partition);
                let id = &job.transactional_id;
                transactions.marker_written(now, id, job.producer, partition, &mut out);
            }
        }
        now = at(transactions.wake_at());
        transactions.tick(now, &mut out);
    }
}

/// Both clocks at the same time, which may be the end of time.
fn at(ms: i64) -> Now {
    Now {
        timer_ms: ms,
        wall_ms: ms,
    }
}
