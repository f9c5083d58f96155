//! Appending: the order is that of the calls, the work is done in groups.

use std::fs::File;
use std::io::{self, IoSlice};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use futures_util::FutureExt;
use kop_log::producer::{ProducerBatch, ProducerChanges};
use kop_log::{AppendRequest, Appended, BoxFuture, LogError, TopicConfig};
use kop_records::{Assigned, BatchHeader, TimestampType, ValidatedRecords};
use smallvec::SmallVec;
use tokio::sync::oneshot;

use super::ready::{Answer, Replies};
use super::retain::Incoming;
use super::{Log, Writer};
use crate::handles::FileKind;
use crate::scan::Scanned;
use crate::shared::interrupted;

/// Slices that one system call takes.
const MAX_SLICES: usize = 1024;

/// Appends that wait to be written.
#[derive(Debug, Default)]
pub(crate) struct Queue {
    waiting: Vec<Waiting>,
    /// The log is in the list of those that are ready, or a job is at work on it.
    listed: bool,
    /// Why nothing can be appended any more.
    pub(super) closed: Option<LogError>,
}

#[derive(Debug)]
struct Waiting {
    request: AppendRequest,
    answer: Answer,
}

/// Batches that go to disk with one write.
#[derive(Default)]
struct Group {
    parts: Vec<Assigned>,
    batches: Vec<Scanned>,
    changes: ProducerChanges,
    answers: Vec<(Answer, Appended)>,
    bytes: u64,
}

