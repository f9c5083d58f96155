//! A small frame cannot make the codec reserve much memory, whatever lengths it claims.

use kop_codec::{Bytes, DecodeError, Message, messages};

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
