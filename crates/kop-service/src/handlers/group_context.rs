//! Who sends a group request, as the coordinator wants to know it.

use kop_codec::ByteString;
use kop_coordinator::GroupContext;

use crate::Context;

/// The client's id, address and version. The address is written as Java does: `/127.0.0.1`.
pub(super) fn group_context(cx: &Context) -> GroupContext {
    GroupContext {
        client_id: cx.client_id.clone().unwrap_or_default(),
        client_host: ByteString::from(format!("/{}", cx.connection.peer.ip().to_canonical())),
        api_version: cx.version,
    }
}
