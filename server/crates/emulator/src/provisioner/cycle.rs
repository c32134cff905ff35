//! A cycle from beginning to end: probe, plan, users, groups, references, verdict (`entra-facts` A7, A8).

use std::collections::BTreeSet;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use serde::Serialize;
use uuid::Uuid;

use super::failure::Failure;
use super::health::{Failures, Quarantine, QuarantineReason};
use super::plan::{Members, Plan};
use super::run::{Run, each};
use super::{CYCLE_INTERVAL, EndpointError, Provisioner, entry_group, entry_user, references};
use crate::tenant::ObjectId;

/// Initial cycles look at everything, incremental ones at what changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the names say it")]
pub enum CycleKind {
    Initial,
    Incremental,
}

/// How a cycle ended, as Graph spells it (C5.12).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "Graph's names")]
pub enum CycleState {
    Succeeded,
    Failed,
    EntryLevelErrors,
}

/// A cycle that ran.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cycle {
    /// Its id; entries of the log carry it.
    pub id: Uuid,
    /// Initial or incremental.
    pub kind: CycleKind,
    /// When it began, on the tenant's clock.
    pub began: Timestamp,
    /// When it ended.
    pub ended: Timestamp,
    /// How it ended.
    pub state: CycleState,
    /// Objects read from the tenant.
    pub imported: usize,
    /// Users and groups in scope.
    pub entitled: usize,
    /// Entries and references written to the server.
    pub exported: usize,
    /// Entries that needed nothing, or were not to be provisioned.
    pub skipped: usize,
    /// Entries that failed in this cycle.
    pub failed: usize,
    /// References that failed in this cycle.
    pub failed_references: usize,
    /// Entries in escrow after it.
    pub escrowed: usize,
    /// The failure that ended it early.
    pub error: Option<Failure>,
}

/// Why no cycle ran.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotRun {
    /// No usable Tenant URL or Secret token.
    #[error("{0}")]
    NotConfigured(String),
    /// Provisioning Status is Off.
    #[error("Provisioning is stopped. Start it first.")]
    Stopped,
    /// Disabled after 28 days in quarantine.
    #[error("The job was disabled after 28 days in quarantine. Restart provisioning.")]
    Disabled,
    /// The schedule says that it is not time yet.
    #[error("The next cycle is due at {0}.")]
    NotDue(Timestamp),
}

impl Provisioner {
    /// Runs a cycle if the schedule says so: 40 minutes after the last one, or when the quarantine's back-off ends.
    pub async fn run_due(&self) -> Result<Cycle, NotRun> {
        match self.next_cycle() {
            Some(due) if due > self.now() => Err(NotRun::NotDue(due)),
            _ => self.run_cycle().await,
        }
    }

    /// Runs a cycle now: an initial one if there is no watermark, else an incremental one.
    pub async fn run_cycle(&self) -> Result<Cycle, NotRun> {
        let _running = self.0.running.lock().await;
        self.tenant().purge_expired();
        // Before the scope is worked out: what changes after this moment is looked at again in the next cycle.
        let up_to = self.tenant().read().last_change();
        let run = self.prepare()?;
        let began = self.now();
        let mut cycle = Cycle {
            id: run.id,
            kind: if self.state().job.watermark.is_some() {
                CycleKind::Incremental
            } else {
                CycleKind::Initial
            },
            began,
            ended: began,
            state: CycleState::Succeeded,
            imported: 0,
            entitled: 0,
            exported: 0,
            skipped: 0,
            failed: 0,
            failed_references: 0,
            escrowed: 0,
            error: None,
        };
        let announced = Announced::new(self, cycle.kind);
        let probe = self.probe(&run.endpoint, run.settings.groups_enabled).await;
        let outcome = match probe.result {
            Err(refused) => Err(Broken::Fatal(Failure::new(refused.code, refused.message).fatal())),
            Ok(()) => self.export(&run, &mut cycle).await,
        };
        self.settle(&run, &mut cycle, outcome, up_to);
        drop(announced);
        Ok(cycle)
    }

    fn prepare(&self) -> Result<Arc<Run>, NotRun> {
        let settings = self.settings();
        let endpoint = self
            .endpoint_for(&settings)
            .map_err(|error: EndpointError| NotRun::NotConfigured(error.to_string()))?;
        let state = self.state();
        let (started, given_up) = (state.job.started, state.job.given_up);
        drop(state);
        match (started, given_up) {
            (_, true) => Err(NotRun::Disabled),
            (false, _) => Err(NotRun::Stopped),
            _ => Ok(Arc::new(Run::new(self.clone(), endpoint, settings, false))),
        }
    }

    async fn export(&self, run: &Arc<Run>, cycle: &mut Cycle) -> Result<(), Broken> {
        let plan = {
            let directory = self.tenant().read();
            Plan::make(
                &directory,
                &self.state().job,
                &run.settings,
                &run.reach,
                self.now(),
            )
        };
        (cycle.kind, cycle.imported, cycle.entitled) = (plan.kind, plan.imported, plan.entitled);
        let threshold = run
            .settings
            .delete_threshold
            .filter(|_| !self.state().job.allow_deletes);
        if threshold.is_some_and(|threshold| plan.removals > threshold) {
            return Err(Broken::TooManyDeletes);
        }
        work(run, plan).await;
        cycle.exported = run.counts.exported.load(Ordering::Relaxed);
        cycle.skipped = run.counts.skipped.load(Ordering::Relaxed);
        cycle.failed = run.counts.failed.load(Ordering::Relaxed);
        cycle.failed_references = run.counts.failed_references.load(Ordering::Relaxed);
        match run.fatal() {
            Some(failure) => Err(Broken::Fatal(failure)),
            None => Ok(()),
        }
    }

