//! Frames: `total_size command_size command [payload]`, sizes as 32-bit big-endian numbers that do not count themselves.
//!
//! ```text
//! payload := [0x0e02 u32 size broker_entry_metadata] entry
//! entry   := [0x0e01 u32 crc32c] u32 size message_metadata  messages
//! ```

use bytes::{Buf, BufMut, Bytes, BytesMut};
use prost::Message;

use crate::error::Error;
use crate::proto::base_command::Command;
use crate::proto::{BaseCommand, BrokerEntryMetadata};

/// Room that brokers leave for a command beside an entry of the largest size.
pub(crate) const FRAME_PADDING: usize = 10 * 1024;

/// Up to this size a payload is copied out of the read buffer: the buffer stays whole and is used again, and an entry
/// that somebody keeps does not keep its neighbours.
const COPY_BYTES: usize = 16 * 1024;

/// What one read reserves at least.
const READ_BYTES: usize = 32 * 1024;

const BROKER_ENTRY_METADATA: u16 = 0x0e02;

/// A command with what follows it.
#[derive(Debug)]
pub(crate) struct Frame {
    /// None for a command that this client does not know.
    pub(crate) command: Option<Command>,
    /// Everything after the command.
    pub(crate) payload: Bytes,
}

/// Cuts what was read into frames of a limited size.
#[derive(Debug)]
pub(crate) struct FrameDecoder {
    limit: usize,
    /// Length of the largest frame so far.
    largest: usize,
}

impl FrameDecoder {
    /// A decoder that refuses frames of more than `limit` bytes.
    pub(crate) fn new(limit: usize) -> Self {
        Self { limit, largest: 0 }
    }

    /// The next frame; None until more was read, with room reserved for it.
    pub(crate) fn decode(&mut self, buffer: &mut BytesMut) -> Result<Option<Frame>, Error> {
        let Some(total) = size_at(buffer, 0) else {
            buffer.reserve(READ_BYTES);
            return Ok(None);
        };
        if total < 4 || total > self.limit {
            let reason = match &buffer[..4] {
                b"HTTP" => "it is HTTP: this is not the port of the binary protocol".to_owned(),
                // An alert, of any version.
                [0x15, 3, ..] => {
                    "it is TLS: the URL of this port begins with pulsar+ssl://".to_owned()
                }
                _ => format!("size {total} is not within 4..={}", self.limit),
            };
            return Err(Error::malformed("frame", reason));
        }
        let end = total + 4;
        if buffer.len() < end {
            // A large entry gets a buffer of its own size, but not on the word of the first few bytes alone: no more than
            // has come of it, or has come at once before.
            let missing = end - buffer.len();
            buffer.reserve(missing.min(READ_BYTES.max(buffer.len()).max(self.largest)));
            return Ok(None);
        }
        let command_size = size_at(buffer, 4).unwrap_or(usize::MAX);
        if command_size > total - 4 {
            let reason = format!("a command of {command_size} bytes in a frame of {total}");
            return Err(Error::malformed("frame", reason));
        }
        self.largest = self.largest.max(end);
        let command_end = 8 + command_size;
        let command = BaseCommand::decode(&buffer[8..command_end])
            .map_err(|error| Error::malformed("command", error.to_string()))?
            .command;
        let payload = if end - command_end <= COPY_BYTES {
            let payload = Bytes::copy_from_slice(&buffer[command_end..end]);
            buffer.advance(end);
            payload
        } else {
            let mut frame = buffer.split_to(end).freeze();
            frame.advance(command_end);
            frame
        };
        Ok(Some(Frame { command, payload }))
    }
}

fn size_at(buffer: &[u8], at: usize) -> Option<usize> {
    let bytes = buffer.get(at..at + 4)?;
    Some(u32::from_be_bytes(bytes.try_into().ok()?) as usize)
}

/// Appends the frame of a command that `payload` bytes will follow.
pub(crate) fn encode(command: Command, payload: usize, out: &mut BytesMut) {
    let command = BaseCommand {
        r#type: number(&command),
        command: Some(command),
    };
    let size = command.encoded_len();
    out.reserve(8 + size);
    // Commands are far below 4 GiB and payloads were compared with the broker's limit, which is a positive i32.
    out.put_u32((4 + size + payload) as u32);
    out.put_u32(size as u32);
    command
        .encode(out)
        .expect("BytesMut grows, and room was reserved");
}

