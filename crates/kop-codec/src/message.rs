//! The traits that every generated message has.

use std::fmt::Debug;

use bytes::Bytes;

use crate::{
    ApiKey, DecodeError, EncodeError, Encoded, Reader, Writer,
    wire::{RecordsCount, Wire},
};

/// A message of the protocol, at all of its versions. Generated; not for implementing elsewhere.
pub trait Message: Wire + Clone + Debug + Default + PartialEq + Send + Sync + 'static {
    /// Its name in Kafka's definitions.
    const NAME: &'static str;
    /// The lowest version.
    const MIN_VERSION: i16;
    /// The highest version.
    const MAX_VERSION: i16;
    /// The lowest flexible version (KIP-482), `i16::MAX` if there is none.
    const FLEXIBLE_FROM: i16;

    /// Reads the message and leaves the reader behind it.
    ///
    /// # Errors
    /// [`DecodeError::UnsupportedVersion`], or what is wrong with the bytes.
    #[inline]
    fn decode(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        if !(Self::MIN_VERSION..=Self::MAX_VERSION).contains(&version) {
            let (message, min, max) = (Self::NAME, Self::MIN_VERSION, Self::MAX_VERSION);
            return Err(DecodeError::UnsupportedVersion {
                message,
                version,
                min,
                max,
            });
        }
        Self::read(reader, version)
    }

    /// The bytes that the message takes at this version, records included.
    ///
    /// # Errors
    /// [`EncodeError::UnsupportedVersion`]. Faults of single fields are found when encoding.
    fn encoded_len(&self, version: i16) -> Result<usize, EncodeError> {
        check_version::<Self>(version)?;
        Ok(self.size(version))
    }

    /// Writes the message.
    ///
    /// # Errors
    /// [`EncodeError::UnsupportedVersion`], or the first field that this version cannot express.
    #[inline]
    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        check_version::<Self>(version)?;
        self.write(writer, version);
        writer.check()
    }

    /// Reads a message that takes up all of `bytes`.
    ///
    /// # Errors
    /// As [`decode`](Message::decode), and [`DecodeError::TrailingBytes`].
    #[inline]
    fn from_bytes(bytes: &Bytes, version: i16) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(bytes);
        let message = Self::decode(&mut reader, version)?;
        reader.finish()?;
        Ok(message)
    }

    /// The message as parts, without a header. Records are not copied.
    ///
    /// # Errors
    /// As [`encode`](Message::encode).
    #[inline]
    fn to_parts(&self, version: i16) -> Result<Encoded, EncodeError> {
        let mut records = RecordsCount::default();
        self.count_records(&mut records);
        let mut writer = Writer::sized(self.encoded_len(version)?, &records);
        self.encode(&mut writer, version)?;
        writer.finish()
    }

    /// The message in one piece, without a header. Records are copied, and read if they are in files.
    ///
    /// # Errors
    /// As [`encode`](Message::encode), and [`EncodeError::ReadRecords`].
    fn to_bytes(&self, version: i16) -> Result<Bytes, EncodeError> {
        let encoded = self.to_parts(version)?;
        encoded
            .to_bytes()
            .map_err(|error| EncodeError::ReadRecords(error.kind()))
    }
}

/// A message that asks a broker for something.
pub trait Request: Message {
    /// The API that it belongs to.
    const KEY: ApiKey;
    /// What a broker answers.
    type Response: Response;
}

/// A message that answers a [`Request`] of the same key and version.
pub trait Response: Message {
    /// The API that it belongs to.
    const KEY: ApiKey;
}

#[inline]
fn check_version<M: Message>(version: i16) -> Result<(), EncodeError> {
    if (M::MIN_VERSION..=M::MAX_VERSION).contains(&version) {
        return Ok(());
    }
    let (message, min, max) = (M::NAME, M::MIN_VERSION, M::MAX_VERSION);
    Err(EncodeError::UnsupportedVersion {
        message,
        version,
        min,
        max,
    })
}
