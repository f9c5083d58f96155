//! Reading a partition forward, from an offset on.

use std::collections::VecDeque;
use std::time::Duration;

use kop_entry::EntryError;
use kop_log::LogError;
use kop_pulsar_client::{MessageId, RawEntry, Reader, Start};
use tokio::time::{Instant, timeout_at};

use super::cache::Item;
use super::decode::{
    Decoder, Located, OVERLAPS, damage_error, damaged, leaves_out, locate, next_offset,
};
use super::lost::{PATIENCE, Place, ahead, internal_stats};
use super::shared::Shared;
use super::start::start_of;

/// Entries by which a scan begins earlier first, for a message that came in several of them.
const REWIND: u64 = 200;
/// Below this a reader has to ask for more too often.
const LEAST_READER_BYTES: usize = 64 << 10;
/// How long an entry is waited for that may have been compacted away.
const COMPACTED_PATIENCE: Duration = Duration::from_millis(200);

/// A reader, and what it has given that nobody has taken yet.
#[derive(Debug)]
pub(super) struct Scan {
    reader: Reader,
    decoder: Decoder,
    pending: VecDeque<Item>,
    next_offset: i64,
    /// What lies before the entry that comes next was asked for a second time, as it did not come.
    again: bool,
    /// Entries of Pulsar's own transactions came.
    transactions: bool,
    /// The offset behind the last entry that came.
    seen_to: i64,
    /// Where the reader began.
    start: Start,
    /// The last entry that it gave.
    last: Option<MessageId>,
    rewound: Rewound,
}

/// How often a scan began anew further back, for a message whose first part was not read.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Rewound {
    No,
    Some,
    ToTheStart,
}

impl Scan {
    /// Begins at `offset`, or the first entry behind it.
    pub(super) async fn open(shared: &Shared, offset: i64) -> Result<Self, LogError> {
        let start = start_of(shared, offset).await?;
        Ok(Self {
            reader: open_reader(shared, start).await?,
            decoder: Decoder::default(),
            pending: VecDeque::new(),
            next_offset: offset,
            again: false,
            transactions: false,
            seen_to: i64::MIN,
            start,
            last: None,
            rewound: Rewound::No,
        })
    }

    /// Begins further back, where the first part of a message may be whose last one came at `at`.
    async fn rewind(&mut self, shared: &Shared, at: MessageId) -> Result<(), LogError> {
        let (start, rewound) = match (self.rewound, self.start) {
            (Rewound::ToTheStart, _) | (_, Start::Earliest) => return Ok(()),
            (Rewound::No, _) if at.entry > 0 => {
                let entry = at.entry.saturating_sub(REWIND);
                (Start::At(MessageId { entry, ..at }), Rewound::Some)
            }
            _ => (Start::Earliest, Rewound::ToTheStart),
        };
        self.reader = open_reader(shared, start).await?;
        self.decoder = Decoder::default();
        self.pending.clear();
        (self.seen_to, self.last) = (i64::MIN, None);
        (self.start, self.rewound) = (start, rewound);
        Ok(())
    }

    /// The next item, of which it is known that there is one, or what is lost instead of it. `None` when the limit comes
    /// first, or compaction has dropped it and all that follows.
    pub(super) async fn next_of_known(
        &mut self,
        shared: &Shared,
        limit: Instant,
    ) -> Result<Option<Item>, LogError> {
        loop {
            let deadline = limit.min(Instant::now() + patience(shared));
            let item = self.next(shared, deadline).await?;
            if item.is_some() || Instant::now() >= limit || self.is_at_compacted_end(shared).await?
            {
                return Ok(item);
            }
            self.pass_lost(shared, limit).await?;
        }
    }

