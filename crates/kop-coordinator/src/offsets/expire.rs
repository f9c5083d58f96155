//! Which offsets are too old (KIP-211).

use super::{CommittedOffset, OffsetKey, Offsets};
use crate::classic::ExpiryBase;
use crate::outbox::Cx;

impl Offsets {
    /// The offsets that have expired. None of those that are being written, or whose topic the group reads.
    pub(crate) fn expired(
        &self,
        cx: &Cx<'_>,
        base: ExpiryBase,
        is_subscribed: impl Fn(&str) -> bool,
    ) -> Vec<OffsetKey> {
        if base == ExpiryBase::Never {
            return Vec::new();
        }
        let mut keys = Vec::new();
        for (topic, partitions) in self
            .by_topic
            .iter()
            .filter(|(topic, _)| !is_subscribed(topic))
        {
            let old = partitions.iter().filter(|(partition, offset)| {
                is_expired(cx, base, offset)
                    && !self.is_being_written(topic, **partition)
                    && !self.is_unstable(topic, **partition)
            });
            keys.extend(old.map(|(&partition, _)| (topic.clone(), partition)));
        }
        keys
    }
}

fn is_expired(cx: &Cx<'_>, base: ExpiryBase, offset: &CommittedOffset) -> bool {
    if offset.expire_ms >= 0 {
        return cx.now.wall_ms >= offset.expire_ms; // The client said so itself, with an old version.
    }
    let since_ms = match base {
        ExpiryBase::Never => return false,
        ExpiryBase::Commit => offset.commit_ms,
        ExpiryBase::Since(since_ms) => since_ms,
    };
    cx.now.wall_ms.saturating_sub(since_ms) >= cx.config.offsets_retention_ms()
}
