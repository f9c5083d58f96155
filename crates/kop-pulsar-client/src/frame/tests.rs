use proptest::prelude::*;

use super::*;
use crate::proto::{CommandMessage, CommandPing, MessageIdData};

fn message(consumer_id: u64, ledger_id: u64, entry_id: u64) -> Command {
    Command::Message(CommandMessage {
        consumer_id,
        message_id: MessageIdData {
            ledger_id,
            entry_id,
        },
        redelivery_count: None,
    })
}

fn frame(command: Command, payload: &[u8]) -> BytesMut {
    let mut out = BytesMut::new();
    encode(command, payload.len(), &mut out);
    out.extend_from_slice(payload);
    out
}

/// Pulsar's own bytes of a ping: type 18 and an empty message as field 18.
#[test]
fn a_ping_is_what_pulsar_sends() {
    let expected = [0, 0, 0, 9, 0, 0, 0, 5, 8, 18, 0x92, 1, 0];
    assert_eq!(frame(Command::Ping(CommandPing {}), b"")[..], expected);
}

#[test]
fn sizes_that_lie_are_refused() {
    let mut decoder = FrameDecoder::new(100);
    let mut refused = |bytes: &[u8]| {
        let result = decoder.decode(&mut BytesMut::from(bytes));
        assert!(
            matches!(result, Err(Error::Malformed { .. })),
            "{bytes:?}: {result:?}"
        );
    };
    refused(&[0, 0, 0, 3, 0, 0, 0]);
    refused(&[0, 0, 0, 101]);
    refused(&[255; 8]);
    refused(&[0, 0, 0, 4, 0, 0, 0, 1]);
    refused(&[0, 0, 0, 6, 0, 0, 0, 2, 0xff, 0xff]);
}

#[test]
fn a_port_of_something_else_is_named() {
    let mut decoder = FrameDecoder::new(100);
    for (bytes, named) in [
        (&b"HTTP/1.1 400 Bad Request"[..], "HTTP"),
        (&[0x15, 3, 3, 0, 2, 2, 40], "TLS"),
    ] {
        let error = decoder.decode(&mut BytesMut::from(bytes)).unwrap_err();
        assert!(error.to_string().contains(named), "{error}");
    }
}

#[test]
fn room_is_reserved_for_bytes_that_came_not_for_sizes_that_were_claimed() {
    let mut buffer = BytesMut::from(&[0x7f, 0, 0, 0][..]);
    let mut decoder = FrameDecoder::new(usize::MAX);
    assert!(decoder.decode(&mut buffer).unwrap().is_none());
    assert!(buffer.capacity() <= 2 * READ_BYTES, "{}", buffer.capacity());
}

#[test]
fn a_large_frame_after_another_is_received_where_it_stays() {
    let mut frame = BytesMut::new();
    frame.put_slice(&[0, 0x10, 0, 0x08, 0, 0, 0, 4, 8, 10, 0x52, 0]);
    frame.put_bytes(1, 1 << 20);
    let mut decoder = FrameDecoder::new(2 << 20);
    let mut buffer = frame.clone();
    assert!(decoder.decode(&mut buffer).unwrap().is_some());
    buffer.extend_from_slice(&frame[..100]);
    assert!(decoder.decode(&mut buffer).unwrap().is_none());
    assert!(buffer.capacity() >= frame.len(), "{}", buffer.capacity());
}

#[test]
fn unknown_commands_are_frames_too() {
    let ack = [
        0, 0, 0, 8, 0, 0, 0, 4, 8, 10, 0x52, 0, 0, 0, 0, 4, 0, 0, 0, 0,
    ];
    let mut buffer = BytesMut::from(&ack[..]);
    let mut decoder = FrameDecoder::new(100);
    assert!(
        decoder
            .decode(&mut buffer)
            .unwrap()
            .unwrap()
            .command
            .is_none()
    );
    assert!(
        decoder
            .decode(&mut buffer)
            .unwrap()
            .unwrap()
            .command
            .is_none(),
        "an empty command"
    );
}