    /// To be called when an item that is known to be there does not come: if its ledger is lost, what was in it is the next
    /// item, and the scan goes on behind it. If it is not lost, it is asked for a second time. Cancel safe.
    pub(super) async fn pass_lost(
        &mut self,
        shared: &Shared,
        limit: Instant,
    ) -> Result<(), LogError> {
        let place = match (self.last, self.start) {
            (Some(last), _) => Place::Behind(last),
            (None, Start::At(at)) => Place::At(at),
            (None, _) => Place::Start,
        };
        let passing = async {
            let Some(ahead) = ahead(shared, place).await? else {
                return Ok(());
            };
            if ahead.lost.is_none() {
                if !self.again && !ahead.is_hidden {
                    self.ask_again(shared).await?;
                }
                return Ok(());
            }
            let start = Start::At(ahead.at);
            self.reader = open_reader(shared, start).await?;
            self.decoder = Decoder::default();
            (self.start, self.last) = (start, None);
            let from = match self.seen_to {
                i64::MIN => self.next_offset,
                seen_to => seen_to,
            };
            let end = ahead.range.map(|(end, _)| end);
            if let Some(end) = end.filter(|end| *end > from.max(self.next_offset)) {
                let item = ahead.lost.item(shared, (from, end));
                self.pending.push_back(item);
                self.seen_to = end;
            }
            Ok(())
        };
        // Whoever waits has a limit too.
        timeout_at(limit, passing).await.unwrap_or(Ok(()))
    }

    /// Whether its reader goes on. It ends when the topic moves.
    pub(super) fn is_live(&self) -> bool {
        self.reader.is_open()
    }

    /// The offset behind the last item that was taken.
    pub(super) fn next_offset(&self) -> i64 {
        self.next_offset
    }

    /// The next item if it is here before the deadline. Cancel safe.
    pub(super) async fn next(
        &mut self,
        shared: &Shared,
        deadline: Instant,
    ) -> Result<Option<Item>, LogError> {
        loop {
            if let Some(item) = self.pending.pop_front() {
                if item.next_offset() <= self.next_offset {
                    continue;
                }
                self.next_offset = item.next_offset();
                return Ok(Some(item));
            }
            let Ok(raw) = timeout_at(deadline, self.reader.next()).await else {
                return Ok(None);
            };
            let raw = raw.map_err(|error| shared.error(error))?;
            if !self.take(shared, &raw)? {
                self.ask_again(shared).await?;
                continue;
            }
            if self.decoder.take_orphan() {
                self.rewind(shared, raw.id).await?;
            }
        }
    }

    /// Whether there is nothing to read, except for a marker, between an offset and an item that is the next one.
    pub(super) fn leaves_out(&self, offset: i64, item: &Item) -> bool {
        leaves_out(offset, item.base_offset(), self.transactions)
    }

    /// Has a new reader look for what lies behind the last entry. Cancel safe.
    async fn ask_again(&mut self, shared: &Shared) -> Result<(), LogError> {
        let start = match self.last {
            Some(last) => Start::At(MessageId {
                entry: last.entry.saturating_add(1),
                ..last
            }),
            None => self.start,
        };
        self.reader = open_reader(shared, start).await?;
        self.again = true;
        Ok(())
    }

    /// Whether nothing more comes of a compacted topic until somebody writes: compaction has dropped what there was from
    /// here to its end. To be asked where [`next`](Self::next) waits in vain.
    pub(super) async fn is_at_compacted_end(&self, shared: &Shared) -> Result<bool, LogError> {
        if !shared.partition.topic.read_compacted {
            return Ok(false);
        }
        let stats = internal_stats(shared).await?;
        if !stats.is_compacted_to_the_end() {
            return Ok(false);
        }
        // Asked for after that: what is written meanwhile comes.
        let last = self.reader.last_message_id().await;
        let Some(last) = last.map_err(|error| shared.error(error))? else {
            return Ok(stats.compacted_ledger.is_none_or(|left| left.entries <= 0));
        };
        let began_behind = matches!(self.start, Start::At(start) if last < start);
        Ok(began_behind || self.last.is_some_and(|seen| seen >= last))
    }

    /// Puts an item back that was too much.
    pub(super) fn put_back(&mut self, item: Item, next_offset: i64) {
        self.pending.push_front(item);
        self.next_offset = next_offset;
    }

