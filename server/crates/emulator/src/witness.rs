//! What the emulator noticed about the server: how fast it answers, and where it strays from what Entra accepts.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::Serialize;

/// Deviations kept word for word; beyond that they are only counted.
const KEPT: usize = 500;

/// What a request is for; figures are kept per kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Kind {
    Probe,
    FindUser,
    CreateUser,
    GetUser,
    PatchUser,
    SetManager,
    DeleteUser,
    FindGroup,
    CreateGroup,
    GetGroup,
    PatchGroup,
    AddMembers,
    RemoveMembers,
    DeleteGroup,
    CheckReference,
    ListUsers,
    ListGroups,
    ReadGroupMembers,
}

impl Kind {
    /// The fact that says what such a request must be answered with.
    pub(crate) fn fact(self) -> &'static str {
        match self {
            Kind::Probe => "A2",
            Kind::PatchUser | Kind::PatchGroup => "A4",
            Kind::AddMembers | Kind::RemoveMembers => "A4.6",
            Kind::SetManager => "A4.7",
            Kind::CheckReference => "A4.10",
            Kind::ListUsers | Kind::ListGroups => "A5",
            _ => "A3",
        }
    }
}

/// A behaviour Entra would choke on, or a read-back that is not what was sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Deviation {
    /// The fact it contradicts, as in `A4.7` of `entra-facts`.
    pub fact: &'static str,
    /// What is wrong, in one sentence.
    pub what: String,
    /// Method and path of the request; never the token.
    pub request: String,
    /// What came back, cut to 600 characters.
    pub answer: String,
}

/// Collects figures and deviations. Cheap to clone; clones share.
#[derive(Clone, Debug, Default)]
pub struct Witness(Arc<Mutex<Seen>>);

#[derive(Debug, Default)]
struct Seen {
    timings: BTreeMap<Kind, Histogram>,
    throttled: u64,
    deviations: Vec<Deviation>,
    counted: BTreeMap<&'static str, u64>,
}

/// Figures of one kind of request.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Timing {
    /// Requests answered.
    pub count: u64,
    /// Milliseconds spent waiting, all requests together.
    pub total_ms: f64,
    /// Half of the requests took at most this many milliseconds.
    pub p50_ms: f64,
    /// 99 of 100 requests took at most this many milliseconds.
    pub p99_ms: f64,
    /// The slowest, in milliseconds.
    pub max_ms: f64,
}

impl Witness {
    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes that a request of this kind was answered after `took`.
    pub fn answered(&self, kind: Kind, took: Duration) {
        self.seen().timings.entry(kind).or_default().add(took);
    }

    /// Notes an answer 429.
    pub fn throttled(&self) {
        self.seen().throttled += 1;
    }

    /// Notes a deviation.
    pub fn deviates(&self, deviation: Deviation) {
        let mut seen = self.seen();
        *seen.counted.entry(deviation.fact).or_default() += 1;
        if seen.deviations.len() < KEPT {
            seen.deviations.push(deviation);
        }
    }

    /// The deviations kept, oldest first; [`Witness::deviation_count`] may be larger.
    pub fn deviations(&self) -> Vec<Deviation> {
        self.seen().deviations.clone()
    }

    /// How many deviations there were.
    pub fn deviation_count(&self) -> u64 {
        self.seen().counted.values().sum()
    }

    /// How many deviations per fact.
    pub fn deviations_by_fact(&self) -> BTreeMap<&'static str, u64> {
        self.seen().counted.clone()
    }

    /// How many answers were 429.
    pub fn throttle_count(&self) -> u64 {
        self.seen().throttled
    }

    /// Figures per kind of request.
    pub fn timings(&self) -> BTreeMap<Kind, Timing> {
        self.seen()
            .timings
            .iter()
            .map(|(kind, histogram)| (*kind, histogram.timing()))
            .collect()
    }

    /// Requests answered so far.
    pub fn requests(&self) -> u64 {
        self.seen()
            .timings
            .values()
            .map(|histogram| histogram.count)
            .sum()
    }
}

