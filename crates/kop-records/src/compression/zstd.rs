//! zstd (RFC 8878), frames one after the other.

use std::cell::RefCell;
use std::thread::LocalKey;

use zstd::zstd_safe::{
    self, CCtx, CParameter, DCtx, DParameter, InBuffer, OutBuffer, ResetDirective,
};

use super::{Output, Step, StepError};
use crate::pool::{Lease, Pooled, Shelf};
use crate::{Compression, RecordsError};

const DEFAULT_LEVEL: i32 = 3;
const PIECE: usize = 64 * 1024;
/// Frames with a larger window than 8 MiB (levels above 19) are decoded in one go into their output, so that no window
/// is allocated because a header asks for it.
const STREAM_WINDOW_LOG: u32 = 23;
/// Java's decoder, which has zstd's own maximum, reads no frame with a larger window.
const MAX_WINDOW: u64 = (1 << 27) + 1;
const MAGIC: [u8; 4] = 0xFD2F_B528_u32.to_le_bytes();
/// A block decodes to at most this and takes at least [`MIN_BLOCK`] bytes.
const MAX_BLOCK: usize = 128 * 1024;
const MIN_BLOCK: usize = 3;
/// zstd's name for the error that says so.
const TOO_SMALL: &str = "Destination buffer is too small";
/// Contexts that grew beyond this, for high levels or large windows, are not kept.
const MAX_KEPT_CONTEXT: usize = 4 * 1024 * 1024;
const MAX_HINTED_RATIO: usize = 32;

struct Encoder(CCtx<'static>);
struct Decoder(DCtx<'static>);

thread_local! {
    static ENCODERS: Shelf<Encoder> = const { RefCell::new(Vec::new()) };
    static DECODERS: Shelf<Decoder> = const { RefCell::new(Vec::new()) };
}

impl Pooled for Encoder {
    fn shelf() -> &'static LocalKey<Shelf<Self>> {
        &ENCODERS
    }

    fn create() -> Self {
        Self(CCtx::create())
    }

    fn recycle(&mut self) -> bool {
        self.0.sizeof() <= MAX_KEPT_CONTEXT && self.0.reset(ResetDirective::SessionOnly).is_ok()
    }
}

impl Pooled for Decoder {
    fn shelf() -> &'static LocalKey<Shelf<Self>> {
        &DECODERS
    }

    fn create() -> Self {
        let mut context = DCtx::create();
        // Can fail only for a log that zstd does not have; streaming would then use zstd's own, larger maximum.
        let _ = context.set_parameter(DParameter::WindowLogMax(STREAM_WINDOW_LOG));
        Self(context)
    }

    fn recycle(&mut self) -> bool {
        self.0.sizeof() <= MAX_KEPT_CONTEXT && self.0.reset(ResetDirective::SessionOnly).is_ok()
    }
}

pub(super) fn compress(
    input: &[u8],
    level: Option<i32>,
    out: &mut Vec<u8>,
) -> Result<(), RecordsError> {
    let failed = |_| RecordsError::Compress {
        codec: Compression::Zstd,
    };
    let mut encoder = Lease::<Encoder>::take();
    let level = level
        .unwrap_or(DEFAULT_LEVEL)
        .clamp(zstd_safe::min_c_level(), zstd_safe::max_c_level());
    encoder
        .0
        .set_parameter(CParameter::CompressionLevel(level))
        .map_err(failed)?;
    out.reserve(zstd_safe::compress_bound(input.len()));
    encoder.0.compress2(out, input).map_err(failed)?;
    Ok(())
}

/// Reads frames.
pub(super) struct Reader<'a> {
    input: &'a [u8],
    decoder: Lease<Decoder>,
    consumed: usize,
    inside_frame: bool,
}

impl<'a> Reader<'a> {
    pub(super) fn new(input: &'a [u8]) -> Self {
        Self {
            input,
            decoder: Lease::take(),
            consumed: 0,
            inside_frame: false,
        }
    }

    pub(super) fn size_hint(&self) -> usize {
        let len = self.input.len();
        match zstd_safe::get_frame_content_size(self.input) {
            Ok(Some(size)) => usize::try_from(size)
                .unwrap_or(usize::MAX)
                .min(len.saturating_mul(MAX_HINTED_RATIO)),
            _ => len.saturating_mul(4),
        }
    }

    pub(super) fn step(&mut self, out: &mut Output, room: usize) -> Result<Step, StepError> {
        if self.consumed == 0
            && let Some(size) = window_size(self.input)
        {
            if size > MAX_WINDOW {
                return Err(StepError::Damaged("asks for a window above 128 MiB"));
            }
            if size > 1 << STREAM_WINDOW_LOG {
                return self.decode_at_once(out, room);
            }
        }
        if self.consumed == self.input.len() && !self.inside_frame {
            return Ok(Step::End);
        }
        let mut input = InBuffer::around(self.input);
        input.set_pos(self.consumed);
        // One byte above the room shows that the stream goes on beyond it.
        let mut output = OutBuffer::around(out.room(room.saturating_add(1)));
        let hint = self
            .decoder
            .0
            .decompress_stream(&mut output, &mut input)
            .map_err(|_| StepError::Damaged("invalid frame"))?;
        let taken = input.pos() - self.consumed;
        self.consumed = input.pos();
        self.inside_frame = hint != 0;
        let written = output.pos();
        if written > room {
            return Err(StepError::Full);
        }
        out.advance(written);
        if taken == 0 && written == 0 {
            return Err(StepError::Damaged("ends inside a frame"));
        }
        Ok(Step::More)
    }

    fn decode_at_once(&mut self, out: &mut Output, room: usize) -> Result<Step, StepError> {
        let blocks = self.input.len() / MIN_BLOCK + 1;
        let most = blocks.saturating_mul(MAX_BLOCK).min(room.saturating_add(1));
        let mut capacity = most.min(self.input.len().saturating_mul(MAX_HINTED_RATIO).max(PIECE));
        loop {
            let to = &mut out.reserve(capacity)[..capacity];
            match self.decoder.0.decompress(to, self.input) {
                Ok(written) if written > room => return Err(StepError::Full),
                Ok(written) => {
                    self.consumed = self.input.len();
                    self.inside_frame = false;
                    out.advance(written);
                    return Ok(Step::More);
                }
                Err(code) if zstd_safe::get_error_name(code) != TOO_SMALL => {
                    return Err(StepError::Damaged("invalid frame"));
                }
                Err(_) if capacity < most => capacity = capacity.saturating_mul(8).min(most),
                Err(_) => return Err(StepError::Full),
            }
        }
    }
}

/// Window of the first frame, by its header; `None` where there is no frame or its content is its window.
fn window_size(input: &[u8]) -> Option<u64> {
    let rest = input.strip_prefix(&MAGIC)?;
    let [descriptor, window, ..] = *rest else {
        return None;
    };
    let single_segment = descriptor & 0b0010_0000 != 0;
    if single_segment {
        return zstd_safe::get_frame_content_size(input).ok().flatten();
    }
    let base = 1_u64 << (10 + (window >> 3));
    Some(base + base / 8 * u64::from(window & 0b111))
}