    /// Takes an entry, or says that others are wanted before it, which have to be asked for a second time.
    fn take(&mut self, shared: &Shared, raw: &RawEntry) -> Result<bool, LogError> {
        let located = locate(raw);
        if let Ok(Some(entry)) = &located {
            let wanted = self.seen_to.max(self.next_offset);
            self.transactions |= entry.is_of_transaction();
            let compacted = shared.partition.topic.read_compacted;
            if !compacted && !self.again && leaves_out(wanted, entry.base_offset, self.transactions)
            {
                return Ok(false);
            }
        }
        self.again = false;
        self.last = Some(raw.id);
        self.take_located(shared, raw, located)?;
        Ok(true)
    }

    fn take_located(
        &mut self,
        shared: &Shared,
        raw: &RawEntry,
        located: Result<Option<Located<'_>>, EntryError>,
    ) -> Result<(), LogError> {
        let topic = &shared.partition.pulsar_topic;
        match located {
            Ok(Some(entry)) => {
                let overlaps = entry.base_offset < self.seen_to;
                let range = (self.seen_to, entry.next_offset);
                self.seen_to = self.seen_to.max(entry.next_offset);
                if entry.next_offset <= self.next_offset {
                    self.decoder.skip(&entry, &shared.context);
                } else if overlaps && range.0 < range.1 {
                    let item = damaged(&shared.context, topic, entry.at, range, OVERLAPS);
                    self.pending.push_back(item);
                } else {
                    shared.note(&entry);
                    let items = self.decoder.decode(&entry, &shared.context, topic);
                    self.pending.extend(items);
                }
                Ok(())
            }
            Ok(None) if shared.partition.topic.read_compacted => self.take_compacted(shared, raw),
            Ok(None) => no_index(shared, raw),
            Err(error) => {
                // Nothing of it can be read: it takes the offset that its index says.
                let next = next_offset(raw);
                let range = (next.saturating_sub(1), next);
                let at = raw.id;
                let item = damaged(&shared.context, topic, at, range, &error.to_string());
                self.pending.push_back(item);
                Ok(())
            }
        }
    }

    /// What compaction has written anew has no index any more. Its offsets are counted on: they rise, and stay below
    /// those of the entries that follow.
    fn take_compacted(&mut self, shared: &Shared, raw: &RawEntry) -> Result<(), LogError> {
        let at = raw.id;
        let base_offset = self
            .pending
            .back()
            .map_or(self.next_offset, Item::next_offset);
        let view = kop_entry::EntryView::parse(&raw.entry)
            .map_err(|error| damage_error(base_offset, at, &error.to_string()))?;
        let next_offset = base_offset.saturating_add(i64::from(view.num_messages()));
        let entry = Located {
            view,
            at,
            base_offset,
            next_offset,
        };
        let topic = &shared.partition.pulsar_topic;
        let items = self.decoder.decode(&entry, &shared.context, topic);
        self.pending.extend(items);
        Ok(())
    }
}

/// How long an entry of this topic is waited for, before it is asked whether it is still there.
pub(super) fn patience(shared: &Shared) -> Duration {
    match shared.partition.topic.read_compacted {
        true => COMPACTED_PATIENCE,
        false => PATIENCE,
    }
}

/// What one more reader may have waiting: the more there are, the less, so that all of them stay bounded.
fn reader_bytes(shared: &Shared) -> usize {
    let context = &shared.context;
    let share = context.settings.cache_bytes / 2 / (context.readers.len() + 1);
    share.clamp(
        LEAST_READER_BYTES,
        context.settings.reader_bytes.max(LEAST_READER_BYTES),
    )
}

async fn open_reader(shared: &Shared, start: Start) -> Result<Reader, LogError> {
    let compacted = shared.partition.topic.read_compacted;
    let reader = shared.reader(start, compacted, reader_bytes(shared));
    reader.await
}

/// An entry without an index, which is passed or ends the reading.
pub(super) fn no_index(shared: &Shared, raw: &RawEntry) -> Result<(), LogError> {
    if shared.context.settings.skip_messages_without_index {
        return Ok(());
    }
    Err(LogError::Malformed {
        what: "entry",
        reason: format!(
            "{} of {} has no index: it was written before the broker had AppendIndexMetadataInterceptor, or the broker \
             does not expose it (exposingBrokerEntryMetadataToClientEnabled); skipMessagesWithoutIndex=true passes it",
            raw.id, shared.partition.pulsar_topic
        ),
    })
}
