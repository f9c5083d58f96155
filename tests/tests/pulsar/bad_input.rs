//! A cluster that is not there, topics that vanish, and entries that are not ours.
