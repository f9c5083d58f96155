//! Control records: markers that brokers write between data, in batches of their own.
//!
//! The key of a control record is a version and a type; the value depends on the type. Only the transaction markers are
//! interpreted here. The others belong to Kafka's metadata log (KIP-595, KIP-630, KIP-853), and their values are
//! messages of the protocol.

use bytes::Bytes;

use crate::record::RecordView;
use crate::{BatchBuilder, Compression, RecordsError};

/// Highest version of keys and of marker values that Kafka writes. Later ones are read as this one.
const CURRENT_VERSION: i16 = 0;
/// A key: version and type.
const KEY_LEN: usize = 4;
/// A marker's value: version and coordinator epoch.
const MARKER_LEN: usize = 6;

/// What a control record is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ControlRecordType {
    /// A transaction was aborted.
    Abort,
    /// A transaction was committed.
    Commit,
    /// A leader of the metadata quorum was elected.
    LeaderChange,
    /// The first record of a metadata snapshot.
    SnapshotHeader,
    /// The last record of a metadata snapshot.
    SnapshotFooter,
    /// The version of the metadata quorum's protocol.
    KRaftVersion,
    /// The voters of the metadata quorum.
    KRaftVoters,
    /// A type that is not known here; to be passed over.
    Unknown,
}

impl ControlRecordType {
    /// The type with this id. Kafka's readers pass over ids that they do not know.
    pub fn from_id(id: i16) -> Self {
        match id {
            0 => Self::Abort,
            1 => Self::Commit,
            2 => Self::LeaderChange,
            3 => Self::SnapshotHeader,
            4 => Self::SnapshotFooter,
            5 => Self::KRaftVersion,
            6 => Self::KRaftVoters,
            _ => Self::Unknown,
        }
    }

    /// The id; -1 for [`Unknown`](Self::Unknown).
    pub fn id(self) -> i16 {
        match self {
            Self::Abort => 0,
            Self::Commit => 1,
            Self::LeaderChange => 2,
            Self::SnapshotHeader => 3,
            Self::SnapshotFooter => 4,
            Self::KRaftVersion => 5,
            Self::KRaftVoters => 6,
            Self::Unknown => -1,
        }
    }

    /// Kafka's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Abort => "ABORT",
            Self::Commit => "COMMIT",
            Self::LeaderChange => "LEADER_CHANGE",
            Self::SnapshotHeader => "SNAPSHOT_HEADER",
            Self::SnapshotFooter => "SNAPSHOT_FOOTER",
            Self::KRaftVersion => "KRAFT_VERSION",
            Self::KRaftVoters => "KRAFT_VOTERS",
            Self::Unknown => "UNKNOWN",
        }
    }

    /// Reads the key of a control record.
    ///
    /// Errors: [`InvalidControl`](RecordsError::InvalidControl) for fewer than four bytes or a negative version.
    pub fn parse_key(key: &[u8]) -> Result<Self, RecordsError> {
        let Some(&[v0, v1, t0, t1]) = key.first_chunk::<KEY_LEN>() else {
            return Err(RecordsError::InvalidControl(
                "a key of less than four bytes",
            ));
        };
        if i16::from_be_bytes([v0, v1]) < 0 {
            return Err(RecordsError::InvalidControl("a negative key version"));
        }
        Ok(Self::from_id(i16::from_be_bytes([t0, t1])))
    }

    /// The key of a control record of this type.
    pub fn key(self) -> [u8; KEY_LEN] {
        let ([v0, v1], [t0, t1]) = (CURRENT_VERSION.to_be_bytes(), self.id().to_be_bytes());
        [v0, v1, t0, t1]
    }
}

/// How a transaction ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct EndTxnMarker {
    /// Committed, else aborted.
    pub committed: bool,
    /// Epoch of the transaction coordinator that wrote the marker.
    pub coordinator_epoch: i32,
}

impl EndTxnMarker {
    /// Reads the marker of a control record; `None` for control records of other types.
    ///
    /// Errors: [`InvalidControl`](RecordsError::InvalidControl) for a key or value that is missing or too short, or a
    /// negative version.
    pub fn parse(record: &RecordView<'_>) -> Result<Option<Self>, RecordsError> {
        let key = record.key.ok_or(RecordsError::InvalidControl("no key"))?;
        let committed = match ControlRecordType::parse_key(key)? {
            ControlRecordType::Commit => true,
            ControlRecordType::Abort => false,
            _ => return Ok(None),
        };
        let value = record
            .value
            .and_then(|value| value.first_chunk::<MARKER_LEN>());
        let Some(&[v0, v1, e0, e1, e2, e3]) = value else {
            return Err(RecordsError::InvalidControl(
                "a marker of less than six bytes",
            ));
        };
        if i16::from_be_bytes([v0, v1]) < 0 {
            return Err(RecordsError::InvalidControl("a negative marker version"));
        }
        Ok(Some(Self {
            committed,
            coordinator_epoch: i32::from_be_bytes([e0, e1, e2, e3]),
        }))
    }

    /// Type of the record.
    pub fn record_type(&self) -> ControlRecordType {
        if self.committed {
            ControlRecordType::Commit
        } else {
            ControlRecordType::Abort
        }
    }

    /// The record's value.
    pub fn value(&self) -> [u8; MARKER_LEN] {
        let ([v0, v1], [e0, e1, e2, e3]) = (
            CURRENT_VERSION.to_be_bytes(),
            self.coordinator_epoch.to_be_bytes(),
        );
        [v0, v1, e0, e1, e2, e3]
    }

    /// The batch that ends a producer's transaction: one transactional control record at offset 0.
    pub fn batch(
        &self,
        timestamp: i64,
        producer_id: i64,
        producer_epoch: i16,
    ) -> Result<Bytes, RecordsError> {
        let builder =
            BatchBuilder::new(Compression::None).producer(producer_id, producer_epoch, -1);
        self.append_to(builder.transactional(true).control(true), timestamp)
    }

    fn append_to(&self, mut builder: BatchBuilder, timestamp: i64) -> Result<Bytes, RecordsError> {
        builder.append(
            timestamp,
            Some(&self.record_type().key()),
            Some(&self.value()),
            &[],
        )?;
        builder.build()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{DecompressLimits, RecordBatch};

    #[test]
    fn a_marker_is_read_as_it_was_written() {
        for committed in [true, false] {
            let marker = EndTxnMarker {
                committed,
                coordinator_epoch: 12,
            };
            let batch = RecordBatch::parse(marker.batch(1_000, 4001, 2).unwrap()).unwrap();
            assert!(batch.is_control() && batch.is_transactional());
            assert_eq!(
                (
                    batch.producer_id(),
                    batch.producer_epoch(),
                    batch.base_sequence()
                ),
                (4001, 2, -1)
            );
            let record = batch
                .records(&DecompressLimits::default())
                .unwrap()
                .next()
                .unwrap()
                .unwrap();
            assert_eq!(EndTxnMarker::parse(&record.view()), Ok(Some(marker)));
        }
    }

    #[test]
    fn ids_round_trip_and_unknown_ones_are_no_error() {
        for id in 0..7 {
            assert_eq!(ControlRecordType::from_id(id).id(), id);
        }
        assert_eq!(
            ControlRecordType::parse_key(&[0, 3, 0, 99, 1]),
            Ok(ControlRecordType::Unknown)
        );
        assert!(ControlRecordType::parse_key(&[0, 0, 0]).is_err());
    }
}
