use ::zstd::zstd_safe::{CCtx, CParameter};
use proptest::prelude::*;

use super::*;

const LIMITS: DecompressLimits = DecompressLimits { max_bytes: 1 << 20 };
const CODECS: [Compression; 4] = [
    Compression::Gzip,
    Compression::Snappy,
    Compression::Lz4,
    Compression::Zstd,
];

fn compressed(codec: Compression, magic: i8, input: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    compress(codec, None, magic, input, &mut out).unwrap();
    out
}

fn text(len: usize) -> Vec<u8> {
    (0..len)
        .map(|i| b"the quick brown fox "[i % 20] ^ (i / 977) as u8)
        .collect()
}

#[test]
fn names_and_ids_round_trip() {
    for codec in Compression::ALL {
        assert_eq!(codec.name().parse(), Ok(codec));
        assert_eq!(Compression::from_attributes(codec.id()), Ok(codec));
    }
    assert_eq!(
        Compression::from_attributes(5),
        Err(RecordsError::UnknownCompression(5))
    );
    assert_eq!("brotli".parse::<Compression>(), Err(UnknownCodecName));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn every_codec_gives_back_what_went_in(
        len in prop_oneof![0_usize..300, 60_000_usize..140_000], noise in any::<bool>(), level in -5..25_i32
    ) {
        let mut input = text(len);
        if noise {
            let mut state = 1_u32;
            input.fill_with(|| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (state >> 24) as u8
            });
        }
        for codec in CODECS {
            for level in [None, Some(level.min(if len > 1_000 { 9 } else { 25 }))] {
                let mut out = Vec::new();
                compress(codec, level, 2, &input, &mut out).unwrap();
                prop_assert_eq!(&decompress(codec, 2, &out, &LIMITS).unwrap(), &input);
                prop_assert_eq!(&**decompress_to_scratch(codec, 2, &out, &LIMITS).unwrap(), &input);
            }
        }
    }
}

#[test]
fn a_level_changes_the_result() {
    let input = text(20_000);
    for codec in CODECS.into_iter().filter(|codec| codec.levels().is_some()) {
        let mut sizes = [1, 9].map(|level| {
            let mut out = Vec::new();
            compress(codec, Some(level), 2, &input, &mut out).unwrap();
            out
        });
        sizes.sort_by_key(Vec::len);
        assert_ne!(sizes[0], sizes[1], "{codec}");
    }
}

#[test]
fn a_bomb_is_stopped_at_the_limit() {
    let bomb = vec![0; 8 << 20];
    for codec in CODECS {
        let packed = compressed(codec, 2, &bomb);
        assert_eq!(
            decompress(codec, 2, &packed, &LIMITS).unwrap_err(),
            RecordsError::DecompressedTooLarge { limit: 1 << 20 },
            "{codec}"
        );
        let mut out = Output::default();
        let mut stream = Decompressor::new(codec, 2, &packed, &LIMITS);
        while let Ok(Step::More) = stream.append_next(&mut out) {
            assert!(
                out.capacity() <= 4 << 20,
                "{codec} took {} bytes",
                out.capacity()
            );
        }
        assert!(stream.total <= LIMITS.max_bytes);
    }
}

#[test]
fn exactly_the_limit_is_allowed() {
    let input = text(LIMITS.max_bytes);
    for codec in CODECS {
        let packed = compressed(codec, 2, &input);
        assert_eq!(
            decompress(codec, 2, &packed, &LIMITS).unwrap(),
            input,
            "{codec}"
        );
        let less = DecompressLimits {
            max_bytes: LIMITS.max_bytes - 1,
        };
        let error = decompress(codec, 2, &packed, &less).unwrap_err();
        assert_eq!(
            error,
            RecordsError::DecompressedTooLarge {
                limit: less.max_bytes
            },
            "{codec}"
        );
    }
}

#[test]
fn lengths_that_lie_allocate_nothing() {
    // A raw snappy block that claims 4 GiB.
    let snappy = [0xff, 0xff, 0xff, 0xff, 0x0f, 0, b'x'];
    assert!(matches!(
        decompress(Compression::Snappy, 2, &snappy, &LIMITS),
        Err(RecordsError::Decompress {
            fault: "impossible length",
            ..
        })
    ));
    // A gzip trailer that claims 4 GiB of content.
    let mut gzip = compressed(Compression::Gzip, 2, b"small");
    let len = gzip.len();
    gzip[len - 4..].copy_from_slice(&[0xff; 4]);
    assert!(Decompressor::new(Compression::Gzip, 2, &gzip, &LIMITS).size_hint() <= 32 * gzip.len());
    assert!(decompress(Compression::Gzip, 2, &gzip, &LIMITS).is_err());
}

