//! Time, randomness and the ids made of both. They enter the process here and are passed in everywhere else, so that a
//! test can set the clock and repeat the dice.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicI64, AtomicU16, Ordering},
};

use aws_lc_rs::{
    digest,
    rand::{SecureRandom, SystemRandom},
};
use jiff::Timestamp;
use uuid::Uuid;

/// Tells the time of day. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub enum Clock {
    /// The operating system's clock.
    #[default]
    System,
    /// A clock that stands still until it is moved: microseconds since 1970 in UTC.
    Manual(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that shows `at` until it is moved.
    pub fn manual(at: Timestamp) -> Self {
        Self::Manual(Arc::new(AtomicI64::new(at.as_microsecond())))
    }

    /// Microseconds since 1970 in UTC: the form times have in the store.
    pub fn now(&self) -> i64 {
        match self {
            Self::System => system_now(),
            Self::Manual(at) => at.load(Ordering::SeqCst),
        }
    }

    /// The same as a timestamp.
    pub fn timestamp(&self) -> Timestamp {
        Timestamp::from_microsecond(self.now()).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    /// Moves a manual clock by so many seconds; the system's clock cannot be moved.
    pub fn advance(&self, seconds: i64) {
        if let Self::Manual(at) = self {
            at.fetch_add(seconds * 1_000_000, Ordering::SeqCst);
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the place where time enters")]
fn system_now() -> i64 {
    Timestamp::now().as_microsecond()
}

/// Rolls dice. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub enum Randomness {
    /// The operating system's generator (threats T06).
    #[default]
    System,
    /// The same sequence for the same seed, for tests.
    Seeded(Arc<Mutex<Seed>>),
}

/// Where a repeatable sequence stands.
#[derive(Debug, Clone, Copy)]
pub struct Seed {
    seed: u64,
    drawn: u64,
}

/// The operating system would give no random bytes. Nothing safe can be done without them.
#[derive(Debug, thiserror::Error)]
#[error("the operating system's random generator failed")]
pub struct NoRandomness;

impl Randomness {
    /// A repeatable sequence. Never for anything but tests.
    pub fn seeded(seed: u64) -> Self {
        Self::Seeded(Arc::new(Mutex::new(Seed { seed, drawn: 0 })))
    }

    /// Fills `bytes`.
    ///
    /// # Errors
    /// When the operating system's generator fails.
    pub fn fill(&self, bytes: &mut [u8]) -> Result<(), NoRandomness> {
        match self {
            Self::System => SystemRandom::new().fill(bytes).map_err(|_| NoRandomness),
            Self::Seeded(seed) => {
                repeatable(&mut seed.lock().unwrap_or_else(PoisonError::into_inner), bytes);
                Ok(())
            }
        }
    }

    /// So many random bytes.
    ///
    /// # Errors
    /// As [`Randomness::fill`].
    pub fn bytes<const N: usize>(&self) -> Result<[u8; N], NoRandomness> {
        let mut bytes = [0; N];
        self.fill(&mut bytes)?;
        Ok(bytes)
    }
}

/// SHA-256 of seed and counter, block after block.
fn repeatable(seed: &mut Seed, bytes: &mut [u8]) {
    for chunk in bytes.chunks_mut(32) {
        let block = [seed.seed.to_be_bytes(), seed.drawn.to_be_bytes()].concat();
        seed.drawn += 1;
        chunk.copy_from_slice(&digest::digest(&digest::SHA256, &block).as_ref()[..chunk.len()]);
    }
}

/// Orders the ids of one millisecond.
static PLACE: AtomicU16 = AtomicU16::new(0);

/// A UUID v7 (RFC 9562 §5.7): ordered by the clock's milliseconds, within one by a counter of 12 bits (§6.2, method 1),
/// then 62 random bits.
///
/// # Errors
/// As [`Randomness::fill`].
pub fn uuid_v7(clock: &Clock, randomness: &Randomness) -> Result<Uuid, NoRandomness> {
    let millis = u64::try_from(clock.now() / 1000).unwrap_or(0);
    let mut bytes: [u8; 10] = randomness.bytes()?;
    let place = PLACE.fetch_add(1, Ordering::Relaxed) & 0x0fff;
    bytes[..2].copy_from_slice(&place.to_be_bytes());
    Ok(uuid::Builder::from_unix_timestamp_millis(millis, &bytes).into_uuid())
}

/// An id with its kind in front: `app_`, `org_`, `dir_`, `tok_` and 32 hex digits of a UUID v7.
///
/// # Errors
/// As [`Randomness::fill`].
pub fn prefixed_id(prefix: &str, clock: &Clock, randomness: &Randomness) -> Result<String, NoRandomness> {
    Ok(format!("{prefix}_{}", uuid_v7(clock, randomness)?.simple()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noon() -> Clock {
        Clock::manual("2026-11-20T12:00:00Z".parse().unwrap())
    }

    #[test]
    fn a_manual_clock_moves_when_told() {
        let clock = noon();
        let seen = clock.clone();
        clock.advance(90);
        assert_eq!(seen.timestamp().to_string(), "2026-11-20T12:01:30Z");
    }

    #[test]
    fn the_system_clock_shows_this_century() {
        assert!(Clock::System.timestamp() > "2026-01-01T00:00:00Z".parse().unwrap());
    }

    #[test]
    fn a_seed_repeats_and_two_seeds_differ() {
        let draw = |seed| Randomness::seeded(seed).bytes::<80>().unwrap();
        assert_eq!(draw(1), draw(1));
        assert_ne!(draw(1), draw(2));
        let dice = Randomness::seeded(1);
        assert_ne!(dice.bytes::<16>().unwrap(), dice.bytes::<16>().unwrap());
    }

    #[test]
    fn ids_carry_kind_version_and_time() {
        let id = prefixed_id("dir", &noon(), &Randomness::seeded(1)).unwrap();
        assert_eq!(id.len(), 36);
        let uuid = Uuid::parse_str(id.strip_prefix("dir_").unwrap()).unwrap();
        assert_eq!(uuid.get_version_num(), 7);
        assert_eq!(uuid.get_timestamp().unwrap().to_unix().0, 1_795_176_000);
    }

    #[test]
    fn later_ids_sort_behind_earlier_ones() {
        let (clock, dice) = (noon(), Randomness::System);
        let mut last = uuid_v7(&clock, &dice).unwrap();
        for _ in 0..100 {
            clock.advance(1);
            let next = uuid_v7(&clock, &dice).unwrap();
            assert!(next > last);
            last = next;
        }
    }
}
