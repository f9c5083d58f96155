//! The group as DescribeGroups and ListGroups show it.

use kop_codec::messages::describe_groups_response::DescribedGroup;
use kop_codec::messages::list_groups_response::ListedGroup;
use kop_codec::{ByteString, ErrorCode};

use super::{ClassicGroup, ClassicState};

/// The name of this type of group in ListGroups.
pub(crate) const TYPE: &str = "classic";

impl ClassicGroup {
    /// For DescribeGroups. The protocol and the members' metadata are told only of a stable group.
    pub(crate) fn describe(&self) -> DescribedGroup {
        let protocol = self
            .protocol
            .as_deref()
            .filter(|_| self.state == ClassicState::Stable);
        DescribedGroup {
            error_code: ErrorCode::NONE,
            group_id: self.id.clone(),
            group_state: ByteString::from_static(self.state.of_all().name()),
            protocol_type: self.protocol_type.clone().unwrap_or_default(),
            protocol_data: protocol.map(ByteString::from).unwrap_or_default(),
            members: self
                .members
                .values()
                .map(|member| member.describe(protocol))
                .collect(),
            ..DescribedGroup::default()
        }
    }

    /// For ListGroups.
    pub(crate) fn list(&self) -> ListedGroup {
        ListedGroup {
            group_id: self.id.clone(),
            protocol_type: self.protocol_type.clone().unwrap_or_default(),
            group_state: ByteString::from_static(self.state.of_all().name()),
            group_type: ByteString::from_static(TYPE),
            ..ListedGroup::default()
        }
    }
}
