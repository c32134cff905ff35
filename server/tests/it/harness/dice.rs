//! Dice that fall the same way for the same seed.

/// A xorshift generator: good enough to pick from lists, and it needs no crate.
#[derive(Debug, Clone)]
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn seeded(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub(crate) fn roll(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    /// A number below `end`.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        usize::try_from((self.roll() >> 33) % end as u64).unwrap()
    }

    /// One of the list.
    pub(crate) fn pick<'l, T>(&mut self, list: &'l [T]) -> &'l T {
        &list[self.below(list.len())]
    }

    /// True once in `of` rolls.
    pub(crate) fn once_in(&mut self, of: usize) -> bool {
        self.below(of) == 0
    }

    /// So many letters and digits.
    pub(crate) fn word(&mut self, length: usize) -> String {
        (0..length)
            .map(|_| char::from(*self.pick(b"abcdefghijklmnopqrstuvwxyz0123456789")))
            .collect()
    }
}
