#![doc = include_str!("../README.md")]

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use kop_log::{BoxFuture, LogCatalog};

pub mod append;
pub mod compaction;
pub mod configs;
pub mod delete_records;
pub mod epochs;
mod fixture;
pub mod metadata;
pub mod producers;
pub mod read;
pub mod restart;
pub mod retention;
pub mod search;
pub mod topics;
pub mod transactions;
pub mod trouble;
pub mod waiting;

/// A storage under test. Every test makes its own.
pub trait Backend: Send + Sync {
    /// Opens the storage: empty at first, later with all that was there when the catalog was closed. The suite drops
    /// what it has of a catalog, after closing it, before it opens the storage again.
    fn open(&self) -> BoxFuture<'_, Arc<dyn LogCatalog>>;

    /// Whether topics with `cleanup.policy=compact` are compacted. Otherwise they are kept whole.
    fn compacts(&self) -> bool {
        true
    }
}

/// Generates one test per property. `$backend` is an expression that makes a [`Backend`] with an empty storage. With
/// `#[ignore = "…"]` in front of it, the tests run only where they are asked for.
#[macro_export]
macro_rules! conformance_tests {
    (#[ignore = $reason:literal] $backend:expr) => {
        $crate::conformance_tests! { @all [#[ignore = $reason]] $backend }
    };
    ($backend:expr) => {
        $crate::conformance_tests! { @all [] $backend }
    };
    (@all $attributes:tt $backend:expr) => {
        $crate::conformance_tests! { @each $attributes $backend =>
            append::offsets_are_dense,
            append::calls_fix_the_order,
            append::concurrent_appends_take_turns,
            append::a_dropped_future_takes_nothing_back,
            append::log_append_time_is_the_time_of_the_append,
            append::more_than_a_segment_is_refused,
            configs::overrides_hold_at_once,
            configs::bad_settings_change_nothing,
            configs::defaults_hold_for_what_is_not_overridden,
            compaction::the_last_of_each_key_stays,
            compaction::only_what_is_dirty_enough_is_compacted,
            compaction::old_records_go_where_the_policy_says_so,
            compaction::young_records_stay,
            compaction::tombstones_go_later,
            compaction::transactions_are_compacted,
            compaction::producers_survive_compaction,
            delete_records::the_start_moves_up_only,
            delete_records::the_start_can_lie_within_a_batch,
            epochs::ends_are_known,
            epochs::batches_carry_the_epoch,
            metadata::values_are_kept_by_key,
            producers::duplicates_get_their_first_offset,
            producers::pipelined_appends_see_each_other,
            producers::gaps_are_refused,
            producers::old_epochs_are_fenced,
            producers::sequences_wrap,
            read::bytes_come_back,
            read::the_batch_that_holds_the_offset_comes_first,
            read::max_bytes_holds_but_for_the_first_batch,
            read::both_sides_have_an_end,
            read::segments_are_read_one_after_the_other,
            restart::everything_is_found_again,
            restart::a_deleted_topic_stays_deleted,
            restart::producers_are_remembered,
            restart::transactions_are_remembered,
            retention::old_records_go,
            retention::large_logs_shrink,
            retention::nothing_goes_without_a_limit,
            retention::idle_producers_are_forgotten,
            search::an_empty_log_has_bounds_only,
            search::the_first_record_at_or_after_a_time,
            search::the_largest_timestamp,
            search::records_before_the_start_are_not_found,
            topics::a_topic_is_found_by_name_and_id,
            topics::names_are_unique,
            topics::bad_topics_are_refused,
            topics::a_deleted_topic_frees_its_name,
            topics::a_log_in_use_learns_of_the_deletion,
            topics::partitions_can_be_added,
            topics::unknown_names_are_errors,
            transactions::an_open_transaction_holds_the_last_stable_offset,
            transactions::producers_are_shown,
            transactions::aborted_transactions_are_listed,
            transactions::the_last_stable_offset_is_never_before_the_start,
            transactions::transactions_of_several_producers_overlap,
            transactions::writes_outside_of_an_open_transaction_are_refused,
            transactions::replaced_coordinators_are_fenced,
            waiting::an_append_wakes,
            waiting::a_change_before_the_call_wakes_at_once,
            waiting::deletions_wake,
            waiting::no_wake_up_is_lost,
        }
    };
    (@each $attributes:tt $backend:expr => $($module:ident::$property:ident,)*) => {
        $(
            $crate::conformance_tests! { @one $attributes $backend => $module::$property }
        )*
    };
    (@one [$(#[$attribute:meta])*] $backend:expr => $module:ident::$property:ident) => {
            #[test]
            $(#[$attribute])*
            fn $property() {
                let backend = $backend;
                $crate::block_on($crate::$module::$property(&backend));
            }
    };
}

/// Runs a property on a runtime of its own. One that does not end within a minute has failed.
///
/// # Panics
/// If the property fails.
pub fn block_on(property: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build();
    let runtime = runtime.expect("a runtime");
    let limit = Duration::from_secs(60);
    runtime
        .block_on(async { tokio::time::timeout(limit, property).await })
        .expect("the property ends within a minute");
}
