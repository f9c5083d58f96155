//! A file of fixed-size entries that only grows, with what both indexes share.

use std::fs::File;
use std::io;
use std::marker::PhantomData;
use std::os::unix::fs::FileExt;

/// Entries that one positioned read brings in at the end of a binary search.
const BLOCK: u32 = 256;

/// How an entry is laid out, relative to the base offset of its index.
pub(crate) trait Entry: Copy {
    const LEN: usize;

    fn encode(self, base_offset: i64, out: &mut [u8]);
    fn decode(base_offset: i64, bytes: &[u8]) -> Self;
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Table<E> {
    pub(crate) base_offset: i64,
    pub(crate) len: u32,
    pub(crate) last: Option<E>,
    entry: PhantomData<E>,
}

impl<E: Entry> Table<E> {
    pub(crate) fn new(base_offset: i64) -> Self {
        Self {
            base_offset,
            len: 0,
            last: None,
            entry: PhantomData,
        }
    }

    /// Keeps the leading entries for which `sound` holds, and cuts the file behind them.
    pub(crate) fn open(
        file: &File,
        base_offset: i64,
        sound: impl Fn(E) -> bool,
    ) -> io::Result<Self> {
        let file_len = file.metadata()?.len();
        let mut table = Self::new(base_offset);
        table.len = u32::try_from(file_len / E::LEN as u64).unwrap_or(u32::MAX);
        table.len = table.partition_point(file, sound)?;
        table.last = table.last_of(file, table.len)?;
        if table.bytes() != file_len {
            file.set_len(table.bytes())?;
        }
        Ok(table)
    }

    pub(crate) fn resume(base_offset: i64, len: u32, last: Option<E>) -> Option<Self> {
        let table = Self {
            len,
            last,
            ..Self::new(base_offset)
        };
        ((len == 0) == last.is_none()).then_some(table)
    }

    pub(crate) fn bytes(&self) -> u64 {
        u64::from(self.len) * E::LEN as u64
    }

    pub(crate) fn push(&mut self, file: &File, entry: E) -> io::Result<()> {
        let mut buffer = [0; 16];
        entry.encode(self.base_offset, &mut buffer[..E::LEN]);
        file.write_all_at(&buffer[..E::LEN], self.bytes())?;
        self.len += 1;
        self.last = Some(entry);
        Ok(())
    }

    /// The last one of so many leading entries.
    fn last_of(&self, file: &File, len: u32) -> io::Result<Option<E>> {
        let index = len.checked_sub(1);
        index.map(|index| self.get(file, index)).transpose()
    }

    fn get(&self, file: &File, index: u32) -> io::Result<E> {
        let mut buffer = [0; 16];
        file.read_exact_at(&mut buffer[..E::LEN], u64::from(index) * E::LEN as u64)?;
        Ok(E::decode(self.base_offset, &buffer[..E::LEN]))
    }

    /// The last entry for which `holds` is true, given that it is true for a leading part of the entries.
    pub(crate) fn last_where(
        &self,
        file: &File,
        holds: impl Fn(E) -> bool,
    ) -> io::Result<Option<E>> {
        match self.last {
            None => return Ok(None),
            Some(last) if holds(last) => return Ok(Some(last)),
            Some(_) => {}
        }
        self.last_of(file, self.partition_point(file, holds)?)
    }

    /// Cuts the table behind its leading entries for which `keep` is true.
    pub(crate) fn truncate_where(
        &mut self,
        file: &File,
        keep: impl Fn(E) -> bool,
    ) -> io::Result<()> {
        let len = self.partition_point(file, keep)?;
        if len < self.len {
            let last = self.last_of(file, len)?;
            file.set_len(u64::from(len) * E::LEN as u64)?;
            self.len = len;
            self.last = last;
        }
        Ok(())
    }

    /// Number of leading entries for which `holds` is true.
    fn partition_point(&self, file: &File, holds: impl Fn(E) -> bool) -> io::Result<u32> {
        let (mut low, mut high) = (0, self.len);
        while high - low > BLOCK {
            let middle = low + (high - low) / 2;
            if holds(self.get(file, middle)?) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        let mut buffer = [0; BLOCK as usize * 16];
        let block = &mut buffer[..(high - low) as usize * E::LEN];
        file.read_exact_at(block, u64::from(low) * E::LEN as u64)?;
        let holding = block
            .chunks_exact(E::LEN)
            .take_while(|bytes| holds(E::decode(self.base_offset, bytes)))
            .count();
        Ok(low + u32::try_from(holding).unwrap_or(BLOCK))
    }
}

/// What an entry stores of an offset: its distance from the base.
pub(crate) fn relative(offset: i64, base_offset: i64) -> Option<i32> {
    offset
        .checked_sub(base_offset)
        .and_then(|delta| i32::try_from(delta).ok())
        .filter(|delta| *delta >= 0)
}
