//! Signals: the few durable facts of a directory, and what health and checklist make of them.

use contract::health::{self, Health};
use contract::onboarding::{self, Facts, Step};
use store::directories::{Counts, Directory, Provider, Status};
use store::signals::Signal;
use store::tokens::Token;

/// An hour in microseconds.
pub const HOUR: i64 = 3_600_000_000;

/// A request that carried a valid token.
pub const REQUEST: &str = "request";
/// A request answered as asked.
pub const OK: &str = "ok";
/// A request refused for its content.
pub const REFUSED: &str = "refused";
/// A fault of ours.
pub const FAILED: &str = "failed";
/// A request refused for its token.
pub const TOKEN_REFUSED: &str = "token_refused";
/// A connection test (entra-facts A2).
pub const CONNECTION_TEST: &str = "connection_test";
/// A user was created.
pub const USER_ARRIVED: &str = "user_arrived";
/// A group was created.
pub const GROUP_ARRIVED: &str = "group_arrived";
/// One user was sent alone; the detail is its name.
pub const ON_DEMAND: &str = "on_demand";
/// Several objects were worked through without a pause.
pub const CYCLE: &str = "cycle";

/// The name under which an hour's happenings of one sort are counted.
pub fn in_hour(sort: &str, at: i64) -> String {
    format!("{sort}:{}", at.div_euclid(HOUR))
}

/// Everything known of one directory, read in one look.
#[derive(Debug, Clone)]
pub struct Known {
    /// Its row.
    pub directory: Directory,
    /// Its tokens.
    pub tokens: Vec<Token>,
    /// Its signals.
    pub signals: Vec<Signal>,
    /// What it holds.
    pub counts: Counts,
    /// Now.
    pub now: i64,
}

impl Known {
    fn signal(&self, name: &str) -> Option<&Signal> {
        self.signals.iter().find(|signal| signal.name == name)
    }

    fn last(&self, name: &str) -> Option<i64> {
        self.signal(name).map(|signal| signal.last_at)
    }

    fn first(&self, name: &str) -> Option<i64> {
        self.signal(name).map(|signal| signal.first_at)
    }

    /// When the provider last asked something with a valid token.
    pub fn last_request(&self) -> Option<i64> {
        self.last(REQUEST)
    }

    /// The verdict with its checks.
    pub fn health(&self) -> Health {
        health::judge(&self.health_signals())
    }

    /// The checklist.
    pub fn steps(&self) -> Vec<Step> {
        onboarding::checklist(provider(self.directory.provider), &self.facts())
    }

    /// Requests in each of the last 24 hours, oldest first.
    pub fn requests_by_hour(&self) -> Vec<u32> {
        let hours = (0..24).rev().map(|ago| in_hour(REQUEST, self.now - ago * HOUR));
        hours
            .map(|name| {
                self.signal(&name)
                    .map_or(0, |signal| u32::try_from(signal.count).unwrap_or(u32::MAX))
            })
            .collect()
    }

    fn health_signals(&self) -> health::Signals {
        let alive = || self.tokens.iter().filter(|token| token.is_alive(self.now));
        let all_end = alive().all(|token| token.expires_at.is_some());
        health::Signals {
            now: self.now,
            disabled: self.directory.status == Status::Disabled,
            tokens_alive: u32::try_from(alive().count()).unwrap_or(u32::MAX),
            // The last one to end decides: until then the provider can be moved over to it.
            tokens_end_at: all_end
                .then(|| alive().filter_map(|token| token.expires_at).max())
                .flatten(),
            last_request: self.last_request(),
            last_ok: self.last(OK),
            token_refused: self
                .signal(TOKEN_REFUSED)
                .map(|signal| (signal.last_at, count(signal.count))),
            refused: self.recent(REFUSED),
            failed: self.recent(FAILED),
            first_user: self.first_user(),
        }
    }

    /// When it last happened, and how often in this hour and the one before.
    fn recent(&self, sort: &str) -> Option<(i64, u64)> {
        let last = self.last(sort)?;
        let hours = [in_hour(sort, self.now), in_hour(sort, self.now - HOUR)];
        let sum = hours
            .iter()
            .filter_map(|name| self.signal(name))
            .map(|signal| count(signal.count))
            .sum();
        Some((last, sum))
    }

    /// Signals are written a moment after the user itself; a process that ends in between leaves users without one.
    fn first_user(&self) -> Option<i64> {
        let unnoted = || self.last_request().unwrap_or(self.directory.created_at);
        self.first(USER_ARRIVED)
            .or_else(|| (self.counts.users > 0).then(unnoted))
    }

    fn facts(&self) -> Facts {
        let on_demand = self
            .signal(ON_DEMAND)
            .map(|signal| (signal.last_at, signal.detail.clone().unwrap_or_default()));
        let refused = self
            .last(TOKEN_REFUSED)
            .filter(|at| self.last_request().is_none_or(|last| *at > last));
        Facts {
            first_request: self.first(REQUEST),
            token_refused: refused,
            connection_test: self.last(CONNECTION_TEST),
            first_user: self.first_user(),
            on_demand,
            last_cycle: self.last(CYCLE),
            first_group: self.first(GROUP_ARRIVED),
            users: count(self.counts.users),
            active_users: count(self.counts.active_users),
            groups: count(self.counts.groups),
            users_with_object_id: count(self.counts.users_with_object_id),
        }
    }
}

/// A number of rows is never negative.
pub fn count(number: i64) -> u64 {
    u64::try_from(number).unwrap_or_default()
}

/// The store's word for a provider as the contract's.
pub fn provider(provider: Provider) -> contract::directories::Provider {
    contract::directories::Provider::from_slug(provider.as_str())
        .unwrap_or(contract::directories::Provider::Scim)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_sides_know_the_same_providers() {
        let ours: Vec<_> = contract::directories::Provider::ALL
            .iter()
            .map(|provider| provider.slug())
            .collect();
        let kept: Vec<_> = Provider::ALL.iter().map(|provider| provider.as_str()).collect();
        assert_eq!(ours, kept);
    }

    #[test]
    fn an_hour_has_one_name() {
        assert_eq!(in_hour(REQUEST, 0), "request:0");
        assert_eq!(in_hour(REQUEST, HOUR - 1), "request:0");
        assert_eq!(in_hour(REQUEST, HOUR), "request:1");
    }
}
