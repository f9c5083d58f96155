//! gzip (RFC 1952), with the leniency of Java's `GZIPInputStream`: several members are one stream, and what follows
//! the last member without being another is passed over.

use std::cell::RefCell;
use std::thread::LocalKey;

use flate2::{Compress, Decompress, FlushCompress, FlushDecompress, Status};

use super::{Output, Step, StepError};
use crate::pool::{Lease, Pooled, Shelf};
use crate::{Compression, RecordsError};

/// Fixed part of a member's header.
const HEADER_LEN: usize = 10;
/// CRC-32 and length.
const TRAILER_LEN: usize = 8;
const DEFAULT_LEVEL: u32 = 6;
const PIECE: usize = 64 * 1024;
/// A first guess at the output is at most this multiple of the input, whatever the trailer claims.
const MAX_HINTED_RATIO: usize = 32;

const FHCRC: u8 = 1 << 1;
const FEXTRA: u8 = 1 << 2;
const FNAME: u8 = 1 << 3;
const FCOMMENT: u8 = 1 << 4;

struct Deflater {
    inner: Compress,
    level: u32,
}

struct Inflater(Decompress);

thread_local! {
    static DEFLATERS: Shelf<Deflater> = const { RefCell::new(Vec::new()) };
    static INFLATERS: Shelf<Inflater> = const { RefCell::new(Vec::new()) };
}

impl Pooled for Deflater {
    fn shelf() -> &'static LocalKey<Shelf<Self>> {
        &DEFLATERS
    }

    fn create() -> Self {
        Self {
            inner: Compress::new(flate2::Compression::new(DEFAULT_LEVEL), false),
            level: DEFAULT_LEVEL,
        }
    }

    fn recycle(&mut self) -> bool {
        self.inner.reset();
        true
    }
}

impl Pooled for Inflater {
    fn shelf() -> &'static LocalKey<Shelf<Self>> {
        &INFLATERS
    }

    fn create() -> Self {
        Self(Decompress::new(false))
    }

    fn recycle(&mut self) -> bool {
        self.0.reset(false);
        true
    }
}

pub(super) fn compress(
    input: &[u8],
    level: Option<i32>,
    out: &mut Vec<u8>,
) -> Result<(), RecordsError> {
    let failed = RecordsError::Compress {
        codec: Compression::Gzip,
    };
    let level = level.map_or(DEFAULT_LEVEL, |level| level.clamp(1, 9) as u32);
    let mut deflater = Lease::<Deflater>::take();
    if deflater.level != level {
        *deflater = Deflater {
            inner: Compress::new(flate2::Compression::new(level), false),
            level,
        };
    }
    out.extend_from_slice(&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]);
    // Deflate adds at most five bytes for each stored block of 16 KiB or more.
    out.reserve(input.len() + input.len() / 1024 + 64);
    loop {
        let consumed = deflater.inner.total_in() as usize;
        let rest = input.get(consumed..).unwrap_or_default();
        match deflater
            .inner
            .compress_vec(rest, out, FlushCompress::Finish)
        {
            Ok(Status::StreamEnd) => break,
            Ok(_) => out.reserve(PIECE),
            Err(_) => return Err(failed),
        }
    }
    out.extend_from_slice(&crc32fast::hash(input).to_le_bytes());
    out.extend_from_slice(&(input.len() as u32).to_le_bytes());
    Ok(())
}

/// Reads the members of a gzip stream.
pub(super) struct Reader<'a> {
    rest: &'a [u8],
    inflater: Lease<Inflater>,
    state: State,
    crc: crc32fast::Hasher,
    member_len: u32,
}

#[derive(PartialEq, Eq)]
enum State {
    Header,
    Body,
    Ended,
}

impl<'a> Reader<'a> {
    pub(super) fn new(input: &'a [u8]) -> Self {
        let inflater = Lease::take();
        Self {
            rest: input,
            inflater,
            state: State::Header,
            crc: crc32fast::Hasher::new(),
            member_len: 0,
        }
    }