impl Log {
    /// Queues an append.
    pub(super) fn submit(
        self: &Arc<Self>,
        request: AppendRequest,
    ) -> BoxFuture<'static, Result<Appended, LogError>> {
        let (answer, answered) = oneshot::channel();
        let list = {
            let mut queue = self.queue.lock();
            if let Some(error) = &queue.closed {
                let error = error.clone();
                return async move { Err(error) }.boxed();
            }
            queue.waiting.push(Waiting { request, answer });
            !std::mem::replace(&mut queue.listed, true)
        };
        if list {
            self.shared.ready.push(Arc::clone(self));
        }
        async move {
            answered
                .await
                .unwrap_or_else(|error| Err(interrupted(error)))
        }
        .boxed()
    }

    /// Appends what waits. Returns whether more has come meanwhile: the log stays listed then.
    pub(super) fn drain(self: &Arc<Self>, replies: &mut Replies) -> bool {
        let _relist = Relist(self);
        let mut writer = self.writer.lock();
        let (waiting, closed) = {
            let mut queue = self.queue.lock();
            (std::mem::take(&mut queue.waiting), queue.closed.clone())
        };
        match closed {
            Some(error) => waiting
                .into_iter()
                .for_each(|waiting| replies.add(waiting.answer, Err(error.clone()))),
            None => self.append_all(&mut writer, waiting, replies),
        }
        drop(writer);
        if self.rolled.load(Ordering::Relaxed) {
            let log = Arc::clone(self);
            self.shared
                .runtime
                .spawn_blocking(move || log.flush_if_rolled());
        }
        let mut queue = self.queue.lock();
        queue.listed = !queue.waiting.is_empty();
        queue.listed
    }

    /// Appends on this thread, which may block.
    pub(crate) fn append_now(&self, request: AppendRequest) -> Result<Appended, LogError> {
        let (answer, mut answered) = oneshot::channel();
        let mut replies = Replies::default();
        let waiting = vec![Waiting { request, answer }];
        self.append_all(&mut self.writer.lock(), waiting, &mut replies);
        replies.send();
        answered
            .try_recv()
            .unwrap_or_else(|error| Err(interrupted(error)))
    }

    fn append_all(&self, writer: &mut Writer, waiting: Vec<Waiting>, replies: &mut Replies) {
        let config = self.config();
        let mut group = Group::default();
        for Waiting { request, answer } in waiting {
            let roomy = self.make_room(writer, &mut group, &config, &request, replies);
            match roomy.and_then(|()| self.plan(writer, &mut group, &config, &request)) {
                Ok(appended) => group.answers.push((answer, appended)),
                Err(error) => replies.add(answer, Err(error)),
            }
        }
        self.commit(writer, group, &config, replies);
    }

    /// Checks a request and adds its batches to the group.
    fn plan(
        &self,
        writer: &Writer,
        group: &mut Group,
        config: &TopicConfig,
        request: &AppendRequest,
    ) -> Result<Appended, LogError> {
        let AppendRequest { records, now_ms } = request;
        let base_offset = writer.next_offset + group.offsets();
        let stamps = config.timestamp_type == TimestampType::LogAppendTime;
        let log_append_time = stamps.then_some(*now_ms);
        let mut appended = Appended {
            base_offset,
            last_offset: base_offset - 1,
            log_append_time_ms: log_append_time.unwrap_or(-1),
            log_start_offset: self.offsets().log_start,
            duplicate: false,
        };
        let facts = records.batches.iter();
        let facts = facts.map(|batch| ProducerBatch::of_append(batch, base_offset));
        let facts: Result<SmallVec<[_; 1]>, _> = facts.filter_map(Result::transpose).collect();
        if let Some(first) = writer.producers.check(&mut group.changes, &facts?)? {
            appended.base_offset = first.base_offset;
            appended.last_offset = first.last_offset;
            appended.log_append_time_ms = log_append_time.map_or(-1, |_| first.timestamp);
            appended.duplicate = true;
        } else {
            appended.last_offset = group.add(records, base_offset, writer, log_append_time);
        }
        Ok(appended)
    }

    /// Begins a new segment where the request asks for one, after writing the group, which belongs to the old one.
    fn make_room(
        &self,
        writer: &mut Writer,
        group: &mut Group,
        config: &TopicConfig,
        request: &AppendRequest,
        replies: &mut Replies,
    ) -> Result<(), LogError> {
        let AppendRequest { records, now_ms } = request;
        let (size, limit) = (records.bytes, config.segment_bytes);
        if size > limit {
            return Err(LogError::TooLarge { size, limit });
        }
        let next_offset = writer.next_offset + group.offsets();
        let end = next_offset.checked_add(i64::from(records.record_count));
        let used_up = || self.storage("appending to", io::Error::other("no offsets are left"));
        let last_offset = end.ok_or_else(used_up)?;
        let incoming = Incoming {
            used: u64::from(writer.position) + group.bytes,
            size: size as u64,
            last_offset,
            max_timestamp: records.max_timestamp,
            now_ms: *now_ms,
        };
        if self.must_roll(&writer.active, incoming, config) {
            self.commit(writer, std::mem::take(group), config, replies);
            // The group may have failed, and the segment be empty still.
            if writer.position > 0 {
                let rolled = self.roll(writer, *now_ms);
                rolled.map_err(|error| self.storage("starting a segment in", error))?;
            }
        }
        Ok(())
    }

    /// Writes the group, flushes it if the topic wants that, makes it visible, and answers. On a failure all of it is
    /// taken back.
    fn commit(
        &self,
        writer: &mut Writer,
        group: Group,
        config: &TopicConfig,
        replies: &mut Replies,
    ) {
        let Group {
            parts,
            batches,
            changes,
            answers,
            bytes,
        } = group;
        if let Some(last) = batches.last() {
            let next_offset = last.last_offset + 1;
            let written = self
                .write(writer, &parts)
                .map_err(|error| self.storage("appending to", error));
            let durable =
                written.and_then(|()| self.flush_if_wanted(writer, next_offset, config, replies));
            self.shared
                .failed
                .store(durable.is_err(), Ordering::Relaxed);
            if let Err(error) = durable {
                tracing::error!(topic = %self.identity.topic, partition = self.identity.partition, %error, "nothing was appended; reads go on");
                answers
                    .into_iter()
                    .for_each(|(answer, _)| replies.add(answer, Err(error.clone())));
                return;
            }
            let interval = u32::try_from(config.index_interval_bytes).unwrap_or(u32::MAX);
            writer.active.extend(self.place(), &batches, interval);
            self.note_aborted(writer, changes.aborted());
            writer.producers.apply(changes);
            writer.position += u32::try_from(bytes).unwrap_or(0);
            writer.next_offset = next_offset;
            self.publish(writer, &batches);
            self.waiters.wake_all();
        }
        answers
            .into_iter()
            .for_each(|(answer, appended)| replies.add(answer, Ok(appended)));
    }

    fn write(&self, writer: &Writer, parts: &[Assigned]) -> io::Result<()> {
        let file = writer.active.file(self.place(), FileKind::Log)?;
        let slices = parts
            .iter()
            .flat_map(|part| [IoSlice::new(&part.header), IoSlice::new(&part.body)]);
        let mut slices: Vec<_> = slices.collect();
        let written = write_at(&file, &mut slices, writer.position.into());
        written.inspect_err(|_| cut(&file, writer.position))
    }

    fn flush_if_wanted(
        &self,
        writer: &Writer,
        next_offset: i64,
        config: &TopicConfig,
        replies: &mut Replies,
    ) -> Result<(), LogError> {
        if next_offset - self.recovery_point() < config.flush_messages {
            return Ok(());
        }
        replies.send();
        let flush = || self.sync_to(next_offset, &self.unflushed_segments());
        let flushed = self.shared.ready.blocking(&self.shared, flush);
        flushed.map_err(|error| {
            if let Ok(file) = writer.active.file(self.place(), FileKind::Log) {
                cut(&file, writer.position);
            }
            self.storage("flushing", error)
        })
    }

    fn publish(&self, writer: &Writer, batches: &[Scanned]) {
        let at = |n: u64| u32::try_from(n).unwrap_or(u32::MAX);
        let mut view = self.view.write();
        for batch in batches {
            view.tail
                .push(batch.base_offset, at(batch.position), at(batch.size));
        }
        view.published = writer.position;
        view.offsets.log_end = writer.next_offset;
        view.offsets.high_watermark = writer.next_offset;
        view.offsets.last_stable = writer.producers.last_stable_offset(writer.next_offset);
    }
}

