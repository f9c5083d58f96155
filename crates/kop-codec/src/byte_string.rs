//! Text in messages: short text by value, longer text as a slice of the buffer that it came in.

use std::{
    borrow::Borrow,
    cmp::Ordering,
    fmt,
    hash::{Hash, Hasher},
    ops::Deref,
    str::{self, Utf8Error},
};

use arrayvec::ArrayString;
use bytes::Bytes;

/// The longest text that is kept by value: with it a string is as large as the slice of a buffer is.
const MAX_SHORT: usize = 20;

/// A string of a message, which never changes and is cheap to clone.
///
/// Decoding keeps up to 20 bytes by value: to copy these costs less than to count references, and neither a topic's
/// name nor a group's id keeps the whole request in memory that it came in. Longer strings are slices of the request.
#[derive(Clone)]
pub struct ByteString(Text);

#[derive(Clone)]
enum Text {
    Short(ArrayString<MAX_SHORT>),
    Long(bytestring::ByteString),
}

impl ByteString {
    /// The empty string.
    #[must_use]
    #[inline]
    pub const fn new() -> Self {
        Self(Text::Short(ArrayString::new_const()))
    }

    /// Text that is there as long as the program runs.
    #[must_use]
    #[inline]
    pub const fn from_static(text: &'static str) -> Self {
        Self(Text::Long(bytestring::ByteString::from_static(text)))
    }

    /// The text.
    #[must_use]
    #[inline]
    pub fn as_str(&self) -> &str {
        match &self.0 {
            Text::Short(text) => text,
            Text::Long(text) => text,
        }
    }

    /// The text, if it is short enough to be kept by value.
    #[inline]
    fn short(text: &str) -> Option<Self> {
        ArrayString::from(text)
            .ok()
            .map(|text| Self(Text::Short(text)))
    }

    /// The first `length` bytes of `bytes`, which are `source` from `position` on.
    #[inline]
    pub(crate) fn slice(source: &Bytes, position: usize, bytes: &[u8]) -> Result<Self, Utf8Error> {
        if bytes.len() <= MAX_SHORT {
            let text = str::from_utf8(bytes)?;
            return Ok(Self::short(text).unwrap_or_default());
        }
        source.slice(position..position + bytes.len()).try_into()
    }
}

impl Default for ByteString {
    #[inline]
    fn default() -> Self {
        Self::new()
    }
}

impl Deref for ByteString {
    type Target = str;

    #[inline]
    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl AsRef<str> for ByteString {
    #[inline]
    fn as_ref(&self) -> &str {
        self
    }
}

impl Borrow<str> for ByteString {
    #[inline]
    fn borrow(&self) -> &str {
        self
    }
}

impl From<&str> for ByteString {
    fn from(text: &str) -> Self {
        Self::short(text).unwrap_or_else(|| Self(Text::Long(text.into())))
    }
}

impl From<String> for ByteString {
    fn from(text: String) -> Self {
        Self::short(&text).unwrap_or_else(|| Self(Text::Long(text.into())))
    }
}

impl TryFrom<Bytes> for ByteString {
    type Error = Utf8Error;

    #[inline]
    fn try_from(bytes: Bytes) -> Result<Self, Utf8Error> {
        bytestring::ByteString::try_from(bytes).map(|text| Self(Text::Long(text)))
    }
}

impl From<ByteString> for String {
    fn from(text: ByteString) -> Self {
        text.as_str().to_owned()
    }
}

impl<T: AsRef<str> + ?Sized> PartialEq<T> for ByteString {
    #[inline]
    fn eq(&self, other: &T) -> bool {
        self.as_str() == other.as_ref()
    }
}

impl Eq for ByteString {}

impl PartialOrd for ByteString {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for ByteString {
    fn cmp(&self, other: &Self) -> Ordering {
        self.as_str().cmp(other)
    }
}

impl Hash for ByteString {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

impl fmt::Debug for ByteString {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), formatter)
    }
}

impl fmt::Display for ByteString {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self.as_str(), formatter)
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for ByteString {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn is_as_large_as_a_slice() {
        assert_eq!(size_of::<ByteString>(), size_of::<Bytes>());
    }

    #[test]
    fn long_text_is_a_slice_and_short_text_is_not() {
        let source = Bytes::from("a".repeat(100));
        let slice = |length: usize| {
            ByteString::slice(&source, 7, &source[7..7 + length]).expect("is ASCII")
        };
        let (short, long) = (slice(MAX_SHORT), slice(MAX_SHORT + 1));
        assert_eq!(long.as_ptr(), source[7..].as_ptr());
        assert_ne!(short.as_ptr(), source[7..].as_ptr());
    }

    proptest! {
        #[test]
        fn is_its_text_however_it_was_made(texts in prop::collection::vec(".{0,30}", 2)) {
            let source = Bytes::from(format!("..{}..", texts[0]));
            let bytes = &source[2..source.len() - 2];
            let made = [
                ByteString::slice(&source, 2, bytes).expect("is text"),
                ByteString::try_from(Bytes::copy_from_slice(bytes)).expect("is text"),
                ByteString::from(texts[0].as_str()),
                ByteString::from(texts[0].clone()),
            ];
            for one in &made {
                prop_assert_eq!(one.as_str(), &texts[0]);
                prop_assert_eq!(one, &made[0]);
                prop_assert_eq!(one.cmp(&texts[1].clone().into()), texts[0].cmp(&texts[1]));
            }
            prop_assert_eq!(made.into_iter().collect::<HashSet<_>>().len(), 1);
        }

        #[test]
        fn refuses_what_is_no_text(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
            let source = Bytes::from(bytes);
            let found = ByteString::slice(&source, 0, &source).map(|text| text.as_str().to_owned());
            prop_assert_eq!(found, str::from_utf8(&source).map(str::to_owned));
        }
    }
}
