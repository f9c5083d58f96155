//! Records: what is written is read, and what is read came from Kafka's layout.

use bytes::Bytes;
use kop_codec::ByteString;
use kop_codec::internal::group::group_metadata_value::MemberMetadata;
use kop_codec::internal::group::{GroupMetadataValue, OffsetCommitValue};
use kop_coordinator::GroupRecord;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

fn text() -> impl Strategy<Value = ByteString> {
    "[a-zA-Z0-9._üñ-]{0,20}".prop_map(ByteString::from)
}

fn data() -> impl Strategy<Value = Bytes> {
    vec(any::<u8>(), 0..40).prop_map(Bytes::from)
}

prop_compose! {
    fn offset_value()(
        offset in any::<i64>(),
        leader_epoch in any::<i32>(),
        metadata in text(),
        commit_timestamp in any::<i64>(),
        expire_timestamp in prop_oneof![Just(-1), 0..i64::MAX],
    ) -> OffsetCommitValue {
        // The layout with an expiry has no leader epoch.
        let leader_epoch = if expire_timestamp < 0 { leader_epoch } else { -1 };
        let value = OffsetCommitValue::default();
        OffsetCommitValue { offset, leader_epoch, metadata, commit_timestamp, expire_timestamp, ..value }
    }
}

prop_compose! {
    fn member()(
        member_id in text(),
        group_instance_id in option::of(text()),
        client_id in text(),
        client_host in text(),
        timeouts in any::<(i32, i32)>(),
        subscription in data(),
        assignment in data(),
    ) -> MemberMetadata {
        let (rebalance_timeout, session_timeout) = timeouts;
        MemberMetadata {
            member_id,
            group_instance_id,
            client_id,
            client_host,
            rebalance_timeout,
            session_timeout,
            subscription,
            assignment,
            ..MemberMetadata::default()
        }
    }
}

prop_compose! {
    fn group_value()(
        protocol_type in text(),
        generation in any::<i32>(),
        protocol in option::of(text()),
        leader in option::of(text()),
        current_state_timestamp in any::<i64>(),
        members in vec(member(), 0..5),
    ) -> GroupMetadataValue {
        let value = GroupMetadataValue::default();
        GroupMetadataValue { protocol_type, generation, protocol, leader, current_state_timestamp, members, ..value }
    }
}

fn record() -> impl Strategy<Value = GroupRecord> {
    prop_oneof![
        (text(), text(), any::<i32>(), option::of(offset_value())).prop_map(
            |(group, topic, partition, value)| GroupRecord::Offset {
                group,
                topic,
                partition,
                value
            }
        ),
        (
            text(),
            text(),
            any::<i32>(),
            any::<i64>(),
            option::of(offset_value())
        )
            .prop_map(|(group, topic, partition, producer_id, value)| {
                GroupRecord::PendingOffset {
                    group,
                    topic,
                    partition,
                    producer_id,
                    value,
                }
            }),
        (text(), option::of(group_value()))
            .prop_map(|(group, value)| GroupRecord::Group { group, value }),
    ]
}

proptest! {
    #[test]
    fn what_is_written_is_read(record in record()) {
        let (key, value) = record.encode().unwrap();
        prop_assert_eq!(GroupRecord::decode(&key, value.as_ref()).unwrap(), Some(record));
    }

    #[test]
    fn any_bytes_are_read_or_refused(key in vec(any::<u8>(), 0..60), value in option::of(vec(any::<u8>(), 0..80)), kind in 0_u8..4) {
        let _ = GroupRecord::decode(&Bytes::from(key.clone()), value.clone().map(Bytes::from).as_ref());
        for kind in [[0, kind], *b"KP"] {
            let known = [&kind, &key[..]].concat();
            let _ = GroupRecord::decode(&Bytes::from(known), value.clone().map(Bytes::from).as_ref());
        }
    }
}

/// The bytes that Kafka writes, by hand: tools find them by these prefixes.
#[test]
fn the_layout_is_kafkas() {
    let value = OffsetCommitValue {
        offset: 258,
        leader_epoch: 3,
        metadata: "m".into(),
        commit_timestamp: 5,
        ..OffsetCommitValue::default()
    };
    let record = |value| GroupRecord::Offset {
        group: "g".into(),
        topic: "t".into(),
        partition: 7,
        value: Some(value),
    };
    let (key, bytes) = record(value.clone()).encode().unwrap();
    assert_eq!(&key[..], [0, 1, 0, 1, b'g', 0, 1, b't', 0, 0, 0, 7]);
    let expected = [
        0, 3, 0, 0, 0, 0, 0, 0, 1, 2, 0, 0, 0, 3, 0, 1, b'm', 0, 0, 0, 0, 0, 0, 0, 5,
    ];
    assert_eq!(&bytes.unwrap()[..], expected);
    // With an expiry of its own: version 1.
    let (_, bytes) = record(OffsetCommitValue {
        expire_timestamp: 6,
        ..value
    })
    .encode()
    .unwrap();
    let expected = [
        0, 1, 0, 0, 0, 0, 0, 0, 1, 2, 0, 1, b'm', 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 6,
    ];
    assert_eq!(&bytes.unwrap()[..], expected);

    let (key, value) = GroupRecord::Group {
        group: "g".into(),
        value: None,
    }
    .encode()
    .unwrap();
    assert_eq!((&key[..], value), (&[0, 2, 0, 1, b'g'][..], None));
    let (_, value) = GroupRecord::Group {
        group: "g".into(),
        value: Some(GroupMetadataValue::default()),
    }
    .encode()
    .unwrap();
    assert_eq!(&value.unwrap()[..4], [0, 3, 0, 0]);
}

#[test]
fn the_oldest_layout_of_offsets_is_read() {
    let key = Bytes::from_static(&[0, 0, 0, 1, b'g', 0, 1, b't', 0, 0, 0, 7]);
    let value = Bytes::from_static(&[0, 0, 0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4]);
    let Some(GroupRecord::Offset {
        group,
        topic,
        partition,
        value: Some(value),
    }) = GroupRecord::decode(&key, Some(&value)).unwrap()
    else {
        panic!("not an offset")
    };
    assert_eq!((&*group, &*topic, partition), ("g", "t", 7));
    assert_eq!(
        (
            value.offset,
            value.leader_epoch,
            value.commit_timestamp,
            value.expire_timestamp
        ),
        (9, -1, 4, -1)
    );
}

#[test]
fn records_of_other_kinds_of_groups_are_left_alone() {
    // Key 11: a share group. Keys 17 and following: streams groups.
    for record_type in [11, 17, 23] {
        let key = Bytes::from(vec![0, record_type, 2, b'g']);
        assert_eq!(GroupRecord::decode(&key, None).unwrap(), None);
    }
}