    /// Writes down how the cycle ended, and what follows for the job.
    fn settle(&self, run: &Run, cycle: &mut Cycle, outcome: Result<(), Broken>, up_to: u64) {
        let now = self.now();
        let mut state = self.state();
        let job = &mut state.job;
        cycle.ended = now;
        cycle.escrowed = job.escrows.len();
        let failures = Failures {
            entries: job.escrows.len(),
            references: run.counts.failed_references.load(Ordering::Relaxed),
            total: cycle.entitled,
        };
        let trouble = match outcome {
            Ok(()) => {
                job.watermark = Some(up_to);
                job.allow_deletes = false;
                failures.verdict().map(|reason| (reason, None))
            }
            Err(Broken::TooManyDeletes) => Some((QuarantineReason::TooManyDeletes, None)),
            Err(Broken::Fatal(failure)) => {
                Some((QuarantineReason::EncounteredQuarantineException, Some(failure)))
            }
        };
        cycle.state = match &trouble {
            Some(_) => CycleState::Failed,
            None if cycle.failed + cycle.failed_references > 0 => CycleState::EntryLevelErrors,
            None => CycleState::Succeeded,
        };
        cycle.error = trouble.as_ref().and_then(|(_, failure)| failure.clone());
        job.quarantine = trouble.map(|(reason, failure)| {
            Quarantine::after_failure(job.quarantine.as_ref(), reason, failure.as_ref(), now)
        });
        job.finished(cycle, now);
    }
}

/// Says that a cycle is running, for as long as it does: also if whoever asked for it goes away in the middle.
struct Announced<'a>(&'a Provisioner);

impl<'a> Announced<'a> {
    fn new(job: &'a Provisioner, kind: CycleKind) -> Self {
        let now = job.now();
        job.state().job.current = Some((kind, now));
        job.touched();
        Self(job)
    }
}

impl Drop for Announced<'_> {
    fn drop(&mut self) {
        self.0.state().job.current = None;
        self.0.touched();
    }
}

impl super::job::Job {
    fn finished(&mut self, cycle: &Cycle, now: Timestamp) {
        self.cycles += 1;
        self.last = Some(cycle.clone());
        match &self.quarantine {
            Some(quarantine) => {
                self.given_up = quarantine.next_attempt.is_none();
                self.next_cycle = quarantine.next_attempt;
            }
            None => {
                self.next_cycle = Some(cycle.began + CYCLE_INTERVAL);
                self.steady_since.get_or_insert(now);
                self.last_success = Some(cycle.clone());
                if cycle.exported > 0 {
                    self.last_with_exports = Some(cycle.clone());
                }
            }
        }
    }
}

/// Why a cycle did not get to its end.
enum Broken {
    TooManyDeletes,
    Fatal(Failure),
}

async fn work(run: &Arc<Run>, plan: Plan) {
    let new_users = users(run, plan.users).await;
    let new_groups = groups(run, plan.groups).await;
    let managers: BTreeSet<_> = plan.managers.into_iter().chain(new_users).collect();
    let limit = run.settings.concurrency;
    let shared = run.clone();
    each(limit, managers.into_iter().collect(), move |id| {
        let run = shared.clone();
        async move {
            if run.stopped() {
                return run.job(|job| job.postpone_manager(id));
            }
            references::manager(&run, id).await;
        }
    })
    .await;
    let mut memberships = plan.members;
    memberships.extend(new_groups.into_iter().map(|id| (id, Members::All)));
    let shared = run.clone();
    each(limit, memberships.into_iter().collect(), move |(id, which)| {
        let run = shared.clone();
        async move { references::members(&run, id, which).await }
    })
    .await;
}

/// Returns the users linked just now.
async fn users(run: &Arc<Run>, ids: BTreeSet<ObjectId>) -> Vec<ObjectId> {
    let new = Arc::new(Mutex::new(Vec::new()));
    let (shared, found) = (run.clone(), new.clone());
    each(run.settings.concurrency, ids.into_iter().collect(), move |id| {
        let (run, found) = (shared.clone(), found.clone());
        async move {
            if !run.stopped() && entry_user::provision(&run, id).await.new {
                found.lock().unwrap_or_else(PoisonError::into_inner).push(id);
            }
        }
    })
    .await;
    std::mem::take(&mut new.lock().unwrap_or_else(PoisonError::into_inner))
}

/// Returns the groups linked just now.
async fn groups(run: &Arc<Run>, ids: BTreeSet<ObjectId>) -> Vec<ObjectId> {
    let new = Arc::new(Mutex::new(Vec::new()));
    let (shared, found) = (run.clone(), new.clone());
    each(run.settings.concurrency, ids.into_iter().collect(), move |id| {
        let (run, found) = (shared.clone(), found.clone());
        async move {
            if !run.stopped() && entry_group::provision(&run, id).await.new {
                found.lock().unwrap_or_else(PoisonError::into_inner).push(id);
            }
        }
    })
    .await;
    std::mem::take(&mut new.lock().unwrap_or_else(PoisonError::into_inner))
}
