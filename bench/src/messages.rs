//! Messages: decoding from one buffer, and encoding into memory that is sized first.

use std::fmt::Display;

use bytes::{Bytes, BytesMut};
use kafka_protocol::protocol::{Decodable, Encodable};
use kop_codec::Message;
use krabka_protocol::{Decode, DecodeBorrow, Encode};

use crate::case::{Case, Contender};
use crate::inputs;

/// A crate's way to make a value of bytes: all of them, and to give it up again.
macro_rules! decoders {
    ($bytes:ident, $version:literal, $module:ident :: $type:ident, $theirs:ident) => {
        vec![
            Contender::new(
                "kop",
                || kop_codec::messages::$type::from_bytes($bytes, $version).map_err(text),
                done,
            ),
            Contender::new(
                "kafka-protocol",
                || {
                    kafka_protocol::messages::$type::decode(&mut $bytes.clone(), $version)
                        .map_err(text)
                },
                done,
            ),
            Contender::new(
                "krabka owned",
                || {
                    <krabka_protocol::owned::$module::$type as Decode>::decode(
                        &mut $bytes.clone(),
                        $version,
                    )
                    .map_err(text)
                },
                done,
            ),
            Contender::new(
                "krabka borrowed",
                || {
                    krabka_protocol::borrowed::$module::$type::decode_borrow(
                        &mut &$bytes[..],
                        $version,
                    )
                    .map_err(text)
                },
                done,
            ),
            Contender::new(
                "kacrab",
                || {
                    kacrab_protocol::generated::$theirs::read(&mut $bytes.clone(), $version)
                        .map_err(text)
                },
                done,
            ),
        ]
    };
}

/// A crate's way from a value to bytes. Ours are parts, where records are slices; whether they are right is checked
/// once, put together.
macro_rules! encoders {
    ($input:ident, $bytes:ident, $version:literal, $module:ident :: $type:ident, $theirs:ident) => {{
        let kafka =
            kafka_protocol::messages::$type::decode(&mut $bytes.clone(), $version).map_err(text);
        let owned = <krabka_protocol::owned::$module::$type as Decode>::decode(
            &mut $bytes.clone(),
            $version,
        )
        .map_err(text);
        let borrowed =
            krabka_protocol::borrowed::$module::$type::decode_borrow(&mut &$bytes[..], $version)
                .map_err(text);
        let kacrab =
            kacrab_protocol::generated::$theirs::read(&mut $bytes.clone(), $version).map_err(text);
        vec![
            Contender::new(
                "kop",
                move || $input.to_parts($version).map_err(text),
                |encoded| same(encoded.to_bytes().map_err(text)?, $bytes),
            ),
            Contender::new(
                "kafka-protocol",
                move || {
                    let value = kafka.as_ref().map_err(text)?;
                    let mut out =
                        BytesMut::with_capacity(value.compute_size($version).map_err(text)?);
                    value.encode(&mut out, $version).map_err(text)?;
                    Ok(out.freeze())
                },
                |encoded| same(encoded, $bytes),
            ),
            Contender::new(
                "krabka owned",
                move || krabka(owned.as_ref(), $version),
                |encoded| same(encoded, $bytes),
            ),
            Contender::new(
                "krabka borrowed",
                move || krabka(borrowed.as_ref(), $version),
                |encoded| same(encoded, $bytes),
            ),
            Contender::new(
                "kacrab",
                move || {
                    let value = kacrab.as_ref().map_err(text)?;
                    let mut out =
                        BytesMut::with_capacity(value.encoded_len($version).map_err(text)?);
                    value.write(&mut out, $version).map_err(text)?;
                    Ok(out.freeze())
                },
                |encoded| same(encoded, $bytes),
            ),
        ]
    }};
}

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    macro_rules! message {
        ($name:literal, $version:literal, $target:literal, $module:ident :: $type:ident, $theirs:ident) => {{
            let input = inputs::$module();
            let bytes: &'static Bytes =
                leak(input.to_bytes($version).expect("the inputs can be encoded"));
            cases.push(Case {
                name: format!("{} v{}, decode", $name, $version),
                bytes: bytes.len(),
                target: $target,
                contenders: decoders!(bytes, $version, $module::$type, $theirs),
                least: None,
            });
            cases.push(Case {
                name: format!("{} v{}, encode", $name, $version),
                bytes: bytes.len(),
                target: $target,
                contenders: encoders!(input, bytes, $version, $module::$type, $theirs),
                least: None,
            });
        }};
    }
    message!(
        "ApiVersions request",
        3,
        1.0,
        api_versions_request::ApiVersionsRequest,
        ApiVersionsRequestData
    );
    message!(
        "ApiVersions response, 60 keys,",
        3,
        1.0,
        api_versions_response::ApiVersionsResponse,
        ApiVersionsResponseData
    );
    message!(
        "JoinGroup request",
        9,
        1.0,
        join_group_request::JoinGroupRequest,
        JoinGroupRequestData
    );
    message!(
        "JoinGroup response, 100 members,",
        9,
        1.0,
        join_group_response::JoinGroupResponse,
        JoinGroupResponseData
    );
    message!(
        "Produce request, 10 x 16 KB,",
        9,
        1.0,
        produce_request::ProduceRequest,
        ProduceRequestData
    );
    message!(
        "Fetch response, 10 x 64 KB,",
        13,
        1.0,
        fetch_response::FetchResponse,
        FetchResponseData
    );
    message!(
        "Metadata response, 1,000 x 10,",
        12,
        1.5,
        metadata_response::MetadataResponse,
        MetadataResponseData
    );
    cases
}

fn krabka(value: Result<&impl Encode, &String>, version: i16) -> Result<Bytes, String> {
    let value = value.map_err(text)?;
    let mut out = BytesMut::with_capacity(value.encoded_len(version));
    value.encode(&mut out, version).map_err(text)?;
    Ok(out.freeze())
}

/// Inputs live as long as the program: contenders borrow from them.
fn leak<T>(value: T) -> &'static T {
    Box::leak(Box::new(value))
}

fn text(error: impl Display) -> String {
    error.to_string()
}

fn done<T>(_: T) -> Result<(), String> {
    Ok(())
}

fn same(encoded: Bytes, bytes: &Bytes) -> Result<(), String> {
    if encoded == *bytes {
        return Ok(());
    }
    Err(format!("writes {} other bytes", encoded.len()))
}
