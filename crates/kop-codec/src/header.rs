//! Headers of requests and responses, and whole frames with them.

use bytes::Bytes;

use crate::{
    ApiKey, ByteString, DecodeError, EncodeError, Encoded, Message, Reader, Request, Response,
    Writer, size, wire::RecordsCount,
};
pub use crate::{
    api_key::{request_header_version, response_header_version},
    messages::{RequestHeader, ResponseHeader},
};

const LENGTH_PREFIX: usize = size_of::<i32>();

/// The API key and version with which every request frame begins, whatever follows.
///
/// # Errors
/// [`DecodeError::UnexpectedEnd`] where there are less than four bytes.
pub fn peek_request(frame: &Bytes) -> Result<(ApiKey, i16), DecodeError> {
    let mut reader = Reader::new(frame);
    Ok((ApiKey(reader.i16()?), reader.i16()?))
}

/// Reads the header of a request and leaves the reader in front of the body.
///
/// The version may be one that this code does not have: its header is then read as that of the highest one. So a
/// broker can answer a newer client's ApiVersions request.
///
/// # Errors
/// [`DecodeError::UnknownApiKey`], as then nothing is known of the header, or what is wrong with the bytes.
pub fn decode_request_header(reader: &mut Reader<'_>) -> Result<RequestHeader, DecodeError> {
    let mut ahead = reader.clone();
    let (key, version) = (ahead.i16()?, ahead.i16()?);
    let header_version =
        request_header_version(ApiKey(key), version).ok_or(DecodeError::UnknownApiKey { key })?;
    RequestHeader::decode(reader, header_version)
}

/// Reads the header of the response to a request with this key and version; the result is the correlation id.
///
/// # Errors
/// [`DecodeError::UnknownApiKey`], or what is wrong with the bytes.
pub fn decode_response_header(
    reader: &mut Reader<'_>,
    key: ApiKey,
    version: i16,
) -> Result<i32, DecodeError> {
    let header_version =
        response_header_version(key, version).ok_or(DecodeError::UnknownApiKey { key: key.0 })?;
    Ok(ResponseHeader::decode(reader, header_version)?.correlation_id)
}

/// A whole response frame: length, header, body. Records in the body are not copied.
///
/// `version` is that of the request. ApiVersions responses always have header version 0.
///
/// # Errors
/// As [`Message::encode`], [`EncodeError::TooLong`] where the frame would not fit into its length.
pub fn encode_response<R: Response>(
    correlation_id: i32,
    key: ApiKey,
    version: i16,
    response: &R,
) -> Result<Encoded, EncodeError> {
    debug_assert_eq!(key, R::KEY, "a response of another API");
    let header_version = response_header_version(R::KEY, version).unwrap_or_default();
    let header = ResponseHeader {
        correlation_id,
        ..ResponseHeader::default()
    };
    encode_frame(&header, header_version, response, version)
}

/// A whole request frame: length, header, body. Records in the body are not copied.
///
/// Key and version in the header are those of the request, whatever `header` says; the correlation id and the
/// client id are taken from it.
///
/// # Errors
/// As [`Message::encode`], [`EncodeError::TooLong`] where the frame would not fit into its length.
pub fn encode_request<R: Request>(
    header: &RequestHeader,
    version: i16,
    request: &R,
) -> Result<Encoded, EncodeError> {
    let header_version = request_header_version(R::KEY, version).unwrap_or_default();
    let header = RequestHeader {
        request_api_key: R::KEY.0,
        request_api_version: version,
        ..header.clone()
    };
    encode_frame(&header, header_version, request, version)
}

/// The header of a request, for [`encode_request`].
#[must_use]
pub fn request_header(correlation_id: i32, client_id: Option<ByteString>) -> RequestHeader {
    RequestHeader {
        correlation_id,
        client_id,
        ..RequestHeader::default()
    }
}

fn encode_frame(
    header: &impl Message,
    header_version: i16,
    body: &impl Message,
    version: i16,
) -> Result<Encoded, EncodeError> {
    let len = header.encoded_len(header_version)? + body.encoded_len(version)?;
    if len >= size::MAX_LENGTH {
        return Err(EncodeError::TooLong { length: len });
    }
    let mut records = RecordsCount::default();
    body.count_records(&mut records);
    let mut writer = Writer::sized(LENGTH_PREFIX + len, &records);
    writer.i32(len as i32);
    header.encode(&mut writer, header_version)?;
    body.encode(&mut writer, version)?;
    debug_assert_eq!(
        writer.len(),
        LENGTH_PREFIX + len,
        "size and encoding disagree"
    );
    writer.finish()
}