    /// By the trailer, which is a lie in a hostile stream and wrong where several members follow each other.
    pub(super) fn size_hint(&self) -> usize {
        let claimed = self
            .rest
            .last_chunk::<4>()
            .map_or(0, |bytes| u32::from_le_bytes(*bytes) as usize);
        claimed.min(self.rest.len().saturating_mul(MAX_HINTED_RATIO))
    }

    pub(super) fn step(&mut self, out: &mut Output, room: usize) -> Result<Step, StepError> {
        if self.state == State::Header {
            self.rest = skip_header(self.rest).map_err(StepError::Damaged)?;
            self.state = State::Body;
        }
        if self.state == State::Ended {
            return Ok(Step::End);
        }
        let inflater = &mut self.inflater.0;
        let (consumed, produced) = (inflater.total_in(), inflater.total_out());
        // One byte above the room shows that the stream goes on beyond it.
        let to = out.room(room.saturating_add(1));
        let status = inflater
            .decompress(self.rest, to, FlushDecompress::None)
            .map_err(|_| StepError::Damaged("invalid deflate data"))?;
        let taken = (inflater.total_in() - consumed) as usize;
        let written = (inflater.total_out() - produced) as usize;
        self.rest = self.rest.get(taken..).unwrap_or_default();
        if written > room {
            return Err(StepError::Full);
        }
        self.crc.update(&to[..written]);
        self.member_len = self.member_len.wrapping_add(written as u32);
        out.advance(written);
        if status == Status::StreamEnd {
            self.end_member()?;
        } else if taken == 0 && written == 0 {
            return Err(StepError::Damaged("ends too early"));
        }
        Ok(Step::More)
    }

    fn end_member(&mut self) -> Result<(), StepError> {
        let Some((trailer, rest)) = self.rest.split_first_chunk::<TRAILER_LEN>() else {
            return Err(StepError::Damaged("ends inside the trailer"));
        };
        let crc = std::mem::take(&mut self.crc).finalize();
        let expected = (u64::from(self.member_len) << 32 | u64::from(crc)).to_le_bytes();
        if *trailer != expected {
            return Err(StepError::Damaged("wrong checksum or length"));
        }
        self.state = State::Ended;
        // Less than an empty member cannot be another member.
        if rest.len() > HEADER_LEN + TRAILER_LEN
            && let Ok(body) = skip_header(rest)
        {
            self.inflater.0.reset(false);
            self.rest = body;
            self.member_len = 0;
            self.state = State::Body;
        }
        Ok(())
    }
}

/// What follows a member's header.
fn skip_header(input: &[u8]) -> Result<&[u8], &'static str> {
    const SHORT: &str = "ends inside the header";
    let (header, mut rest) = input.split_first_chunk::<HEADER_LEN>().ok_or(SHORT)?;
    let [0x1f, 0x8b, method, flags, ..] = *header else {
        return Err("not in gzip format");
    };
    if method != 8 {
        return Err("unknown compression method");
    }
    if flags & FEXTRA != 0 {
        let (len, after) = rest.split_first_chunk::<2>().ok_or(SHORT)?;
        rest = after
            .get(usize::from(u16::from_le_bytes(*len))..)
            .ok_or(SHORT)?;
    }
    for flag in [FNAME, FCOMMENT] {
        if flags & flag != 0 {
            let end = rest.iter().position(|&byte| byte == 0).ok_or(SHORT)?;
            rest = rest.get(end + 1..).ok_or(SHORT)?;
        }
    }
    if flags & FHCRC != 0 {
        let covered = input.len() - rest.len();
        let (stored, after) = rest.split_first_chunk::<2>().ok_or(SHORT)?;
        if crc32fast::hash(&input[..covered]) as u16 != u16::from_le_bytes(*stored) {
            return Err("wrong header checksum");
        }
        rest = after;
    }
    Ok(rest)
}
