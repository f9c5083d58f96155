//! The records of `__transaction_state`, in Kafka's layout.

use bytes::Bytes;
use kop_codec::internal::transaction::{TransactionLogKey, TransactionLogValue};
use kop_codec::internal::{
    InternalRecord, decode_key, decode_value, encode_key, encode_value, record_type,
};
use kop_codec::{ByteString, DecodeError, EncodeError};

/// The version of values that we write: that of `transaction.version` 1 and up.
const VALUE_VERSION: i16 = 1;

/// A record of `__transaction_state`. A value of `None` removes the transactional id.
#[derive(Clone, Debug, PartialEq)]
pub struct TransactionRecord {
    /// The transactional id.
    pub transactional_id: ByteString,
    /// Its producer and its transaction.
    pub value: Option<TransactionLogValue>,
}

impl TransactionRecord {
    /// Key and value as they are stored.
    ///
    /// # Errors
    /// Where a string is longer than the layout allows.
    pub fn encode(&self) -> Result<(Bytes, Option<Bytes>), EncodeError> {
        let key = TransactionLogKey {
            transactional_id: self.transactional_id.clone(),
            ..TransactionLogKey::default()
        };
        let value = self
            .value
            .as_ref()
            .map(|value| encode_value(value, VALUE_VERSION));
        Ok((encode_key(&key)?, value.transpose()?))
    }

    /// Reads a record. `None` for keys of other kinds, which we leave alone.
    ///
    /// # Errors
    /// What is wrong with the bytes.
    pub fn decode(key: &Bytes, value: Option<&Bytes>) -> Result<Option<Self>, DecodeError> {
        if record_type(key)? != TransactionLogKey::RECORD_TYPE {
            return Ok(None);
        }
        let key: TransactionLogKey = decode_key(key)?;
        let value = value.map(decode_value).transpose()?;
        Ok(Some(Self {
            transactional_id: key.transactional_id,
            value,
        }))
    }
}
