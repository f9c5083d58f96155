//! Tagged fields that no definition names.

use bytes::Bytes;

use crate::{DecodeError, Reader, size};

/// Tagged fields that were not known to this code, in ascending order of tag (KIP-482).
///
/// They are kept so that a message that passes through leaves as it came. Empty takes no memory of its own.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(
    clippy::box_collection,
    reason = "nearly every struct has none, and then it is one word and not three"
)]
pub struct UnknownTags(Option<Box<Vec<(u32, Bytes)>>>);

impl UnknownTags {
    /// Whether there are none.
    #[must_use]
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// How many there are.
    #[must_use]
    #[inline]
    pub fn len(&self) -> usize {
        self.0.as_ref().map_or(0, |tags| tags.len())
    }

    /// Tags and their raw values, in ascending order of tag.
    pub fn iter(&self) -> impl Iterator<Item = (u32, &Bytes)> {
        self.0
            .iter()
            .flat_map(|tags| tags.iter())
            .map(|(tag, value)| (*tag, value))
    }

    /// Adds a field in its place, or replaces the one with the same tag and returns its value.
    pub fn insert(&mut self, tag: u32, value: Bytes) -> Option<Bytes> {
        let tags = self.0.get_or_insert_default();
        match tags.binary_search_by_key(&tag, |(tag, _)| *tag) {
            Ok(at) => Some(std::mem::replace(&mut tags[at].1, value)),
            Err(at) => {
                tags.insert(at, (tag, value));
                None
            }
        }
    }

    #[cold]
    pub(crate) fn keep(&mut self, tag: u32, field: &Reader<'_>) -> Result<(), DecodeError> {
        match self.insert(tag, field.rest()) {
            None => Ok(()),
            Some(_) => Err(DecodeError::DuplicateTag {
                tag,
                position: field.position() + field.remaining(),
            }),
        }
    }

    #[inline]
    pub(crate) fn size(&self) -> usize {
        if self.is_empty() {
            return 0;
        }
        self.iter()
            .map(|(tag, value)| size::tagged(tag, value.len()))
            .sum()
    }
}
