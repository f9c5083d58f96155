//! Writes a message whose size is known, keeping records aside as parts of their own.

use bytes::Bytes;

use crate::{
    ByteString, EncodeError, Encoded, Int32s, Records, UnknownTags, Uuid,
    encoded::{Inserts, part_len},
    reader::MAX_STRING_LEN,
    size,
    wire::{RecordsCount, Wire},
};

/// A buffer of known size and a list of records that belong in between.
///
/// Writing does not fail at once: the first fault is kept and everything ends with it. So the code of each field
/// need not ask.
#[derive(Debug, Default)]
pub struct Writer {
    bytes: Vec<u8>,
    inserts: Inserts,
    inserted: usize,
    error: Option<EncodeError>,
}

impl Writer {
    /// A writer with room for `capacity` bytes, records not counted. It grows if that is not enough.
    #[must_use]
    pub fn with_capacity(capacity: usize) -> Self {
        Self {
            bytes: Vec::with_capacity(capacity),
            ..Self::default()
        }
    }

    /// A writer for `len` bytes, these records among them.
    #[inline]
    pub(crate) fn sized(len: usize, records: &RecordsCount) -> Self {
        Self {
            bytes: Vec::with_capacity(len - records.len),
            inserts: Inserts::with_capacity(records.parts),
            ..Self::default()
        }
    }

    /// Bytes written so far, records included.
    #[must_use]
    #[inline]
    pub fn len(&self) -> usize {
        self.bytes.len() + self.inserted
    }

    /// Whether nothing is written yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The first fault so far.
    ///
    /// # Errors
    /// Whatever kept a message from being written.
    #[inline]
    pub fn check(&self) -> Result<(), EncodeError> {
        match self.error {
            Some(error) => Err(error),
            None => Ok(()),
        }
    }

    /// What was written, in order.
    ///
    /// # Errors
    /// Whatever kept a message from being written.
    #[inline]
    pub fn finish(self) -> Result<Encoded, EncodeError> {
        self.check()?;
        let len = self.len();
        Ok(Encoded::new(Bytes::from(self.bytes), self.inserts, len))
    }

    #[inline]
    pub(crate) fn u8(&mut self, value: u8) {
        self.bytes.push(value);
    }

    #[inline]
    pub(crate) fn bool(&mut self, value: bool) {
        self.bytes.push(u8::from(value));
    }

    /// Writes a signed byte.
    #[inline]
    pub fn i8(&mut self, value: i8) {
        self.bytes.extend_from_slice(&value.to_be_bytes());
    }

    /// Writes a big-endian 16-bit integer.
    #[inline]
    pub fn i16(&mut self, value: i16) {
        self.bytes.extend_from_slice(&value.to_be_bytes());
    }

    /// Writes a big-endian 32-bit integer.
    #[inline]
    pub fn i32(&mut self, value: i32) {
        self.bytes.extend_from_slice(&value.to_be_bytes());
    }

    /// Writes a big-endian 64-bit integer.
    #[inline]
    pub fn i64(&mut self, value: i64) {
        self.bytes.extend_from_slice(&value.to_be_bytes());
    }

    #[inline]
    pub(crate) fn u16(&mut self, value: u16) {
        self.bytes.extend_from_slice(&value.to_be_bytes());
    }

    #[inline]
    pub(crate) fn f64(&mut self, value: f64) {
        self.bytes.extend_from_slice(&value.to_be_bytes());
    }

    #[inline]
    pub(crate) fn uuid(&mut self, value: Uuid) {
        self.bytes.extend_from_slice(value.as_bytes());
    }

    /// Writes an unsigned integer of one to five bytes, seven bits each, lowest first.
    #[inline]
    pub fn unsigned_varint(&mut self, mut value: u32) {
        while value >= 0x80 {
            self.bytes.push((value & 0x7f) as u8 | 0x80);
            value >>= 7;
        }
        self.bytes.push(value as u8);
    }

    /// Writes neighbouring fields, which take `N` bytes in all, with one look at the room that is left.
    #[inline]
    pub(crate) fn run<const N: usize>(&mut self, write: impl FnOnce(&mut Run<N>)) {
        let mut run = Run {
            bytes: [0; N],
            len: 0,
        };
        write(&mut run);
        debug_assert_eq!(run.len, N, "a run's length is that of its fields");
        self.bytes.extend_from_slice(&run.bytes);
    }