#[test]
fn lz4_of_magic_0_has_the_wrong_header_checksum_and_either_is_read_there() {
    let (wrong, right) = (
        compressed(Compression::Lz4, 0, b"abc"),
        compressed(Compression::Lz4, 1, b"abc"),
    );
    assert_ne!(wrong[6], right[6]);
    assert_eq!(wrong[7..], right[7..]);
    for packed in [&wrong, &right] {
        assert_eq!(
            decompress(Compression::Lz4, 0, packed, &LIMITS).unwrap(),
            "abc"
        );
    }
    assert!(decompress(Compression::Lz4, 1, &wrong, &LIMITS).is_err());
}

#[test]
fn gzip_members_and_headers_of_other_writers_are_read() {
    let (first, second) = (
        compressed(Compression::Gzip, 2, b"one "),
        compressed(Compression::Gzip, 2, b"two"),
    );
    let both = [&first[..], &second[..]].concat();
    assert_eq!(
        decompress(Compression::Gzip, 2, &both, &LIMITS).unwrap(),
        "one two"
    );
    // Extra field, name, comment and header checksum.
    let mut header = vec![0x1f, 0x8b, 8, 0b1_1110, 0, 0, 0, 0, 0, 3, 2, 0, 9, 9];
    header.extend_from_slice(b"name\0comment\0");
    let checksum = (crc32fast::hash(&header) as u16).to_le_bytes();
    let good = [&header[..], &checksum[..], &first[10..]].concat();
    assert_eq!(
        decompress(Compression::Gzip, 2, &good, &LIMITS).unwrap(),
        "one "
    );
    let bad = [&header[..], &[!checksum[0], checksum[1]], &first[10..]].concat();
    assert!(decompress(Compression::Gzip, 2, &bad, &LIMITS).is_err());
}

#[test]
fn zstd_with_a_window_of_128_mib_is_read_without_one() {
    let input = text(300_000);
    let mut context = CCtx::create();
    for parameter in [
        CParameter::WindowLog(27),
        CParameter::ContentSizeFlag(false),
    ] {
        context.set_parameter(parameter).unwrap();
    }
    let mut packed = Vec::with_capacity(400_000);
    let (mut from, mut to) = (
        ::zstd::zstd_safe::InBuffer::around(&input),
        ::zstd::zstd_safe::OutBuffer::around(&mut packed),
    );
    context.compress_stream(&mut to, &mut from).unwrap();
    assert_eq!(context.end_stream(&mut to).unwrap(), 0);
    assert_eq!(packed[4] & 0b0010_0000, 0, "not a single segment");
    assert_eq!(packed[5] >> 3, 17, "window log 27");
    assert_eq!(
        decompress(Compression::Zstd, 2, &packed, &LIMITS).unwrap(),
        input
    );
    let less = DecompressLimits { max_bytes: 299_999 };
    assert_eq!(
        decompress(Compression::Zstd, 2, &packed, &less).unwrap_err(),
        RecordsError::DecompressedTooLarge { limit: 299_999 }
    );
    let mut larger = packed.clone();
    larger[5] += 1;
    let error = decompress(Compression::Zstd, 2, &larger, &LIMITS).unwrap_err();
    assert!(error.to_string().contains("above 128 MiB"), "{error}");
    packed.truncate(packed.len() - 1);
    assert!(matches!(
        decompress(Compression::Zstd, 2, &packed, &LIMITS),
        Err(RecordsError::Decompress { .. })
    ));
}

#[test]
fn lz4_blocks_that_hide_each_other_are_refused() {
    // Linked blocks: Java cannot read them.
    let mut packed = compressed(Compression::Lz4, 2, b"abc");
    packed[4] &= !0x20;
    let error = decompress(Compression::Lz4, 0, &packed, &LIMITS).unwrap_err();
    assert!(error.to_string().contains("linked"), "{error}");
}

#[test]
fn an_lz4_content_checksum_must_be_there_and_may_be_wrong() {
    let mut packed = compressed(Compression::Lz4, 0, b"abc");
    packed[4] |= 0x04;
    let error = decompress(Compression::Lz4, 0, &packed, &LIMITS).unwrap_err();
    assert!(error.to_string().contains("ends too early"), "{error}");
    packed.extend_from_slice(&[0; 4]);
    assert_eq!(
        decompress(Compression::Lz4, 0, &packed, &LIMITS).unwrap(),
        "abc"
    );
}
