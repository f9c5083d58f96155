//! Takes the time of each contender: the thread's own CPU time, its minimum over rounds in which all take turns.
//!
//! The first argument is the number of rounds, the second the microseconds that one turn takes at least, the third a
//! part of the cases' names.

use std::time::Duration;

use kop_bench::{Case, Contender};
use rustix::time::{ClockId, clock_gettime};

fn main() {
    let mut numbers = std::env::args()
        .skip(1)
        .take(2)
        .map(|number| number.parse());
    let mut number = |default| numbers.next().and_then(Result::ok).unwrap_or(default);
    let (rounds, turn) = (number(40), Duration::from_micros(number(2000).into()));
    let part = std::env::args().nth(3).unwrap_or_default();
    for case in kop_bench::cases(&part) {
        kop_bench::print(&time(&case, rounds, turn));
    }
}

fn time(case: &Case, rounds: u32, turn: Duration) -> kop_bench::Measured {
    let times: Vec<_> = case
        .all()
        .map(|contender| times_for(contender, turn))
        .collect();
    let mut best: Vec<Option<f64>> = times.iter().map(|times| times.map(|_| f64::MAX)).collect();
    for _ in 0..rounds {
        for ((contender, times), best) in case.all().zip(&times).zip(&mut best) {
            if let (Ok(work), Some(times), Some(best)) = (&contender.work, times, best) {
                let taken = taken(|| work(*times)).as_nanos() as f64 / f64::from(*times);
                *best = best.min(taken);
            }
        }
    }
    case.measured(best)
}

/// How many times make a turn; finding out warms the caches too.
fn times_for(contender: &Contender, turn: Duration) -> Option<u32> {
    let work = contender.work.as_ref().ok()?;
    let mut times = 1;
    while taken(|| work(times)) < turn && times < 1 << 24 {
        times *= 2;
    }
    Some(times)
}

fn taken(work: impl FnOnce()) -> Duration {
    let began = cpu_time();
    work();
    cpu_time().saturating_sub(began)
}

fn cpu_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(
        u64::try_from(time.tv_sec).unwrap_or(0),
        u32::try_from(time.tv_nsec).unwrap_or(0),
    )
}
