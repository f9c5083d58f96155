//! Entry points for fuzzing: any bytes may lie in a file, and nothing may panic.

use crate::LeaderEpochs;
use crate::producer::{ABORTED_ENTRY_LEN, AbortedEntry, ProducerState};

/// Reads the bytes as each of the files that this crate reads, and writes what it read back.
///
/// # Panics
/// If a file that was read is written differently and not read as the same again: a fault of this code.
pub fn files(data: &[u8]) {
    snapshot(data);
    if let Some(entry) = data.first_chunk::<ABORTED_ENTRY_LEN>()
        && let Ok(read) = AbortedEntry::from_bytes(entry)
    {
        assert_eq!(read.to_bytes(), *entry);
    }
    if let Ok(text) = std::str::from_utf8(data)
        && let Ok(epochs) = LeaderEpochs::from_checkpoint(text)
    {
        assert_eq!(
            LeaderEpochs::from_checkpoint(&epochs.to_checkpoint()).ok(),
            Some(epochs)
        );
    }
}

/// With the checksum made right, so that what is behind it is reached.
fn snapshot(data: &[u8]) {
    let mut data = data.to_vec();
    if let Some((head, checked)) = data.split_at_mut_checked(6) {
        head[2..].copy_from_slice(&crc32c::crc32c(checked).to_be_bytes());
    }
    if let Ok(state) = ProducerState::load(&data) {
        assert_eq!(ProducerState::load(&state.snapshot()).ok(), Some(state));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    const SEEDS: [&[u8]; 3] = [
        include_bytes!("../testdata/producer.snapshot"),
        include_bytes!("../testdata/producer.txnindex"),
        b"0\n2\n1 0\n3 17\n",
    ];

    proptest! {
        #[test]
        fn changed_files_do_no_harm(
            seed in 0..SEEDS.len(),
            changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
            len in any::<prop::sample::Index>(),
            cut in any::<bool>(),
        ) {
            let mut data = SEEDS[seed].to_vec();
            for (index, byte) in changes {
                let index = index.index(data.len());
                data[index] = byte;
            }
            if cut {
                data.truncate(len.index(data.len()));
            }
            super::files(&data);
        }
    }
}