/// A command's type, which is the number of its field.
fn number(command: &Command) -> i32 {
    match command {
        Command::Connect(_) => 2,
        Command::Connected(_) => 3,
        Command::Subscribe(_) => 4,
        Command::Producer(_) => 5,
        Command::Send(_) => 6,
        Command::SendReceipt(_) => 7,
        Command::SendError(_) => 8,
        Command::Message(_) => 9,
        Command::Flow(_) => 11,
        Command::Success(_) => 13,
        Command::Error(_) => 14,
        Command::CloseProducer(_) => 15,
        Command::CloseConsumer(_) => 16,
        Command::ProducerSuccess(_) => 17,
        Command::Ping(_) => 18,
        Command::Pong(_) => 19,
        Command::PartitionMetadata(_) => 21,
        Command::PartitionMetadataResponse(_) => 22,
        Command::LookupTopic(_) => 23,
        Command::LookupTopicResponse(_) => 24,
        Command::ReachedEndOfTopic(_) => 27,
        Command::GetLastMessageId(_) => 29,
        Command::GetLastMessageIdResponse(_) => 30,
        Command::GetTopicsOfNamespace(_) => 32,
        Command::GetTopicsOfNamespaceResponse(_) => 33,
        Command::AuthChallenge(_) => 36,
        Command::AuthResponse(_) => 37,
        Command::WatchTopicList(_) => 64,
        Command::WatchTopicListSuccess(_) => 65,
        Command::WatchTopicUpdate(_) => 66,
        Command::WatchTopicListClose(_) => 67,
        Command::TopicMigrated(_) => 68,
    }
}

/// Cuts broker entry metadata off in front of an entry.
pub(crate) fn split_entry(mut payload: Bytes) -> Result<(BrokerEntryMetadata, Bytes), Error> {
    if !payload.starts_with(&BROKER_ENTRY_METADATA.to_be_bytes()) {
        return Ok((BrokerEntryMetadata::default(), payload));
    }
    let what = "broker entry metadata";
    let size = size_at(&payload, 2).ok_or_else(|| Error::malformed(what, "no size"))?;
    payload.advance(6);
    if size > payload.len() {
        let reason = format!("{size} bytes, {} are left", payload.len());
        return Err(Error::malformed(what, reason));
    }
    let metadata = BrokerEntryMetadata::decode(&payload[..size])
        .map_err(|error| Error::malformed(what, error.to_string()))?;
    payload.advance(size);
    Ok((metadata, payload))
}

/// How many messages an entry counts for, which is what the broker takes from a reader's permits: 1 unless the metadata
/// says otherwise. Bytes that make no sense count for 1, as they do for the broker.
pub(crate) fn messages_in(entry: &[u8]) -> u32 {
    let start = if entry.starts_with(&[0x0e, 0x01]) {
        6
    } else {
        0
    };
    let metadata = size_at(entry, start)
        .and_then(|size| entry.get(start + 4..)?.get(..size))
        .unwrap_or_default();
    num_messages_in_batch(metadata)
        .unwrap_or(1)
        .clamp(1, i32::MAX as u64) as u32
}

/// Field 11 of `MessageMetadata`, found by skipping over the others.
fn num_messages_in_batch(mut metadata: &[u8]) -> Option<u64> {
    while !metadata.is_empty() {
        let key = varint(&mut metadata)?;
        match (key >> 3, key & 7) {
            (11, 0) => return varint(&mut metadata),
            (_, 0) => {
                varint(&mut metadata)?;
            }
            (_, 1) => metadata = metadata.get(8..)?,
            (_, 2) => {
                let size = varint(&mut metadata)?;
                metadata = metadata.get(usize::try_from(size).ok()?..)?;
            }
            (_, 5) => metadata = metadata.get(4..)?,
            _ => return None,
        }
    }
    None
}

fn varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut value = 0u64;
    for shift in (0..64).step_by(7) {
        let (first, rest) = bytes.split_first()?;
        *bytes = rest;
        value |= u64::from(first & 0x7f) << shift;
        if first & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

#[cfg(test)]
mod tests;
