//! What a crash in the middle of an exchange of segments has left: taken back, or finished.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io;
use std::path::Path;

use crate::data_dir::sync_dir;
use crate::names;
use crate::scan::{ScanError, Scanner};
use crate::segment::remove_if_there;

/// Makes a partition's directory whole, before its segments are looked at.
///
/// As long as a file of a compacted segment is called `.cleaned`, its exchange had not begun, and all of it goes. One
/// whose log is called `.swap` takes the place of the segments whose offsets it covers. Those behind are as they were:
/// they belong to the end of the group, and are compacted by the next round.
pub(super) fn settle(dir: &Path) -> io::Result<()> {
    let (mut cleaned, mut swaps) = (BTreeSet::new(), BTreeMap::<i64, BTreeSet<String>>::new());
    for entry in fs::read_dir(dir)? {
        let name = entry?.file_name();
        let Some(name) = name.to_str() else { continue };
        if let Some((base_offset, _)) = names::parse_suffixed(name, ".cleaned") {
            cleaned.insert(base_offset);
        } else if let Some((base_offset, extension)) = names::parse_suffixed(name, ".swap") {
            swaps
                .entry(base_offset)
                .or_default()
                .insert(extension.to_owned());
        }
    }
    for (base_offset, extensions) in &swaps {
        if cleaned.contains(base_offset) {
            for extension in extensions {
                let file = format!("{extension}.swap");
                remove_if_there(&names::segment_file(dir, *base_offset, &file))?;
            }
            continue;
        }
        tracing::info!(dir = %dir.display(), base_offset, "the exchange of a compacted segment is finished");
        finish(dir, *base_offset, extensions)?;
    }
    if swaps.is_empty() {
        Ok(())
    } else {
        sync_dir(dir)
    }
}

fn finish(dir: &Path, base_offset: i64, extensions: &BTreeSet<String>) -> io::Result<()> {
    let swapped =
        |extension: &str| names::segment_file(dir, base_offset, &format!("{extension}.swap"));
    if extensions.contains(names::LOG) {
        let next_offset = next_offset(&swapped(names::LOG), base_offset)?;
        remove_covered(dir, base_offset, next_offset)?;
        fs::rename(
            swapped(names::LOG),
            names::segment_file(dir, base_offset, names::LOG),
        )?;
    }
    for extension in extensions
        .iter()
        .filter(|extension| *extension != names::LOG)
    {
        fs::rename(
            swapped(extension),
            names::segment_file(dir, base_offset, extension),
        )?;
    }
    Ok(())
}

/// Removes the segments that the new one replaces.
fn remove_covered(dir: &Path, base_offset: i64, next_offset: i64) -> io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        let name = entry.file_name();
        let Some((offset, extension)) = name.to_str().and_then(names::parse_segment_file) else {
            continue;
        };
        let of_segment = [
            names::LOG,
            names::OFFSET_INDEX,
            names::TIME_INDEX,
            names::TXN_INDEX,
        ];
        let covered = match extension {
            names::SNAPSHOT => (base_offset + 1..next_offset).contains(&offset),
            extension if of_segment.contains(&extension) => {
                offset == base_offset || (base_offset..next_offset).contains(&offset)
            }
            _ => false,
        };
        if covered {
            remove_if_there(&entry.path())?;
        }
    }
    Ok(())
}

/// The offset behind the last batch that is whole.
fn next_offset(path: &Path, base_offset: i64) -> io::Result<i64> {
    let log = File::open(path)?;
    let mut scanner = Scanner::new(&log, 0, log.metadata()?.len());
    let mut next_offset = base_offset;
    loop {
        match scanner.next() {
            Ok(Some(batch)) => next_offset = batch.last_offset.saturating_add(1),
            Ok(None) | Err(ScanError::Damaged { .. }) => return Ok(next_offset),
            Err(ScanError::Io(error)) => return Err(error),
        }
    }
}
