//! *Provision on demand*: one user, or one group with at most five of its members (`entra-facts` A7, C5.11).

use std::sync::Arc;

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::log::{LogEntry, Status};
use super::plan::Members;
use super::run::Run;
use super::{Provisioner, entry_group, entry_user, references};
use crate::tenant::ObjectId;

/// Graph takes five requests in ten seconds.
const REQUESTS: usize = 5;
const WINDOW: SignedDuration = SignedDuration::from_secs(10);
const MEMBERS: usize = 5;

/// Why nothing was done.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OnDemandError {
    /// No usable Tenant URL or Secret token.
    #[error("{0}")]
    NotConfigured(String),
    /// More than five requests in ten seconds.
    #[error("TooManyRequests: at most 5 provision on demand requests are taken in 10 seconds.")]
    TooManyRequests,
    /// The user is not in the tenant.
    #[error(
        "The user or group was not found in the directory, or is deleted. A deleted user cannot be provisioned on demand."
    )]
    NotFound,
    /// More than five members were chosen.
    #[error("At most 5 members of a group can be provisioned on demand.")]
    TooManyMembers,
    /// Somebody chosen is not in the group.
    #[error("A chosen user is not a direct member of the group.")]
    NotAMember,
}

/// How it ended, in Graph's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "Graph's names")]
pub enum OnDemandOutcome {
    Success,
    Skipped,
    Failure,
}

/// What *Provision on demand* did: one entry per user and group it touched, the asked-for one last but for references.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnDemand {
    /// The asked-for object's own entry.
    pub entry: LogEntry,
    /// Entries of the chosen members and of references.
    pub others: Vec<LogEntry>,
}

impl OnDemand {
    /// Success, Skipped or Failure: the worst of it, where a skipped object with written references counts as success.
    pub fn outcome(&self) -> OnDemandOutcome {
        let any = |status| {
            std::iter::once(&self.entry)
                .chain(&self.others)
                .any(|entry| entry.status == status)
        };
        match () {
            () if any(Status::Failure) => OnDemandOutcome::Failure,
            () if any(Status::Success) => OnDemandOutcome::Success,
            () => OnDemandOutcome::Skipped,
        }
    }

    /// The answer of Graph's `provisionOnDemand`: JSON inside strings (C5.11).
    pub fn graph(&self) -> Value {
        let details = match &self.entry.error {
            Some(error) => json!({"errorCode": error.error_code, "errorMessage": error.reason}),
            None => json!({}),
        };
        let result = match self.outcome() {
            OnDemandOutcome::Success => "Success",
            OnDemandOutcome::Skipped => "Skipped",
            OnDemandOutcome::Failure => "Failure",
        };
        json!({
            "key": json!({"result": result, "details": details}).to_string(),
            "value": self.entry.on_demand_value().to_string(),
        })
    }
}

impl Provisioner {
    /// Provisions one user now, in the legacy dialect, whether or not the job is started.
    pub async fn provision_on_demand(&self, user: ObjectId) -> Result<OnDemand, OnDemandError> {
        self.demanded()?;
        if self.tenant().user(user).is_none_or(|user| user.deleted.is_some()) {
            return Err(OnDemandError::NotFound);
        }
        let _running = self.0.running.lock().await;
        let run = self.on_demand_run()?;
        let entry = one_user(&run, user).await;
        self.touched();
        Ok(self.collect(&run, entry))
    }

    /// Provisions one group and up to five of its members now.
    pub async fn provision_group_on_demand(
        &self,
        group: ObjectId,
        members: &[ObjectId],
    ) -> Result<OnDemand, OnDemandError> {
        self.demanded()?;
        let found = self.tenant().group(group).ok_or(OnDemandError::NotFound)?;
        if members.len() > MEMBERS {
            return Err(OnDemandError::TooManyMembers);
        }
        if !members.iter().all(|member| found.members.contains(member)) {
            return Err(OnDemandError::NotAMember);
        }
        let _running = self.0.running.lock().await;
        let run = self.on_demand_run()?;
        for member in members
            .iter()
            .filter(|member| self.tenant().group(**member).is_none())
        {
            one_user(&run, *member).await;
        }
        let entry = entry_group::provision(&run, group).await.entry;
        references::members(&run, group, Members::Some(members.iter().copied().collect())).await;
        self.touched();
        Ok(self.collect(&run, entry))
    }

    fn on_demand_run(&self) -> Result<Arc<Run>, OnDemandError> {
        let settings = self.settings();
        let endpoint = self
            .endpoint_for(&settings)
            .map_err(|e| OnDemandError::NotConfigured(e.to_string()))?;
        Ok(Arc::new(Run::new(self.clone(), endpoint, settings, true)))
    }

    fn demanded(&self) -> Result<(), OnDemandError> {
        let now = self.now();
        let mut state = self.state();
        let recent = &mut state.job.on_demand;
        while recent.front().is_some_and(|at| now.duration_since(*at) >= WINDOW) {
            recent.pop_front();
        }
        if recent.len() >= REQUESTS {
            return Err(OnDemandError::TooManyRequests);
        }
        recent.push_back(now);
        Ok(())
    }

    fn collect(&self, run: &Run, entry: LogEntry) -> OnDemand {
        let state = self.state();
        let of_run = |other: &&LogEntry| other.cycle == run.id && other.id != entry.id;
        let mut others: Vec<_> = state
            .log
            .entries()
            .rev()
            .take(64)
            .filter(of_run)
            .cloned()
            .collect();
        others.reverse();
        drop(state);
        OnDemand { entry, others }
    }
}

async fn one_user(run: &Run, user: ObjectId) -> LogEntry {
    let outcome = entry_user::provision(run, user).await;
    references::manager(run, user).await;
    outcome.entry
}
