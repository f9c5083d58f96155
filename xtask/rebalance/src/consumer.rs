//! A member of the consumer protocol (KIP-848): heartbeats, and an acknowledgement at once where its assignment changes.

use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use anyhow::bail;
use kop_codec::messages::consumer_group_heartbeat_request::TopicPartitions as Owned;
use kop_codec::messages::consumer_group_heartbeat_response::TopicPartitions;
use kop_codec::messages::{ConsumerGroupHeartbeatRequest, ConsumerGroupHeartbeatResponse};
use kop_codec::{ByteString, ErrorCode};

use crate::connection::Connection;
use crate::{Member, Round};

struct Consumer<'a> {
    round: &'a Round,
    connection: &'a mut Connection,
    id: ByteString,
    epoch: i32,
    /// What it was given last.
    assigned: Vec<TopicPartitions>,
    interval: Duration,
}

/// Lives until it is told to leave, by the end of `leave`.
pub(crate) fn live(member: Member<'_>, leave: &Receiver<()>) -> anyhow::Result<()> {
    let Member {
        number,
        round,
        connection,
    } = member;
    let mut consumer = Consumer {
        round,
        connection,
        id: format!("member-{number:03}").as_str().into(),
        epoch: 0,
        assigned: Vec::new(),
        interval: Duration::ZERO,
    };
    let mut says_all = true;
    loop {
        let news = consumer.heartbeat(says_all)?;
        says_all = news || consumer.epoch == 0;
        round
            .board
            .put(number, consumer.epoch, consumer.partitions());
        if says_all {
            continue;
        }
        if leave.recv_timeout(consumer.interval) == Err(RecvTimeoutError::Disconnected) {
            round.board.remove(number);
            return consumer.leave();
        }
    }
}

impl Consumer<'_> {
    /// Whether it got another assignment, which it has to acknowledge.
    fn heartbeat(&mut self, says_all: bool) -> anyhow::Result<bool> {
        let mut request = self.request();
        if says_all {
            request.rebalance_timeout_ms = 60_000;
            request.subscribed_topic_names = Some(vec![self.round.topic.as_str().into()]);
            let owned = self.assigned.iter().map(|topic| Owned {
                topic_id: topic.topic_id,
                partitions: topic.partitions.clone(),
                ..Default::default()
            });
            request.topic_partitions = Some(owned.collect());
        }
        let response: ConsumerGroupHeartbeatResponse =
            self.connection
                .call_coordinator(1, &request, |answer| answer.error_code)?;
        match response.error_code {
            ErrorCode::NONE => {}
            ErrorCode::FENCED_MEMBER_EPOCH | ErrorCode::UNKNOWN_MEMBER_ID => {
                self.epoch = 0;
                self.assigned.clear();
                return Ok(true);
            }
            other => bail!("a heartbeat gave {other:?}: {:?}", response.error_message),
        }
        self.epoch = response.member_epoch;
        self.interval = Duration::from_millis(u64::try_from(response.heartbeat_interval_ms)?);
        let assignment = response
            .assignment
            .map(|assignment| assignment.topic_partitions);
        let Some(assigned) = assignment.filter(|assigned| *assigned != self.assigned) else {
            return Ok(false);
        };
        self.assigned = assigned;
        Ok(true)
    }

    fn request(&self) -> ConsumerGroupHeartbeatRequest {
        ConsumerGroupHeartbeatRequest {
            group_id: self.round.group.as_str().into(),
            member_id: self.id.clone(),
            member_epoch: self.epoch,
            rebalance_timeout_ms: -1,
            ..Default::default()
        }
    }

    fn partitions(&self) -> Vec<i32> {
        let topics = self.assigned.iter();
        topics
            .flat_map(|topic| topic.partitions.iter().copied())
            .collect()
    }

    fn leave(&mut self) -> anyhow::Result<()> {
        let mut request = self.request();
        request.member_epoch = -1;
        self.connection.call(1, &request)?;
        Ok(())
    }
}
