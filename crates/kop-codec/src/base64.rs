//! The two forms of base64 that Kafka shows bytes in.

#[cfg(feature = "serde")]
const STANDARD: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const URL_SAFE: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// With padding, as Kafka's JSON has byte fields.
#[cfg(feature = "serde")]
pub(crate) fn standard(bytes: &[u8]) -> String {
    let mut text = encode(STANDARD, bytes);
    text.extend(std::iter::repeat_n('=', (4 - text.len() % 4) % 4));
    text
}

/// Without padding, as Kafka shows UUIDs.
pub(crate) fn url_safe(bytes: &[u8]) -> String {
    encode(URL_SAFE, bytes)
}

/// Sixteen bytes from 22 characters; None if there are more, fewer or others, or bits that do not count are set.
pub(crate) fn url_safe_16(text: &str) -> Option<[u8; 16]> {
    if text.len() != 22 {
        return None;
    }
    let mut value = 0u128;
    for (at, character) in text.bytes().enumerate() {
        let sextet = URL_SAFE.iter().position(|known| *known == character)? as u128;
        if at < 21 {
            value = value << 6 | sextet;
        } else if sextet & 0xf != 0 {
            return None;
        } else {
            value = value << 2 | sextet >> 4;
        }
    }
    Some(value.to_be_bytes())
}

fn encode(alphabet: &[u8; 64], bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let at = |index: usize| u32::from(chunk.get(index).copied().unwrap_or(0));
        let bits = at(0) << 16 | at(1) << 8 | at(2);
        for sextet in 0..=chunk.len() {
            let index = bits >> (18 - 6 * sextet) & 0x3f;
            text.push(char::from(alphabet[index as usize]));
        }
    }
    text
}
