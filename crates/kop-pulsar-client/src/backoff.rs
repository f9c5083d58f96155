//! Growing pauses between attempts.

use std::time::Duration;

use rand::RngExt;

/// Pauses that double from a first one to a longest one. Each is shortened at random by up to half, so that many who
/// failed together do not come back together.
#[derive(Clone, Debug)]
pub struct Backoff {
    first: Duration,
    next: Duration,
    longest: Duration,
}

impl Backoff {
    /// Pauses from `first` to `longest`.
    pub fn new(first: Duration, longest: Duration) -> Self {
        let first = first.min(longest);
        Self {
            first,
            next: first,
            longest,
        }
    }

    /// How long to wait now.
    pub fn pause(&mut self) -> Duration {
        let pause = self.next;
        self.next = (pause * 2).min(self.longest);
        pause.mul_f64(rand::rng().random_range(0.5..=1.0))
    }

    /// It worked: the next pause is the first one again.
    pub fn reset(&mut self) {
        self.next = self.first;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_the_longest_and_begin_again() {
        let ms = Duration::from_millis;
        let mut backoff = Backoff::new(ms(100), ms(1000));
        for whole in [100, 200, 400, 800, 1000, 1000] {
            let pause = backoff.pause();
            assert!(
                pause >= ms(whole) / 2 && pause <= ms(whole),
                "{pause:?} of {whole}"
            );
        }
        backoff.reset();
        assert!(backoff.pause() <= ms(100));
    }
}
