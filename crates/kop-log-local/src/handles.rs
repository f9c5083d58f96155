//! Open files, of which there are fewer than segments.

use std::collections::VecDeque;
use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Weak};

use parking_lot::Mutex;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::names;

/// The files of a segment that are open at present. A file that somebody still uses lives on when it is evicted here.
#[derive(Debug, Default)]
pub(crate) struct FileSet {
    files: Mutex<[Option<Arc<File>>; 3]>,
    listed: AtomicBool,
    used: AtomicBool,
}

/// Which file of the set.
#[derive(Clone, Copy, Debug)]
pub(crate) enum FileKind {
    Log = 0,
    OffsetIndex = 1,
    TimeIndex = 2,
}

/// Keeps the number of open files below a limit by closing those that were not used for longest.
#[derive(Debug)]
pub(crate) struct Handles {
    limit: usize,
    open: AtomicUsize,
    // A clock: a set that was used since the hand passed it last gets another round.
    clock: Mutex<VecDeque<Weak<FileSet>>>,
}

impl FileKind {
    pub(crate) fn extension(self) -> &'static str {
        match self {
            Self::Log => names::LOG,
            Self::OffsetIndex => names::OFFSET_INDEX,
            Self::TimeIndex => names::TIME_INDEX,
        }
    }
}

impl FileSet {
    /// The file if it is open and can be had without waiting.
    pub(crate) fn try_get(&self, kind: FileKind) -> Option<Arc<File>> {
        let file = self.files.try_lock()?[kind as usize].clone();
        self.used.store(true, Ordering::Relaxed);
        file
    }

    fn close(&self) -> usize {
        let files = std::mem::take(&mut *self.files.lock());
        files.iter().flatten().count()
    }
}

impl Handles {
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            limit: limit.max(16),
            open: AtomicUsize::new(0),
            clock: Mutex::default(),
        }
    }

    /// Raises the soft limit of open files to the hard one, and takes half of it: sockets need the rest.
    pub(crate) fn for_this_process() -> Self {
        let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
        let raised = setrlimit(
            Resource::Nofile,
            Rlimit {
                current: maximum,
                maximum,
            },
        );
        let limit = if raised.is_ok() { maximum } else { current };
        Self::new(
            usize::try_from(limit.unwrap_or(65_536) / 2)
                .unwrap_or(usize::MAX)
                .min(32_768),
        )
    }

    /// The file, opened if it is not open. With `create` it is made if it is missing; without, a file that was removed
    /// does not come back.
    pub(crate) fn get(
        &self,
        set: &Arc<FileSet>,
        kind: FileKind,
        path: &Path,
        create: bool,
    ) -> io::Result<Arc<File>> {
        let file = {
            let mut files = set.files.lock();
            set.used.store(true, Ordering::Relaxed);
            if let Some(file) = &files[kind as usize] {
                return Ok(Arc::clone(file));
            }
            let file = OpenOptions::new()
                .read(true)
                .write(true)
                .create(create)
                .truncate(false)
                .open(path)?;
            let file = Arc::new(file);
            files[kind as usize] = Some(Arc::clone(&file));
            self.open.fetch_add(1, Ordering::Relaxed);
            file
        };
        self.admit(set);
        Ok(file)
    }

    /// Puts an open file into a set, which keeps it until it is closed.
    pub(crate) fn adopt(&self, set: &FileSet, kind: FileKind, file: File) {
        let old = set.files.lock()[kind as usize].replace(Arc::new(file));
        if old.is_none() {
            self.open.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Forgets the files of a set, for a segment that is deleted or closed.
    pub(crate) fn close(&self, set: &FileSet) {
        self.open.fetch_sub(set.close(), Ordering::Relaxed);
    }

    fn admit(&self, set: &Arc<FileSet>) {
        let mut clock = self.clock.lock();
        if !set.listed.swap(true, Ordering::Relaxed) {
            clock.push_back(Arc::downgrade(set));
        }
        let mut rounds = clock.len().saturating_mul(2);
        while self.open.load(Ordering::Relaxed) > self.limit && rounds > 0 {
            rounds -= 1;
            let Some(oldest) = clock.pop_front() else {
                break;
            };
            let Some(oldest) = oldest.upgrade() else {
                continue;
            };
            if oldest.used.swap(false, Ordering::Relaxed) || Arc::ptr_eq(&oldest, set) {
                clock.push_back(Arc::downgrade(&oldest));
            } else {
                oldest.listed.store(false, Ordering::Relaxed);
                self.close(&oldest);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closes_the_oldest_and_keeps_what_is_in_use() {
        let dir = tempfile::tempdir().unwrap();
        let handles = Handles::new(16);
        let sets: Vec<Arc<FileSet>> = (0..100).map(|_| Arc::default()).collect();
        let path = |n: usize| dir.path().join(n.to_string());
        let mut kept = Vec::new();
        for (n, set) in sets.iter().enumerate() {
            File::create(path(n)).unwrap();
            kept.push(handles.get(set, FileKind::Log, &path(n), false).unwrap());
            assert!(handles.open.load(Ordering::Relaxed) <= 16);
        }
        assert!(sets[0].try_get(FileKind::Log).is_none());
        assert!(sets[99].try_get(FileKind::Log).is_some());
        assert!(
            kept[0].metadata().is_ok(),
            "an evicted file stays open for its holder"
        );
        handles
            .get(&sets[0], FileKind::Log, &path(0), false)
            .unwrap();
        assert!(handles.clock.lock().len() <= 17);
    }

    #[test]
    fn a_deleted_log_does_not_come_back() {
        let dir = tempfile::tempdir().unwrap();
        let handles = Handles::new(16);
        let set = Arc::default();
        assert!(
            handles
                .get(&set, FileKind::Log, &dir.path().join("gone"), false)
                .is_err()
        );
        assert!(
            handles
                .get(&set, FileKind::TimeIndex, &dir.path().join("made"), true)
                .is_ok()
        );
    }
}
