//! Entry points for fuzzing: any bytes, no panics.

use bytes::{Bytes, BytesMut};

use crate::frame::{FrameDecoder, messages_in, split_entry};

/// Whatever a broker may send, in pieces of any size; the first byte says how large these are.
pub fn frames(data: &[u8]) {
    let Some((size, data)) = data.split_first() else {
        return;
    };
    let mut decoder = FrameDecoder::new(64 * 1024);
    let mut buffer = BytesMut::new();
    for piece in data.chunks(usize::from(*size).max(1)) {
        buffer.extend_from_slice(piece);
        loop {
            match decoder.decode(&mut buffer) {
                Ok(Some(frame)) => entry(&frame.payload),
                Ok(None) => break,
                Err(_) => return,
            }
        }
    }
}

/// What follows a command that carries an entry.
pub fn entry(payload: &Bytes) {
    if let Ok((_, entry)) = split_entry(payload.clone()) {
        assert!(messages_in(&entry) > 0);
    }
}
