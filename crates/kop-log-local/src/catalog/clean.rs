//! The file that goes with the mark of a clean stop: what each partition held, so that the next start is quick.
//!
//! It names the very mark that it belongs to. A mark that somebody else left later, such as a Kafka broker that had the
//! directory in between, or a copy of the directory, is another file, and then everything is looked at.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::fs::{self, Metadata};
use std::io;
use std::ops::Range;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use bytestring::ByteString;

use crate::data_dir::replace_file;
use crate::log::{Log, PartitionState, modified};
use crate::names;
use crate::segment::remove_if_there;

/// What the partitions held at the last stop.
#[derive(Debug, Default)]
pub(crate) struct CleanState {
    text: String,
    /// Where in it each partition stands.
    lines: HashMap<(ByteString, i32), Range<usize>>,
}

impl CleanState {
    /// Takes the file that belongs to the mark which is there, before the mark is taken. Without one, or where it is not
    /// whole, nothing is known.
    pub(super) fn take(root: &Path) -> io::Result<Self> {
        let path = root.join(names::CLEAN_STATE);
        let found = match fs::metadata(root.join(names::CLEAN_SHUTDOWN)) {
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
        let (first, _) = text.split_once('\n')?;
        if first != mark || crc32c::crc32c(text.as_bytes()) != sum {
            return None;
        }
        let mut lines = HashMap::new();
        let mut start = first.len() + 1;
        for line in text[start..].lines() {
            let mut words = line.splitn(3, ' ');
            let (topic, partition) = (words.next()?, words.next()?.parse().ok()?);
            let state = words.next()?;
            let end = start + line.len();
            lines.insert((topic.into(), partition), end - state.len()..end);
            start = end + 1;
        }
        Some(Self { text, lines })
    }

    /// What the partition held.
    pub(crate) fn of(&self, topic: &ByteString, partition: i32) -> Option<PartitionState> {
        let line = self.lines.get(&(topic.clone(), partition))?;
        serde_json::from_str(&self.text[line.clone()]).ok()
    }
}

/// Writes the file, for logs that are closed, and the mark that was just left. Without it the next start takes longer,
/// so that a partition that cannot be told of is left out.
pub(super) fn leave<'a>(root: &Path, logs: impl Iterator<Item = &'a Log>) -> io::Result<()> {
    let mark = fs::metadata(root.join(names::CLEAN_SHUTDOWN))?;
    let mut text = mark_of(&mark);
    text.push('\n');
    for log in logs {
        let state = log.state();
        let state = state.and_then(|state| match state {
            Some(state) => Ok(Some(serde_json::to_string(&state)?)),
            None => Ok(None),
        });
        let (topic, partition) = (&log.identity.topic, log.identity.partition);
        match state {
            Ok(Some(state)) => {
                writeln!(text, "{topic} {partition} {state}").map_err(io::Error::other)?;
            }
            Ok(None) => {}
            Err(error) => {
                tracing::warn!(%topic, partition, %error, "the next start has to look into this partition");
            }
        }
    }
    let sum = crc32c::crc32c(text.as_bytes());
    writeln!(text, "{sum:08x}").map_err(io::Error::other)?;
    replace_file(&root.join(names::CLEAN_STATE), text.as_bytes(), true)
}

/// What tells one mark from another.
fn mark_of(mark: &Metadata) -> String {
    format!("1 {} {}", mark.ino(), modified(mark))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_whole_is_not_believed() {
        let body = "1 5 7\norders 0 {}\norders 1 {\"id\":\"x y\"}\n";
        let whole = format!("{body}{:08x}\n", crc32c::crc32c(body.as_bytes()));
        let state = CleanState::parse(whole.clone(), "1 5 7").unwrap();
        let line = state.lines[&("orders".into(), 1)].clone();
        assert_eq!(&state.text[line], "{\"id\":\"x y\"}");
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
