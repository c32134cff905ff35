//! Time as the emulator sees it: real time times a factor, or a clock that a test moves by hand.
//!
//! A provisioning cycle takes 40 minutes at Microsoft, a quarantine backs off for days and a soft delete lasts a
//! month (`entra-facts` A7, A8). Nobody waits that long: `serve` runs the tenant's clock faster than ours, and tests
//! advance it. This is the one file of the crate that reads real time.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;

/// The tenant's clock. Cheap to clone; all clones share one time.
#[derive(Clone, Debug)]
pub struct Clock(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    start: Timestamp,
    pace: Pace,
    /// What [`Clock::advance`] added so far, in microseconds.
    offset: AtomicI64,
    moved: watch::Sender<()>,
}

#[derive(Debug)]
enum Pace {
    Scaled { began: Instant, factor: f64 },
    Manual,
}

impl Clock {
    /// Starts at the real time of day and runs `factor` times as fast; 1.0 is real time.
    pub fn scaled(factor: f64) -> Self {
        #[expect(
            clippy::disallowed_methods,
            reason = "this file is where real time enters the emulator"
        )]
        let start = Timestamp::now();
        Self::new(
            start,
            Pace::Scaled {
                began: Instant::now(),
                factor,
            },
        )
    }

    /// Stands still at `start` until [`Clock::advance`] moves it.
    pub fn manual(start: Timestamp) -> Self {
        Self::new(start, Pace::Manual)
    }

    fn new(start: Timestamp, pace: Pace) -> Self {
        Self(Arc::new(Inner {
            start,
            pace,
            offset: AtomicI64::new(0),
            moved: watch::Sender::new(()),
        }))
    }

    /// The tenant's present moment.
    pub fn now(&self) -> Timestamp {
        let elapsed = match self.0.pace {
            Pace::Scaled { began, factor } => micros(began.elapsed().as_secs_f64() * factor),
            Pace::Manual => 0,
        };
        let offset = self.0.offset.load(Ordering::SeqCst);
        self.0
            .start
            .saturating_add(SignedDuration::from_micros(elapsed.saturating_add(offset)))
            .unwrap_or(self.0.start)
    }

    /// Moves the clock forward and wakes whoever sleeps on it.
    pub fn advance(&self, by: Duration) {
        self.0
            .offset
            .fetch_add(micros(by.as_secs_f64()), Ordering::SeqCst);
        self.0.moved.send_replace(());
    }

    /// How many tenant seconds pass in a real one; `None` for a manual clock.
    pub fn factor(&self) -> Option<f64> {
        match self.0.pace {
            Pace::Scaled { factor, .. } => Some(factor),
            Pace::Manual => None,
        }
    }

    /// Waits until the tenant's time is `at`. On a manual clock only [`Clock::advance`] ends the wait.
    pub async fn sleep_until(&self, at: Timestamp) {
        let mut moved = self.0.moved.subscribe();
        loop {
            let left = at.duration_since(self.now());
            if left <= SignedDuration::ZERO {
                return;
            }
            match self.0.pace {
                Pace::Manual => drop(moved.changed().await),
                Pace::Scaled { factor, .. } => {
                    let real = Duration::from_secs_f64((left.as_secs_f64() / factor).clamp(0.001, 86_400.0));
                    tokio::select! {
                        () = tokio::time::sleep(real) => {}
                        _ = moved.changed() => {}
                    }
                }
            }
        }
    }

    /// Waits in *real* time, because the other side asked for it (`Retry-After`). A manual clock never waits.
    pub async fn pause(&self, real: Duration) {
        if matches!(self.0.pace, Pace::Scaled { .. }) {
            tokio::time::sleep(real).await;
        }
    }
}

/// Measures how long something took, in real time.
#[derive(Clone, Copy, Debug)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// Starts measuring.
    pub fn start() -> Self {
        Self(Instant::now())
    }

    /// Real time since the start.
    pub fn elapsed(self) -> Duration {
        self.0.elapsed()
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "saturates, and 292 000 years of microseconds suffice"
)]
fn micros(seconds: f64) -> i64 {
    (seconds * 1e6) as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manual_clock_moves_only_by_hand() {
        let clock = Clock::manual(Timestamp::UNIX_EPOCH);
        assert_eq!(clock.now(), Timestamp::UNIX_EPOCH);
        clock.clone().advance(Duration::from_secs(3600));
        assert_eq!(clock.now().as_second(), 3600);
        assert_eq!(clock.factor(), None);
    }

    #[tokio::test]
    async fn sleepers_wake_when_the_clock_is_moved_past_them() {
        let clock = Clock::manual(Timestamp::UNIX_EPOCH);
        let sleeper = tokio::spawn({
            let clock = clock.clone();
            async move {
                clock
                    .sleep_until(Timestamp::UNIX_EPOCH + SignedDuration::from_hours(6))
                    .await
            }
        });
        tokio::task::yield_now().await;
        clock.advance(Duration::from_secs(3 * 3600));
        tokio::task::yield_now().await;
        assert!(!sleeper.is_finished());
        clock.advance(Duration::from_secs(3 * 3600));
        sleeper.await.unwrap();
    }

    #[test]
    fn a_scaled_clock_keeps_its_offset() {
        let clock = Clock::scaled(1.0);
        let before = clock.now();
        clock.advance(Duration::from_secs(86_400));
        assert!(clock.now().duration_since(before) >= SignedDuration::from_hours(24));
    }
}
