//! snappy as Java clients write it, in xerial's framing, and as raw blocks, which other clients write.

use std::cell::RefCell;
use std::thread::LocalKey;

use super::{Output, Step, StepError};
use crate::pool::{Lease, Pooled, Shelf};
use crate::{Compression, RecordsError};

/// Magic, version 1, lowest compatible version 1.
const HEADER: [u8; 16] = [
    0x82, b'S', b'N', b'A', b'P', b'P', b'Y', 0, 0, 0, 0, 1, 0, 0, 0, 1,
];
const MAGIC: &[u8] = HEADER
    .first_chunk::<8>()
    .expect("invariant: 16 bytes")
    .as_slice();
/// The first four bytes of the magic, where a chunk's length is expected, start another stream.
const MAGIC_HEAD: [u8; 4] = [0x82, b'S', b'N', b'A'];
/// As xerial's stream: input bytes of one chunk.
const BLOCK: usize = 32 * 1024;
/// The densest element of the format copies 64 bytes with 3.
const MAX_RATIO: usize = 22;

struct Encoder(snap::raw::Encoder);

thread_local! {
    static ENCODERS: Shelf<Encoder> = const { RefCell::new(Vec::new()) };
}

impl Pooled for Encoder {
    fn shelf() -> &'static LocalKey<Shelf<Self>> {
        &ENCODERS
    }

    fn create() -> Self {
        Self(snap::raw::Encoder::new())
    }

    fn recycle(&mut self) -> bool {
        true
    }
}

pub(super) fn compress(input: &[u8], out: &mut Vec<u8>) -> Result<(), RecordsError> {
    let mut encoder = Lease::<Encoder>::take();
    out.extend_from_slice(&HEADER);
    for block in input.chunks(BLOCK) {
        let start = out.len();
        out.resize(start + 4 + snap::raw::max_compress_len(block.len()), 0);
        let len = encoder
            .0
            .compress(block, &mut out[start + 4..])
            .map_err(|_| RecordsError::Compress {
                codec: Compression::Snappy,
            })?;
        out[start..start + 4].copy_from_slice(&(len as u32).to_be_bytes());
        out.truncate(start + 4 + len);
    }
    Ok(())
}

/// Reads a framed stream or a raw block.
pub(super) struct Reader<'a> {
    rest: &'a [u8],
    framing: Framing,
}

#[derive(PartialEq, Eq)]
enum Framing {
    Unknown,
    Xerial,
}

impl<'a> Reader<'a> {
    pub(super) fn new(input: &'a [u8]) -> Self {
        Self {
            rest: input,
            framing: Framing::Unknown,
        }
    }

    /// The sum of what the chunks say, each bounded by what snappy can expand to.
    pub(super) fn size_hint(&self) -> usize {
        let Some((header, mut rest)) = self.rest.split_first_chunk::<16>() else {
            return decompressed_len(self.rest).unwrap_or(0);
        };
        if !header.starts_with(MAGIC) {
            return decompressed_len(self.rest).unwrap_or(0);
        }
        let mut sum = 0_usize;
        while let Some((len, after)) = rest.split_first_chunk::<4>() {
            let Some((chunk, after)) = after.split_at_checked(u32::from_be_bytes(*len) as usize)
            else {
                break;
            };
            sum = sum.saturating_add(decompressed_len(chunk).unwrap_or(0));
            rest = after;
        }
        sum
    }

    pub(super) fn step(&mut self, out: &mut Output, room: usize) -> Result<Step, StepError> {
        if self.framing == Framing::Unknown {
            let Some((_version, after)) = split_header(self.rest) else {
                let block = std::mem::take(&mut self.rest);
                self.framing = Framing::Xerial;
                return append_block(block, out, room);
            };
            self.rest = after;
            self.framing = Framing::Xerial;
        }
        loop {
            // One to three bytes at the end are passed over, as xerial does.
            let Some((len, after)) = self.rest.split_first_chunk::<4>() else {
                return Ok(Step::End);
            };
            if *len == MAGIC_HEAD {
                self.rest = match split_header(self.rest) {
                    Some((1.., rest)) => rest,
                    _ => return Err(StepError::Damaged("invalid header inside the stream")),
                };
                continue;
            }
            let (chunk, after) = after
                .split_at_checked(u32::from_be_bytes(*len) as usize)
                .ok_or(StepError::Damaged("ends inside a chunk"))?;
            self.rest = after;
            return append_block(chunk, out, room);
        }
    }
}

/// The version in the framing's header, which xerial checks only inside a stream, and what follows the header; `None`
/// where there is none.
fn split_header(input: &[u8]) -> Option<(i32, &[u8])> {
    let (header, rest) = input.split_first_chunk::<16>()?;
    let version = header.strip_prefix(MAGIC)?.first_chunk::<4>()?;
    Some((i32::from_be_bytes(*version), rest))
}

fn decompressed_len(block: &[u8]) -> Option<usize> {
    let claimed = snap::raw::decompress_len(block).ok()?;
    (claimed <= block.len().saturating_mul(MAX_RATIO)).then_some(claimed)
}

fn append_block(block: &[u8], out: &mut Output, room: usize) -> Result<Step, StepError> {
    let len = decompressed_len(block).ok_or(StepError::Damaged("impossible length"))?;
    if block.is_empty() {
        return Err(StepError::Damaged("empty"));
    }
    if len > room {
        return Err(StepError::Full);
    }
    let len = snap::raw::Decoder::new()
        .decompress(block, &mut out.reserve(len)[..len])
        .map_err(|_| StepError::Damaged("invalid block"))?;
    out.advance(len);
    Ok(Step::More)
}
