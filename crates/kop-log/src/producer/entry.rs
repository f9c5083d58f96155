//! One producer.

/// Batches per producer that are remembered, so many may be in flight at once.
pub(super) const WINDOW: usize = 5;

/// A producer as DescribeProducers shows it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ActiveProducer {
    /// The producer.
    pub producer_id: i64,
    /// Its epoch.
    pub epoch: i16,
    /// Sequence number of its last record, -1 if it had none.
    pub last_sequence: i32,
    /// Timestamp of its last batch or marker, in milliseconds since 1970.
    pub last_timestamp_ms: i64,
    /// Epoch of the coordinator that ended its last transaction, -1 if there was none.
    pub coordinator_epoch: i32,
    /// First offset of its open transaction.
    pub open_since: Option<i64>,
}

/// Where a log remembers a producer by.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct LastRecord {
    /// Offset of its last record; `None` where only a marker is known of it.
    pub data_offset: Option<i64>,
    /// Its epoch.
    pub epoch: i16,
}

/// What the log knows of one producer.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Entry {
    window: [Remembered; WINDOW],
    len: u8,
    pub(super) epoch: i16,
    pub(super) coordinator_epoch: i32,
    pub(super) last_timestamp: i64,
    pub(super) open_since: Option<i64>,
}

/// A batch of the window.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Remembered {
    pub(super) last_sequence: i32,
    /// Offset of the last record less that of the first.
    pub(super) offset_delta: i32,
    pub(super) last_offset: i64,
    pub(super) timestamp: i64,
}

impl Entry {
    /// A producer of which nothing is known.
    pub(super) fn new() -> Self {
        Self {
            epoch: -1,
            coordinator_epoch: -1,
            last_timestamp: -1,
            ..Self::default()
        }
    }

    /// The remembered batches, the oldest first.
    pub(super) fn window(&self) -> &[Remembered] {
        &self.window[..usize::from(self.len)]
    }

    /// The last batch.
    pub(super) fn last(&self) -> Option<&Remembered> {
        self.window().last()
    }

    pub(super) fn describe(&self, producer_id: i64) -> ActiveProducer {
        ActiveProducer {
            producer_id,
            epoch: self.epoch,
            last_sequence: self.last().map_or(-1, |last| last.last_sequence),
            last_timestamp_ms: self.last_timestamp,
            coordinator_epoch: self.coordinator_epoch,
            open_since: self.open_since,
        }
    }

    pub(super) fn last_record(&self) -> LastRecord {
        LastRecord {
            data_offset: self.last().map(|last| last.last_offset),
            epoch: self.epoch,
        }
    }

    /// A new epoch begins with an empty window.
    pub(super) fn enter_epoch(&mut self, epoch: i16) {
        if self.epoch != epoch {
            self.epoch = epoch;
            (self.window, self.len) = Default::default();
        }
    }

    /// Remembers a batch, and forgets the oldest if there are too many.
    pub(super) fn remember(&mut self, batch: Remembered) {
        let len = usize::from(self.len);
        match self.window.get_mut(len) {
            Some(free) => {
                *free = batch;
                self.len += 1;
            }
            None => {
                self.window.rotate_left(1);
                self.window[WINDOW - 1] = batch;
            }
        }
    }
}

impl Remembered {
    pub(super) fn base_offset(&self) -> i64 {
        self.last_offset.saturating_sub(self.offset_delta.into())
    }

    /// Sequence number of the first record: they wrap to 0 after 2³¹-1.
    pub(super) fn base_sequence(&self) -> i32 {
        self.last_sequence.wrapping_sub(self.offset_delta) & i32::MAX
    }
}
