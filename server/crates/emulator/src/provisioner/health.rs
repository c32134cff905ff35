//! Escrow and quarantine: when a job tries again, and when it gives up (`entra-facts` A8). Pure arithmetic.

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::failure::Failure;

/// Spacing of an entry's retries stops growing here.
const LONGEST_ESCROW: SignedDuration = SignedDuration::from_hours(24);
/// A job is disabled after this long in quarantine.
const LAST_CHANCE: SignedDuration = SignedDuration::from_hours(28 * 24);
/// Below this many failures no proportion is looked at.
const ENOUGH_FAILURES: usize = 5_000;
const BASE_THRESHOLD: usize = 40_000;
const TOTAL_THRESHOLD: usize = 60_000;

/// An entry whose export failed and is tried again later.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Escrow {
    /// Failures in a row.
    pub attempts: u32,
    /// When it failed first.
    pub since: Timestamp,
    /// Not tried before this moment, unless the object changes.
    pub next: Timestamp,
}

impl Escrow {
    /// The entry failed at `now`; the first retry comes with the next cycle, then the spacing doubles up to a day.
    pub(super) fn after_failure(before: Option<&Escrow>, now: Timestamp, interval: SignedDuration) -> Self {
        let attempts = before.map_or(0, |escrow| escrow.attempts) + 1;
        let doubled = interval
            .checked_mul(1 << (attempts - 1).min(16))
            .unwrap_or(LONGEST_ESCROW);
        let next = now.saturating_add(doubled.min(LONGEST_ESCROW)).unwrap_or(now);
        Self {
            attempts,
            since: before.map_or(now, |escrow| escrow.since),
            next,
        }
    }
}

/// Why a job is in quarantine, as Graph spells it (C5.12, A8).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "Graph's names")]
pub enum QuarantineReason {
    EncounteredBaseEscrowThreshold,
    EncounteredTotalEscrowThreshold,
    EncounteredEscrowProportionThreshold,
    EncounteredQuarantineException,
    TooManyDeletes,
}

/// How many entries failed in a cycle.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Failures {
    /// Entries in escrow, references not counted.
    pub(super) entries: usize,
    /// Failed manager and member references.
    pub(super) references: usize,
    /// Entries the job takes care of.
    pub(super) total: usize,
}

impl Failures {
    /// Whether these failures quarantine the job: from 5 000 on, more than 40 % or more than 40 000 entries, or more
    /// than 60 000 with references.
    pub(super) fn verdict(self) -> Option<QuarantineReason> {
        if self.entries + self.references > TOTAL_THRESHOLD {
            return Some(QuarantineReason::EncounteredTotalEscrowThreshold);
        }
        if self.entries < ENOUGH_FAILURES {
            return None;
        }
        if self.entries > BASE_THRESHOLD {
            return Some(QuarantineReason::EncounteredBaseEscrowThreshold);
        }
        let over_40_percent = self.entries * 10 > self.total * 4;
        over_40_percent.then_some(QuarantineReason::EncounteredEscrowProportionThreshold)
    }
}

/// A job in quarantine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quarantine {
    /// Why.
    pub reason: QuarantineReason,
    /// When this series of failures began.
    pub series_began: Timestamp,
    /// When the job failed last.
    pub current_began: Timestamp,
    /// Failed cycles in this series.
    pub series_count: u32,
    /// When the next cycle is tried; `None` after 28 days, when the job is disabled.
    pub next_attempt: Option<Timestamp>,
    /// Code and message of the failure, if one request was to blame.
    pub error: Option<(String, String)>,
}

impl Quarantine {
    /// The job failed at `now`, perhaps not for the first time.
    pub(super) fn after_failure(
        before: Option<&Quarantine>,
        reason: QuarantineReason,
        error: Option<&Failure>,
        now: Timestamp,
    ) -> Self {
        let series_began = before.map_or(now, |quarantine| quarantine.series_began);
        Self {
            reason,
            series_began,
            current_began: now,
            series_count: before.map_or(0, |quarantine| quarantine.series_count) + 1,
            next_attempt: next_attempt(series_began, now),
            error: error.map(|failure| (failure.code.to_string(), failure.message.clone())),
        }
    }
}

