//! How much of one directory is worked on at once, so that a loud one cannot starve the others (threats T38).

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use store::ids::DirectoryId;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::config::Scim as Limits;

/// How long a request may wait for its turn before the provider is asked to come back.
const PATIENCE: Duration = Duration::from_secs(10);

/// One gate for each directory that has asked lately.
#[derive(Debug)]
pub(super) struct Gates {
    limits: Limits,
    gates: RwLock<HashMap<DirectoryId, Arc<Gate>>>,
}

#[derive(Debug)]
struct Gate {
    turns: Arc<Semaphore>,
    rate: Option<DefaultDirectRateLimiter>,
}

/// A turn, held while a request is worked on.
#[derive(Debug)]
pub(super) struct Turn(
    #[expect(dead_code, reason = "held, not read: dropping it lets the next one in")] OwnedSemaphorePermit,
);

impl Gates {
    pub(super) fn new(limits: Limits) -> Self {
        Gates {
            limits,
            gates: RwLock::default(),
        }
    }

    /// Waits for a turn. `None`: too much at once; answer 429 with Retry-After.
    pub(super) async fn turn(&self, directory: &DirectoryId) -> Option<Turn> {
        let gate = self.gate(directory);
        if gate.rate.as_ref().is_some_and(|rate| rate.check().is_err()) {
            return None;
        }
        if let Ok(permit) = Arc::clone(&gate.turns).try_acquire_owned() {
            return Some(Turn(permit));
        }
        let waiting = tokio::time::timeout(PATIENCE, Arc::clone(&gate.turns).acquire_owned());
        waiting.await.ok()?.ok().map(Turn)
    }

    fn gate(&self, directory: &DirectoryId) -> Arc<Gate> {
        if let Some(gate) = self
            .gates
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(directory)
        {
            return Arc::clone(gate);
        }
        let mut gates = self.gates.write().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(
            gates
                .entry(directory.clone())
                .or_insert_with(|| Arc::new(Gate::new(self.limits))),
        )
    }
}

impl Gate {
    fn new(limits: Limits) -> Self {
        let per_second = NonZeroU32::new(limits.requests_per_second);
        let quota = |per_second| {
            let burst = NonZeroU32::new(limits.burst).unwrap_or(per_second);
            RateLimiter::direct(Quota::per_second(per_second).allow_burst(burst))
        };
        let turns = usize::try_from(limits.in_flight_per_directory.max(1)).unwrap_or(usize::MAX);
        Gate {
            turns: Arc::new(Semaphore::new(turns.min(Semaphore::MAX_PERMITS))),
            rate: per_second.map(quota),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits(requests_per_second: u32, burst: u32, in_flight_per_directory: u32) -> Limits {
        Limits {
            requests_per_second,
            burst,
            in_flight_per_directory,
        }
    }

    #[tokio::test(start_paused = true)]
    async fn one_directory_waits_for_itself_and_not_for_another() {
        let gates = Gates::new(limits(0, 0, 1));
        let (a, b) = (DirectoryId::new("dir_a"), DirectoryId::new("dir_b"));
        let held = gates.turn(&a).await;
        assert!(held.is_some());
        assert!(gates.turn(&b).await.is_some());
        assert!(
            gates.turn(&a).await.is_none(),
            "the second of the same directory gives up after its patience"
        );
        drop(held);
        assert!(gates.turn(&a).await.is_some());
    }

    #[tokio::test]
    async fn a_rate_allows_its_burst_and_then_refuses() {
        let gates = Gates::new(limits(25, 100, 1000));
        let directory = DirectoryId::new("dir_a");
        for _ in 0..100 {
            assert!(gates.turn(&directory).await.is_some());
        }
        assert!(gates.turn(&directory).await.is_none());
    }
}
