//! Transactions, as a scrape finds them.

use std::fmt;

use kop_coordinator::{TransactionCoordinator, TransactionState};
use prometheus_client::encoding::DescriptorEncoder;
use prometheus_client::registry::Unit;

use super::encode::{Now, Total, family, one};
use crate::Broker;

pub(super) fn transactions(broker: &Broker, encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
    let transactions = broker.transactions();
    let metrics = transactions.metrics();
    let states = TransactionState::ALL.into_iter();
    let states = states
        // Nobody ever sees an id in it.
        .filter(|state| *state != TransactionState::Dead)
        .map(|state| ([("state", state.name())], Now(metrics.ids(state))));
    let help = "Transactional ids";
    family(encoder, ("transactional_ids", None), help, states)?;
    counters(transactions, encoder)?;
    one(
        encoder,
        ("transaction_marker", Some(Unit::Seconds)),
        "Time that it took to write the markers, all together",
        &Total(metrics.marker_time().as_secs_f64()),
    )?;
    one(
        encoder,
        ("transaction_marker_max", Some(Unit::Seconds)),
        "Time that the slowest marker took",
        &Now(metrics.marker_time_max().as_secs_f64()),
    )
}

fn counters(
    transactions: &TransactionCoordinator,
    encoder: &mut DescriptorEncoder<'_>,
) -> fmt::Result {
    let metrics = transactions.metrics();
    let tally = metrics.tally();
    for (name, help, value) in [
        ("transactions_begun", "Transactions begun", tally.begun),
        (
            "transactions_committed",
            "Transactions committed",
            tally.committed,
        ),
        (
            "transactions_aborted",
            "Transactions aborted",
            tally.aborted,
        ),
        (
            "transactions_timed_out",
            "Transactions aborted because their time was up",
            tally.timed_out,
        ),
        (
            "transactional_ids_expired",
            "Transactional ids that expired",
            tally.expired_ids,
        ),
        (
            "transaction_markers",
            "Markers written to partitions",
            metrics.markers(),
        ),
        (
            "transaction_marker_failures",
            "Attempts to write a marker that failed",
            metrics.marker_failures(),
        ),
        (
            "producer_id_blocks",
            "Blocks of 1,000 producer ids that were taken",
            transactions.producer_ids().blocks(),
        ),
    ] {
        one(encoder, (name, None), help, &Total(value))?;
    }
    Ok(())
}
