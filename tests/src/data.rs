//! The data set that every client program writes and expects (see `clients/README.md`).

/// Codecs in the order in which they are produced.
pub const CODECS: [&str; 5] = ["none", "gzip", "snappy", "lz4", "zstd"];

/// A header: its key, and its value or null.
pub type Header = (String, Option<Vec<u8>>);

/// One record as it is sent, or as it came back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record {
    /// The partition, 0 or 1.
    pub partition: i32,
    /// Milliseconds since the epoch.
    pub timestamp: i64,
    /// `None` is null.
    pub key: Option<Vec<u8>>,
    /// `None` is null.
    pub value: Option<Vec<u8>>,
    /// In the order of the record.
    pub headers: Vec<Header>,
}

impl Record {
    /// A record of partition 0 with this value and nothing else.
    pub fn of(value: impl Into<Vec<u8>>) -> Self {
        Self {
            value: Some(value.into()),
            ..Self::default()
        }
    }

    /// Its value as text; null is empty.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(self.value.as_deref().unwrap_or_default()).into_owned()
    }
}

/// Record `i` of a codec.
pub fn record(codec: &str, i: usize, start: i64) -> Record {
    let key = (!i.is_multiple_of(5)).then(|| format!("key-{i}").into_bytes());
    let null = i % 7 == 3 && key.is_some();
    let value = (!null).then(|| format!("value-{codec}-{i}-{}", "x".repeat(i % 100)).into_bytes());
    let mut headers = Vec::new();
    if !i.is_multiple_of(3) {
        let texts = [
            ("codec", codec),
            ("i", &i.to_string()),
            ("twice", "1"),
            ("twice", "2"),
        ];
        headers.extend(texts.map(|(key, text)| (key.to_owned(), Some(text.as_bytes().to_vec()))));
    }
    if i % 3 == 2 {
        headers.push(("null".to_owned(), None));
    }
    Record {
        partition: (i % 2) as i32,
        timestamp: start + i as i64,
        key,
        value,
        headers,
    }
}

/// What a partition holds after these codecs were produced.
pub fn partition(number: usize, codecs: &[&str], count: usize, start: i64) -> Vec<Record> {
    let of_codec = |codec: &&str| {
        let of = |i| record(codec, i, start);
        (number..count).step_by(2).map(of).collect::<Vec<_>>()
    };
    codecs.iter().flat_map(of_codec).collect()
}

/// Record `i` of a round of the idempotent producer.
pub fn idempotent_record(round: usize, i: usize) -> Record {
    let value = Some(format!("idem-{round}-{i}").into_bytes());
    Record {
        partition: (i % 2) as i32,
        value,
        ..Record::default()
    }
}

/// What a partition of the idempotent topic holds after so many rounds.
pub fn idempotent_partition(number: usize, rounds: usize, count: usize) -> Vec<Record> {
    let of_round = |round| {
        (number..count)
            .step_by(2)
            .map(move |i| idempotent_record(round, i))
    };
    (1..=rounds).flat_map(of_round).collect()
}
