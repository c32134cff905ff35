//! What a story found out, for people and for programs.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use serde::Serialize;
use serde_json::{Value, json};

use super::{Speech, Story};
use crate::provisioner::Cycle;
use crate::witness::{Deviation, Kind, Timing, Witness};

/// One cycle of the story, with its repetitions if entries were in escrow.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CycleReport {
    /// `initial`, or the dialect spoken.
    pub name: &'static str,
    /// How many cycles it took until nothing was in escrow.
    pub runs: usize,
    /// What was changed before it.
    pub changes: BTreeMap<&'static str, usize>,
    /// Entries and references written.
    pub exported: usize,
    /// Entries that needed nothing.
    pub skipped: usize,
    /// Entries and references that failed, repetitions included.
    pub failed: usize,
    /// Requests answered.
    pub requests: u64,
    /// Real seconds.
    pub seconds: f64,
    /// Requests answered per second.
    pub requests_per_second: f64,
    /// Why the first of the failed ones failed.
    pub reasons: Vec<String>,
}

impl CycleReport {
    pub(super) fn new(
        name: &'static str,
        runs: &[Cycle],
        changes: BTreeMap<&'static str, usize>,
        took: Duration,
        requests: u64,
        reasons: Vec<String>,
    ) -> Self {
        Self {
            reasons,
            name,
            runs: runs.len(),
            changes,
            exported: runs.iter().map(|cycle| cycle.exported).sum(),
            skipped: runs.iter().map(|cycle| cycle.skipped).sum(),
            failed: runs
                .iter()
                .map(|cycle| cycle.failed + cycle.failed_references)
                .sum(),
            requests,
            seconds: took.as_secs_f64(),
            requests_per_second: per_second(requests, took.as_secs_f64()),
        }
    }
}

/// How much was read back and compared.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names say it")]
pub struct Verified {
    pub users: usize,
    pub groups: usize,
    pub members: usize,
    pub deleted: usize,
    pub on_demand: usize,
}

impl Verified {
    pub(super) fn add(&mut self, other: &Verified) {
        self.users += other.users;
        self.groups += other.groups;
        self.members += other.members;
        self.deleted += other.deleted;
        self.on_demand += other.on_demand;
    }
}

/// The story's outcome.
#[derive(Clone, Debug)]
pub struct Report {
    /// The story told; the token is not part of the report.
    endpoint: String,
    speech: Speech,
    users: usize,
    groups: usize,
    seed: u64,
    concurrency: usize,
    /// Real seconds, reading back included.
    pub seconds: f64,
    /// Requests answered.
    pub requests: u64,
    /// Answers 429.
    pub throttled: u64,
    /// The cycles, in order.
    pub cycles: Vec<CycleReport>,
    /// Figures per kind of request.
    pub timings: BTreeMap<Kind, Timing>,
    /// What was compared.
    pub verified: Verified,
    /// How many deviations.
    pub deviation_count: u64,
    /// How many per fact.
    pub deviations_by_fact: BTreeMap<&'static str, u64>,
    /// The first of them, word for word.
    pub deviations: Vec<Deviation>,
}

impl Report {
    pub(super) fn new(
        story: Story,
        witness: &Witness,
        cycles: Vec<CycleReport>,
        verified: Verified,
        took: Duration,
    ) -> Self {
        Self {
            endpoint: story.endpoint,
            speech: story.speech,
            users: story.tenant.users,
            groups: story.tenant.groups,
            seed: story.tenant.seed,
            concurrency: story.concurrency,
            seconds: took.as_secs_f64(),
            requests: witness.requests(),
            throttled: witness.throttle_count(),
            cycles,
            timings: witness.timings(),
            verified,
            deviation_count: witness.deviation_count(),
            deviations_by_fact: witness.deviations_by_fact(),
            deviations: witness.deviations(),
        }
    }

    /// Whether the server did everything as Entra needs it.
    pub fn flawless(&self) -> bool {
        self.deviation_count == 0
    }

    fn dialect(&self) -> &'static str {
        match self.speech {
            Speech::Legacy => "legacy",
            Speech::Compliant => "compliant",
            Speech::Mixed => "mixed",
        }
    }

    /// How many of a kind the server answers in a second while `concurrency` of them are in flight.
    fn rate(&self, timing: &Timing) -> f64 {
        let mean = timing.total_ms / timing.count.max(1) as f64;
        if mean > 0.0 {
            self.concurrency as f64 * 1e3 / mean
        } else {
            0.0
        }
    }

    /// The report as JSON. `operations.<kind>.perSecond` is concurrency ÷ mean latency of that kind.
    pub fn json(&self) -> Value {
        let operations: BTreeMap<_, _> = self
            .timings
            .iter()
            .map(|(kind, timing)| {
                let name = json!(kind).as_str().unwrap_or_default().to_owned();
                let figures = json!({
                    "count": timing.count,
                    "perSecond": round(self.rate(timing)),
                    "p50Ms": round(timing.p50_ms),
                    "p99Ms": round(timing.p99_ms),
                    "maxMs": round(timing.max_ms),
                });
                (name, figures)
            })
            .collect();
        json!({
            "ok": self.flawless(),
            "endpoint": self.endpoint,
            "dialect": self.dialect(),
            "users": self.users,
            "groups": self.groups,
            "seed": self.seed,
            "concurrency": self.concurrency,
            "seconds": round(self.seconds),
            "requests": self.requests,
            "requestsPerSecond": round(per_second(self.requests, self.seconds)),
            "throttled": self.throttled,
            "cycles": self.cycles,
            "operations": operations,
            "verified": self.verified,
            "deviations": {
                "count": self.deviation_count,
                "byFact": self.deviations_by_fact,
                "list": self.deviations,
            },
        })
    }
}

