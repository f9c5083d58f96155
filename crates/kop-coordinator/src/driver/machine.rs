//! What a state machine has to be for a task to keep it.

use bytes::Bytes;
use kop_codec::{DecodeError, EncodeError, ErrorCode};
use kop_records::control::EndTxnMarker;

use crate::outbox::WriteAs;
use crate::request::Ticket;
use crate::time::Now;

/// A key and a value as they are stored.
pub(super) type KeyValue = (Bytes, Option<Bytes>);

/// A state machine whose records lie in one partition of an internal topic.
///
/// It does no I/O. Inputs are calls; what comes of them is taken by [`drain`](Self::drain).
pub(super) trait Machine: Sized + Send + 'static {
    /// What it keeps, for log lines.
    const WHAT: &'static str;
    /// What clients are told where what they sent is too large to be stored.
    const TOO_LARGE: ErrorCode;

    type Request: Send;
    type Response: Send;
    /// News that nobody waits for an answer to.
    type Event: Send;
    /// A record of its topic.
    type Record: Send;
    /// What the durability of a write means.
    type After: Send;

    /// Reads a record; `None` for those of others.
    fn decode(key: &Bytes, value: Option<&Bytes>) -> Result<Option<Self::Record>, DecodeError>;

    /// Reads a record of a batch that is the value of a message: what the original Kafka on Pulsar wrote.
    fn decode_wrapped(
        key: &Bytes,
        value: Option<&Bytes>,
    ) -> Result<Option<Self::Record>, DecodeError> {
        Self::decode(key, value)
    }

    /// Takes what was read, in the order of the log.
    fn load(&mut self, batch: LoadedBatch<Self::Record>);

    /// Everything has been read; `took_ms` is how long that took.
    fn loaded(&mut self, now: Now, took_ms: u64);

    fn handle(&mut self, now: Now, ticket: Ticket, request: Self::Request);

    fn event(&mut self, now: Now, event: Self::Event);

    /// When `tick` is due, on the timer clock.
    fn wake_at(&self) -> i64;

    fn tick(&mut self, now: Now);

    /// A write has ended. Called once for each, in their order.
    fn written(&mut self, now: Now, after: Self::After, result: Result<(), ErrorCode>);

    /// A write takes too long; `written` is called all the same.
    fn timed_out(&mut self, now: Now, after: &Self::After, error: ErrorCode);

    /// Takes answers and writes, and sends on what else came of the inputs.
    fn drain(&mut self) -> Output<Self>;

    /// It is given up: nobody will ask it again.
    fn ended(&mut self) {}
}

/// What came of the inputs.
pub(super) struct Output<M: Machine> {
    pub(super) replies: Vec<(Ticket, M::Response)>,
    pub(super) writes: Vec<EncodedWrite<M::After>>,
}

/// Records that are appended together.
pub(super) struct EncodedWrite<After> {
    pub(super) records: Result<Vec<KeyValue>, EncodeError>,
    pub(super) write_as: WriteAs,
    pub(super) then: After,
}

/// The records of one batch.
pub(super) enum LoadedBatch<Record> {
    Records(Vec<Record>),
    InTransaction {
        producer_id: i64,
        records: Vec<Record>,
    },
    EndOfTransaction {
        producer_id: i64,
        marker: EndTxnMarker,
    },
}
