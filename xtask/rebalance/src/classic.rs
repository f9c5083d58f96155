//! A member of the classic protocol: it joins, assigns by range if it leads, and sends heartbeats.

use std::sync::mpsc::{Receiver, RecvTimeoutError};

use anyhow::bail;
use bytes::Bytes;
use kop_codec::messages::consumer_protocol_assignment::TopicPartition;
use kop_codec::messages::join_group_request::JoinGroupRequestProtocol;
use kop_codec::messages::leave_group_request::MemberIdentity;
use kop_codec::messages::sync_group_request::SyncGroupRequestAssignment;
use kop_codec::messages::{
    ConsumerProtocolAssignment, ConsumerProtocolSubscription, HeartbeatRequest, JoinGroupRequest,
    JoinGroupResponse, LeaveGroupRequest, SyncGroupRequest,
};
use kop_codec::{ByteString, ErrorCode, Message, Reader, Writer};

use crate::connection::Connection;
use crate::{HEARTBEAT, Member, Round};

/// Version of the consumers' own messages.
const OWN_VERSION: i16 = 1;
const PROTOCOL: &str = "range";

struct Classic<'a> {
    round: &'a Round,
    connection: &'a mut Connection,
    id: ByteString,
    generation: i32,
}

/// Lives until it is told to leave, by the end of `leave`.
pub(crate) fn live(member: Member<'_>, leave: &Receiver<()>) -> anyhow::Result<()> {
    let Member {
        number,
        round,
        connection,
    } = member;
    let mut classic = Classic {
        round,
        connection,
        id: ByteString::new(),
        generation: -1,
    };
    loop {
        let joined = classic.join()?;
        let Some(partitions) = classic.sync(&joined)? else {
            continue;
        };
        round.board.put(number, classic.generation, partitions);
        loop {
            if leave.recv_timeout(HEARTBEAT) == Err(RecvTimeoutError::Disconnected) {
                round.board.remove(number);
                return classic.leave();
            }
            if !classic.is_stable()? {
                break;
            }
        }
        round.board.remove(number);
    }
}

impl Classic<'_> {
    fn join(&mut self) -> anyhow::Result<JoinGroupResponse> {
        let subscription = ConsumerProtocolSubscription {
            topics: vec![self.round.topic.as_str().into()],
            ..Default::default()
        };
        let metadata = encode(&subscription)?;
        loop {
            let request = JoinGroupRequest {
                group_id: self.round.group.as_str().into(),
                session_timeout_ms: 45_000,
                rebalance_timeout_ms: 60_000,
                member_id: self.id.clone(),
                protocol_type: "consumer".into(),
                protocols: vec![JoinGroupRequestProtocol {
                    name: PROTOCOL.into(),
                    metadata: metadata.clone(),
                    ..Default::default()
                }],
                ..Default::default()
            };
            let response = self
                .connection
                .call_coordinator(9, &request, |answer| answer.error_code)?;
            match response.error_code {
                ErrorCode::NONE => {
                    self.id = response.member_id.clone();
                    self.generation = response.generation_id;
                    return Ok(response);
                }
                ErrorCode::MEMBER_ID_REQUIRED => self.id = response.member_id,
                ErrorCode::REBALANCE_IN_PROGRESS => {}
                other => bail!("a join gave {other:?}"),
            }
        }
    }

    /// Its partitions; `None` where it has to join anew.
    fn sync(&mut self, joined: &JoinGroupResponse) -> anyhow::Result<Option<Vec<i32>>> {
        let request = SyncGroupRequest {
            group_id: self.round.group.as_str().into(),
            generation_id: self.generation,
            member_id: self.id.clone(),
            protocol_type: Some("consumer".into()),
            protocol_name: Some(PROTOCOL.into()),
            assignments: self.assign(joined)?,
            ..Default::default()
        };
        let response = self
            .connection
            .call_coordinator(5, &request, |answer| answer.error_code)?;
        match response.error_code {
            ErrorCode::NONE => {}
            ErrorCode::REBALANCE_IN_PROGRESS | ErrorCode::ILLEGAL_GENERATION => return Ok(None),
            other => bail!("a sync gave {other:?}"),
        }
        let mut reader = Reader::new(&response.assignment);
        let version = reader.i16()?;
        let assignment = ConsumerProtocolAssignment::decode(&mut reader, version)?;
        let topics = assignment.assigned_partitions.iter();
        Ok(Some(
            topics
                .flat_map(|topic| topic.partitions.iter().copied())
                .collect(),
        ))
    }

    /// By range, as every consumer does; nothing if another one leads.
    fn assign(
        &self,
        joined: &JoinGroupResponse,
    ) -> anyhow::Result<Vec<SyncGroupRequestAssignment>> {
        let mut ids: Vec<&ByteString> = joined.members.iter().map(|it| &it.member_id).collect();
        ids.sort();
        let (all, members) = (self.round.partitions, ids.len());
        let assignment = |(at, id): (usize, &ByteString)| {
            let from = at * (all / members) + at.min(all % members);
            let count = all / members + usize::from(at < all % members);
            let partitions: Result<Vec<i32>, _> = (from..from + count).map(i32::try_from).collect();
            let assignment = ConsumerProtocolAssignment {
                assigned_partitions: vec![TopicPartition {
                    topic: self.round.topic.as_str().into(),
                    partitions: partitions?.into_iter().collect(),
                    ..Default::default()
                }],
                ..Default::default()
            };
            Ok(SyncGroupRequestAssignment {
                member_id: id.clone(),
                assignment: encode(&assignment)?,
                ..Default::default()
            })
        };
        ids.into_iter().enumerate().map(assignment).collect()
    }

    /// Whether nothing has changed. If not, it has to join anew.
    fn is_stable(&mut self) -> anyhow::Result<bool> {
        let request = HeartbeatRequest {
            group_id: self.round.group.as_str().into(),
            generation_id: self.generation,
            member_id: self.id.clone(),
            ..Default::default()
        };
        let response = self
            .connection
            .call_coordinator(4, &request, |answer| answer.error_code)?;
        match response.error_code {
            ErrorCode::NONE => Ok(true),
            ErrorCode::REBALANCE_IN_PROGRESS | ErrorCode::ILLEGAL_GENERATION => Ok(false),
            other => bail!("a heartbeat gave {other:?}"),
        }
    }

    fn leave(&mut self) -> anyhow::Result<()> {
        let request = LeaveGroupRequest {
            group_id: self.round.group.as_str().into(),
            members: vec![MemberIdentity {
                member_id: self.id.clone(),
                ..Default::default()
            }],
            ..Default::default()
        };
        self.connection.call(5, &request)?;
        Ok(())
    }
}

/// A message of the consumers among themselves: its version stands in front.
fn encode<M: Message>(message: &M) -> anyhow::Result<Bytes> {
    let mut writer = Writer::with_capacity(64);
    writer.i16(OWN_VERSION);
    message.encode(&mut writer, OWN_VERSION)?;
    Ok(writer.finish()?.to_bytes()?)
}
