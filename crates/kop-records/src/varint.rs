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

/// Bytes that [`write_varint`] writes.
#[inline]
pub(crate) fn varint_len(value: i32) -> usize {
    let zigzag = ((value << 1) ^ (value >> 31)) as u32;
    (38 - (zigzag | 1).leading_zeros() as usize) / 7
}

/// Bytes that [`write_varlong`] writes.
#[inline]
pub(crate) fn varlong_len(value: i64) -> usize {
    let zigzag = ((value << 1) ^ (value >> 63)) as u64;
    (70 - (zigzag | 1).leading_zeros() as usize) / 7
}

/// Writes a signed 32-bit varint.
#[inline]
pub(crate) fn write_varint(out: &mut Vec<u8>, value: i32) {
    write_unsigned(out, u64::from(((value << 1) ^ (value >> 31)) as u32));
}

/// Writes a signed 64-bit varint.
#[inline]
pub(crate) fn write_varlong(out: &mut Vec<u8>, value: i64) {
    write_unsigned(out, ((value << 1) ^ (value >> 63)) as u64);
}

#[inline]
fn write_unsigned(out: &mut Vec<u8>, mut value: u64) {
    if value < 0x80 {
        out.push(value as u8);
        return;
    }
    let mut bytes = [0_u8; MAX_VARLONG_LEN];
    let mut len = 0;
    while value >= 0x80 {
        bytes[len] = value as u8 | 0x80;
        value >>= 7;
        len += 1;
    }
    bytes[len] = value as u8;
    out.extend_from_slice(&bytes[..=len]);
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
            write_varint(&mut out, int);
            prop_assert_eq!(out.len(), varint_len(int));
            write_varlong(&mut out, long);
            prop_assert_eq!(out.len(), varint_len(int) + varlong_len(long));
            let (first, rest) = read_varint(&out).unwrap();
            let (second, rest) = read_varlong(rest).unwrap();
            prop_assert_eq!((first, second, rest), (int, long, &[][..]));
        }
    }

    #[test]
    fn the_fifth_and_the_tenth_byte_must_be_the_last() {
        assert_eq!(read_varint(&[0xff, 0xff, 0xff, 0xff, 0x0f, 7]), Some((i32::MIN, &[7][..])));
        assert_eq!(read_varint(&[0xff, 0xff, 0xff, 0xff, 0xff, 0x0f]), None);
        assert_eq!(read_varint(&[0x80]), None);
        assert_eq!(read_varint(&[0x80, 0x00]), Some((0, &[][..])));
        assert_eq!(read_varlong(&[0xff; 11]), None);
    }
}
