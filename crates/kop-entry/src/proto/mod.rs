//! The few messages of Pulsar's protocol that are in every entry, read and written by hand: this is the hot path, and
//! borrowing them costs no allocation. Fields that are not known are passed over.

mod broker;
mod message;
mod single;
mod wire;

pub use self::broker::BrokerEntryMetadata;
pub use self::message::{ChunkInfo, MessageMetadata, Properties, Property};
pub(crate) use self::message::{MetadataFields, put_property, write_metadata};
pub(crate) use self::single::SingleMessage;
pub(crate) use self::wire::{put_bytes_field, put_bytes_head, put_number};
