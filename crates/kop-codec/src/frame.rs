//! Frames: a length of four bytes, then so many bytes.

use bytes::{Buf, Bytes, BytesMut};
use nom::{IResult, Needed, number::streaming::be_i32};

const LENGTH_PREFIX: usize = size_of::<i32>();

/// Splits a stream into frames, without ever waiting for more than the limit.
///
/// Feed bytes into a [`BytesMut`] as they come, and take frames out until there is none.
#[derive(Debug, Clone, Copy)]
pub struct FrameDecoder {
    max_len: usize,
}

/// What a [`FrameDecoder`] finds at the start of a buffer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress {
    /// A whole frame without its length, taken out of the buffer.
    Frame(Bytes),
    /// The frame, or its length, is not there in full; at least this many more bytes are needed.
    Incomplete(usize),
}

/// A length that cannot be believed. The stream has no further frames that could be found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// The length is negative.
    #[error("a frame of {length} bytes")]
    Negative {
        /// The announced length.
        length: i32,
    },
    /// The length is above the limit.
    #[error("a frame of {length} bytes, the limit is {limit}")]
    TooLarge {
        /// The announced length in bytes.
        length: usize,
        /// The limit in bytes.
        limit: usize,
    },
}

impl FrameDecoder {
    /// A decoder that refuses frames of more than `max_len` bytes, their length not counted.
    #[must_use]
    pub const fn new(max_len: usize) -> Self {
        Self { max_len }
    }

    /// The limit in bytes.
    #[must_use]
    pub const fn max_len(&self) -> usize {
        self.max_len
    }

    /// Takes the next frame out of the buffer, or says how many bytes are missing. Memory is not reserved here: the
    /// caller decides whether to reserve what is missing at once.
    ///
    /// # Errors
    /// A length that is negative or above the limit. The buffer is left as it is.
    pub fn decode(&self, buffer: &mut BytesMut) -> Result<Progress, FrameError> {
        let length = match length_prefix(buffer) {
            Ok((_, length)) => length,
            Err(nom::Err::Incomplete(Needed::Size(needed))) => {
                return Ok(Progress::Incomplete(needed.get()));
            }
            // No other failure exists for four bytes of any content.
            Err(_) => return Ok(Progress::Incomplete(1)),
        };
        let Ok(length) = usize::try_from(length) else {
            return Err(FrameError::Negative { length });
        };
        if length > self.max_len {
            return Err(FrameError::TooLarge {
                length,
                limit: self.max_len,
            });
        }
        let present = buffer.len() - LENGTH_PREFIX;
        if present < length {
            return Ok(Progress::Incomplete(length - present));
        }
        buffer.advance(LENGTH_PREFIX);
        Ok(Progress::Frame(buffer.split_to(length).freeze()))
    }
}

fn length_prefix(input: &[u8]) -> IResult<&[u8], i32> {
    be_i32(input)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn says_how_much_is_missing() {
        let decoder = FrameDecoder::new(100);
        for (bytes, missing) in [
            (&b""[..], 4),
            (b"\0", 3),
            (b"\0\0\0", 1),
            (b"\0\0\0\x05", 5),
            (b"\0\0\0\x05ab", 3),
        ] {
            let mut buffer = BytesMut::from(bytes);
            assert_eq!(
                decoder.decode(&mut buffer),
                Ok(Progress::Incomplete(missing))
            );
            assert_eq!(buffer, bytes);
        }
    }

    #[test]
    fn refuses_what_is_negative_or_above_the_limit() {
        let decoder = FrameDecoder::new(100);
        let mut at_limit = BytesMut::from(&[0, 0, 0, 100][..]);
        assert_eq!(decoder.decode(&mut at_limit), Ok(Progress::Incomplete(100)));
        let mut above = BytesMut::from(&[0, 0, 0, 101][..]);
        assert_eq!(
            decoder.decode(&mut above),
            Err(FrameError::TooLarge {
                length: 101,
                limit: 100
            })
        );
        let mut negative = BytesMut::from(&[0xff; 8][..]);
        assert_eq!(
            decoder.decode(&mut negative),
            Err(FrameError::Negative { length: -1 })
        );
    }

    proptest! {
        #[test]
        fn frames_come_out_however_the_stream_is_cut(
            frames in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..50), 0..10),
            cut in 1..30usize,
        ) {
            let stream: Vec<u8> = frames
                .iter()
                .flat_map(|frame| [&(frame.len() as u32).to_be_bytes()[..], frame].concat())
                .collect();
            let (mut buffer, mut found) = (BytesMut::new(), Vec::new());
            for piece in stream.chunks(cut) {
                buffer.extend_from_slice(piece);
                while let Progress::Frame(frame) = FrameDecoder::new(50).decode(&mut buffer).expect("in the limit") {
                    found.push(frame.to_vec());
                }
            }
            prop_assert_eq!(found, frames);
            prop_assert!(buffer.is_empty());
        }
    }
}