    #[inline]
    pub(crate) fn string(&mut self, value: &ByteString, flexible: bool) {
        let length = value.len();
        if length > MAX_STRING_LEN {
            return self.fail(EncodeError::StringTooLong { length });
        }
        if flexible {
            self.unsigned_varint(length as u32 + 1);
        } else {
            self.i16(length as i16);
        }
        self.bytes.extend_from_slice(value.as_bytes());
    }

    #[inline]
    pub(crate) fn string_nullable(&mut self, value: Option<&ByteString>, flexible: bool) {
        match value {
            Some(value) => self.string(value, flexible),
            None if flexible => self.u8(0),
            None => self.i16(-1),
        }
    }

    #[inline]
    pub(crate) fn bytes(&mut self, value: &Bytes, flexible: bool) {
        self.length(value.len(), flexible);
        self.bytes.extend_from_slice(value);
    }

    pub(crate) fn bytes_nullable(&mut self, value: Option<&Bytes>, flexible: bool) {
        match value {
            Some(value) => self.bytes(value, flexible),
            None => self.null_length(flexible),
        }
    }

    pub(crate) fn records(&mut self, value: &Records, flexible: bool) {
        self.length(value.len(), flexible);
        for part in value.parts() {
            self.inserted += part_len(part);
            self.inserts.push(self.bytes.len(), part.clone());
        }
    }

    pub(crate) fn records_nullable(&mut self, value: Option<&Records>, flexible: bool) {
        match value {
            Some(value) => self.records(value, flexible),
            None => self.null_length(flexible),
        }
    }

    #[inline]
    pub(crate) fn int32s(&mut self, values: &Int32s, flexible: bool) {
        if flexible {
            self.compact_array(values);
        } else {
            self.any_array(values, false);
        }
    }

    fn any_array(&mut self, values: &[i32], flexible: bool) {
        self.length(values.len(), flexible);
        for value in values {
            self.i32(*value);
        }
    }

    /// Up to four elements and their compact length are a known number of bytes, so that nothing is put together
    /// in memory and loaded again.
    #[inline]
    fn compact_array(&mut self, values: &[i32]) {
        match *values {
            [one] => self.run::<5>(|run| {
                run.i8(2);
                run.i32(one);
            }),
            [one, two] => self.run::<9>(|run| {
                run.i8(3);
                run.i32(one);
                run.i32(two);
            }),
            [one, two, three] => self.run::<13>(|run| {
                run.i8(4);
                run.i32(one);
                run.i32(two);
                run.i32(three);
            }),
            [one, two, three, four] => self.run::<17>(|run| {
                run.i8(5);
                run.i32(one);
                run.i32(two);
                run.i32(three);
                run.i32(four);
            }),
            [] => self.u8(1),
            _ => self.any_array(values, true),
        }
    }

    pub(crate) fn int32s_nullable(&mut self, values: Option<&Int32s>, flexible: bool) {
        match values {
            Some(values) => self.int32s(values, flexible),
            None => self.null_length(flexible),
        }
    }

    pub(crate) fn array<T: Wire>(&mut self, values: &[T], flexible: bool, version: i16) {
        self.length(values.len(), flexible);
        for value in values {
            value.write(self, version);
        }
    }

    pub(crate) fn array_nullable<T: Wire>(
        &mut self,
        values: Option<&[T]>,
        flexible: bool,
        version: i16,
    ) {
        match values {
            Some(values) => self.array(values, flexible, version),
            None => self.null_length(flexible),
        }
    }

    pub(crate) fn strings(&mut self, values: &[ByteString], flexible: bool) {
        self.length(values.len(), flexible);
        for value in values {
            self.string(value, flexible);
        }
    }

    pub(crate) fn strings_nullable(&mut self, values: Option<&[ByteString]>, flexible: bool) {
        match values {
            Some(values) => self.strings(values, flexible),
            None => self.null_length(flexible),
        }
    }

    #[inline]
    pub(crate) fn values<T: Copy>(
        &mut self,
        values: &[T],
        flexible: bool,
        write: impl Fn(&mut Self, T),
    ) {
        self.length(values.len(), flexible);
        for value in values {
            write(self, *value);
        }
    }

