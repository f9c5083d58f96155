//! Entry points for fuzzing: any bytes may come in, and nothing may panic.

use bytes::{Bytes, BytesMut};

use crate::{
    Message, Reader,
    frame::{FrameDecoder, Progress},
    header,
};

/// Reads the bytes as a message that the first bytes pick, and writes what it read back.
///
/// The first two bytes pick the message, the third its version.
///
/// # Panics
/// If a message that was read cannot be written at the same version, reads differently after that, or has another
/// size than it said. These are faults of this code.
pub fn decode_any(data: &[u8]) {
    let Some(([high, low, version], body)) = data.split_first_chunk() else {
        return;
    };
    let pick = usize::from(u16::from_be_bytes([*high, *low]));
    let body = Bytes::copy_from_slice(body);
    macro_rules! table {
        ($($message:ty,)*) => { [$(round_trip::<$message> as fn(&Bytes, u8)),*] };
    }
    let table = crate::for_each_message!(table);
    table[pick % table.len()](&body, *version);
}

/// Splits the bytes into frames and reads the request header of each.
pub fn frame(data: &[u8]) {
    let mut buffer = BytesMut::from(data);
    while let Ok(Progress::Frame(frame)) = FrameDecoder::new(1 << 16).decode(&mut buffer) {
        let mut reader = Reader::new(&frame);
        let _ = header::decode_request_header(&mut reader);
    }
}

fn round_trip<M: Message>(body: &Bytes, pick: u8) {
    let versions = i16::from(pick) % (M::MAX_VERSION - M::MIN_VERSION + 1);
    let version = M::MIN_VERSION + versions;
    let mut reader = Reader::new(body);
    let Ok(message) = M::decode(&mut reader, version) else {
        return;
    };
    let again = message
        .to_bytes(version)
        .expect("what was read can be written");
    assert_eq!(
        message.encoded_len(version),
        Ok(again.len()),
        "{} says another size",
        M::NAME
    );
    let reread = M::from_bytes(&again, version).expect("what was written can be read");
    let third = reread
        .to_bytes(version)
        .expect("what was read can be written");
    assert_eq!(again, third, "{} version {version} changes", M::NAME);
}
