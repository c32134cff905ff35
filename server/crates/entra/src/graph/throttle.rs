//! When to try again, and when to leave Graph alone (entra-facts C2, threats T53).

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use reqwest::Method;

use crate::{
    graph::error::{GraphError, GraphReason},
    http::{Now, Unreachable},
};

/// How often and how long to try again. The default suits a page that somebody waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retries {
    /// Retries of one call, at most.
    pub per_call: u32,
    /// Retries of all calls of one [`super::Graph`] together, at most.
    pub per_handle: u32,
    /// The first wait without `Retry-After`; each further one is twice as long, and a part of each is left to chance.
    pub base: Duration,
    /// All waits of one call together, at most. A longer `Retry-After` is not waited for but handed to the caller.
    pub longest: Duration,
}

impl Default for Retries {
    fn default() -> Self {
        Self {
            per_call: 3,
            per_handle: 12,
            base: Duration::from_secs(1),
            longest: Duration::from_secs(20),
        }
    }
}

impl Retries {
    /// No second try.
    pub const NONE: Self = Self {
        per_call: 0,
        per_handle: 0,
        base: Duration::ZERO,
        longest: Duration::ZERO,
    };

    /// The wait before the next try; `None` when there is to be none. `Retry-After` is obeyed to the letter; else the wait
    /// doubles, and its second half is left to the dice.
    pub(crate) fn wait(
        &self,
        method: &Method,
        attempt: u32,
        error: &GraphError,
        dice: u32,
    ) -> Option<Duration> {
        if attempt >= self.per_call || !may_repeat(method, error) {
            return None;
        }
        Some(error.retry_after.unwrap_or_else(|| {
            let whole = self
                .base
                .saturating_mul(1_u32.checked_shl(attempt).unwrap_or(u32::MAX));
            whole / 2 + (whole / 2).mul_f64(f64::from(dice) / f64::from(u32::MAX))
        }))
    }
}

/// A throttled request was not carried out, so any may be sent again. After 5xx and a failed connection only those that do
/// the same when they are done twice; a timeout was waiting enough.
fn may_repeat(method: &Method, error: &GraphError) -> bool {
    let harmless = *method != Method::POST;
    match error.reason() {
        GraphReason::Throttled => true,
        GraphReason::Unavailable => harmless,
        GraphReason::Unreachable(Unreachable::Connect | Unreachable::Cut) => harmless,
        _ => false,
    }
}

/// When Graph may be asked again about a tenant. Cheap to clone; all clones are the same.
#[derive(Clone)]
pub struct Throttle {
    now: Now,
    /// Since when, until when. A clock that steps back before the beginning ends it (threats T58).
    closed: Arc<Mutex<(i64, i64)>>,
}

impl fmt::Debug for Throttle {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Throttle")
            .field("closed", &self.closed)
            .finish_non_exhaustive()
    }
}

impl Throttle {
    /// Open until Microsoft says otherwise.
    pub fn new(now: Now) -> Self {
        Self {
            now,
            closed: Arc::default(),
        }
    }

    /// Refuses while Microsoft wants to be left alone, without asking.
    pub(crate) fn check(&self) -> Result<(), GraphError> {
        let now = (self.now)();
        let (since, until) = *self.closed.lock().unwrap_or_else(PoisonError::into_inner);
        match u64::try_from(until - now) {
            Ok(left) if left > 0 && since <= now => Err(GraphError::throttled(Duration::from_micros(left))),
            _ => Ok(()),
        }
    }

    pub(crate) fn leave_alone(&self, time: Duration) {
        let now = (self.now)();
        let until = now.saturating_add(i64::try_from(time.as_micros()).unwrap_or(i64::MAX));
        let mut closed = self.closed.lock().unwrap_or_else(PoisonError::into_inner);
        let still = if closed.0 <= now { closed.1 } else { 0 };
        *closed = (now, until.max(still));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicI64, Ordering};

    use proptest::prelude::*;

    use super::*;

    fn refused(reason: GraphReason, retry_after: Option<u64>) -> GraphError {
        let mut error = GraphError::own(reason);
        error.set_retry_after(retry_after.map(Duration::from_secs));
        error
    }

    #[test]
    fn a_post_is_repeated_only_when_it_was_not_carried_out() {
        let wait = |method, reason| {
            Retries::default()
                .wait(&method, 0, &refused(reason, Some(1)), 0)
                .is_some()
        };
        assert!(wait(Method::POST, GraphReason::Throttled));
        assert!(!wait(Method::POST, GraphReason::Unavailable));
        assert!(!wait(Method::POST, GraphReason::Unreachable(Unreachable::Cut)));
        assert!(wait(Method::DELETE, GraphReason::Unavailable));
        assert!(wait(Method::GET, GraphReason::Unreachable(Unreachable::Connect)));
        assert!(!wait(Method::GET, GraphReason::Unreachable(Unreachable::Timeout)));
        assert!(!wait(Method::GET, GraphReason::Forbidden));
    }

    #[test]
    fn a_tenant_is_left_alone_so_long() {
        let clock = Arc::new(AtomicI64::new(5_000_000));
        let hand = clock.clone();
        let throttle = Throttle::new(Arc::new(move || hand.load(Ordering::Relaxed)));
        assert!(throttle.check().is_ok());
        throttle.leave_alone(Duration::from_secs(7));
        throttle.leave_alone(Duration::from_secs(1));
        assert_eq!(
            throttle.clone().check().unwrap_err().retry_after,
            Some(Duration::from_secs(7))
        );
        clock.store(12_000_000, Ordering::Relaxed);
        assert!(throttle.check().is_ok());
        throttle.leave_alone(Duration::from_secs(60));
        assert!(throttle.check().is_err());
        clock.store(11_000_000, Ordering::Relaxed);
        assert!(
            throttle.check().is_ok(),
            "the clock was set back: nobody knows how long is left"
        );
    }

    proptest! {
        #[test]
        fn retry_after_to_the_letter(seconds in 0_u64..100_000, attempt in 0_u32..3, dice: u32) {
            let error = refused(GraphReason::Throttled, Some(seconds));
            let wait = Retries::default().wait(&Method::GET, attempt, &error, dice);
            prop_assert_eq!(wait, Some(Duration::from_secs(seconds)));
        }

        #[test]
        fn else_it_doubles_within_bounds(attempt in 0_u32..20, dice: u32) {
            let retries = Retries { per_call: 20, ..Retries::default() };
            let whole = Duration::from_secs(1 << attempt);
            let wait = retries.wait(&Method::GET, attempt, &refused(GraphReason::Unavailable, None), dice).unwrap();
            prop_assert!(whole / 2 <= wait && wait <= whole);
        }

        #[test]
        fn never_more_often_than_allowed(attempt in 3_u32.., dice: u32) {
            let error = refused(GraphReason::Throttled, Some(1));
            prop_assert_eq!(Retries::default().wait(&Method::GET, attempt, &error, dice), None);
        }
    }
}