fn per_second(count: u64, seconds: f64) -> f64 {
    if seconds > 0.0 {
        count as f64 / seconds
    } else {
        0.0
    }
}

fn round(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{} users and {} groups into {}, {} dialect, {} at once, seed {}",
            self.users,
            self.groups,
            self.endpoint,
            self.dialect(),
            self.concurrency,
            self.seed
        )?;
        writeln!(
            f,
            "\n{:<12} {:>8} {:>9} {:>8} {:>7} {:>9} {:>8} {:>10}",
            "cycle", "runs", "exported", "skipped", "failed", "requests", "seconds", "requests/s"
        )?;
        for cycle in &self.cycles {
            writeln!(
                f,
                "{:<12} {:>8} {:>9} {:>8} {:>7} {:>9} {:>8.2} {:>10.0}",
                cycle.name,
                cycle.runs,
                cycle.exported,
                cycle.skipped,
                cycle.failed,
                cycle.requests,
                cycle.seconds,
                cycle.requests_per_second
            )?;
        }
        for reason in self.cycles.iter().flat_map(|cycle| &cycle.reasons).take(10) {
            writeln!(f, "  failed: {reason}")?;
        }
        writeln!(
            f,
            "\n{:<20} {:>9} {:>9} {:>9} {:>9} {:>9}",
            "operation", "count", "per s", "p50 ms", "p99 ms", "max ms"
        )?;
        for (kind, timing) in &self.timings {
            let name = json!(kind);
            writeln!(
                f,
                "{:<20} {:>9} {:>9.0} {:>9.2} {:>9.2} {:>9.2}",
                name.as_str().unwrap_or_default(),
                timing.count,
                self.rate(timing),
                timing.p50_ms,
                timing.p99_ms,
                timing.max_ms
            )?;
        }
        writeln!(
            f,
            "\n{} requests in {:.1} s, {:.0} per second; {} answered 429",
            self.requests,
            self.seconds,
            per_second(self.requests, self.seconds),
            self.throttled
        )?;
        let v = &self.verified;
        writeln!(
            f,
            "read back and compared: {} users, {} groups, {} members, {} deleted; {} provisioned on demand",
            v.users, v.groups, v.members, v.deleted, v.on_demand
        )?;
        self.deviations(f)
    }
}

impl Report {
    fn deviations(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.flawless() {
            return writeln!(f, "no deviation");
        }
        writeln!(
            f,
            "\n{} deviations: {:?}",
            self.deviation_count, self.deviations_by_fact
        )?;
        for (count, deviation) in self.kinds_of_deviation() {
            let Deviation {
                fact,
                what,
                request,
                answer,
            } = deviation;
            writeln!(
                f,
                "- [{fact}] {count} × like: {what}\n    {request}\n    {answer}"
            )?;
        }
        Ok(())
    }

    /// Deviations of one fact that look alike are one kind, shown by its first example.
    fn kinds_of_deviation(&self) -> Vec<(usize, &Deviation)> {
        let mut kinds: BTreeMap<(&str, String), (usize, &Deviation)> = BTreeMap::new();
        for deviation in &self.deviations {
            kinds
                .entry((deviation.fact, likeness(deviation)))
                .or_insert((0, deviation))
                .0 += 1;
        }
        kinds.into_values().collect()
    }
}

/// What deviations that differ only in ids have in common: the beginnings of what is wrong, of the request, and of the
/// detail the server gave.
fn likeness(deviation: &Deviation) -> String {
    let begin = |text: &str, count| text.split_whitespace().take(count).collect::<Vec<_>>().join(" ");
    let request = deviation.request.split(['/', '?']).take(2).collect::<String>();
    let body = deviation
        .answer
        .split_once(' ')
        .and_then(|(_, body)| serde_json::from_str::<Value>(body).ok());
    let detail = body
        .as_ref()
        .and_then(|body| body.get("detail")?.as_str())
        .unwrap_or_default();
    format!("{}|{request}|{}", begin(&deviation.what, 3), begin(detail, 5))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deviations_that_differ_only_in_ids_are_one_kind() {
        let deviation = |id: &str, detail: &str| Deviation {
            fact: "A4",
            what: "400 instead of success".to_owned(),
            request: format!("PATCH /Users/{id}"),
            answer: format!("400 {{\"detail\":\"{detail}\"}}"),
        };
        let first = likeness(&deviation("1", "no value matches the path filter"));
        assert_eq!(
            first,
            likeness(&deviation("2", "no value matches the path filter"))
        );
        assert_ne!(
            first,
            likeness(&deviation("1", "a remove operation carries no value"))
        );
    }
}
