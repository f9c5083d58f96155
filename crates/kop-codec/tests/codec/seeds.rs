//! A short run of the fuzz targets over their committed seeds, each also damaged in some ways.

use std::{fs, path::Path};

use crate::schema::Random;

const ROUNDS: u64 = 50;

fn run(target: &str, entry: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../fuzz/seeds")
        .join(target);
    let mut seeds = 0;
    for file in fs::read_dir(folder).unwrap() {
        let seed = fs::read(file.unwrap().path()).unwrap();
        entry(&seed);
        seeds += 1;
        let mut random = Random(seeds);
        for _ in 0..ROUNDS {
            let mut damaged = seed.clone();
            for _ in 0..=random.below(4) {
                let at = random.below(damaged.len() as u64) as usize;
                match random.below(3) {
                    0 => damaged[at] = random.next() as u8,
                    1 => damaged[at] = [0, 1, 0x7f, 0x80, 0xff][random.below(5) as usize],
                    _ => damaged.truncate(at.max(1)),
                }
            }
            entry(&damaged);
        }
    }
    assert!(seeds > 3, "{target} has {seeds} seeds");
}

#[test]
fn codec_decode() {
    run("codec_decode", kop_codec::fuzz::decode_any);
}

#[test]
fn codec_frame() {
    run("codec_frame", kop_codec::fuzz::frame);
}
