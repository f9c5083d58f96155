//! The requests of groups of the consumer protocol.

use kop_codec::messages::ConsumerGroupHeartbeatRequest;
use kop_codec::messages::consumer_group_describe_response::DescribedGroup;
use kop_codec::{ByteString, ErrorCode};

use super::GroupShard;
use crate::classic::uuid_text;
use crate::consumer::{
    HeartbeatCall, JOINING, LEAVING, LEAVING_FOR_A_WHILE, Refused, check_heartbeat, fail_heartbeat,
    not_a_consumer_group,
};
use crate::outbox::{Cx, Outbox};
use crate::request::{GroupContext, Ticket};
use crate::time::Now;

impl GroupShard {
    pub(super) fn consumer_heartbeat(
        &mut self,
        now: Now,
        ticket: Ticket,
        context: &GroupContext,
        (request, random): (&ConsumerGroupHeartbeatRequest, [u8; 16]),
        out: &mut Outbox,
    ) {
        if let Err(refused) = self
            .check_enabled()
            .and_then(|()| check_heartbeat(&self.config, context.api_version, request))
        {
            return out.reply(ticket, fail_heartbeat(refused));
        }
        let joins = request.member_epoch == JOINING;
        let id = &request.group_id;
        if joins {
            self.ensure(now, id);
        }
        let call = HeartbeatCall {
            context,
            request,
            ticket,
            member_id: match request.member_id.is_empty() {
                true => uuid_text(random).into(),
                false => request.member_id.clone(),
            },
        };
        let answered = self.with(now, out, id, |group, cx| {
            let consumer = match group.as_consumer(cx, id, joins) {
                Ok(consumer) => consumer,
                Err(refused) => return cx.out.reply(ticket, fail_heartbeat(refused)),
            };
            if matches!(request.member_epoch, LEAVING | LEAVING_FOR_A_WHILE) {
                consumer.leave(cx, &call);
                group.downgrade_if_wanted(cx, id);
            } else {
                consumer.heartbeat(cx, &call);
            }
        });
        if answered.is_none() {
            let refused = Refused::no_group(format!("Group {id} not found."));
            out.reply(ticket, fail_heartbeat(refused));
        }
    }

    fn check_enabled(&self) -> Result<(), Refused> {
        if self.config.consumer.enabled {
            return Ok(());
        }
        let message = "group.coordinator.rebalance.protocols does not have consumer";
        Err(Refused::new(ErrorCode::UNSUPPORTED_VERSION, message))
    }

    pub(super) fn consumer_describe(
        &self,
        now: Now,
        ticket: Ticket,
        id: &ByteString,
        out: &mut Outbox,
    ) {
        if id.is_empty() {
            let error_code = ErrorCode::INVALID_GROUP_ID;
            return out.reply(
                ticket,
                DescribedGroup {
                    error_code,
                    ..DescribedGroup::default()
                },
            );
        }
        let known = self.groups.get(&**id);
        let cx = Cx {
            now,
            config: &self.config,
            topics: &*self.topics,
            out,
        };
        let found = known
            .and_then(|group| group.consumer())
            .map(|group| group.describe(&cx));
        let response = found.unwrap_or_else(|| not_a_consumer_group(id, known.is_some()));
        out.reply(ticket, response);
    }
}
