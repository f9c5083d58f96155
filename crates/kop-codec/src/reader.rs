//! A cursor over bytes that came in. Every length is held against what is left before it is believed.

use bytes::Bytes;
use smallvec::SmallVec;

use crate::{ByteString, DecodeError, Int32s, Records, UnknownTags, Uuid, wire::Wire};

/// The longest string that the protocol allows, in bytes.
pub(crate) const MAX_STRING_LEN: usize = i16::MAX as usize;

/// A position in a buffer and an end that nothing reads beyond.
///
/// Strings, byte fields and records that it returns are slices of the buffer, not copies.
#[derive(Debug, Clone)]
pub struct Reader<'a> {
    source: &'a Bytes,
    rest: &'a [u8],
    end: usize,
}

impl<'a> Reader<'a> {
    /// A reader of the whole buffer.
    #[must_use]
    pub fn new(source: &'a Bytes) -> Self {
        Self {
            source,
            rest: source,
            end: source.len(),
        }
    }

    /// Bytes that are not read yet.
    #[must_use]
    pub fn remaining(&self) -> usize {
        self.rest.len()
    }

    /// Offset of the next byte from the start of the buffer.
    #[must_use]
    pub fn position(&self) -> usize {
        self.end - self.rest.len()
    }

    /// Everything that is not read yet, as a slice of the buffer.
    #[must_use]
    pub fn rest(&self) -> Bytes {
        self.source.slice(self.position()..self.end)
    }

    /// Fails unless everything has been read.
    ///
    /// # Errors
    /// [`DecodeError::TrailingBytes`].
    pub fn finish(&self) -> Result<(), DecodeError> {
        if self.rest.is_empty() {
            return Ok(());
        }
        Err(DecodeError::TrailingBytes {
            position: self.position(),
            remaining: self.rest.len(),
        })
    }

    /// Reads a signed byte.
    ///
    /// # Errors
    /// [`DecodeError::UnexpectedEnd`].
    #[inline]
    pub fn i8(&mut self) -> Result<i8, DecodeError> {
        self.fixed().map(i8::from_be_bytes)
    }

    /// Reads a big-endian 16-bit integer.
    ///
    /// # Errors
    /// [`DecodeError::UnexpectedEnd`].
    #[inline]
    pub fn i16(&mut self) -> Result<i16, DecodeError> {
        self.fixed().map(i16::from_be_bytes)
    }

    /// Reads a big-endian 32-bit integer.
    ///
    /// # Errors
    /// [`DecodeError::UnexpectedEnd`].
    #[inline]
    pub fn i32(&mut self) -> Result<i32, DecodeError> {
        self.fixed().map(i32::from_be_bytes)
    }

    /// Reads a big-endian 64-bit integer.
    ///
    /// # Errors
    /// [`DecodeError::UnexpectedEnd`].
    #[inline]
    pub fn i64(&mut self) -> Result<i64, DecodeError> {
        self.fixed().map(i64::from_be_bytes)
    }

    #[inline]
    pub(crate) fn u16(&mut self) -> Result<u16, DecodeError> {
        self.fixed().map(u16::from_be_bytes)
    }

    #[inline]
    pub(crate) fn f64(&mut self) -> Result<f64, DecodeError> {
        self.fixed().map(f64::from_be_bytes)
    }

    /// Any byte but 0 is true, as in Kafka.
    #[inline]
    pub(crate) fn bool(&mut self) -> Result<bool, DecodeError> {
        self.fixed().map(|[byte]: [u8; 1]| byte != 0)
    }

    #[inline]
    pub(crate) fn uuid(&mut self) -> Result<Uuid, DecodeError> {
        self.fixed().map(Uuid::from_bytes)
    }

    /// Reads an unsigned integer of one to five bytes, seven bits each, lowest first.
    ///
    /// # Errors
    /// [`DecodeError::UnexpectedEnd`] and [`DecodeError::VarintTooLong`].
    #[inline]
    pub fn unsigned_varint(&mut self) -> Result<u32, DecodeError> {
        match self.rest.split_first() {
            Some((&byte, rest)) if byte < 0x80 => {
                self.rest = rest;
                Ok(u32::from(byte))
            }
            _ => self.long_varint(),
        }
    }

