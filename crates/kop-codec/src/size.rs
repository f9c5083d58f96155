//! How many bytes a value takes, without writing it.

use bytes::Bytes;

use crate::{ByteString, Int32s, Records, wire::Wire};

/// Lengths are 31 bits on the wire, and compact ones are written with one added.
pub(crate) const MAX_LENGTH: usize = i32::MAX as usize;

#[inline]
pub(crate) fn unsigned_varint(value: usize) -> usize {
    if value < 0x80 {
        return 1;
    }
    let bits = usize::BITS - value.leading_zeros();
    bits.div_ceil(7) as usize
}

#[inline]
pub(crate) fn length(length: usize, flexible: bool) -> usize {
    if flexible {
        unsigned_varint(length + 1)
    } else {
        size_of::<i32>()
    }
}

#[inline]
pub(crate) fn string(value: &ByteString, flexible: bool) -> usize {
    let length = value.len();
    length
        + if flexible {
            unsigned_varint(length + 1)
        } else {
            size_of::<i16>()
        }
}

#[inline]
pub(crate) fn string_nullable(value: Option<&ByteString>, flexible: bool) -> usize {
    match value {
        Some(value) => string(value, flexible),
        None if flexible => 1,
        None => size_of::<i16>(),
    }
}

#[inline]
pub(crate) fn bytes(value: &Bytes, flexible: bool) -> usize {
    value.len() + length(value.len(), flexible)
}

#[inline]
pub(crate) fn bytes_nullable(value: Option<&Bytes>, flexible: bool) -> usize {
    value.map_or_else(|| length(0, flexible), |value| bytes(value, flexible))
}

#[inline]
pub(crate) fn records(value: &Records, flexible: bool) -> usize {
    value.len() + length(value.len(), flexible)
}

#[inline]
pub(crate) fn records_nullable(value: Option<&Records>, flexible: bool) -> usize {
    value.map_or_else(|| length(0, flexible), |value| records(value, flexible))
}

#[inline]
pub(crate) fn int32s(values: &Int32s, flexible: bool) -> usize {
    fixed(values.len(), size_of::<i32>(), flexible)
}

#[inline]
pub(crate) fn int32s_nullable(values: Option<&Int32s>, flexible: bool) -> usize {
    fixed(
        values.map_or(0, |values| values.len()),
        size_of::<i32>(),
        flexible,
    )
}

/// An array of `count` elements of `each` bytes; null is as long as empty.
#[inline]
pub(crate) fn fixed(count: usize, each: usize, flexible: bool) -> usize {
    length(count, flexible) + count * each
}

pub(crate) fn array<T: Wire>(values: &[T], flexible: bool, version: i16) -> usize {
    length(values.len(), flexible)
        + values
            .iter()
            .map(|value| value.size(version))
            .sum::<usize>()
}

pub(crate) fn array_nullable<T: Wire>(values: Option<&[T]>, flexible: bool, version: i16) -> usize {
    array(values.unwrap_or_default(), flexible, version)
}

#[inline]
pub(crate) fn strings(values: &[ByteString], flexible: bool) -> usize {
    length(values.len(), flexible)
        + values
            .iter()
            .map(|value| string(value, flexible))
            .sum::<usize>()
}

#[inline]
pub(crate) fn struct_nullable<T: Wire>(value: Option<&T>, version: i16) -> usize {
    1 + value.map_or(0, |value| value.size(version))
}

/// A tagged field whose value takes `size` bytes.
#[inline]
pub(crate) fn tagged(tag: u32, size: usize) -> usize {
    unsigned_varint(tag as usize) + unsigned_varint(size) + size
}
