//! What happens to many partitions at once is not logged for each.

use std::collections::HashMap;
use std::time::Duration;

use parking_lot::Mutex;
use tokio::time::Instant;

/// So often the same is said within [`WINDOW`].
const MOST: u32 = 5;
const WINDOW: Duration = Duration::from_secs(60);

/// What was logged lately, and how often: the same at most five times a minute.
#[derive(Debug, Default)]
pub struct Told(Mutex<HashMap<&'static str, Window>>);

#[derive(Debug)]
struct Window {
    since: Instant,
    said: u32,
    unsaid: u64,
}

impl Told {
    /// Whether it is to be logged now, and how often it was not since it was logged last; `None` where it is not.
    pub fn tell(&self, what: &'static str) -> Option<u64> {
        let now = Instant::now();
        let fresh = Window {
            since: now,
            said: 0,
            unsaid: 0,
        };
        let mut told = self.0.lock();
        let window = told.entry(what).or_insert(fresh);
        if now.duration_since(window.since) >= WINDOW {
            (window.since, window.said) = (now, 0);
        }
        if window.said == MOST {
            window.unsaid += 1;
            return None;
        }
        window.said += 1;
        Some(std::mem::take(&mut window.unsaid))
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::advance;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_few_are_said_and_the_others_counted() {
        let told = Told::default();
        let said = |count: usize| {
            (0..count)
                .filter_map(|_| told.tell("a"))
                .collect::<Vec<_>>()
        };
        assert_eq!(said(7), [0; 5]);
        assert_eq!(told.tell("b"), Some(0), "something else is said");
        advance(WINDOW / 2).await;
        assert!(said(1).is_empty());
        advance(WINDOW / 2).await;
        assert_eq!(said(2), [3, 0]);
    }
}
