//! Gaps in the sequence of a producer that are not its fault.
//!
//! While nothing can be written, writes are refused with an error after which their producers send them again. Those behind
//! them may be on their way already, and come when it can be: what was refused is missing before them. A producer that is told
//! so takes a new epoch and sends all again of which it was not told, also what is in the log and whose answer was lost, and
//! then it is there twice. So they are refused like those before them, and all come again, in order.

use std::time::Duration;

use kop_log::LogError;
use kop_log::producer::ProducerBatch;
use tokio::time::Instant;

use super::Driver;

/// How long after a refusal those behind it may come. A producer with a real gap is told that much later.
const STILL_COMING: Duration = Duration::from_secs(5);

impl Driver {
    /// Somebody was told that nothing can be written now, or has given up waiting.
    pub(super) fn note_refusal(&mut self) {
        self.refused_at = Some(Instant::now());
    }

    /// Something works again. Who was refused while it did not may come behind those who have waited.
    pub(super) fn works_again(&mut self) {
        if self.attempts.has_failed() {
            self.note_refusal();
        }
    }

    /// Why a write with this error, or without one, is refused: those before it may still come.
    pub(super) fn excuse(
        &self,
        batches: &[ProducerBatch],
        error: Option<&LogError>,
    ) -> Option<LogError> {
        self.refused_at.filter(|at| at.elapsed() < STILL_COMING)?;
        let gap = match error {
            Some(LogError::OutOfOrderSequence { .. }) => true,
            Some(_) => false,
            // Any sequence number will do for the first write of a producer, but that one should be 0.
            None => batches.first().is_some_and(|batch| {
                let producers = &self.shared.state.lock().producers;
                batch.base_sequence > 0 && !producers.knows(batch.producer_id)
            }),
        };
        gap.then(|| LogError::Unavailable {
            reason: "writes before it were refused a moment ago, and have not come again yet"
                .to_owned(),
        })
    }
}
