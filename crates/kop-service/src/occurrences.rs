//! Requests that name a thing twice: Kafka refuses it, and answers it once.

use std::collections::HashMap;
use std::hash::Hash;

/// How often each thing of a request is named.
#[derive(Debug)]
pub(crate) struct Occurrences<K>(HashMap<K, u32>);

/// Where one thing stands among its like.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Occurrence {
    /// It is named once.
    Only,
    /// It is named again later.
    FirstOfMany,
    /// It was answered before.
    Again,
}

impl<K: Eq + Hash> Occurrences<K> {
    /// Counts all things of a request.
    pub(crate) fn count(things: impl Iterator<Item = K>) -> Self {
        let mut counts = HashMap::new();
        things.for_each(|thing| *counts.entry(thing).or_default() += 1);
        Self(counts)
    }

    /// Says where the next thing stands. To be asked for each of them, in order.
    pub(crate) fn next(&mut self, thing: &K) -> Occurrence {
        match self.0.remove(thing) {
            Some(1) => Occurrence::Only,
            Some(_) => Occurrence::FirstOfMany,
            None => Occurrence::Again,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thing_named_twice_is_told_once() {
        let things = ["a", "b", "a", "c", "a"];
        let mut occurrences = Occurrences::count(things.into_iter());
        let told = things.map(|thing| occurrences.next(&thing));
        use Occurrence::{Again, FirstOfMany, Only};
        assert_eq!(told, [FirstOfMany, Only, Again, Only, Again]);
    }
}
