//! LZ4 frames as Kafka's own stream classes write and read them.
//!
//! Blocks are independent and of at most 64 KiB, without checksums: Java refuses linked blocks. For magic 0 the
//! header's checksum is computed over the frame's magic number too, which is a mistake of Kafka 0.8 that its readers
//! of magic 0 rely on (KIP-57); there it is written so, and neither form is refused.

use std::cell::RefCell;
use std::hash::Hasher;
use std::thread::LocalKey;

use lz4_flex::block::{
    CompressTable, compress_into_with_table, decompress_into, get_maximum_output_size,
};
use twox_hash::XxHash32;

use super::{Output, Step, StepError};
use crate::pool::{Lease, Pooled, Shelf};
use crate::{Compression, RecordsError};

const MAGIC: [u8; 4] = 0x184D_2204_u32.to_le_bytes();
const VERSION_1: u8 = 0b0100_0000;
const BLOCKS_INDEPENDENT: u8 = 0b0010_0000;
const BLOCK_CHECKSUMS: u8 = 0b0001_0000;
const CONTENT_SIZE: u8 = 0b0000_1000;
const CONTENT_CHECKSUM: u8 = 0b0000_0100;
const RESERVED: u8 = 0b0000_0011;
/// Block size id 4: 64 KiB.
const BLOCK_64_KIB: u8 = 4 << 4;
const BLOCK: usize = 64 * 1024;
/// Set in a block's length: the block is stored as it is.
const STORED: u32 = 0x8000_0000;
/// LZ4 cannot expand further than this.
const MAX_RATIO: usize = 255;

struct Table(CompressTable);

thread_local! {
    static TABLES: Shelf<Table> = const { RefCell::new(Vec::new()) };
}

impl Pooled for Table {
    fn shelf() -> &'static LocalKey<Shelf<Self>> {
        &TABLES
    }

    fn create() -> Self {
        Self(CompressTable::large())
    }

    fn recycle(&mut self) -> bool {
        true
    }
}

pub(super) fn compress(input: &[u8], magic: i8, out: &mut Vec<u8>) -> Result<(), RecordsError> {
    let mut table = Lease::<Table>::take();
    out.extend_from_slice(&MAGIC);
    out.extend_from_slice(&[VERSION_1 | BLOCKS_INDEPENDENT, BLOCK_64_KIB]);
    let covered = if magic == 0 {
        out.as_slice()
    } else {
        &out[MAGIC.len()..]
    };
    let checksum = header_checksum(covered);
    out.push(checksum);
    for block in input.chunks(BLOCK) {
        let start = out.len();
        out.resize(start + 4 + get_maximum_output_size(block.len()), 0);
        let len =
            compress_into_with_table(block, &mut out[start + 4..], &mut table.0).map_err(|_| {
                RecordsError::Compress {
                    codec: Compression::Lz4,
                }
            })?;
        let field = if len < block.len() {
            out.truncate(start + 4 + len);
            len as u32
        } else {
            out.truncate(start + 4);
            out.extend_from_slice(block);
            block.len() as u32 | STORED
        };
        out[start..start + 4].copy_from_slice(&field.to_le_bytes());
    }
    out.extend_from_slice(&0_u32.to_le_bytes());
    Ok(())
}

fn xxh32(bytes: &[u8]) -> u32 {
    let mut hasher = XxHash32::with_seed(0);
    hasher.write(bytes);
    hasher.finish_32()
}

fn header_checksum(bytes: &[u8]) -> u8 {
    (xxh32(bytes) >> 8) as u8
}

/// Reads one frame; what follows it is passed over, as Kafka does.
pub(super) struct Reader<'a> {
    rest: &'a [u8],
    check_header: bool,
    frame: Option<Frame>,
    ended: bool,
}

#[derive(Clone, Copy)]
struct Frame {
    block_checksums: bool,
    content_checksum: bool,
    max_block: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn new(input: &'a [u8], magic: i8) -> Self {
        Self {
            rest: input,
            check_header: magic > 0,
            frame: None,
            ended: false,
        }
    }

