//! Walking the records of a magic 2 batch without keeping them: compressed ones pass through a small window.

use crate::compression::{Decompressor, Output, Step};
use crate::pool::Lease;
use crate::record::{
    BAD_HEADER_COUNT, BAD_LENGTH, BAD_STRUCTURE, NULL_HEADER_KEY, ParseError, parse_record,
};
use crate::section::record_error;
use crate::varint::{read_varint, read_varlong};
use crate::{Compression, DecompressLimits, RecordsError};

/// What validation needs to know of a record.
#[derive(Clone, Copy)]
pub(super) struct Shape {
    pub(super) timestamp_delta: i64,
    pub(super) offset_delta: i32,
    pub(super) has_key: bool,
}

/// Gives the shape of each of `count` records to `visit`, and checks that nothing follows the last.
pub(super) fn walk_records(
    codec: Compression,
    body: &[u8],
    count: i32,
    limits: &DecompressLimits,
    mut visit: impl FnMut(i32, Shape),
) -> Result<(), RecordsError> {
    if codec == Compression::None {
        return walk_plain(body, count, visit);
    }
    let mut window = Window::new(Decompressor::new(codec, 2, body, limits));
    for index in 0..count {
        let shape = window.next_shape().map_err(|error| match error {
            WindowError::Source(error) => error,
            WindowError::Parse(error) => record_error(&error, index, count),
        })?;
        visit(index, shape);
    }
    if window.fill()? {
        Err(RecordsError::RecordsRemaining { count })
    } else {
        Ok(())
    }
}

fn walk_plain(
    body: &[u8],
    count: i32,
    mut visit: impl FnMut(i32, Shape),
) -> Result<(), RecordsError> {
    let mut rest = body;
    for index in 0..count {
        let (raw, after) =
            parse_record(rest).map_err(|error| record_error(&error, index, count))?;
        rest = after;
        let has_key = raw.key.is_some();
        visit(
            index,
            Shape {
                timestamp_delta: raw.timestamp_delta,
                offset_delta: raw.offset_delta,
                has_key,
            },
        );
    }
    if rest.is_empty() {
        Ok(())
    } else {
        Err(RecordsError::RecordsRemaining { count })
    }
}

enum WindowError {
    Source(RecordsError),
    Parse(ParseError),
}

impl From<RecordsError> for WindowError {
    fn from(error: RecordsError) -> Self {
        Self::Source(error)
    }
}

impl From<ParseError> for WindowError {
    fn from(error: ParseError) -> Self {
        Self::Parse(error)
    }
}

/// The piece of the decompressed stream that is being looked at.
struct Window<'a> {
    source: Decompressor<'a>,
    piece: Lease<Output>,
    at: usize,
}

impl<'a> Window<'a> {
    fn new(source: Decompressor<'a>) -> Self {
        Self {
            source,
            piece: Lease::take(),
            at: 0,
        }
    }

    /// Makes sure that there is at least one byte to look at; false at the end.
    fn fill(&mut self) -> Result<bool, RecordsError> {
        while self.at == self.piece.len() {
            self.piece.clear();
            self.at = 0;
            if self.source.append_next(&mut self.piece)? == Step::End {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn rest(&self) -> &[u8] {
        &self.piece[self.at..]
    }

    fn next_shape(&mut self) -> Result<Shape, WindowError> {
        if let Ok((raw, after)) = parse_record(self.rest()) {
            let shape = Shape {
                timestamp_delta: raw.timestamp_delta,
                offset_delta: raw.offset_delta,
                has_key: raw.key.is_some(),
            };
            self.at = self.piece.len() - after.len();
            return Ok(shape);
        }
        self.next_shape_across_pieces()
    }

    /// For a record that is not whole in the window, or broken: field by field, passing over keys and values.
    fn next_shape_across_pieces(&mut self) -> Result<Shape, WindowError> {
        let mut prefix = Field {
            window: self,
            left: 5,
        };
        let len = prefix.varint().map_err(missing_instead)?;
        let left = usize::try_from(len).map_err(|_| ParseError::Invalid(BAD_LENGTH))?;
        let mut body = Field { window: self, left };
        body.bytes::<1>()?;
        let timestamp_delta = body.varlong()?;
        let offset_delta = body.varint()?;
        let has_key = body.skip_nullable()?;
        body.skip_nullable()?;
        let headers = body.varint()?;
        let headers =
            usize::try_from(headers).map_err(|_| ParseError::Invalid(BAD_HEADER_COUNT))?;
        if headers > body.left {
            return Err(ParseError::Invalid(BAD_HEADER_COUNT).into());
        }
        for _ in 0..headers {
            if !body.skip_nullable()? {
                return Err(ParseError::Invalid(NULL_HEADER_KEY).into());
            }
            body.skip_nullable()?;
        }
        if body.left > 0 {
            return Err(ParseError::Invalid(BAD_LENGTH).into());
        }
        Ok(Shape {
            timestamp_delta,
            offset_delta,
            has_key,
        })
    }
}

fn missing_instead(error: WindowError) -> WindowError {
    match error {
        WindowError::Parse(_) => ParseError::Missing.into(),
        source @ WindowError::Source(_) => source,
    }
}

/// Reads what is left of one record, across pieces.
struct Field<'w, 'a> {
    window: &'w mut Window<'a>,
    left: usize,
}

impl Field<'_, '_> {
    fn bytes<const N: usize>(&mut self) -> Result<[u8; N], WindowError> {
        let mut out = [0; N];
        for byte in &mut out {
            if self.left == 0 {
                return Err(BAD_STRUCTURE.into());
            }
            if !self.window.fill()? {
                return Err(ParseError::Missing.into());
            }
            *byte = self.window.piece[self.window.at];
            self.window.at += 1;
            self.left -= 1;
        }
        Ok(out)
    }

    /// The bytes of a varint of at most `N` bytes.
    fn varint_bytes<const N: usize>(&mut self) -> Result<[u8; N], WindowError> {
        let mut out = [0; N];
        for byte in &mut out {
            [*byte] = self.bytes::<1>()?;
            if *byte < 0x80 {
                return Ok(out);
            }
        }
        Err(BAD_STRUCTURE.into())
    }

    fn varint(&mut self) -> Result<i32, WindowError> {
        Ok(read_varint(&self.varint_bytes::<5>()?)
            .ok_or(BAD_STRUCTURE)?
            .0)
    }

    fn varlong(&mut self) -> Result<i64, WindowError> {
        Ok(read_varlong(&self.varint_bytes::<10>()?)
            .ok_or(BAD_STRUCTURE)?
            .0)
    }

    /// Passes over a length and its bytes; whether they were not null.
    fn skip_nullable(&mut self) -> Result<bool, WindowError> {
        let len = self.varint()?;
        let Ok(mut len) = usize::try_from(len) else {
            return Ok(false);
        };
        if len > self.left {
            return Err(BAD_STRUCTURE.into());
        }
        self.left -= len;
        while len > 0 {
            if !self.window.fill()? {
                return Err(ParseError::Missing.into());
            }
            let step = len.min(self.window.piece.len() - self.window.at);
            self.window.at += step;
            len -= step;
        }
        Ok(true)
    }
}
