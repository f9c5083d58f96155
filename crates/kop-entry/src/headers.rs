//! Kafka's headers as Pulsar's properties: one property for each header, in the same order.
//!
//! A property is text, and a header need not be. Headers that are text stay as they are. The others get a mark in front
//! of their key and base64 for their bytes; so does a header whose key begins like a mark.

use std::borrow::Cow;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use kop_records::HeaderView;

use crate::Property;
use crate::proto::put_property;

/// A value that is not UTF-8: this and the key; the value in base64.
const BINARY: &[u8] = b"kafka.base64.";
/// A null value: this and the key; no value.
const NULL: &[u8] = b"kafka.null.";
/// A key that is not UTF-8 or begins with one of these marks: this and the key in base64; the value in base64.
const RAW: &[u8] = b"kafka.raw.";
/// The same with a null value.
const RAW_NULL: &[u8] = b"kafka.rawnull.";

/// Appends the property for a header, as field 1 of a message in a batch.
pub(crate) fn put_header(header: &HeaderView<'_>, out: &mut Vec<u8>) {
    let HeaderView { key, value } = *header;
    if std::str::from_utf8(key).is_err() || is_marked(key) {
        let mark = if value.is_some() { RAW } else { RAW_NULL };
        let key = [mark, &base64(key)].concat();
        return put_property(1, &key, &value.map(base64).unwrap_or_default(), out);
    }
    match value {
        None => put_property(1, &[NULL, key].concat(), &[], out),
        Some(text) if std::str::from_utf8(text).is_ok() => put_property(1, key, text, out),
        Some(bytes) => put_property(1, &[BINARY, key].concat(), &base64(bytes), out),
    }
}

/// A header, parts of which may have been decoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OwnedHeader<'a> {
    pub(crate) key: Cow<'a, [u8]>,
    pub(crate) value: Option<Cow<'a, [u8]>>,
}

impl OwnedHeader<'_> {
    pub(crate) fn view(&self) -> HeaderView<'_> {
        HeaderView {
            key: &self.key,
            value: self.value.as_deref(),
        }
    }
}

/// The header that a property stands for. What only looks like a mark is a header like any other.
#[inline]
pub(crate) fn header<'a>(property: &Property<'a>) -> OwnedHeader<'a> {
    if is_marked(property.key)
        && let Some(header) = marked(property)
    {
        return header;
    }
    OwnedHeader {
        key: property.key.into(),
        value: Some(property.value.into()),
    }
}

fn marked<'a>(property: &Property<'a>) -> Option<OwnedHeader<'a>> {
    let Property { key, value } = *property;
    let decoded = |text| BASE64_STANDARD.decode(text).ok().map(Cow::from);
    if let Some(key) = key.strip_prefix(BINARY) {
        return Some(OwnedHeader {
            key: key.into(),
            value: Some(decoded(value)?),
        });
    }
    if let Some(key) = key.strip_prefix(RAW) {
        return Some(OwnedHeader {
            key: decoded(key)?,
            value: Some(decoded(value)?),
        });
    }
    let key = match key.strip_prefix(NULL) {
        Some(key) => Cow::from(key),
        None => decoded(key.strip_prefix(RAW_NULL)?)?,
    };
    value.is_empty().then_some(OwnedHeader { key, value: None })
}

#[inline]
fn is_marked(key: &[u8]) -> bool {
    key.starts_with(b"kafka.")
        && [BINARY, NULL, RAW, RAW_NULL]
            .iter()
            .any(|mark| key.starts_with(mark))
}

fn base64(bytes: &[u8]) -> Vec<u8> {
    BASE64_STANDARD.encode(bytes).into_bytes()
}