/// Log-linear histogram of microseconds: 32 steps per power of two, so percentiles are right to 3 %.
#[derive(Clone, Debug)]
struct Histogram {
    buckets: Vec<u32>,
    count: u64,
    total: u128,
    max: u64,
}

const STEPS: u64 = 32;
const BUCKETS: usize = 38 * 32;

impl Default for Histogram {
    fn default() -> Self {
        Self {
            buckets: vec![0; BUCKETS],
            count: 0,
            total: 0,
            max: 0,
        }
    }
}

impl Histogram {
    fn add(&mut self, took: Duration) {
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        let bucket = bucket_of(micros);
        self.buckets[bucket] = self.buckets[bucket].saturating_add(1);
        self.count += 1;
        self.total += u128::from(micros);
        self.max = self.max.max(micros);
    }

    #[expect(clippy::cast_precision_loss, reason = "a figure for people")]
    fn timing(&self) -> Timing {
        Timing {
            count: self.count,
            total_ms: self.total as f64 / 1e3,
            p50_ms: self.percentile(50) as f64 / 1e3,
            p99_ms: self.percentile(99) as f64 / 1e3,
            max_ms: self.max as f64 / 1e3,
        }
    }

    fn percentile(&self, percent: u64) -> u64 {
        let rank = (self.count * percent).div_ceil(100).max(1);
        let mut below = 0;
        for (bucket, count) in self.buckets.iter().enumerate() {
            below += u64::from(*count);
            if below >= rank {
                return upper_bound(bucket).min(self.max);
            }
        }
        self.max
    }
}

fn bucket_of(micros: u64) -> usize {
    if micros < STEPS {
        return usize::try_from(micros).unwrap_or(0);
    }
    let power = u64::from(63 - micros.leading_zeros()) - 4;
    let step = (micros >> (power - 1)) - STEPS;
    usize::try_from(power * STEPS + step)
        .unwrap_or(BUCKETS)
        .min(BUCKETS - 1)
}

fn upper_bound(bucket: usize) -> u64 {
    let (power, step) = (bucket as u64 / STEPS, bucket as u64 % STEPS);
    if power == 0 {
        step
    } else {
        ((STEPS + step + 1) << (power - 1)) - 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_right_to_three_percent() {
        let witness = Witness::default();
        for micros in 1..=10_000u64 {
            witness.answered(Kind::GetUser, Duration::from_micros(micros));
        }
        let timing = witness.timings()[&Kind::GetUser];
        assert_eq!(timing.count, 10_000);
        assert!((timing.p50_ms - 5.0).abs() < 0.15, "{timing:?}");
        assert!((timing.p99_ms - 9.9).abs() < 0.3, "{timing:?}");
        assert!((timing.max_ms - 10.0).abs() < 1e-9);
        assert_eq!(witness.requests(), 10_000);
    }

    #[test]
    fn every_duration_falls_into_a_bucket_that_holds_it() {
        for micros in (0..100_000).chain([1 << 30, 1 << 40]) {
            let bucket = bucket_of(micros);
            assert!(upper_bound(bucket) >= micros || bucket == BUCKETS - 1);
            assert!(bucket == 0 || upper_bound(bucket - 1) < micros);
        }
        assert_eq!(bucket_of(u64::MAX), BUCKETS - 1);
    }

    #[test]
    fn deviations_are_bounded_but_all_are_counted() {
        let witness = Witness::default();
        for n in 0..KEPT + 10 {
            let (request, answer) = (format!("GET /{n}"), String::new());
            witness.deviates(Deviation {
                fact: "A3",
                what: "x".to_owned(),
                request,
                answer,
            });
        }
        assert_eq!(witness.deviations().len(), KEPT);
        assert_eq!(witness.deviation_count(), KEPT as u64 + 10);
        assert_eq!(witness.deviations_by_fact()["A3"], KEPT as u64 + 10);
    }
}
