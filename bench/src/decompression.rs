//! Decompression alone: the records of a batch into memory that is there already, by the library that kop-records uses.
//! Nothing else is done: no checksum, no look at the batch, no record. Who uses that library cannot be faster.

use std::cell::RefCell;

use bytes::Bytes;
use flate2::{Decompress, FlushDecompress, Status};
use kop_records::Compression;
use zstd::zstd_safe::DCtx;

use crate::case::Contender;

/// Bytes of a batch in front of its records.
const BATCH_HEADER: usize = 61;
/// The headers of the formats, as kop-records writes them.
const GZIP_HEADER: usize = 10;
const XERIAL_HEADER: usize = 16;
const LZ4_HEADER: usize = 7;
/// In a block's length of lz4.
const STORED: u32 = 0x8000_0000;

/// The codec of `batch` at work; `None` where there is none.
pub(crate) fn alone(batch: &Bytes, compression: Compression) -> Option<Contender> {
    let body = batch.slice(BATCH_HEADER..);
    let size = {
        let batch = kop_records::RecordBatch::parse(batch.clone()).ok()?;
        batch.decompressed_body(&Default::default()).ok()?.len()
    };
    let out = RefCell::new(vec![0; size]);
    let done = move |written: usize| match written == size {
        true => Ok(()),
        false => Err(format!("gives {written} bytes of {size}")),
    };
    let contender = match compression {
        Compression::None => return None,
        Compression::Gzip => {
            let context = RefCell::new(Decompress::new(false));
            Contender::new(
                NAME,
                move || gzip(&body, &mut context.borrow_mut(), &mut out.borrow_mut()),
                done,
            )
        }
        Compression::Snappy => {
            Contender::new(NAME, move || snappy(&body, &mut out.borrow_mut()), done)
        }
        Compression::Lz4 => Contender::new(NAME, move || lz4(&body, &mut out.borrow_mut()), done),
        Compression::Zstd => {
            let context = RefCell::new(DCtx::create());
            Contender::new(
                NAME,
                move || zstd(&body, &mut context.borrow_mut(), &mut out.borrow_mut()),
                done,
            )
        }
    };
    Some(contender)
}

const NAME: &str = "decompression alone";

fn gzip(body: &[u8], context: &mut Decompress, out: &mut [u8]) -> Result<usize, String> {
    context.reset(false);
    let deflated = body.get(GZIP_HEADER..).unwrap_or_default();
    match context.decompress(deflated, out, FlushDecompress::Finish) {
        Ok(Status::StreamEnd) => Ok(context.total_out() as usize),
        other => Err(format!("{other:?}")),
    }
}

fn snappy(body: &[u8], out: &mut [u8]) -> Result<usize, String> {
    let mut written = 0;
    blocks(body.get(XERIAL_HEADER..), u32::from_be_bytes, |_, block| {
        let mut decoder = snap::raw::Decoder::new();
        written += decoder
            .decompress(block, &mut out[written..])
            .map_err(text)?;
        Ok(())
    })?;
    Ok(written)
}

fn lz4(body: &[u8], out: &mut [u8]) -> Result<usize, String> {
    let mut written = 0;
    blocks(
        body.get(LZ4_HEADER..),
        u32::from_le_bytes,
        |stored, block| {
            let to = &mut out[written..];
            if stored {
                to[..block.len()].copy_from_slice(block);
                written += block.len();
            } else {
                written += lz4_flex::block::decompress_into(block, to).map_err(text)?;
            }
            Ok(())
        },
    )?;
    Ok(written)
}

fn zstd(body: &[u8], context: &mut DCtx<'static>, out: &mut [u8]) -> Result<usize, String> {
    let failed = |code| zstd::zstd_safe::get_error_name(code).to_owned();
    context.decompress(out, body).map_err(failed)
}

/// Blocks with their lengths in front of them.
fn blocks(
    rest: Option<&[u8]>,
    length: impl Fn([u8; 4]) -> u32,
    mut each: impl FnMut(bool, &[u8]) -> Result<(), String>,
) -> Result<(), String> {
    let mut rest = rest.unwrap_or_default();
    while let Some((field, after)) = rest.split_first_chunk::<4>() {
        let field = length(*field);
        if field == 0 {
            break;
        }
        let split = after.split_at_checked((field & !STORED) as usize);
        let (block, after) = split.ok_or("a block is cut off")?;
        each(field & STORED != 0, block)?;
        rest = after;
    }
    Ok(())
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}
