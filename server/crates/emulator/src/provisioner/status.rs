//! The job's status in Graph's shape (`entra-facts` C5.4, C5.12).

use jiff::Timestamp;
use serde_json::{Value, json};

use super::cycle::Cycle;
use super::health::Quarantine;
use super::{CYCLE_INTERVAL, Provisioner};

/// What the portal calls the state of the job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobState {
    /// No Tenant URL or Secret token yet.
    NotConfigured,
    /// Started, but no cycle ran yet.
    NotRun,
    /// Running on schedule.
    Active,
    /// Stopped.
    Paused,
    /// In quarantine.
    Quarantine,
}

impl JobState {
    /// Graph's `status.code`.
    pub fn code(self) -> &'static str {
        match self {
            JobState::NotConfigured => "NotConfigured",
            JobState::NotRun => "NotRun",
            JobState::Active => "Active",
            JobState::Paused => "Paused",
            JobState::Quarantine => "Quarantine",
        }
    }
}

/// What a page shows about the job.
#[derive(Clone, Debug, PartialEq)]
pub struct Overview {
    /// The state.
    pub state: JobState,
    /// Provisioning Status On.
    pub started: bool,
    /// A cycle is running since then.
    pub running_since: Option<(super::CycleKind, Timestamp)>,
    /// The cycle that ended last.
    pub last: Option<Cycle>,
    /// Cycles that ran so far.
    pub cycles: u64,
    /// When the next one is due.
    pub next: Option<Timestamp>,
    /// The quarantine.
    pub quarantine: Option<Quarantine>,
    /// Disabled after 28 days in quarantine.
    pub given_up: bool,
    /// Users linked.
    pub users: usize,
    /// Groups linked.
    pub groups: usize,
    /// Entries in escrow.
    pub escrowed: usize,
}

impl Provisioner {
    /// The job's state at a glance.
    pub fn overview(&self) -> Overview {
        let next = self.next_cycle();
        let state = self.state();
        let job = &state.job;
        let configured = !state.settings.tenant_url.trim().is_empty();
        let code = match () {
            () if !configured => JobState::NotConfigured,
            () if job.quarantine.is_some() => JobState::Quarantine,
            () if !job.started => JobState::Paused,
            () if job.last.is_none() => JobState::NotRun,
            () => JobState::Active,
        };
        Overview {
            state: code,
            started: job.started,
            running_since: job.current,
            last: job.last.clone(),
            cycles: job.cycles,
            next,
            quarantine: job.quarantine.clone(),
            given_up: job.given_up,
            users: job.users.len(),
            groups: job.groups.len(),
            escrowed: job.escrows.len(),
        }
    }

    /// The job as `GET …/synchronization/jobs/{id}` gives it.
    pub fn graph_job(&self) -> Value {
        let overview = self.overview();
        let state = self.state();
        let job = &state.job;
        let on = overview.started && !overview.given_up;
        let threshold = state.settings.delete_threshold.map(|value| value.to_string());
        json!({
            "id": self.application().job,
            "templateId": "scim",
            "schedule": {
                "expiration": null,
                "interval": format!("PT{}M", CYCLE_INTERVAL.as_mins()),
                "state": if on { "Active" } else { "Disabled" },
            },
            "status": {
                "code": overview.state.code(),
                "countSuccessiveCompleteFailures": overview.quarantine.as_ref().map_or(0, |q| q.series_count),
                "escrowsPruned": false,
                "lastExecution": job.last.as_ref().map(execution),
                "lastSuccessfulExecution": job.last_success.as_ref().map(execution),
                "lastSuccessfulExecutionWithExports": job.last_with_exports.as_ref().map(execution),
                "progress": [],
                "quarantine": overview.quarantine.as_ref().map(quarantine),
                "steadyStateFirstAchievedTime": time(job.steady_since),
                "steadyStateLastAchievedTime": time(job.last_success.as_ref().map(|cycle| cycle.ended)),
                "synchronizedEntryCountByType": [
                    {"key": "User to urn:ietf:params:scim:schemas:extension:enterprise:2.0:User", "value": overview.users},
                    {"key": "Group to urn:ietf:params:scim:schemas:core:2.0:Group", "value": overview.groups},
                ],
                "troubleshootingUrl": null,
            },
            "synchronizationJobSettings": [
                {"name": "QuarantineTooManyDeletesThreshold", "value": threshold},
            ],
        })
    }
}

fn time(at: Option<Timestamp>) -> String {
    at.map_or_else(|| "0001-01-01T00:00:00Z".to_owned(), |at| at.to_string())
}

fn execution(cycle: &Cycle) -> Value {
    let error = cycle.error.as_ref();
    json!({
        "activityIdentifier": cycle.id.to_string(),
        "countEntitled": cycle.entitled,
        "countEntitledForProvisioning": cycle.entitled,
        "countEscrowed": cycle.escrowed,
        "countEscrowedRaw": cycle.failed,
        "countExported": cycle.exported,
        "countExports": cycle.exported,
        "countImported": cycle.imported,
        "countImportedDeltas": cycle.imported,
        "countImportedReferenceDeltas": 0,
        "error": error.map(|failure| json!({
            "code": failure.code.to_string(),
            "message": failure.message,
            "tenantActionable": true,
        })),
        "state": cycle.state,
        "timeBegan": cycle.began.to_string(),
        "timeEnded": cycle.ended.to_string(),
    })
}

fn quarantine(quarantine: &Quarantine) -> Value {
    json!({
        "currentBegan": quarantine.current_began.to_string(),
        "nextAttempt": time(quarantine.next_attempt),
        "reason": quarantine.reason,
        "seriesBegan": quarantine.series_began.to_string(),
        "seriesCount": quarantine.series_count,
        "error": quarantine.error.as_ref().map(|(code, message)| json!({
            "code": code,
            "message": message,
            "tenantActionable": true,
        })),
    })
}
