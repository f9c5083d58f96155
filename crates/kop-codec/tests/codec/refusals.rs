//! What the codec does not read and does not write, and what it says about it.

use kop_codec::{ByteString, Bytes, DecodeError, EncodeError, Message, messages};

#[test]
fn lengths_beyond_the_frame_are_refused_before_anything_is_reserved() {
    // Produce version 3: a null transactional id, acks, time-out, then two billion topics.
    let topics = Bytes::from_static(b"\xff\xff\0\x01\0\0\0\x01\x7f\xff\xff\xff\0\0");
    assert_eq!(
        messages::ProduceRequest::from_bytes(&topics, 3),
        Err(DecodeError::ArrayTooLong {
            position: 12,
            count: i32::MAX as usize,
            remaining: 2
        })
    );
    // Metadata version 12: 4,294,967,294 topics in compact form.
    let topics = Bytes::from_static(b"\xff\xff\xff\xff\x0f\0\0");
    assert_eq!(
        messages::MetadataRequest::from_bytes(&topics, 12),
        Err(DecodeError::ArrayTooLong {
            position: 5,
            count: 0xffff_fffe,
            remaining: 2
        })
    );
    // A request header of version 2 with more tagged fields than bytes.
    let tags = Bytes::from_static(b"\0\x03\0\x0c\0\0\0\x07\0\x02me\x80\x80\x01\0");
    assert_eq!(
        messages::RequestHeader::from_bytes(&tags, 2),
        Err(DecodeError::TooManyTags {
            position: 15,
            count: 1 << 14,
            remaining: 1
        })
    );
}

#[test]
fn what_is_not_there_in_this_version_is_refused_with_numbers() {
    assert_eq!(
        messages::ResponseHeader::from_bytes(&Bytes::from_static(b"\0\0\0\x07\0!"), 1),
        Err(DecodeError::TrailingBytes {
            position: 5,
            remaining: 1
        })
    );
    assert_eq!(
        messages::HeartbeatRequest::from_bytes(&Bytes::from_static(b"\0\x02a\xff"), 0),
        Err(DecodeError::InvalidUtf8 {
            position: 2,
            valid_up_to: 1
        })
    );
    assert_eq!(
        messages::HeartbeatRequest::from_bytes(&Bytes::from_static(b"\xff\xff"), 0),
        Err(DecodeError::UnexpectedNull { position: 2 })
    );
    assert_eq!(
        messages::HeartbeatRequest::from_bytes(&Bytes::new(), 5),
        Err(DecodeError::UnsupportedVersion {
            message: "HeartbeatRequest",
            version: 5,
            min: 0,
            max: 4
        })
    );
}

#[test]
fn tags_that_only_other_versions_have_are_refused() {
    // Fetch response version 12: nothing but tag 0, which version 16 gave to node endpoints.
    let bytes = Bytes::from_static(b"\0\0\0\0\0\0\0\0\0\0\x01\x01\0\x01\x01");
    assert_eq!(
        messages::FetchResponse::from_bytes(&bytes, 12),
        Err(DecodeError::TagNotInVersion {
            tag: 0,
            position: 14,
            version: 12
        })
    );
    assert_eq!(
        messages::FetchResponse::from_bytes(&bytes, 16),
        Ok(messages::FetchResponse::default())
    );
}

#[test]
fn values_that_a_version_cannot_express_are_refused() {
    let fetch = messages::FetchResponse {
        session_id: 1,
        ..Default::default()
    };
    let field = "FetchResponse.SessionId";
    assert_eq!(
        fetch.to_bytes(6),
        Err(EncodeError::FieldNotInVersion { field, version: 6 })
    );
    let fetch = messages::FetchResponse {
        throttle_time_ms: 1,
        ..Default::default()
    };
    assert!(fetch.to_bytes(0).is_ok(), "ignorable");
    let all = messages::MetadataRequest {
        topics: None,
        ..Default::default()
    };
    let field = "MetadataRequest.Topics";
    assert_eq!(
        all.to_bytes(0),
        Err(EncodeError::UnexpectedNull { field, version: 0 })
    );
    let long = messages::HeartbeatRequest {
        group_id: ByteString::from("x".repeat(32_768)),
        ..Default::default()
    };
    assert_eq!(
        long.to_bytes(4),
        Err(EncodeError::StringTooLong { length: 32_768 })
    );
}

#[test]
fn unknown_tags_need_a_flexible_version_and_a_free_tag() {
    let mut fetch = messages::FetchResponse::default();
    fetch.unknown_tags.insert(7, Bytes::from_static(b"seven"));
    let field = "FetchResponse.unknown_tags";
    assert_eq!(
        fetch.to_bytes(11),
        Err(EncodeError::FieldNotInVersion { field, version: 11 })
    );
    let bytes = fetch.to_bytes(12).unwrap();
    assert_eq!(
        messages::FetchResponse::from_bytes(&bytes, 12),
        Ok(fetch.clone())
    );
    fetch.unknown_tags.insert(0, Bytes::new());
    assert_eq!(fetch.to_bytes(12), Err(EncodeError::TagTaken { tag: 0 }));
}