    fn long_varint(&mut self) -> Result<u32, DecodeError> {
        let position = self.position();
        let mut value = 0u32;
        for shift in [0, 7, 14, 21, 28] {
            let [byte] = self.fixed()?;
            let bits = u32::from(byte & 0x7f);
            if shift == 28 && byte > 0x0f {
                break;
            }
            value |= bits << shift;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err(DecodeError::VarintTooLong { position })
    }

    #[inline]
    pub(crate) fn string(&mut self, flexible: bool) -> Result<ByteString, DecodeError> {
        match self.string_length(flexible)? {
            Some(length) => self.utf8(length),
            None => Err(self.null()),
        }
    }

    #[inline]
    pub(crate) fn string_nullable(
        &mut self,
        flexible: bool,
    ) -> Result<Option<ByteString>, DecodeError> {
        match self.string_length(flexible)? {
            Some(length) => self.utf8(length).map(Some),
            None => Ok(None),
        }
    }

    #[inline]
    pub(crate) fn bytes(&mut self, flexible: bool) -> Result<Bytes, DecodeError> {
        match self.length(flexible)? {
            Some(length) => self.take(length),
            None => Err(self.null()),
        }
    }

    #[inline]
    pub(crate) fn bytes_nullable(&mut self, flexible: bool) -> Result<Option<Bytes>, DecodeError> {
        match self.length(flexible)? {
            Some(length) => self.take(length).map(Some),
            None => Ok(None),
        }
    }

    #[inline]
    pub(crate) fn records(&mut self, flexible: bool) -> Result<Records, DecodeError> {
        self.bytes(flexible).map(Records::from)
    }

    #[inline]
    pub(crate) fn records_nullable(
        &mut self,
        flexible: bool,
    ) -> Result<Option<Records>, DecodeError> {
        Ok(self.bytes_nullable(flexible)?.map(Records::from))
    }

    pub(crate) fn int32s(&mut self, flexible: bool) -> Result<Int32s, DecodeError> {
        match self.int32s_nullable(flexible)? {
            Some(values) => Ok(values),
            None => Err(self.null()),
        }
    }

    #[inline]
    pub(crate) fn int32s_nullable(
        &mut self,
        flexible: bool,
    ) -> Result<Option<Int32s>, DecodeError> {
        let Some(count) = self.count(flexible, size_of::<i32>())? else {
            return Ok(None);
        };
        let (head, rest) = self.rest.split_at(count * size_of::<i32>());
        self.rest = rest;
        let (chunks, _) = head.as_chunks::<{ size_of::<i32>() }>();
        let mut inline = [0; 4];
        if count <= inline.len() {
            for (value, chunk) in inline.iter_mut().zip(chunks) {
                *value = i32::from_be_bytes(*chunk);
            }
            return Ok(Some(SmallVec::from_buf_and_len(inline, count)));
        }
        let values = chunks
            .iter()
            .map(|chunk| i32::from_be_bytes(*chunk))
            .collect();
        Ok(Some(values))
    }

    #[inline]
    pub(crate) fn array<T: Wire>(
        &mut self,
        flexible: bool,
        version: i16,
    ) -> Result<Vec<T>, DecodeError> {
        match self.array_nullable(flexible, version)? {
            Some(values) => Ok(values),
            None => Err(self.null()),
        }
    }

    #[inline]
    pub(crate) fn array_nullable<T: Wire>(
        &mut self,
        flexible: bool,
        version: i16,
    ) -> Result<Option<Vec<T>>, DecodeError> {
        self.values_nullable(flexible, T::MIN_LEN, |reader| T::read(reader, version))
    }

    #[inline]
    pub(crate) fn values<T>(
        &mut self,
        flexible: bool,
        min_len: usize,
        read: impl FnMut(&mut Self) -> Result<T, DecodeError>,
    ) -> Result<Vec<T>, DecodeError> {
        match self.values_nullable(flexible, min_len, read)? {
            Some(values) => Ok(values),
            None => Err(self.null()),
        }
    }

    #[inline]
    pub(crate) fn values_nullable<T>(
        &mut self,
        flexible: bool,
        min_len: usize,
        mut read: impl FnMut(&mut Self) -> Result<T, DecodeError>,
    ) -> Result<Option<Vec<T>>, DecodeError> {
        let Some(count) = self.count(flexible, min_len)? else {
            return Ok(None);
        };
        let mut values = Vec::with_capacity(count);
        for _ in 0..count {
            values.push(read(self)?);
        }
        Ok(Some(values))
    }

    /// A struct that may be null has a byte in front of it: negative for null.
    pub(crate) fn struct_nullable<T: Wire>(
        &mut self,
        version: i16,
    ) -> Result<Option<T>, DecodeError> {
        if self.i8()? < 0 {
            Ok(None)
        } else {
            T::read(self, version).map(Some)
        }
    }

    /// In a tagged field Kafka writes a null struct as 0, where elsewhere it writes -1.
    pub(crate) fn tagged_struct_nullable<T: Wire>(
        &mut self,
        version: i16,
    ) -> Result<Option<T>, DecodeError> {
        if self.i8()? <= 0 {
            Ok(None)
        } else {
            T::read(self, version).map(Some)
        }
    }

    /// The number of tagged fields that follow.
    #[inline]
    pub(crate) fn tag_count(&mut self) -> Result<u32, DecodeError> {
        let count = self.unsigned_varint()?;
        let remaining = self.rest.len();
        if count as usize > remaining / 2 {
            return Err(DecodeError::TooManyTags {
                position: self.position(),
                count,
                remaining,
            });
        }
        Ok(count)
    }

    /// A tag, and a reader of just its field.
    pub(crate) fn tagged_field(&mut self) -> Result<(u32, Reader<'a>), DecodeError> {
        let tag = self.unsigned_varint()?;
        let length = self.unsigned_varint()? as usize;
        if length > self.rest.len() {
            return Err(self.short(length));
        }
        let (field, rest) = self.rest.split_at(length);
        let end = self.position() + length;
        self.rest = rest;
        Ok((
            tag,
            Reader {
                source: self.source,
                rest: field,
                end,
            },
        ))
    }

    /// What is wrong with this tagged field, if the version does not have it.
    #[cold]
    pub(crate) fn tag_not_in_version(&self, tag: u32, version: i16) -> DecodeError {
        DecodeError::TagNotInVersion {
            tag,
            position: self.position(),
            version,
        }
    }

    /// The tagged fields of a struct that knows none.
    #[inline]
    pub(crate) fn unknown_tags(&mut self) -> Result<UnknownTags, DecodeError> {
        let mut tags = UnknownTags::default();
        for _ in 0..self.tag_count()? {
            let (tag, field) = self.tagged_field()?;
            tags.keep(tag, &field)?;
        }
        Ok(tags)
    }

    #[inline]
    fn fixed<const N: usize>(&mut self) -> Result<[u8; N], DecodeError> {
        match self.rest.split_first_chunk() {
            Some((head, rest)) => {
                self.rest = rest;
                Ok(*head)
            }
            None => Err(self.short(N)),
        }
    }

    #[inline]
    fn take(&mut self, length: usize) -> Result<Bytes, DecodeError> {
        if length > self.rest.len() {
            return Err(self.short(length));
        }
        let position = self.position();
        self.rest = &self.rest[length..];
        Ok(self.source.slice(position..position + length))
    }

    #[inline]
    fn utf8(&mut self, length: usize) -> Result<ByteString, DecodeError> {
        let Some((bytes, rest)) = self.rest.split_at_checked(length) else {
            return Err(self.short(length));
        };
        let position = self.position();
        self.rest = rest;
        ByteString::slice(self.source, position, bytes).map_err(|error| DecodeError::InvalidUtf8 {
            position,
            valid_up_to: error.valid_up_to(),
        })
    }

    /// The length of bytes or of an array; any negative length is null, as in Kafka.
    #[inline]
    fn length(&mut self, flexible: bool) -> Result<Option<usize>, DecodeError> {
        if flexible {
            Ok(self
                .unsigned_varint()?
                .checked_sub(1)
                .map(|length| length as usize))
        } else {
            Ok(usize::try_from(self.i32()?).ok())
        }
    }

    #[inline]
    fn string_length(&mut self, flexible: bool) -> Result<Option<usize>, DecodeError> {
        if !flexible {
            return Ok(usize::try_from(self.i16()?).ok());
        }
        match self.length(true)? {
            Some(length) if length > MAX_STRING_LEN => Err(DecodeError::StringTooLong {
                position: self.position(),
                length,
            }),
            length => Ok(length),
        }
    }

    /// The number of elements of an array, once it is sure that so many could follow.
    #[inline]
    fn count(&mut self, flexible: bool, min_len: usize) -> Result<Option<usize>, DecodeError> {
        match self.length(flexible)? {
            Some(count) if count > self.rest.len() / min_len.max(1) => {
                Err(DecodeError::ArrayTooLong {
                    position: self.position(),
                    count,
                    remaining: self.rest.len(),
                })
            }
            count => Ok(count),
        }
    }

    #[cold]
    fn short(&self, needed: usize) -> DecodeError {
        DecodeError::UnexpectedEnd {
            position: self.position(),
            needed,
            remaining: self.rest.len(),
        }
    }

    #[cold]
    fn null(&self) -> DecodeError {
        DecodeError::UnexpectedNull {
            position: self.position(),
        }
    }
}