/// 6, 12 and 24 hours after the first failure, then daily, up to 28 days.
fn next_attempt(began: Timestamp, now: Timestamp) -> Option<Timestamp> {
    let elapsed = now.duration_since(began);
    if elapsed >= LAST_CHANCE {
        return None;
    }
    let early = [6, 12, 24].map(SignedDuration::from_hours);
    let days = elapsed.as_hours() / 24 + 1;
    let after = early
        .into_iter()
        .find(|due| *due > elapsed)
        .unwrap_or(SignedDuration::from_hours(days * 24));
    began.saturating_add(after.min(LAST_CHANCE)).ok()
}

#[cfg(test)]
mod tests {
    use super::super::failure::ErrorCode;
    use super::*;

    fn hours(n: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_hours(n)
    }

    #[test]
    fn quarantine_backs_off_six_twelve_twenty_four_hours_then_daily_for_four_weeks() {
        let reason = QuarantineReason::EncounteredQuarantineException;
        let failure = Failure::new(ErrorCode::Unauthorized, "no");
        let mut quarantine = Quarantine::after_failure(None, reason, Some(&failure), hours(0));
        let mut attempts = Vec::new();
        while let Some(next) = quarantine.next_attempt {
            attempts.push(next.duration_since(hours(0)).as_hours());
            quarantine = Quarantine::after_failure(Some(&quarantine), reason, Some(&failure), next);
        }
        let expected: Vec<i64> = [6, 12].into_iter().chain((1..=28).map(|day| day * 24)).collect();
        assert_eq!(attempts, expected);
        assert_eq!(quarantine.series_count, 31);
        assert_eq!(quarantine.error.unwrap().0, "Unauthorized");
    }

    #[test]
    fn a_late_attempt_is_followed_by_the_next_scheduled_one() {
        assert_eq!(next_attempt(hours(0), hours(7)), Some(hours(12)));
        assert_eq!(next_attempt(hours(0), hours(24)), Some(hours(48)));
        assert_eq!(next_attempt(hours(0), hours(28 * 24 - 1)), Some(hours(28 * 24)));
        assert_eq!(next_attempt(hours(0), hours(28 * 24)), None);
    }

    #[test]
    fn escrow_spacing_doubles_up_to_a_day() {
        let interval = SignedDuration::from_mins(40);
        let mut escrow: Option<Escrow> = None;
        let mut waits = Vec::new();
        let mut now = hours(0);
        for _ in 0..9 {
            let next = Escrow::after_failure(escrow.as_ref(), now, interval);
            waits.push(next.next.duration_since(now).as_mins());
            now = next.next;
            escrow = Some(next);
        }
        assert_eq!(waits, [40, 80, 160, 320, 640, 1280, 1440, 1440, 1440]);
        assert_eq!(escrow.unwrap().since, hours(0));
    }

    #[test]
    fn thresholds_are_microsofts() {
        use QuarantineReason as R;
        let verdict = |entries, references, total| {
            Failures {
                entries,
                references,
                total,
            }
            .verdict()
        };
        assert_eq!(verdict(4_999, 0, 5_000), None);
        assert_eq!(verdict(5_000, 0, 12_500), None, "40 % is not more than 40 %");
        assert_eq!(
            verdict(5_001, 0, 12_500),
            Some(R::EncounteredEscrowProportionThreshold)
        );
        assert_eq!(verdict(40_000, 0, 1_000_000), None);
        assert_eq!(
            verdict(40_001, 0, 1_000_000),
            Some(R::EncounteredBaseEscrowThreshold)
        );
        assert_eq!(
            verdict(0, 60_000, 1_000_000),
            None,
            "references alone count only in the total"
        );
        assert_eq!(
            verdict(1, 60_000, 1_000_000),
            Some(R::EncounteredTotalEscrowThreshold)
        );
    }
}
