//! Random numbers of the simulations: a small generator of its own, so that a seed means the same for ever.

/// xorshift64*.
pub(crate) struct Random(u64);

impl Random {
    /// Any seed will do, 0 too.
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed * 2 + 1)
    }

    /// One of the numbers below `n`.
    pub(crate) fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let value = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33;
        usize::try_from(value).unwrap() % n
    }

    /// True one time in `n`.
    pub(crate) fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }
}

/// Lives once by each seed: `default` of them, `KOP_SEEDS` if that is set, or `KOP_SEED` alone. A seed that fails says how to
/// live it again. Returns how many there were.
pub(crate) fn each_seed(test: &str, default: u64, mut live: impl FnMut(u64)) -> u64 {
    let number = |name| {
        let text = std::env::var(name).ok()?;
        Some(text.parse::<u64>().unwrap())
    };
    let seeds = match number("KOP_SEED") {
        Some(seed) => seed..seed + 1,
        None => 0..number("KOP_SEEDS").unwrap_or(default),
    };
    let count = seeds.end - seeds.start;
    for seed in seeds {
        let lived = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| live(seed)));
        assert!(
            lived.is_ok(),
            "again: KOP_SEED={seed} cargo test -p kop-coordinator --test coordinator {test}"
        );
    }
    count
}
