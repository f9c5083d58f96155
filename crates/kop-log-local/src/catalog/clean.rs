//! The file that goes with the mark of a clean stop: what each partition held, so that the next start is quick.
//!
//! It names the very mark that it belongs to. A mark that somebody else left later, such as a Kafka broker that had the
//! directory in between, or a copy of the directory, is another file, and then everything is looked at.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::Path;

use kop_codec::Uuid;
use rustix::fs::{AtFlags, Stat, stat, statat};

use crate::data_dir::replace_file;
use crate::log::{Log, PartitionState, modified};
use crate::names;
use crate::segment::remove_if_there;
use crate::shared::Shared;

/// What the last stop left, as text.
#[derive(Debug, Default)]
pub(crate) struct CleanState(String);

/// What it says of a partition.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CleanPartition<'a> {
    id: &'a str,
    /// When a file was last made in the directory, or removed.
    modified: i64,
    json: &'a str,
}

impl CleanState {
    /// Takes the file that belongs to the mark which is there, before the mark is taken. Without one, or where it is not
    /// whole, nothing is known.
    pub(super) fn take(root: &Path) -> io::Result<Self> {
        let path = root.join(names::CLEAN_STATE);
        let found = match stat(root.join(names::CLEAN_SHUTDOWN)) {
            Ok(mark) => fs::read(&path).ok().and_then(|bytes| {
                let text = String::from_utf8(bytes).ok()?;
                Self::parse(text, &mark_of(&mark))
            }),
            Err(_) => None,
        };
        remove_if_there(&path)?;
        Ok(found.unwrap_or_default())
    }

    /// Reads the file; `None` where it is not whole, or belongs to another mark.
    pub(crate) fn parse(mut text: String, mark: &str) -> Option<Self> {
        let body = text.trim_end_matches('\n').rfind('\n')? + 1;
        let sum = u32::from_str_radix(text[body..].trim_end_matches('\n'), 16).ok()?;
        text.truncate(body);
        let (first, rest) = text.split_once('\n')?;
        if first != mark || crc32c::crc32c(text.as_bytes()) != sum {
            return None;
        }
        Some(Self(rest.to_owned()))
    }

    /// What it says of each partition, by the name of its directory.
    pub(crate) fn partitions(&self) -> HashMap<&str, CleanPartition<'_>> {
        self.0.lines().filter_map(CleanPartition::parse).collect()
    }
}

impl<'a> CleanPartition<'a> {
    fn parse(line: &'a str) -> Option<(&'a str, Self)> {
        let mut words = line.splitn(4, ' ');
        let dir = words.next()?;
        let (id, modified) = (words.next()?, words.next()?.parse().ok()?);
        let json = words.next()?;
        Some((dir, Self { id, modified, json }))
    }

    /// The topic's id, if no file was made in the partition's directory or removed since.
    pub(super) fn id(&self, shared: &Shared, dir: &str) -> Option<Uuid> {
        let now = statat(&shared.root_dir, dir, AtFlags::empty()).ok()?;
        let id = self.id.parse().ok()?;
        (modified(&now) == self.modified).then_some(id)
    }

    /// What the partition held.
    pub(crate) fn state(&self) -> Option<PartitionState> {
        serde_json::from_str(self.json).ok()
    }
}

/// Writes the file, for logs that are closed, and the mark that was just left. Without it the next start takes longer,
/// so that a partition that cannot be told of is left out.
pub(super) fn leave<'a>(shared: &Shared, logs: impl Iterator<Item = &'a Log>) -> io::Result<()> {
    let mark = stat(shared.root.join(names::CLEAN_SHUTDOWN))?;
    let mut text = mark_of(&mark);
    text.push('\n');
    for log in logs {
        if let Err(error) = tell_of(log, shared, &mut text) {
            let (topic, partition) = (&log.identity.topic, log.identity.partition);
            tracing::warn!(%topic, partition, %error, "the next start has to look into this partition");
        }
    }
    let sum = crc32c::crc32c(text.as_bytes());
    writeln!(text, "{sum:08x}").map_err(io::Error::other)?;
    replace_file(&shared.root.join(names::CLEAN_STATE), text.as_bytes(), true)
}

fn tell_of(log: &Log, shared: &Shared, text: &mut String) -> io::Result<()> {
    let Some(state) = log.state(&shared.root_dir)? else {
        return Ok(());
    };
    let dir = log.identity.dir_name();
    let modified = modified(&statat(&shared.root_dir, &dir, AtFlags::empty())?);
    let json = serde_json::to_string(&state)?;
    let id = log.identity.id;
    writeln!(text, "{} {id} {modified} {json}", dir.display()).map_err(io::Error::other)
}

/// What tells one mark from another.
fn mark_of(mark: &Stat) -> String {
    format!("1 {} {}", mark.st_ino, modified(mark))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_whole_is_not_believed() {
        let body = "1 5 7\norders-0 x 4 {}\norders-1 x 5 {\"id\":\"x y\"}\n";
        let whole = format!("{body}{:08x}\n", crc32c::crc32c(body.as_bytes()));
        let state = CleanState::parse(whole.clone(), "1 5 7").unwrap();
        let partitions = state.partitions();
        let second = partitions["orders-1"];
        assert_eq!((second.id, second.modified), ("x", 5));
        assert_eq!(second.json, "{\"id\":\"x y\"}");
        assert!(CleanState::parse(whole.clone(), "1 5 8").is_none());
        for cut in 0..whole.len() - 1 {
            assert!(CleanState::parse(whole[..cut].to_owned(), "1 5 7").is_none());
        }
        for at in 0..whole.len() - 1 {
            let mut bytes = whole.clone().into_bytes();
            bytes[at] ^= 1;
            let text = String::from_utf8(bytes).unwrap();
            assert!(CleanState::parse(text, "1 5 7").is_none(), "byte {at}");
        }
    }
}
