//! Zigzag varints of Kafka's record format (those of Protocol Buffers), with the rules of Kafka's reader.

/// Longest encoding of a 32-bit varint.
const MAX_VARINT_LEN: usize = 5;
/// Longest encoding of a 64-bit varint.
const MAX_VARLONG_LEN: usize = 10;

/// Reads a signed 32-bit varint; the value and what follows it. `None` where the bytes end too early or the fifth byte
/// says that a sixth follows. Overlong encodings of small numbers are accepted, as Kafka accepts them.
#[inline]
pub(crate) fn read_varint(buf: &[u8]) -> Option<(i32, &[u8])> {
    let (&first, rest) = buf.split_first()?;
    if first < 0x80 {
        return Some((zigzag32(u32::from(first)), rest));
    }
    if let Some((value, rest)) = read_second(first, rest) {
        return Some((zigzag32(value), rest));
    }
    read_varint_slow(buf)
}

fn read_varint_slow(buf: &[u8]) -> Option<(i32, &[u8])> {
    let mut value = 0_u32;
    for (i, &byte) in buf.iter().take(MAX_VARINT_LEN).enumerate() {
        value |= u32::from(byte & 0x7f) << (7 * i);
        if byte < 0x80 {
            return Some((zigzag32(value), buf.get(i + 1..)?));
        }
    }
    None
}

/// Reads a signed 64-bit varint, as [`read_varint`] with at most ten bytes.
#[inline]
pub(crate) fn read_varlong(buf: &[u8]) -> Option<(i64, &[u8])> {
    let (&first, rest) = buf.split_first()?;
    if first < 0x80 {
        return Some((zigzag64(u64::from(first)), rest));
    }
    if let Some((value, rest)) = read_second(first, rest) {
        return Some((zigzag64(u64::from(value)), rest));
    }
    read_varlong_slow(buf)
}

fn read_varlong_slow(buf: &[u8]) -> Option<(i64, &[u8])> {
    let mut value = 0_u64;
    for (i, &byte) in buf.iter().take(MAX_VARLONG_LEN).enumerate() {
        value |= u64::from(byte & 0x7f) << (7 * i);
        if byte < 0x80 {
            return Some((zigzag64(value), buf.get(i + 1..)?));
        }
    }
    None
}

/// The value where the second byte is the last: lengths and deltas from 64 to 8191, the most frequent ones but for those
/// of one byte.
#[inline]
fn read_second(first: u8, rest: &[u8]) -> Option<(u32, &[u8])> {
    let (&second, rest) = rest.split_first()?;
    (second < 0x80).then_some((u32::from(first & 0x7f) | u32::from(second) << 7, rest))
}

/// Undoes the zigzag of 32 bits.
#[inline]
pub(crate) fn zigzag32(value: u32) -> i32 {
    ((value >> 1) as i32) ^ -((value & 1) as i32)
}

/// Undoes the zigzag of 64 bits.
#[inline]
pub(crate) fn zigzag64(value: u64) -> i64 {
    ((value >> 1) as i64) ^ -((value & 1) as i64)
}

/// An encoded varint of up to ten bytes, or several short ones after each other, in registers.
#[derive(Clone, Copy)]
pub(crate) struct Encoded {
    low: u64,
    high: u16,
    len: usize,
}

impl Encoded {
    #[inline]
    pub(crate) fn varint(value: i32) -> Self {
        Self::unsigned(u64::from(((value << 1) ^ (value >> 31)) as u32))
    }

    #[inline]
    pub(crate) fn varlong(value: i64) -> Self {
        Self::unsigned(((value << 1) ^ (value >> 63)) as u64)
    }

    /// One byte as it is.
    #[inline]
    pub(crate) fn byte(byte: u8) -> Self {
        Self {
            low: u64::from(byte),
            high: 0,
            len: 1,
        }
    }

    #[inline]
    fn unsigned(value: u64) -> Self {
        match value {
            0..0x80 => Self {
                low: value,
                high: 0,
                len: 1,
            },
            0x80..0x4000 => Self {
                low: value & 0x7f | 0x80 | (value >> 7) << 8,
                high: 0,
                len: 2,
            },
            _ => Self::long(value),
        }
    }

    fn long(mut value: u64) -> Self {
        let (mut bits, mut len) = (0_u128, 0);
        while value >= 0x80 {
            bits |= u128::from(value as u8 | 0x80) << (8 * len);
            value >>= 7;
            len += 1;
        }
        bits |= u128::from(value) << (8 * len);
        Self {
            low: bits as u64,
            high: (bits >> 64) as u16,
            len: len + 1,
        }
    }

    /// Number of bytes.
    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// This and then `next`; what does not fit into eight bytes together goes to `out` first.
    #[inline]
    pub(crate) fn then(self, next: Self, out: &mut Vec<u8>) -> Self {
        if self.len + next.len <= 8 {
            return Self {
                low: self.low | next.low << (8 * self.len),
                high: 0,
                len: self.len + next.len,
            };
        }
        self.append_to(out);
        next
    }

    /// Copies a constant number of bytes, which needs no call, and cuts what is too many.
    #[inline]
    pub(crate) fn append_to(self, out: &mut Vec<u8>) {
        let end = out.len() + self.len;
        out.extend_from_slice(&self.low.to_le_bytes());
        if self.len > 8 {
            out.extend_from_slice(&self.high.to_le_bytes());
        }
        out.truncate(end);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_written_is_read(int: i32, long: i64, shift in 0_u32..64) {
            let mut out = Vec::new();
            let (int, long) = (int >> (shift / 2), long >> shift);
            Encoded::varint(int).then(Encoded::varlong(long), &mut out).append_to(&mut out);
            prop_assert_eq!(out.len(), Encoded::varint(int).len() + Encoded::varlong(long).len());
            let (first, rest) = read_varint(&out).unwrap();
            let (second, rest) = read_varlong(rest).unwrap();
            prop_assert_eq!((first, second, rest), (int, long, &[][..]));
        }
    }

    #[test]
    fn the_fifth_and_the_tenth_byte_must_be_the_last() {
        assert_eq!(
            read_varint(&[0xff, 0xff, 0xff, 0xff, 0x0f, 7]),
            Some((i32::MIN, &[7][..]))
        );
        assert_eq!(read_varint(&[0xff, 0xff, 0xff, 0xff, 0xff, 0x0f]), None);
        assert_eq!(read_varint(&[0x80]), None);
        assert_eq!(read_varint(&[0x80, 0x00]), Some((0, &[][..])));
        assert_eq!(read_varlong(&[0xff; 11]), None);
    }
}
