//! A short run of the fuzz target over its committed seeds, which hold what Kafka wrote, each also damaged in some ways.

use std::{fs, path::Path};

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

const ROUNDS: usize = 200;

#[test]
fn coordinator_records() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/seeds/coordinator_records");
    let mut random = StdRng::seed_from_u64(1);
    let mut seeds = 0;
    for file in fs::read_dir(folder).unwrap() {
        let seed = fs::read(file.unwrap().path()).unwrap();
        kop_coordinator::fuzz::records(&seed);
        seeds += 1;
        for _ in 0..ROUNDS {
            let mut damaged = seed.clone();
            for _ in 0..=random.random_range(0..4) {
                let at = random.random_range(0..damaged.len());
                match random.random_range(0..3) {
                    0 => damaged[at] = random.random(),
                    1 => damaged[at] = [0, 1, 0x7f, 0x80, 0xff][random.random_range(0..5)],
                    _ => damaged.truncate(at.max(1)),
                }
            }
            kop_coordinator::fuzz::records(&damaged);
        }
    }
    assert!(seeds > 3, "{seeds} seeds");
}
