//! Producer ids that are never given twice.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use kop_log::{BoxFuture, LogError, MetadataStore};
use parking_lot::Mutex;

const KEY: &str = "producer-ids/next";
const BLOCK: i64 = 1_000;

/// Hands out producer ids. Blocks of 1,000 are made durable before their first id is used, so that a restart skips what
/// is left of a block but never repeats an id.
#[derive(Debug)]
pub struct ProducerIds {
    store: Arc<dyn MetadataStore>,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    free: VecDeque<Range<i64>>,
    /// Blocks that were reserved since the start.
    blocks: u64,
    /// The first id of no block.
    next_block: i64,
}

impl ProducerIds {
    /// Continues where `store` says.
    ///
    /// # Errors
    /// [`LogError::Storage`] where the stored value is damaged: guessing would repeat ids.
    pub fn load(store: Arc<dyn MetadataStore>) -> Result<Self, LogError> {
        let next_block = match store.get(KEY) {
            None => 0,
            Some(bytes) => <[u8; 8]>::try_from(&bytes[..])
                .map(i64::from_be_bytes)
                .ok()
                .filter(|next| *next >= 0)
                .ok_or_else(|| damaged(&bytes))?,
        };
        Ok(Self {
            store,
            state: Mutex::new(State {
                free: VecDeque::new(),
                blocks: 0,
                next_block,
            }),
        })
    }

    /// An id that nobody had before. Dropping the future may lose a block of ids, nothing else.
    ///
    /// # Errors
    /// [`LogError::Storage`] where a new block was needed and could not be stored.
    pub async fn next(&self) -> Result<i64, LogError> {
        let Reserved { block, stored } = {
            let mut state = self.state.lock();
            if let Some(id) = state.take() {
                return Ok(id);
            }
            self.reserve(&mut state)?
        };
        stored.await?;
        let mut state = self.state.lock();
        state.blocks += 1;
        state.free.push_back(block.start + 1..block.end);
        Ok(block.start)
    }

    /// Blocks of 1,000 ids that were taken since the start.
    pub fn blocks(&self) -> u64 {
        self.state.lock().blocks
    }

    /// Callers that find no free id at the same moment reserve a block each: ids are plenty, and nobody waits.
    fn reserve(&self, state: &mut State) -> Result<Reserved, LogError> {
        let start = state.next_block;
        let end = start.checked_add(BLOCK).ok_or_else(exhausted)?;
        state.next_block = end;
        let value = Bytes::copy_from_slice(&end.to_be_bytes());
        let stored = self.store.put(KEY, Some(value));
        Ok(Reserved {
            block: start..end,
            stored,
        })
    }
}

/// A block of ids that may be used once it is stored.
struct Reserved {
    block: Range<i64>,
    stored: BoxFuture<'static, Result<(), LogError>>,
}

impl State {
    fn take(&mut self) -> Option<i64> {
        let block = self.free.front_mut()?;
        let id = block.next();
        if block.is_empty() {
            self.free.pop_front();
        }
        id
    }
}

fn damaged(bytes: &Bytes) -> LogError {
    let reason = format!("{KEY} is {bytes:?}, which is not a number of eight bytes");
    LogError::storage(
        "reading the next producer id",
        std::io::Error::new(std::io::ErrorKind::InvalidData, reason),
    )
}

fn exhausted() -> LogError {
    LogError::storage(
        "reserving producer ids",
        std::io::Error::other("all 2^63 producer ids were given out"),
    )
}
