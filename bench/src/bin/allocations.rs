//! Counts how often each contender asks for memory, doing its work once. The argument is a part of the cases' names.

use std::alloc::System;

use kop_bench::{Case, Contender};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

fn main() {
    let part = std::env::args().nth(1).unwrap_or_default();
    for case in kop_bench::cases(&part) {
        kop_bench::print(&count(&case));
    }
}

fn count(case: &Case) -> kop_bench::Measured {
    case.measured(case.all().map(allocations))
}

/// What is kept for the next time (buffers of a thread, tables) is there already: it was done before.
fn allocations(contender: &Contender) -> Option<f64> {
    let work = contender.work.as_ref().ok()?;
    work(2);
    let region = Region::new(ALLOCATOR);
    work(1);
    let change = region.change();
    Some((change.allocations + change.reallocations) as f64)
}
