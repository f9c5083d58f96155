//! Kafka's `.snapshot` files: the producers of a log at an offset.

use bytes::{Buf, BufMut};

use super::ProducerState;
use super::entry::{Entry, Remembered};
use crate::LogError;

const VERSION: i16 = 1;
/// Version, checksum, number of entries.
const HEADER_LEN: usize = 10;
/// The checksum covers what follows it.
const CHECKED_FROM: usize = 6;
const ENTRY_LEN: usize = 46;

impl ProducerState {
    /// The contents of Kafka's `.snapshot` file for this state. It has the last batch of each producer only: after a
    /// restart an older one that is sent again is out of order, not a duplicate, as with Kafka.
    pub fn snapshot(&self) -> Vec<u8> {
        let mut entries: Vec<_> = self.entries().collect();
        entries.sort_unstable_by_key(|(producer_id, _)| *producer_id);
        let mut bytes = Vec::with_capacity(HEADER_LEN + ENTRY_LEN * entries.len());
        bytes.put_i16(VERSION);
        bytes.put_u32(0);
        bytes.put_u32(
            u32::try_from(entries.len()).expect("invariant: memory does not hold 2³² producers"),
        );
        for (producer_id, entry) in entries {
            put_entry(&mut bytes, producer_id, entry);
        }
        let crc = crc32c::crc32c(&bytes[CHECKED_FROM..]);
        bytes[2..CHECKED_FROM].copy_from_slice(&crc.to_be_bytes());
        bytes
    }

    /// Reads the contents of a `.snapshot` file.
    ///
    /// # Errors
    /// [`LogError::Malformed`] for another version, a wrong checksum or a wrong length.
    pub fn load(bytes: &[u8]) -> Result<Self, LogError> {
        let malformed = |reason: String| LogError::Malformed {
            what: "producer snapshot",
            reason,
        };
        if bytes.len() < HEADER_LEN {
            return Err(malformed(format!("{} bytes are too few", bytes.len())));
        }
        let mut rest = bytes;
        let version = rest.get_i16();
        if version != VERSION {
            return Err(malformed(format!("version {version} is not {VERSION}")));
        }
        let (stored, computed) = (rest.get_u32(), crc32c::crc32c(&bytes[CHECKED_FROM..]));
        if stored != computed {
            return Err(malformed(format!(
                "the stored CRC is {stored:#010x}, the computed {computed:#010x}"
            )));
        }
        let count = rest.get_u32();
        if rest.len() as u64 != u64::from(count) * ENTRY_LEN as u64 {
            return Err(malformed(format!(
                "{} bytes are not {count} entries",
                rest.len()
            )));
        }
        let mut state = Self::default();
        while rest.has_remaining() {
            let (producer_id, entry) = get_entry(&mut rest);
            state.insert(producer_id, entry);
        }
        Ok(state)
    }
}

fn put_entry(bytes: &mut Vec<u8>, producer_id: i64, entry: &Entry) {
    let nothing = Remembered {
        last_sequence: -1,
        offset_delta: 0,
        last_offset: -1,
        timestamp: -1,
    };
    let last = entry.last().unwrap_or(&nothing);
    bytes.put_i64(producer_id);
    bytes.put_i16(entry.epoch);
    bytes.put_i32(last.last_sequence);
    bytes.put_i64(last.last_offset);
    bytes.put_i32(last.offset_delta);
    bytes.put_i64(entry.last_timestamp);
    bytes.put_i32(entry.coordinator_epoch);
    bytes.put_i64(entry.open_since.unwrap_or(-1));
}

/// The caller has checked that there are [`ENTRY_LEN`] bytes.
fn get_entry(bytes: &mut &[u8]) -> (i64, Entry) {
    let producer_id = bytes.get_i64();
    let epoch = bytes.get_i16();
    let (last_sequence, last_offset, offset_delta) =
        (bytes.get_i32(), bytes.get_i64(), bytes.get_i32());
    let last_timestamp = bytes.get_i64();
    let coordinator_epoch = bytes.get_i32();
    let open_since = Some(bytes.get_i64()).filter(|offset| *offset >= 0);
    let mut entry = Entry::new();
    entry.epoch = epoch;
    entry.coordinator_epoch = coordinator_epoch;
    entry.last_timestamp = last_timestamp;
    entry.open_since = open_since;
    if last_offset >= 0 {
        entry.remember(Remembered {
            last_sequence,
            offset_delta,
            last_offset,
            timestamp: last_timestamp,
        });
    }
    (producer_id, entry)
}