#[test]
fn messages_are_counted_in_any_metadata() {
    let count = |metadata: &[u8]| {
        let mut entry = BytesMut::new();
        entry.put_u32(u32::try_from(metadata.len()).unwrap());
        entry.put_slice(metadata);
        let plain = messages_in(&entry);
        let with_checksum = [&[0x0e, 0x01, 1, 2, 3, 4], &entry[..]].concat();
        assert_eq!(messages_in(&with_checksum), plain);
        plain
    };
    assert_eq!(count(&[]), 1);
    assert_eq!(
        count(&[0x0a, 1, b'p', 0x10, 5, 0x18, 7, 0x58, 0xac, 2]),
        300
    );
    assert_eq!(
        count(&[0x09, 0, 0, 0, 0, 0, 0, 0, 0, 0x0d, 0, 0, 0, 0, 0x58, 9]),
        9
    );
    assert_eq!(
        count(&[0x0a, 200, b'p', 0x58, 9]),
        1,
        "a string beyond the end"
    );
    assert_eq!(count(&[0x58, 0]), 1, "none would never be given back");
    let minus_one = [0x58, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1];
    assert_eq!(count(&minus_one), i32::MAX as u32);
    assert_eq!(messages_in(&[0xff; 3]), 1);
}

#[test]
fn broker_entry_metadata_is_cut_off() {
    let mut payload = BytesMut::new();
    payload.put_u16(0x0e02);
    let metadata = BrokerEntryMetadata {
        broker_timestamp: Some(77),
        index: Some(5),
    };
    payload.put_u32(u32::try_from(metadata.encoded_len()).unwrap());
    metadata.encode(&mut payload).unwrap();
    payload.put_slice(b"entry");
    let (read, entry) = split_entry(payload.clone().freeze()).unwrap();
    assert_eq!((read, &entry[..]), (metadata, &b"entry"[..]));
    for cut in 2..payload.len() - 5 {
        assert!(
            split_entry(payload.clone().freeze().slice(..cut)).is_err(),
            "{cut}"
        );
    }
    let (none, entry) = split_entry(Bytes::from_static(b"entry")).unwrap();
    assert_eq!((none.index, &entry[..]), (None, &b"entry"[..]));
}

proptest! {
    /// Frames of any sizes, read in pieces of any sizes, come out as they were.
    #[test]
    fn frames_survive_any_cuts(
        payloads in prop::collection::vec(prop_oneof![0usize..200, 16_000usize..17_000, 60_000usize..70_000], 1..8),
        pieces in prop::collection::vec(1usize..40_000, 1..8),
    ) {
        let mut wire = BytesMut::new();
        for (size, n) in payloads.iter().zip(0u64..) {
            wire.extend_from_slice(&frame(message(n, n << 40, n), &vec![n as u8; *size]));
        }
        let mut decoder = FrameDecoder::new(100_000);
        let (mut buffer, mut decoded) = (BytesMut::new(), Vec::new());
        let mut pieces = pieces.iter().cycle();
        while !wire.is_empty() {
            let piece = wire.split_to(wire.len().min(*pieces.next().unwrap()));
            buffer.extend_from_slice(&piece);
            while let Some(frame) = decoder.decode(&mut buffer).unwrap() {
                decoded.push(frame);
            }
        }
        prop_assert!(buffer.is_empty());
        prop_assert_eq!(decoded.len(), payloads.len());
        for ((frame, size), n) in decoded.iter().zip(&payloads).zip(0u64..) {
            prop_assert_eq!(&frame.command, &Some(message(n, n << 40, n)));
            prop_assert_eq!(&frame.payload[..], &vec![n as u8; *size][..]);
        }
    }

    /// No bytes make it panic.
    #[test]
    fn any_bytes_are_taken_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        crate::fuzz::frames(&bytes);
        crate::fuzz::entry(&bytes.into());
    }

    /// One flipped bit in sound frames.
    #[test]
    fn damage_is_taken_or_refused(at in 0usize..1000, bit in 0u8..8) {
        let mut entry = BytesMut::from(&[0x0e, 0x02, 0, 0, 0, 4, 8, 1, 16, 2, 0, 0, 0, 4, 0x10, 5, 0x58, 9][..]);
        let mut wire = BytesMut::from(&[7u8][..]);
        wire.extend_from_slice(&frame(message(1, 2, 3), &entry));
        let at = at % wire.len();
        wire[at] ^= 1 << bit;
        crate::fuzz::frames(&wire);
        let at = at % entry.len();
        entry[at] ^= 1 << bit;
        crate::fuzz::entry(&entry.freeze());
    }
}

/// The seeds of the fuzz target, each cut short everywhere.
#[test]
fn seeds_are_taken_or_refused() {
    let seeds = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../fuzz/seeds/pulsar_frames"
    );
    let mut count = 0;
    for seed in std::fs::read_dir(seeds).unwrap() {
        let bytes = std::fs::read(seed.unwrap().path()).unwrap();
        (0..=bytes.len()).for_each(|end| crate::fuzz::frames(&bytes[..end]));
        count += 1;
    }
    assert!(count > 2);
}
