//! The encoding of Protocol Buffers.

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Value<'a> {
    Varint(u64),
    Bytes(&'a [u8]),
    /// Four or eight bytes: no field that we know has them.
    Fixed,
}

impl<'a> Value<'a> {
    pub(super) fn varint(self) -> Result<u64, &'static str> {
        match self {
            Self::Varint(number) => Ok(number),
            _ => Err("a number of another wire type"),
        }
    }

    pub(super) fn flag(self) -> Result<bool, &'static str> {
        Ok(self.varint()? != 0)
    }

    /// An `int32`: negative ones are written as 64 bits; a reader takes the lower half.
    pub(super) fn int32(self) -> Result<i32, &'static str> {
        Ok(self.varint()? as i32)
    }

    pub(super) fn bytes(self) -> Result<&'a [u8], &'static str> {
        match self {
            Self::Bytes(bytes) => Ok(bytes),
            _ => Err("text of another wire type"),
        }
    }
}

/// The fields of a message in the order of the bytes. An error is the last item.
#[derive(Debug, Clone)]
pub(super) struct Fields<'a> {
    rest: &'a [u8],
}

impl<'a> Fields<'a> {
    pub(super) fn new(message: &'a [u8]) -> Self {
        Self { rest: message }
    }

    #[inline]
    fn read(&mut self) -> Result<(u32, Value<'a>), &'static str> {
        const SHORT: &str = "ends inside a field";
        let (tag, rest) = read_varint(self.rest).ok_or(SHORT)?;
        let number = u32::try_from(tag >> 3).map_err(|_| "a field number beyond 29 bits")?;
        if number == 0 {
            return Err("a field with the number 0");
        }
        let (value, rest) = match tag & 7 {
            0 => {
                let (value, rest) = read_varint(rest).ok_or(SHORT)?;
                (Value::Varint(value), rest)
            }
            2 => {
                let (len, rest) = read_varint(rest).ok_or(SHORT)?;
                let len = usize::try_from(len).map_err(|_| SHORT)?;
                let (bytes, rest) = rest.split_at_checked(len).ok_or(SHORT)?;
                (Value::Bytes(bytes), rest)
            }
            1 => (Value::Fixed, rest.get(8..).ok_or(SHORT)?),
            5 => (Value::Fixed, rest.get(4..).ok_or(SHORT)?),
            _ => return Err("an unknown wire type"),
        };
        self.rest = rest;
        Ok((number, value))
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Result<(u32, Value<'a>), &'static str>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let field = self.read();
        if field.is_err() {
            self.rest = &[];
        }
        Some(field)
    }
}

/// The number at the start of `buf` and what follows it. `None` where it has no end within ten bytes.
#[inline]
fn read_varint(buf: &[u8]) -> Option<(u64, &[u8])> {
    let (&first, rest) = buf.split_first()?;
    if first < 0x80 {
        return Some((u64::from(first), rest));
    }
    if let Some(found) = read_short_varint(buf) {
        return Some(found);
    }
    let mut value = 0_u64;
    for (i, &byte) in buf.iter().take(10).enumerate() {
        value |= u64::from(byte & 0x7f) << (7 * i);
        if byte < 0x80 {
            return Some((value, buf.get(i + 1..)?));
        }
    }
    None
}

/// A number of at most eight bytes, where eight are at hand: all of its groups at once.
#[inline]
fn read_short_varint(buf: &[u8]) -> Option<(u64, &[u8])> {
    let word = u64::from_le_bytes(*buf.first_chunk()?);
    let ends = !word & CONTINUED;
    let len = ends.trailing_zeros() / 8 + 1;
    let rest = buf.get(len as usize..).filter(|_| ends != 0)?;
    // Up to the first byte that does not say that another follows.
    let groups = word & (ends ^ ends.wrapping_sub(1)) & !CONTINUED;
    let pairs = groups & 0x007f_007f_007f_007f | (groups & 0x7f00_7f00_7f00_7f00) >> 1;
    let fours = pairs & 0x0000_3fff_0000_3fff | (pairs & 0x3fff_0000_3fff_0000) >> 2;
    Some((fours & 0x0fff_ffff | (fours >> 32) << 28, rest))
}

/// Another byte of the number follows, in each of eight bytes.
const CONTINUED: u64 = 0x8080_8080_8080_8080;

/// Bytes of a number.
#[inline]
pub(crate) fn varint_len(value: u64) -> usize {
    ((70 - (value | 1).leading_zeros()) / 7) as usize
}

/// Bytes of a text field whose tag is one byte.
#[inline]
pub(crate) fn bytes_field_len(len: usize) -> usize {
    1 + varint_len(len as u64) + len
}

/// Appends a text field.
#[inline]
pub(crate) fn put_bytes_field(number: u8, bytes: &[u8], out: &mut Vec<u8>) {
    put_bytes_head(number, bytes.len(), out);
    out.extend_from_slice(bytes);
}

/// Appends tag and length of a text field.
#[inline]
pub(crate) fn put_bytes_head(number: u8, len: usize, out: &mut Vec<u8>) {
    put_tagged(u64::from(number) << 3 | 2, len as u64, out);
}

/// Appends a number with its tag.
#[inline]
pub(crate) fn put_number(number: u8, value: u64, out: &mut Vec<u8>) {
    put_tagged(u64::from(number) << 3, value, out);
}

#[inline]
fn put_tagged(tag: u64, value: u64, out: &mut Vec<u8>) {
    if tag < 0x80 && value < 1 << 49 {
        let (word, len) = encoded(value);
        return put_word(tag | word << 8, 1 + len, out);
    }
    put_varint(tag, out);
    put_varint(value, out);
}

fn put_varint(mut value: u64, out: &mut Vec<u8>) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// The bytes of a number below 2⁵⁶, and how many: all of its groups at once, by halves.
#[inline]
fn encoded(value: u64) -> (u64, usize) {
    let fours = value & 0x0fff_ffff | (value & 0x00ff_ffff_f000_0000) << 4;
    let pairs = fours & 0x0000_3fff_0000_3fff | (fours & 0x0fff_c000_0fff_c000) << 2;
    let groups = pairs & 0x007f_007f_007f_007f | (pairs & 0x3f80_3f80_3f80_3f80) << 1;
    let len = varint_len(value);
    (groups | CONTINUED & ((1 << (8 * (len - 1))) - 1), len)
}

/// Copies a constant number of bytes, which needs no call, and cuts what is too many.
#[inline]
fn put_word(word: u64, len: usize, out: &mut Vec<u8>) {
    let end = out.len() + len;
    out.extend_from_slice(&word.to_le_bytes());
    out.truncate(end);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn numbers_are_read_as_written(value: u64, shift in 0_u32..64) {
            let value = value >> shift;
            let mut out = Vec::new();
            put_varint(value, &mut out);
            prop_assert_eq!(out.len(), varint_len(value));
            prop_assert_eq!(read_varint(&out), Some((value, &[][..])));
            out.extend([0xff; 8]);
            prop_assert_eq!(read_varint(&out), Some((value, &[0xff; 8][..])));
        }

        #[test]
        fn fields_are_read_as_written(value: u64, shift in 0_u32..64, number in 1_u8..32, text: Vec<u8>) {
            let value = value >> shift;
            let mut out = Vec::new();
            put_number(number, value, &mut out);
            put_bytes_field(number, &text, &mut out);
            put_number(number, value, &mut out);
            let fields: Vec<_> = Fields::new(&out).map(Result::unwrap).collect();
            let number = u32::from(number);
            let varint = (number, Value::Varint(value));
            prop_assert_eq!(fields, [varint, (number, Value::Bytes(&text)), varint]);
        }

        #[test]
        fn no_bytes_break_the_reader(bytes: Vec<u8>) {
            let fields = Fields::new(&bytes).count();
            prop_assert!(fields <= bytes.len());
        }
    }

    #[test]
    fn every_wire_type_can_be_passed_over() {
        let bytes = [
            &[0x08, 0x96, 0x01][..],
            &[0x11, 1, 2, 3, 4, 5, 6, 7, 8],
            &[0x1a, 2, 9, 9],
            &[0x25, 1, 2, 3, 4],
        ]
        .concat();
        let fields: Vec<_> = Fields::new(&bytes).map(Result::unwrap).collect();
        assert_eq!(
            fields,
            [
                (1, Value::Varint(150)),
                (2, Value::Fixed),
                (3, Value::Bytes(&[9, 9])),
                (4, Value::Fixed)
            ]
        );
        assert!(Fields::new(&[0x0b]).any(|field| field.is_err()), "groups");
        assert!(Fields::new(&[0x1a, 0xff, 0xff]).any(|field| field.is_err()));
    }
}
