//! The codecs of Pulsar: other framings than Kafka's, and the size beforehand.

use std::fmt;

use bytes::Bytes;
use flate2::{Decompress, FlushDecompress};

use crate::EntryError;

/// Codec of a payload: `CompressionType` in Pulsar's metadata.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Codec {
    /// Not compressed.
    #[default]
    None,
    /// One raw block, no frame.
    Lz4,
    /// RFC 1950.
    Zlib,
    /// RFC 8878.
    Zstd,
    /// One raw block.
    Snappy,
}

impl Codec {
    /// The codec with this number.
    ///
    /// Errors: [`EntryError::UnknownCodec`].
    pub fn from_number(number: u64) -> Result<Self, EntryError> {
        match number {
            0 => Ok(Self::None),
            1 => Ok(Self::Lz4),
            2 => Ok(Self::Zlib),
            3 => Ok(Self::Zstd),
            4 => Ok(Self::Snappy),
            _ => Err(EntryError::UnknownCodec(number)),
        }
    }

    /// Pulsar's name for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "NONE",
            Self::Lz4 => "LZ4",
            Self::Zlib => "ZLIB",
            Self::Zstd => "ZSTD",
            Self::Snappy => "SNAPPY",
        }
    }

    /// More than `len` bytes of this codec can expand to, so that no more memory is taken than the bytes can fill.
    fn most(self, len: usize) -> usize {
        match self {
            Self::None => len,
            // 255 for each byte of a match's length; a block starts with up to 15 and 4.
            Self::Lz4 => len.saturating_mul(255).saturating_add(32),
            // Deflate codes 258 bytes with two bits.
            Self::Zlib => len.saturating_mul(1032).saturating_add(1032),
            // Blocks of at most 128 KiB that take three bytes or more.
            Self::Zstd => (len / 3 + 1).saturating_mul(128 * 1024),
            // 64 bytes with three.
            Self::Snappy => len.saturating_mul(22).saturating_add(64),
        }
    }
}

impl fmt::Display for Codec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Decompresses `payload`, which the metadata says has `size` bytes before compression.
pub(crate) fn decompress(
    codec: Codec,
    payload: &Bytes,
    size: u64,
    limit: usize,
) -> Result<Bytes, EntryError> {
    if codec == Codec::None {
        return Ok(payload.clone());
    }
    let size = usize::try_from(size)
        .ok()
        .filter(|size| *size <= limit)
        .ok_or(EntryError::TooLarge { size, limit })?;
    let damaged = |fault| EntryError::Decompress { codec, fault };
    if size > codec.most(payload.len()) {
        return Err(damaged("too few bytes for the size"));
    }
    let out = match codec {
        Codec::None => Ok(Vec::new()),
        Codec::Lz4 => lz4_flex::block::decompress(payload, size).map_err(|_| "invalid block"),
        Codec::Zlib => zlib(payload, size),
        Codec::Zstd => zstd::bulk::decompress(payload, size).map_err(|_| "invalid frame"),
        Codec::Snappy => snappy(payload, size),
    };
    let out = out.map_err(damaged)?;
    if out.len() != size {
        return Err(damaged("not the size that the metadata says"));
    }
    Ok(Bytes::from(out))
}

/// Pulsar's Java client flushes the stream and does not end it: that there is no more output to come must do.
fn zlib(payload: &[u8], size: usize) -> Result<Vec<u8>, &'static str> {
    let mut out = Vec::with_capacity(size);
    Decompress::new(true)
        .decompress_vec(payload, &mut out, FlushDecompress::Sync)
        .map_err(|_| "invalid stream")?;
    Ok(out)
}

fn snappy(payload: &[u8], size: usize) -> Result<Vec<u8>, &'static str> {
    // The block claims a size of its own, which must not decide how much memory is taken.
    if snap::raw::decompress_len(payload) != Ok(size) {
        return Err("not the size that the metadata says");
    }
    let mut out = vec![0; size];
    match snap::raw::Decoder::new().decompress(payload, &mut out) {
        Ok(len) if len == size => Ok(out),
        _ => Err("invalid block"),
    }
}
