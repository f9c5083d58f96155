//! What can be wrong with bytes that came in, and with values that are to go out.

/// Why bytes are not the message that they should be.
///
/// Positions are offsets in bytes from the start of the buffer that the [`Reader`](crate::Reader) was made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// The bytes end before the value does.
    #[error("{needed} bytes are needed at {position}, {remaining} are left")]
    UnexpectedEnd {
        /// Where the value begins.
        position: usize,
        /// Bytes that the value takes.
        needed: usize,
        /// Bytes that are left of the enclosing message or tagged field.
        remaining: usize,
    },
    /// An array says that it has more elements than could fit into what is left.
    #[error("an array of {count} elements at {position}, but only {remaining} bytes are left")]
    ArrayTooLong {
        /// Where the first element would be.
        position: usize,
        /// The announced number of elements.
        count: usize,
        /// Bytes that are left of the enclosing message or tagged field.
        remaining: usize,
    },
    /// A string is longer than the 32,767 bytes that the protocol allows.
    #[error("a string of {length} bytes at {position}, the protocol allows 32767")]
    StringTooLong {
        /// Where the string's first byte would be.
        position: usize,
        /// The announced length in bytes.
        length: usize,
    },
    /// A string is not UTF-8.
    #[error("the string at {position} is not UTF-8 from its byte {valid_up_to} on")]
    InvalidUtf8 {
        /// Where the string begins.
        position: usize,
        /// Leading bytes of the string that are sound.
        valid_up_to: usize,
    },
    /// A null where this version of the message has none.
    #[error("null at {position}, where null is not allowed in this version")]
    UnexpectedNull {
        /// Where the value begins, after its length.
        position: usize,
    },
    /// A variable-length integer does not end after five bytes or does not fit into 32 bits.
    #[error("the variable-length integer at {position} does not fit into 32 bits")]
    VarintTooLong {
        /// Where the integer begins.
        position: usize,
    },
    /// More tagged fields are announced than could fit into what is left.
    #[error("{count} tagged fields at {position}, but only {remaining} bytes are left")]
    TooManyTags {
        /// Where the first tagged field would be.
        position: usize,
        /// The announced number of tagged fields.
        count: u32,
        /// Bytes that are left of the enclosing message or tagged field.
        remaining: usize,
    },
    /// An unknown tagged field is there twice in one struct.
    #[error("tag {tag} is there twice before {position}")]
    DuplicateTag {
        /// The tag.
        tag: u32,
        /// Where the second one ends.
        position: usize,
    },
    /// A tagged field that only other versions of the message have.
    #[error("tag {tag} at {position} is not in version {version}")]
    TagNotInVersion {
        /// The tag.
        tag: u32,
        /// Where the field's value begins.
        position: usize,
        /// The version.
        version: i16,
    },
    /// The message, or a tagged field of known type, ends before its bytes do.
    #[error("{remaining} bytes are left over at {position}")]
    TrailingBytes {
        /// The first byte that nothing claims.
        position: usize,
        /// How many there are.
        remaining: usize,
    },
    /// This message does not have this version.
    #[error("{message} has the versions {min} to {max}, not {version}")]
    UnsupportedVersion {
        /// The message's name in Kafka's definitions.
        message: &'static str,
        /// The version that was asked for.
        version: i16,
        /// The lowest version that there is.
        min: i16,
        /// The highest version that there is.
        max: i16,
    },
    /// No API has this key.
    #[error("no API has the key {key}")]
    UnknownApiKey {
        /// The key.
        key: i16,
    },
    /// The key of an internal record has another type than the one asked for.
    #[error("an internal record of type {found}, not {expected}")]
    WrongRecordType {
        /// The type of the requested record.
        expected: i16,
        /// The type that the bytes give.
        found: i16,
    },
}

/// Why a value cannot be written at a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EncodeError {
    /// This message does not have this version.
    #[error("{message} has the versions {min} to {max}, not {version}")]
    UnsupportedVersion {
        /// The message's name in Kafka's definitions.
        message: &'static str,
        /// The version that was asked for.
        version: i16,
        /// The lowest version that there is.
        min: i16,
        /// The highest version that there is.
        max: i16,
    },
    /// A field that this version does not have holds something else than its default, and may not be dropped.
    #[error("{field} is set, but version {version} does not have it")]
    FieldNotInVersion {
        /// Struct and field, as in Kafka's definitions.
        field: &'static str,
        /// The version that was asked for.
        version: i16,
    },
    /// A field is null where this version does not allow it.
    #[error("{field} is null, which version {version} does not allow")]
    UnexpectedNull {
        /// Struct and field, as in Kafka's definitions.
        field: &'static str,
        /// The version that was asked for.
        version: i16,
    },
    /// A string is longer than the 32,767 bytes that the protocol allows.
    #[error("a string of {length} bytes, the protocol allows 32767")]
    StringTooLong {
        /// Its length in bytes.
        length: usize,
    },
    /// Something has more bytes or elements than a 32-bit length can say.
    #[error("a length of {length} does not fit into 31 bits")]
    TooLong {
        /// Its length in bytes or elements.
        length: usize,
    },
    /// An unknown tagged field has the tag of a known one.
    #[error("the unknown tagged field {tag} has the tag of a known field")]
    TagTaken {
        /// The tag.
        tag: u32,
    },
    /// Records that lie in a file could not be read.
    #[error("records could not be read from their file: {0}")]
    ReadRecords(std::io::ErrorKind),
}
