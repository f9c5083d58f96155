//! The codecs, as Kafka frames them.

use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;

use bytes::Bytes;

use crate::RecordsError;
use crate::pool::{Lease, MAX_KEPT_BUFFER};

mod gzip;
mod lz4;
mod output;
mod snappy;
mod zstd;

pub(crate) use output::Output;

/// Codec of a batch: the lowest three bits of its attributes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, PartialOrd, Ord)]
#[repr(u8)]
pub enum Compression {
    /// Not compressed.
    #[default]
    None = 0,
    /// RFC 1952.
    Gzip = 1,
    /// Snappy in xerial's framing; raw blocks are read too.
    Snappy = 2,
    /// LZ4 frames of independent 64 KiB blocks.
    Lz4 = 3,
    /// RFC 8878; magic 2 only (KIP-110).
    Zstd = 4,
}

impl Compression {
    /// All codecs, in the order of their ids.
    pub const ALL: [Self; 5] = [Self::None, Self::Gzip, Self::Snappy, Self::Lz4, Self::Zstd];

    /// The id in the attributes.
    pub fn id(self) -> u8 {
        self as u8
    }

    /// The codec of the lowest three bits of `attributes`.
    pub fn from_attributes(attributes: u8) -> Result<Self, RecordsError> {
        let id = attributes & 0x07;
        Self::ALL
            .get(usize::from(id))
            .copied()
            .ok_or(RecordsError::UnknownCompression(id))
    }

    /// Kafka's name: `none`, `gzip`, `snappy`, `lz4`, `zstd`.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Gzip => "gzip",
            Self::Snappy => "snappy",
            Self::Lz4 => "lz4",
            Self::Zstd => "zstd",
        }
    }

    /// Levels that the codec's compressor here has; `None` where it has one way to compress only.
    pub fn levels(self) -> Option<RangeInclusive<i32>> {
        match self {
            Self::None | Self::Snappy | Self::Lz4 => None,
            Self::Gzip => Some(1..=9),
            Self::Zstd => Some(-131_072..=22),
        }
    }
}

impl fmt::Display for Compression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Compression {
    type Err = UnknownCodecName;

    fn from_str(name: &str) -> Result<Self, UnknownCodecName> {
        Self::ALL
            .into_iter()
            .find(|codec| codec.name() == name)
            .ok_or(UnknownCodecName)
    }
}

/// The text is not the name of a codec.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not one of none, gzip, snappy, lz4, zstd")]
pub struct UnknownCodecName;

/// How far compressed records may expand. What a batch may cost is bounded by this and not by what its bytes claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DecompressLimits {
    /// Most decompressed bytes of one batch. Reading fails with [`RecordsError::DecompressedTooLarge`] past it.
    pub max_bytes: usize,
}

impl Default for DecompressLimits {
    /// 100 MiB: as much as Kafka's `socket.request.max.bytes` lets an uncompressed batch have.
    fn default() -> Self {
        Self {
            max_bytes: 100 * 1024 * 1024,
        }
    }
}

/// Compresses `input` into `out`, which is cleared first. `level` is clamped to the codec's levels; `None` is the
/// codec's own default.
pub(crate) fn compress(
    codec: Compression,
    level: Option<i32>,
    magic: i8,
    input: &[u8],
    out: &mut Vec<u8>,
) -> Result<(), RecordsError> {
    out.clear();
    if codec == Compression::Zstd && magic < 2 {
        return Err(RecordsError::CompressionNotInMagic { codec, magic });
    }
    match codec {
        Compression::None => {
            out.extend_from_slice(input);
            Ok(())
        }
        Compression::Gzip => gzip::compress(input, level, out),
        Compression::Snappy => snappy::compress(input, out),
        Compression::Lz4 => lz4::compress(input, magic, out),
        Compression::Zstd => zstd::compress(input, level, out),
    }
}

/// Compressed bytes, decompressed piece by piece.
pub(crate) struct Decompressor<'a> {
    source: Source<'a>,
    total: usize,
    limit: usize,
}