impl Group {
    fn offsets(&self) -> i64 {
        match (self.batches.first(), self.batches.last()) {
            (Some(first), Some(last)) => last.last_offset + 1 - first.base_offset,
            _ => 0,
        }
    }

    /// Gives the batches their offsets; returns the last one.
    fn add(
        &mut self,
        records: &ValidatedRecords,
        base: i64,
        writer: &Writer,
        time: Option<i64>,
    ) -> i64 {
        let mut last = base - 1;
        for batch in &records.batches {
            let assigned = batch.assign(base, writer.leader_epoch, time);
            let header = BatchHeader::parse(&assigned.header)
                .expect("invariant: a validated batch has a sound header");
            last = header.last_offset();
            let scanned = Scanned::of(&header, u64::from(writer.position) + self.bytes);
            self.bytes += scanned.size;
            self.batches.push(scanned);
            self.parts.push(assigned);
        }
        last
    }
}

/// Lets the next append list the log again should this one panic.
struct Relist<'a>(&'a Log);

impl Drop for Relist<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.queue.lock().listed = false;
        }
    }
}

/// Takes back what was written behind `position`. Should that fail too, the rest is overwritten by the next append, or
/// cut off at the next start.
fn cut(file: &File, position: u32) {
    if let Err(error) = file.set_len(position.into()) {
        tracing::warn!(%error, "what was written in part could not be cut off");
    }
}

/// Writes all slices at a position, however many calls that takes.
fn write_at(file: &File, mut slices: &mut [IoSlice<'_>], mut position: u64) -> io::Result<()> {
    IoSlice::advance_slices(&mut slices, 0);
    while !slices.is_empty() {
        let some = slices.len().min(MAX_SLICES);
        match rustix::io::pwritev(file, &slices[..some], position) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(written) => {
                IoSlice::advance_slices(&mut slices, written);
                position += written as u64;
            }
            Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}
