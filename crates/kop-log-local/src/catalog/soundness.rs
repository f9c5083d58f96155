//! Whether the metadata log lost its end, or something in between.
//!
//! A partition is served with a gap. Here a gap could bring topics back that were deleted, or lose their settings
//! unnoticed, so that only a torn end is cut off: that is what a crash leaves, and all of it was never answered, or is
//! the last thing that was.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;

use bytes::Bytes;
use kop_log::LogError;
use kop_records::{HEADER_LEN, RecordBatch};

use crate::names;
use crate::scan::{ScanError, Scanner, read_sound_batch};

/// Where in a batch its magic stands.
const MAGIC_AT: usize = 16;

/// Where a log stops being sound.
struct Damage {
    position: u64,
    next_offset: i64,
    reason: String,
}

/// Reads the whole log in `dir`. Returns whether it is sound; `false` if just its end is not. May block.
///
/// # Errors
/// The damage, where something follows that is sound.
pub(crate) fn check(dir: &Path) -> Result<bool, LogError> {
    let failed = |error| LogError::storage(format!("checking {}", dir.display()), error);
    let segments = segments(dir).map_err(failed)?;
    for (n, base_offset) in segments.iter().enumerate() {
        let path = names::segment_file(dir, *base_offset, names::LOG);
        let Some(damage) = first_damage(&path, *base_offset).map_err(failed)? else {
            continue;
        };
        let last = n + 1 == segments.len();
        if last && !anything_sound_behind(&path, &damage).map_err(failed)? {
            return Ok(false);
        }
        let Damage {
            position,
            next_offset,
            reason,
        } = damage;
        let reason = format!(
            "byte {position} (offset {next_offset}): {reason}; what follows is sound, so that this is no torn end. \
             Restore the file from a copy"
        );
        let error = io::Error::new(io::ErrorKind::InvalidData, reason);
        return Err(LogError::storage(
            format!("reading {}", path.display()),
            error,
        ));
    }
    Ok(true)
}

/// Base offsets of the segments that hold something.
pub(super) fn segments(dir: &Path) -> io::Result<Vec<i64>> {
    let entries = match fs::read_dir(dir) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut segments = Vec::new();
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name();
        if let Some((offset, names::LOG)) = name.to_str().and_then(names::parse_segment_file)
            && entry.metadata()?.len() > 0
        {
            segments.push(offset);
        }
    }
    segments.sort_unstable();
    Ok(segments)
}

fn first_damage(path: &Path, base_offset: i64) -> io::Result<Option<Damage>> {
    let log = File::open(path)?;
    let mut scanner = Scanner::new(&log, 0, log.metadata()?.len());
    let mut next_offset = base_offset;
    loop {
        let position = scanner.position();
        let sound = scanner.next().and_then(|batch| match batch {
            None => Ok(None),
            Some(batch) if batch.base_offset < next_offset => Err(ScanError::Damaged {
                position,
                reason: format!("offset {} does not follow", batch.base_offset),
            }),
            Some(batch) => read_sound_batch(&log, &batch).map(|_| Some(batch)),
        });
        match sound {
            Ok(None) => return Ok(None),
            Ok(Some(batch)) => next_offset = batch.last_offset.saturating_add(1),
            Err(ScanError::Io(error)) => return Err(error),
            Err(ScanError::Damaged { reason, .. }) => {
                return Ok(Some(Damage {
                    position,
                    next_offset,
                    reason,
                }));
            }
        }
    }
}

/// Looks for a batch at every byte, since the damaged one may not tell where it ends.
fn anything_sound_behind(path: &Path, damage: &Damage) -> io::Result<bool> {
    let log = File::open(path)?;
    let left = log.metadata()?.len().saturating_sub(damage.position);
    let mut bytes = vec![0; usize::try_from(left).map_err(io::Error::other)?];
    log.read_exact_at(&mut bytes, damage.position)?;
    let bytes = Bytes::from(bytes);
    let starts = (1..bytes.len().saturating_sub(HEADER_LEN - 1))
        .filter(|at| bytes[at + MAGIC_AT] == 2)
        .map(|at| bytes.slice(at..));
    let mut batches = starts.filter_map(|rest| sound_batch(&rest));
    Ok(batches.any(|batch| batch.base_offset() > damage.next_offset))
}

fn sound_batch(rest: &Bytes) -> Option<RecordBatch> {
    let batch = kop_records::batches(rest).next()?.ok()?;
    batch.verify_crc().ok()?;
    Some(batch)
}