enum Source<'a> {
    Plain(&'a [u8]),
    Gzip(gzip::Reader<'a>),
    Snappy(snappy::Reader<'a>),
    Lz4(lz4::Reader<'a>),
    Zstd(zstd::Reader<'a>),
}

/// What one step of a codec may append: at most `room` bytes, else [`Full`](StepError::Full).
pub(crate) enum StepError {
    /// The output would exceed the room left.
    Full,
    /// The input is damaged.
    Damaged(&'static str),
}

/// Whether a step appended bytes, or the stream had ended.
#[derive(PartialEq, Eq)]
pub(crate) enum Step {
    More,
    End,
}

impl<'a> Decompressor<'a> {
    pub(crate) fn new(
        codec: Compression,
        magic: i8,
        input: &'a [u8],
        limits: &DecompressLimits,
    ) -> Self {
        let source = match codec {
            Compression::None => Source::Plain(input),
            Compression::Gzip => Source::Gzip(gzip::Reader::new(input)),
            Compression::Snappy => Source::Snappy(snappy::Reader::new(input)),
            Compression::Lz4 => Source::Lz4(lz4::Reader::new(input, magic)),
            Compression::Zstd => Source::Zstd(zstd::Reader::new(input)),
        };
        Self {
            source,
            total: 0,
            limit: limits.max_bytes,
        }
    }

    /// Appends the next piece to `out`. A piece is what the codec's framing makes natural, 64 KiB where it is free to
    /// choose, and never more than the limit leaves.
    pub(crate) fn append_next(&mut self, out: &mut Output) -> Result<Step, RecordsError> {
        let before = out.len();
        let room = self.limit - self.total;
        let (codec, step) = match &mut self.source {
            Source::Plain(input) => (Compression::None, plain_step(input, out, room)),
            Source::Gzip(reader) => (Compression::Gzip, reader.step(out, room)),
            Source::Snappy(reader) => (Compression::Snappy, reader.step(out, room)),
            Source::Lz4(reader) => (Compression::Lz4, reader.step(out, room)),
            Source::Zstd(reader) => (Compression::Zstd, reader.step(out, room)),
        };
        let step = step.map_err(|error| match error {
            StepError::Full => RecordsError::DecompressedTooLarge { limit: self.limit },
            StepError::Damaged(fault) => RecordsError::Decompress { codec, fault },
        })?;
        self.total += out.len() - before;
        if self.total > self.limit {
            return Err(RecordsError::DecompressedTooLarge { limit: self.limit });
        }
        Ok(step)
    }

    /// A guess of the whole size, exact where the format tells. Never more than a small multiple of the input.
    fn size_hint(&self) -> usize {
        let hint = match &self.source {
            Source::Plain(input) => input.len(),
            Source::Gzip(reader) => reader.size_hint(),
            Source::Snappy(reader) => reader.size_hint(),
            Source::Lz4(reader) => reader.size_hint(),
            Source::Zstd(reader) => reader.size_hint(),
        };
        hint.min(self.limit)
    }

    fn read_to_end(&mut self, out: &mut Output) -> Result<(), RecordsError> {
        out.reserve(self.size_hint());
        while self.append_next(out)? == Step::More {}
        Ok(())
    }
}

impl fmt::Debug for Decompressor<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Decompressor")
            .field("total", &self.total)
            .field("limit", &self.limit)
            .finish_non_exhaustive()
    }
}

fn plain_step(input: &mut &[u8], out: &mut Output, room: usize) -> Result<Step, StepError> {
    if input.is_empty() {
        return Ok(Step::End);
    }
    if input.len() > room {
        return Err(StepError::Full);
    }
    out.extend_from_slice(input);
    *input = &[];
    Ok(Step::More)
}

/// Decompresses all of `input` into bytes of its own, which are as long as they need to be: a copy costs less than memory
/// that grows, and less than keeping what was too much.
pub(crate) fn decompress(
    codec: Compression,
    magic: i8,
    input: &[u8],
    limits: &DecompressLimits,
) -> Result<Bytes, RecordsError> {
    let out = decompress_to_scratch(codec, magic, input, limits)?;
    if out.len() > MAX_KEPT_BUFFER {
        return Ok(out.into_inner().into_bytes());
    }
    Ok(Bytes::copy_from_slice(&out))
}

/// Decompresses all of `input` into a buffer that the thread keeps.
pub(crate) fn decompress_to_scratch(
    codec: Compression,
    magic: i8,
    input: &[u8],
    limits: &DecompressLimits,
) -> Result<Lease<Output>, RecordsError> {
    let mut out = Lease::<Output>::take();
    Decompressor::new(codec, magic, input, limits).read_to_end(&mut out)?;
    Ok(out)
}

#[cfg(test)]
mod tests;
