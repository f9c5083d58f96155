//! The CRC-32C of two pieces together from those of each: the first is moved on by the length of the second, which is a
//! multiplication of polynomials over GF(2) modulo the checksum's own.

/// CRC-32C's polynomial without its x³². The highest bit is the coefficient of x⁰, as in the checksums.
const POLYNOMIAL: u32 = 0x82f6_3b78;

/// x to the power of 2ⁿ, for n below the bits of a length in bits.
const POWERS: [u32; usize::BITS as usize + 3] = {
    let mut powers = [1 << 30; usize::BITS as usize + 3];
    let mut n = 1;
    while n < powers.len() {
        powers[n] = multiply(powers[n - 1], powers[n - 1]);
        n += 1;
    }
    powers
};

const fn multiply(a: u32, mut b: u32) -> u32 {
    let (mut product, mut degree) = (0, 0);
    while degree < u32::BITS {
        // All bits of b where a has this power of x, none elsewhere.
        product ^= b & (a << degree >> 31).wrapping_neg();
        b = (b >> 1) ^ (POLYNOMIAL & (b & 1).wrapping_neg());
        degree += 1;
    }
    product
}

/// The checksum of what has `first`, followed by `len` bytes that have `second`.
pub(super) fn combine(first: u32, second: u32, len: usize) -> u32 {
    let mut moved = first;
    let mut left = len;
    // Bytes have eight bits: the lowest bit of the length is the power 2³.
    for power in POWERS.iter().skip(3) {
        if left & 1 == 1 {
            moved = multiply(*power, moved);
        }
        left >>= 1;
        if left == 0 {
            break;
        }
    }
    moved ^ second
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn lengths_of_every_power_of_two_are_moved_by() {
        let zeros = vec![0; 1 << 22];
        for len in (0..=22).map(|power| 1 << power).chain([0, 3, 1_048_501]) {
            let (first, second) = (crc32c::crc32c(b"first"), crc32c::crc32c(&zeros[..len]));
            let both = crc32c::crc32c_append(first, &zeros[..len]);
            assert_eq!(combine(first, second, len), both, "{len}");
        }
        let most = (0x1234_5678, 0x9abc_def0, usize::MAX);
        let by_matrices = crc32c::crc32c_combine(most.0, most.1, most.2);
        assert_eq!(combine(most.0, most.1, most.2), by_matrices);
    }

    proptest! {
        #[test]
        fn pieces_have_the_checksum_of_the_whole(bytes: Vec<u8>, at: prop::sample::Index) {
            let (first, second) = bytes.split_at(at.index(bytes.len() + 1));
            let combined = combine(crc32c::crc32c(first), crc32c::crc32c(second), second.len());
            prop_assert_eq!(combined, crc32c::crc32c(&bytes));
        }
    }
}
