//! Both indexes against a plain list of entries.

use std::fs::File;
use std::os::unix::fs::FileExt;

use kop_offset_index::{IndexError, OffsetIndex, TimeIndex};
use proptest::prelude::*;

const BASE: i64 = 1_000_000;

fn file() -> File {
    tempfile::tempfile().expect("a temporary file")
}

/// Strictly ascending (offset, position) pairs.
fn entries() -> impl Strategy<Value = Vec<(i64, u32)>> {
    prop::collection::vec((1_i64..50, 1_u32..9_000), 0..1_500).prop_map(|steps| {
        let (mut offset, mut position) = (BASE - 1, 0);
        steps
            .into_iter()
            .map(|(o, p)| {
                offset += o;
                position += p;
                (offset, position)
            })
            .collect()
    })
}

fn filled(entries: &[(i64, u32)], file: &File) -> OffsetIndex {
    let mut index = OffsetIndex::new(BASE);
    for (offset, position) in entries {
        index.append(file, *offset, *position).expect("ascending");
    }
    index
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn offset_lookups_agree(entries in entries(), probes in prop::collection::vec(0_i64..80_000, 1..40)) {
        let file = file();
        let index = filled(&entries, &file);
        for probe in probes {
            let wanted = entries.iter().rev().find(|e| e.0 <= BASE + probe).copied();
            let found = index.floor(&file, BASE + probe).unwrap().map(|e| (e.offset, e.position));
            prop_assert_eq!(found, wanted);
            let at = u64::try_from(probe).unwrap() * 100;
            let wanted = entries.iter().rev().find(|e| u64::from(e.1) <= at).copied();
            let found = index.floor_by_position(&file, at).unwrap().map(|e| (e.offset, e.position));
            prop_assert_eq!(found, wanted);
        }
    }

    #[test]
    fn reopening_keeps_what_the_log_still_has(
        entries in entries(), log_len in 0_u64..9_000_000, garbage in prop::collection::vec(any::<u8>(), 0..7), zeros in 0_usize..64,
    ) {
        let file = file();
        let index = filled(&entries, &file);
        file.write_all_at(&vec![0; zeros * 8], index.size_bytes()).unwrap();
        file.write_all_at(&garbage, index.size_bytes() + zeros as u64 * 8).unwrap();
        let kept: Vec<_> = entries.iter().filter(|e| u64::from(e.1) < log_len).copied().collect();
        let mut index = OffsetIndex::open(&file, BASE, log_len).unwrap();
        prop_assert_eq!(index.len() as usize, kept.len());
        prop_assert_eq!(index.last().map(|e| (e.offset, e.position)), kept.last().copied());
        prop_assert_eq!(file.metadata().unwrap().len(), kept.len() as u64 * 8);
        index.truncate(&file, log_len / 2).unwrap();
        prop_assert_eq!(index.len() as usize, kept.iter().filter(|e| u64::from(e.1) < log_len / 2).count());
    }

    #[test]
    fn time_lookups_agree(
        stamps in prop::collection::vec(-5_i64..3_000, 0..900), probes in prop::collection::vec(-5_i64..3_100, 1..40), cut in 0_i64..1_000,
    ) {
        let file = file();
        let mut index = TimeIndex::new(BASE);
        let mut model: Vec<(i64, i64)> = Vec::new();
        for (offset, stamp) in (BASE + 1..).zip(stamps) {
            let new = stamp >= 0 && model.last().is_none_or(|last| stamp > last.0);
            prop_assert_eq!(index.maybe_append(&file, stamp, offset).unwrap(), new);
            if new {
                model.push((stamp, offset));
            }
        }
        for probe in probes {
            let wanted = model.iter().rev().find(|e| e.0 < probe).copied();
            let found = index.lower(&file, probe).unwrap().map(|e| (e.timestamp_ms, e.offset));
            prop_assert_eq!(found, wanted);
        }
        file.set_len(index.size_bytes() + 12 * 50 + 3).unwrap();
        let reopened = TimeIndex::open(&file, BASE, BASE + cut).unwrap();
        let kept = model.iter().filter(|e| e.1 < BASE + cut).count();
        prop_assert_eq!(reopened.len() as usize, kept);
        prop_assert_eq!(file.metadata().unwrap().len(), kept as u64 * 12);
    }

    #[test]
    fn arbitrary_files_open_without_harm(bytes in prop::collection::vec(any::<u8>(), 0..4_000), log_len: u64, probe: i64) {
        let file = file();
        file.write_all_at(&bytes, 0).unwrap();
        let index = OffsetIndex::open(&file, BASE, log_len).unwrap();
        if let Some(found) = index.floor(&file, probe).unwrap() {
            prop_assert!(found.offset <= probe);
        }
        let file = self::file();
        file.write_all_at(&bytes, 0).unwrap();
        let index = TimeIndex::open(&file, i64::MAX - 3, i64::MAX).unwrap();
        index.lower(&file, probe).unwrap();
    }
}

#[test]
fn the_bytes_are_kafkas() {
    let file = file();
    let mut index = OffsetIndex::new(BASE);
    index.append(&file, BASE + 0x0102, 0x0304_0506).unwrap();
    let mut bytes = [0; 8];
    file.read_exact_at(&mut bytes, 0).unwrap();
    assert_eq!(bytes, [0, 0, 1, 2, 3, 4, 5, 6]);

    let file = self::file();
    let mut index = TimeIndex::new(BASE);
    assert!(index.maybe_append(&file, 0x0a, BASE + 7).unwrap());
    let mut bytes = [0; 12];
    file.read_exact_at(&mut bytes, 0).unwrap();
    assert_eq!(bytes, [0, 0, 0, 0, 0, 0, 0, 0x0a, 0, 0, 0, 7]);
}

#[test]
fn refuses_what_an_entry_cannot_hold() {
    let file = file();
    let mut index = OffsetIndex::new(BASE);
    assert!(matches!(
        index.append(&file, BASE - 1, 1),
        Err(IndexError::OffsetOutOfReach { .. })
    ));
    let far = BASE + i64::from(i32::MAX) + 1;
    assert!(matches!(
        index.append(&file, far, 1),
        Err(IndexError::OffsetOutOfReach { .. })
    ));
    assert!(matches!(
        index.append(&file, BASE, 1 << 31),
        Err(IndexError::PositionOutOfReach { .. })
    ));
    assert!(matches!(
        index.append(&file, BASE, 0),
        Err(IndexError::NotAscending { .. })
    ));
    index.append(&file, BASE + 5, 10).unwrap();
    assert!(matches!(
        index.append(&file, BASE + 5, 11),
        Err(IndexError::NotAscending { .. })
    ));
    assert!(matches!(
        index.append(&file, BASE + 6, 10),
        Err(IndexError::NotAscending { .. })
    ));
    assert_eq!(index.len(), 1);
}