    #[inline]
    pub(crate) fn values_nullable<T: Copy>(
        &mut self,
        values: Option<&[T]>,
        flexible: bool,
        write: impl Fn(&mut Self, T),
    ) {
        match values {
            Some(values) => self.values(values, flexible, write),
            None => self.null_length(flexible),
        }
    }

    /// A struct that may be null has a byte in front of it: -1 for null.
    pub(crate) fn struct_nullable<T: Wire>(&mut self, value: Option<&T>, version: i16) {
        match value {
            Some(value) => {
                self.i8(1);
                value.write(self, version);
            }
            None => self.i8(-1),
        }
    }

    /// In a tagged field Kafka writes a null struct as 0, where elsewhere it writes -1.
    pub(crate) fn tagged_struct_nullable<T: Wire>(&mut self, value: Option<&T>, version: i16) {
        match value {
            Some(value) => {
                self.i8(1);
                value.write(self, version);
            }
            None => self.i8(0),
        }
    }

    #[inline]
    pub(crate) fn tag_count(&mut self, count: usize) {
        match u32::try_from(count) {
            Ok(count) => self.unsigned_varint(count),
            Err(_) => self.fail(EncodeError::TooLong { length: count }),
        }
    }

    /// The head of a tagged field: its tag and the size of what follows.
    pub(crate) fn tag(&mut self, tag: u32, size: usize) {
        self.unsigned_varint(tag);
        match u32::try_from(size) {
            Ok(size) => self.unsigned_varint(size),
            Err(_) => self.fail(EncodeError::TooLong { length: size }),
        }
    }

    /// Writes tagged fields that are not known, behind the known ones, which have the tags below `first`.
    #[inline]
    pub(crate) fn unknown_tags(&mut self, tags: &UnknownTags, first: u32) {
        if tags.is_empty() {
            return;
        }
        for (tag, value) in tags.iter() {
            if tag < first {
                self.fail(EncodeError::TagTaken { tag });
            }
            self.tag(tag, value.len());
            self.bytes.extend_from_slice(value);
        }
    }

    #[cold]
    pub(crate) fn field_not_in_version(&mut self, field: &'static str, version: i16) {
        self.fail(EncodeError::FieldNotInVersion { field, version });
    }

    #[cold]
    pub(crate) fn unexpected_null(&mut self, field: &'static str, version: i16) {
        self.fail(EncodeError::UnexpectedNull { field, version });
    }

    #[cold]
    pub(crate) fn fail(&mut self, error: EncodeError) {
        self.error.get_or_insert(error);
    }

    #[inline]
    fn length(&mut self, length: usize, flexible: bool) {
        if length >= size::MAX_LENGTH {
            self.fail(EncodeError::TooLong { length });
        } else if flexible {
            self.unsigned_varint(length as u32 + 1);
        } else {
            self.i32(length as i32);
        }
    }

    #[inline]
    fn null_length(&mut self, flexible: bool) {
        if flexible {
            self.u8(0);
        } else {
            self.i32(-1);
        }
    }
}

/// Fields of fixed width that stand side by side. Generated code knows how long they are together.
pub(crate) struct Run<const N: usize> {
    bytes: [u8; N],
    len: usize,
}

impl<const N: usize> Run<N> {
    #[inline]
    pub(crate) fn bool(&mut self, value: bool) {
        self.put([u8::from(value)]);
    }

    #[inline]
    pub(crate) fn i8(&mut self, value: i8) {
        self.put(value.to_be_bytes());
    }

    #[inline]
    pub(crate) fn i16(&mut self, value: i16) {
        self.put(value.to_be_bytes());
    }

    #[inline]
    pub(crate) fn i32(&mut self, value: i32) {
        self.put(value.to_be_bytes());
    }

    #[inline]
    pub(crate) fn i64(&mut self, value: i64) {
        self.put(value.to_be_bytes());
    }

    #[inline]
    pub(crate) fn u16(&mut self, value: u16) {
        self.put(value.to_be_bytes());
    }

    #[inline]
    pub(crate) fn f64(&mut self, value: f64) {
        self.put(value.to_be_bytes());
    }

    #[inline]
    pub(crate) fn uuid(&mut self, value: Uuid) {
        self.put(*value.as_bytes());
    }

    #[inline]
    fn put<const M: usize>(&mut self, value: [u8; M]) {
        self.bytes[self.len..self.len + M].copy_from_slice(&value);
        self.len += M;
    }
}