    /// Four times the input: what records compress to on average.
    pub(super) fn size_hint(&self) -> usize {
        self.rest.len().saturating_mul(4)
    }

    pub(super) fn step(&mut self, out: &mut Output, room: usize) -> Result<Step, StepError> {
        if self.ended {
            return Ok(Step::End);
        }
        let frame = match self.frame {
            Some(frame) => frame,
            None => {
                let frame = self.read_header().map_err(StepError::Damaged)?;
                *self.frame.insert(frame)
            }
        };
        let field = self.take_u32()?;
        let len = (field & !STORED) as usize;
        if len == 0 {
            if frame.content_checksum {
                // It has to be there, but as in Kafka nobody compares it: the batch has its own.
                self.take_u32()?;
            }
            self.ended = true;
            return Ok(Step::End);
        }
        if len > frame.max_block {
            return Err(StepError::Damaged(
                "a block is larger than the header allows",
            ));
        }
        let (block, rest) = self
            .rest
            .split_at_checked(len)
            .ok_or(StepError::Damaged("ends inside a block"))?;
        self.rest = rest;
        if frame.block_checksums && self.take_u32()? != xxh32(block) {
            return Err(StepError::Damaged("wrong block checksum"));
        }
        if field & STORED != 0 {
            if len > room {
                return Err(StepError::Full);
            }
            out.extend_from_slice(block);
        } else {
            append_block(block, frame.max_block, out, room)?;
        }
        Ok(Step::More)
    }

    fn take_u32(&mut self) -> Result<u32, StepError> {
        let (bytes, rest) = self
            .rest
            .split_first_chunk::<4>()
            .ok_or(StepError::Damaged("ends too early"))?;
        self.rest = rest;
        Ok(u32::from_le_bytes(*bytes))
    }

    fn read_header(&mut self) -> Result<Frame, &'static str> {
        const SHORT: &str = "ends inside the header";
        let Some((&[m0, m1, m2, m3, flags, descriptor], rest)) = self.rest.split_first_chunk::<6>()
        else {
            return Err(SHORT);
        };
        if [m0, m1, m2, m3] != MAGIC {
            return Err("not an LZ4 frame");
        }
        if flags & 0b1100_0000 != VERSION_1 {
            return Err("unknown frame version");
        }
        if flags & BLOCKS_INDEPENDENT == 0 {
            return Err("linked blocks, which Kafka does not read");
        }
        let size_id = descriptor >> 4;
        if flags & RESERVED != 0 || descriptor & 0b1000_1111 != 0 || !(4..=7).contains(&size_id) {
            return Err("reserved bits or block size in the header");
        }
        let content_size = if flags & CONTENT_SIZE == 0 { 0 } else { 8 };
        let covered = self
            .rest
            .get(MAGIC.len()..MAGIC.len() + 2 + content_size)
            .ok_or(SHORT)?;
        let (&checksum, rest) = rest
            .get(content_size..)
            .and_then(<[u8]>::split_first)
            .ok_or(SHORT)?;
        if self.check_header && header_checksum(covered) != checksum {
            return Err("wrong header checksum");
        }
        self.rest = rest;
        Ok(Frame {
            block_checksums: flags & BLOCK_CHECKSUMS != 0,
            content_checksum: flags & CONTENT_CHECKSUM != 0,
            max_block: 1 << (2 * size_id + 8),
        })
    }
}

fn append_block(
    block: &[u8],
    max_block: usize,
    out: &mut Output,
    room: usize,
) -> Result<(), StepError> {
    let most = max_block.min(block.len().saturating_mul(MAX_RATIO));
    // One byte above the room tells a full batch from a damaged one.
    let wanted = most.min(room.saturating_add(1));
    let len = decompress_into(block, &mut out.reserve(wanted)[..wanted]).map_err(|_| {
        if most > room {
            StepError::Full
        } else {
            StepError::Damaged("invalid block")
        }
    })?;
    if len > room {
        return Err(StepError::Full);
    }
    out.advance(len);
    Ok(())
}
