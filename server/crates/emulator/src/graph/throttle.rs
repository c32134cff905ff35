//! Throttling as the directory does it (`entra-facts` C2): resource units per application and tenant, and writes.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::error::GraphError;
use axum::http::StatusCode;

/// Seconds of a window of resource units.
const UNIT_WINDOW: i64 = 10;
/// Writes of an application in a tenant per [`WRITE_WINDOW`].
const WRITES: u64 = 3000;
/// Seconds of a window of writes.
const WRITE_WINDOW: i64 = 150;

/// Resource units per ten seconds for a tenant of this many users.
pub(super) fn limit(users: usize) -> u64 {
    match users {
        0..50 => 3500,
        50..=500 => 5000,
        _ => 8000,
    }
}

/// What a request costs, in resource units: path and query decide.
pub(super) fn cost(write: bool, segments: &[&str], options: &super::query::Options) -> u64 {
    if write {
        return 1;
    }
    let base: u64 = match segments {
        // Not in the list: what it selects is in its token.
        [.., "delta"] => 1,
        ["users", ..] if segments.len() <= 2 => 2,
        ["groups", _, "members"] => 3,
        ["groups", _, "transitiveMembers"] => 5,
        ["applications" | "oauth2PermissionGrants", ..] | ["servicePrincipals", _, "appRoleAssignments"] => 2,
        _ => 1,
    };
    let more = base + u64::from(!options.expand.is_empty());
    let less = u64::from(options.select.is_some()) + u64::from(options.top.is_some_and(|top| top < 20));
    more.saturating_sub(less).max(1)
}

#[derive(Clone, Copy, Debug)]
struct Window {
    began: Timestamp,
    used: u64,
}

impl Window {
    /// Adds to the window of `now`; seconds until it ends if that is too much.
    fn add(&mut self, now: Timestamp, seconds: i64, amount: u64, limit: u64) -> Result<(), u64> {
        let length = SignedDuration::from_secs(seconds);
        if now.duration_since(self.began) >= length {
            *self = Self { began: now, used: 0 };
        }
        if self.used + amount > limit {
            let left = length - now.duration_since(self.began);
            return Err(u64::try_from(left.as_secs()).unwrap_or(0).max(1));
        }
        self.used += amount;
        Ok(())
    }
}

/// What every application used in every tenant.
#[derive(Debug, Default)]
pub(super) struct Throttle(HashMap<(Uuid, Uuid), (Window, Window)>);

/// A request that may go on, or when to come again and why.
pub(super) type Passed = Result<f64, (u64, &'static str)>;

impl Throttle {
    /// Counts a request. Returns which part of the limit is used, or `Retry-After` and the reason.
    pub(super) fn count(
        &mut self,
        of: (Uuid, Uuid),
        now: Timestamp,
        units: u64,
        write: bool,
        limit: u64,
    ) -> Passed {
        let fresh = Window { began: now, used: 0 };
        let (reads, writes) = self.0.entry(of).or_insert((fresh, fresh));
        reads
            .add(now, UNIT_WINDOW, units, limit)
            .map_err(|after| (after, "ResourceUnitLimitExceeded"))?;
        if write {
            writes
                .add(now, WRITE_WINDOW, 1, WRITES)
                .map_err(|after| (after, "WriteLimitExceeded"))?;
        }
        #[expect(clippy::cast_precision_loss, reason = "a share of some thousand units")]
        let share = reads.used as f64 / limit as f64;
        Ok(share)
    }
}

/// 429.
pub(super) fn too_many(after: u64) -> GraphError {
    GraphError::of_status(StatusCode::TOO_MANY_REQUESTS, Some(after))
}

#[cfg(test)]
mod tests {
    use super::super::query::Options;
    use super::*;

    #[test]
    fn costs_are_the_documented_ones() {
        let cost = |path: &str, query: &str| {
            let segments: Vec<_> = path.split('/').collect();
            cost(false, &segments, &Options::read(query, false).unwrap())
        };
        assert_eq!(cost("users", ""), 2);
        assert_eq!(cost("users", "$select=id"), 1);
        assert_eq!(cost("users", "$select=id&$top=5"), 1);
        assert_eq!(cost("groups/1/members", ""), 3);
        assert_eq!(cost("groups/1/transitiveMembers", "$top=5"), 4);
        assert_eq!(cost("users", "$expand=manager"), 3);
        assert_eq!(cost("organization", ""), 1);
        assert_eq!(cost("users/delta", ""), 1);
    }

    #[test]
    fn too_much_waits_for_the_next_window() {
        let mut throttle = Throttle::default();
        let of = (Uuid::nil(), Uuid::nil());
        let at = |second| Timestamp::constant(second, 0);
        for _ in 0..5 {
            assert!(throttle.count(of, at(0), 2, false, 10).is_ok());
        }
        assert_eq!(
            throttle.count(of, at(4), 2, false, 10),
            Err((6, "ResourceUnitLimitExceeded"))
        );
        assert!(throttle.count((Uuid::max(), of.1), at(4), 2, false, 10).is_ok());
        assert_eq!(throttle.count(of, at(10), 2, false, 10), Ok(0.2));
        for second in 0..WRITES {
            let at = at(20 + i64::try_from(second).unwrap() / 100);
            assert!(throttle.count(of, at, 1, true, 8000).is_ok(), "{second}");
        }
        assert_eq!(
            throttle.count(of, at(60), 1, true, 8000),
            Err((90, "WriteLimitExceeded"))
        );
    }
}
