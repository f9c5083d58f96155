//! Messages that came in several entries.

use std::collections::HashMap;

use bytes::Bytes;

use super::{DecodeContext, DecodedBatches, pulsar};
use crate::{ChunkInfo, EntryError, EntryView};

/// Puts chunked messages together, of several producers at once and within bounds.
///
/// A chunk takes an offset like any message. The record gets the offset of the last chunk, where it is complete; the
/// others are holes.
#[derive(Debug)]
pub struct ChunkAssembler {
    max_messages: usize,
    /// By the UUID that the chunks of a message share.
    open: HashMap<Box<[u8]>, Open>,
    /// Counts the chunks, to know the message that has waited longest.
    clock: u64,
}

#[derive(Debug)]
struct Open {
    next: i32,
    touched: u64,
    bytes: Vec<u8>,
}

/// What became of a chunk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Assembled {
    /// More chunks are to come; the entry's offset is a hole.
    Pending,
    /// The message is complete. Its record is at the offset of this chunk.
    Complete(DecodedBatches),
    /// A chunk that was here before, sent again by its producer; the entry's offset is a hole.
    Repeated,
    /// The chunks before it have not been here: reading began behind them, or too many messages were open. To get the
    /// message, read again from its first chunk.
    Orphan,
}

impl ChunkAssembler {
    /// An assembler that keeps at most this many messages open; a further one takes the place of the one that has waited
    /// longest. Bytes are bounded by this times [`DecodeContext::limits`].
    pub fn new(max_messages: usize) -> Self {
        Self {
            max_messages: max_messages.max(1),
            open: HashMap::new(),
            clock: 0,
        }
    }

    /// Bytes of the messages that are not complete.
    pub fn size_in_bytes(&self) -> usize {
        self.open.values().map(|open| open.bytes.len()).sum()
    }

    /// Forgets what is not complete, for instance after a seek.
    pub fn clear(&mut self) {
        self.open.clear();
    }

    /// Takes an entry that [`decode`](crate::decode) called a chunk, of which `base_offset` is the offset.
    ///
    /// Errors: [`TooLarge`](EntryError::TooLarge) by the size that the first chunk claims,
    /// [`Malformed`](EntryError::Malformed) for chunks that do not add up, and once it is complete those of
    /// [`decode`](crate::decode). The message is then forgotten.
    pub fn add(
        &mut self,
        entry: &EntryView<'_>,
        base_offset: i64,
        context: &DecodeContext<'_>,
    ) -> Result<Assembled, EntryError> {
        if context.verify_checksum {
            entry.verify_checksum()?;
        }
        let chunk = entry.metadata().chunk.ok_or(malformed("not a chunk"))?;
        let payload = entry.raw_payload();
        if chunk.id == 0 {
            self.begin(&chunk, context)?;
        }
        self.clock += 1;
        let Some(open) = self.open.get_mut(chunk.uuid) else {
            return Ok(Assembled::Orphan);
        };
        if chunk.id < open.next {
            return Ok(Assembled::Repeated);
        }
        if chunk.id > open.next {
            self.open.remove(chunk.uuid);
            return Ok(Assembled::Orphan);
        }
        let total = usize::try_from(chunk.total_bytes).unwrap_or(0);
        if payload.len() > total.saturating_sub(open.bytes.len()) {
            self.open.remove(chunk.uuid);
            return Err(malformed("more bytes than the chunks say"));
        }
        open.bytes.extend_from_slice(&payload);
        open.next += 1;
        open.touched = self.clock;
        if open.next < chunk.count {
            return Ok(Assembled::Pending);
        }
        let whole = self
            .open
            .remove(chunk.uuid)
            .map(|open| open.bytes)
            .unwrap_or_default();
        if whole.len() != total {
            return Err(malformed("fewer bytes than the chunks say"));
        }
        let payload = entry.decompress(&Bytes::from(whole), &context.limits)?;
        let batches = pulsar::decode_single(entry.metadata(), &payload, base_offset, context)?;
        Ok(Assembled::Complete(batches))
    }

    fn begin(
        &mut self,
        chunk: &ChunkInfo<'_>,
        context: &DecodeContext<'_>,
    ) -> Result<(), EntryError> {
        let limit = context.limits.max_bytes;
        let total = usize::try_from(chunk.total_bytes).unwrap_or(0);
        if total > limit {
            return Err(EntryError::TooLarge {
                size: total as u64,
                limit,
            });
        }
        if !self.open.contains_key(chunk.uuid) && self.open.len() >= self.max_messages {
            let oldest = self.open.iter().min_by_key(|(_, open)| open.touched);
            if let Some(uuid) = oldest.map(|(uuid, _)| uuid.clone()) {
                self.open.remove(&uuid);
            }
        }
        let open = Open {
            next: 0,
            touched: self.clock,
            bytes: Vec::new(),
        };
        self.open.insert(chunk.uuid.into(), open);
        Ok(())
    }
}

fn malformed(fault: &'static str) -> EntryError {
    EntryError::Malformed {
        part: "chunk",
        fault,
    }
}
