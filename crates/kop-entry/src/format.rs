//! The ways in which records lie in an entry.

use std::fmt;
use std::str::FromStr;

/// Key of the property in an entry's metadata that tells Kafka payloads from Pulsar's own.
pub const FORMAT_PROPERTY: &str = "entry.format";
/// Its value for both [`EntryFormat::Kafka`] and [`EntryFormat::MixedKafka`], in any case of letters.
pub const KAFKA_FORMAT: &str = "kafka";

/// Whether a property says that a payload is one of Kafka's.
pub(crate) fn is_kafka(key: &[u8], value: &[u8]) -> bool {
    key == FORMAT_PROPERTY.as_bytes() && value.eq_ignore_ascii_case(KAFKA_FORMAT.as_bytes())
}

/// How records are written (`entryFormat`, and per topic the property `kafkaEntryFormat`). Reading needs no format: each
/// entry says what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum EntryFormat {
    /// A Pulsar batch, which every Pulsar consumer reads.
    #[default]
    Pulsar,
    /// The Kafka record batches as they came.
    Kafka,
    /// The Kafka record batches after validation and conversion to magic 2, with their offsets.
    MixedKafka,
}

impl EntryFormat {
    /// All formats.
    pub const ALL: [Self; 3] = [Self::Pulsar, Self::Kafka, Self::MixedKafka];

    /// `pulsar`, `kafka` or `mixed_kafka`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pulsar => "pulsar",
            Self::Kafka => "kafka",
            Self::MixedKafka => "mixed_kafka",
        }
    }
}

impl fmt::Display for EntryFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for EntryFormat {
    type Err = UnknownFormat;

    /// Case does not matter: topics of the original have `PULSAR` in their properties.
    fn from_str(name: &str) -> Result<Self, UnknownFormat> {
        Self::ALL
            .into_iter()
            .find(|format| format.name().eq_ignore_ascii_case(name))
            .ok_or(UnknownFormat)
    }
}

/// The text is not the name of an entry format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not one of pulsar, kafka, mixed_kafka")]
pub struct UnknownFormat;
