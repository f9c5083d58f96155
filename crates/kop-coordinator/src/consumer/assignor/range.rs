//! The range assignor: member after member gets the next range of each of its topics.

use super::{Candidate, Topic};
use crate::consumer::partitions::Target;

/// How a topic is cut into ranges.
struct Cut {
    share: i32,
    /// So many members get one more.
    extra: i32,
    next: i32,
}

pub(super) fn assign(topics: &[Topic], members: &[Candidate<'_>]) -> Vec<Target> {
    let mut readers = vec![0; topics.len()];
    for topic in members.iter().flat_map(|member| &member.topics) {
        readers[*topic] += 1;
    }
    let mut cuts: Vec<Cut> = topics
        .iter()
        .zip(&readers)
        .map(|(topic, &readers)| Cut {
            share: topic.partitions / readers.max(1),
            extra: topic.partitions % readers.max(1),
            next: 0,
        })
        .collect();
    let mut targets = vec![Target::new(); members.len()];
    for index in order(members) {
        for &topic in &members[index].topics {
            let cut = &mut cuts[topic];
            let size = cut.share + i32::from(cut.extra > 0);
            cut.extra -= i32::from(cut.extra > 0);
            if size > 0 {
                let range = cut.next..cut.next + size;
                targets[index].insert(topics[topic].id, range.collect());
                cut.next += size;
            }
        }
    }
    targets
}

/// Static members first, by their instance ids, which outlive member ids: a restart moves nothing.
fn order(members: &[Candidate<'_>]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..members.len()).collect();
    order.sort_by_key(|&index| {
        let member = &members[index];
        (
            member.instance_id.is_none(),
            member.instance_id.unwrap_or(member.id),
        )
    });
    order
}
