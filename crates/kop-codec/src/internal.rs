//! What coordinators keep in internal topics: `__consumer_offsets`, `__transaction_state`, `__share_group_state`.
//!
//! A key and a value of an internal record begin with a 16-bit number: the key's says which record it is, the
//! value's which version it has. A record whose value is null deletes the key.

use bytes::Bytes;

use crate::{DecodeError, EncodeError, Message, Reader, Writer};

pub mod group;
pub mod share;
pub mod transaction;

/// A key or a value of an internal record.
pub trait InternalRecord: Message {
    /// Which record of its coordinator it is; the prefix of the key.
    const RECORD_TYPE: i16;
}

/// A key with its prefix, the record type.
///
/// # Errors
/// As [`Message::encode`].
pub fn encode_key<K: InternalRecord>(key: &K) -> Result<Bytes, EncodeError> {
    encode(K::RECORD_TYPE, key, K::MAX_VERSION)
}

/// A value with its prefix, the version.
///
/// # Errors
/// As [`Message::encode`].
pub fn encode_value<V: InternalRecord>(value: &V, version: i16) -> Result<Bytes, EncodeError> {
    encode(version, value, version)
}

/// The record type of an encoded key.
///
/// # Errors
/// [`DecodeError::UnexpectedEnd`] where there are less than two bytes.
pub fn record_type(key: &Bytes) -> Result<i16, DecodeError> {
    Reader::new(key).i16()
}

/// Reads a key of which [`record_type`] says that it is a `K`.
///
/// # Errors
/// [`DecodeError::WrongRecordType`] where it is not, or what is wrong with the bytes.
pub fn decode_key<K: InternalRecord>(bytes: &Bytes) -> Result<K, DecodeError> {
    let mut reader = Reader::new(bytes);
    let found = reader.i16()?;
    if found != K::RECORD_TYPE {
        return Err(DecodeError::WrongRecordType {
            expected: K::RECORD_TYPE,
            found,
        });
    }
    let key = K::decode(&mut reader, K::MAX_VERSION)?;
    reader.finish()?;
    Ok(key)
}

/// Reads a value at the version that it says itself.
///
/// # Errors
/// [`DecodeError::UnsupportedVersion`], or what is wrong with the bytes.
pub fn decode_value<V: InternalRecord>(bytes: &Bytes) -> Result<V, DecodeError> {
    let mut reader = Reader::new(bytes);
    let version = reader.i16()?;
    let value = V::decode(&mut reader, version)?;
    reader.finish()?;
    Ok(value)
}

fn encode<R: InternalRecord>(prefix: i16, record: &R, version: i16) -> Result<Bytes, EncodeError> {
    let mut writer = Writer::with_capacity(size_of::<i16>() + record.encoded_len(version)?);
    writer.i16(prefix);
    record.encode(&mut writer, version)?;
    writer
        .finish()?
        .to_bytes()
        .map_err(|error| EncodeError::ReadRecords(error.kind()))
}
