//! The memory of an answer while it is being made.

use kop_log::PartitionLog;

use crate::{AnswerMemory, Context};

/// What a fetch holds of its connection's memory for answers. Given back when this is dropped: what is in the answer then
/// is counted by who sends it.
#[derive(Debug)]
pub(super) struct Room<'a> {
    memory: Option<&'a dyn AnswerMemory>,
    request: u64,
    held: usize,
    short: bool,
    /// Records that come as regions of files are read into memory all the same.
    converts: bool,
}

impl<'a> Room<'a> {
    pub(super) fn new(cx: &'a Context) -> Self {
        Self {
            memory: cx.connection.answer_memory(),
            request: cx.number,
            held: 0,
            short: false,
            converts: cx.version < 4,
        }
    }

    /// How many of `bytes` a read of this log may take. For the `first` records of an answer that is waited for, and the
    /// topic's largest batch has room too, because such a read gives one batch whatever its size. Followed by
    /// [`settle`](Self::settle).
    pub(super) async fn take(
        &mut self,
        bytes: usize,
        first: bool,
        log: &dyn PartitionLog,
    ) -> Taken {
        let counts = self.converts || !log.reads_files();
        let Some(memory) = self.memory.filter(|_| counts) else {
            return Taken {
                bytes,
                reserved: None,
            };
        };
        let reserved = if first {
            let least = log.config().max_message_bytes;
            memory.reserve(self.request, bytes.max(least)).await
        } else {
            memory.reserve_more(bytes)
        };
        self.held += reserved;
        self.short |= reserved < bytes;
        Taken {
            bytes: bytes.min(reserved),
            reserved: Some(reserved),
        }
    }

    /// A read has taken `used` bytes.
    pub(super) fn settle(&mut self, taken: Taken, used: usize) {
        let (Some(memory), Some(reserved)) = (self.memory, taken.reserved) else {
            return;
        };
        self.held = self.held - reserved + used;
        if used > reserved {
            memory.count(used - reserved);
        } else {
            memory.release(reserved - used);
        }
    }

    /// A read was cut because there was not more room: waiting for more to read makes no sense.
    pub(super) fn is_short(&self) -> bool {
        self.short
    }

    /// Nothing is held any more.
    pub(super) fn clear(&mut self) {
        self.short = false;
        let held = std::mem::take(&mut self.held);
        if let Some(memory) = self.memory {
            memory.release(held);
        }
    }
}

impl Drop for Room<'_> {
    fn drop(&mut self) {
        self.clear();
    }
}

/// What a read may take.
#[derive(Clone, Copy, Debug)]
pub(super) struct Taken {
    /// Bytes of records.
    pub(super) bytes: usize,
    reserved: Option<usize>,
}
