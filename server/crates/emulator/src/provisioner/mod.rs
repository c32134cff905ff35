//! Microsoft Entra's provisioning service, as an enterprise application's job (`entra-facts` A0–A8).
//!
//! One [`Provisioner`] is one job of one application. A cycle goes import → scope → match → evaluate → export for
//! users and groups (`entry_user`, `entry_group`), then resolves references: managers, members (`references`). What it
//! remembers is in `job`, when it tries again in `health`, what it says in `log` and `failure`, the bodies it sends in
//! `bodies`, the requests in `calls`.
//!
//! Where the facts are silent, this is what it does:
//!
//! | question | choice |
//! |---|---|
//! | how many members in one PATCH | 100 ([`Settings::members_per_patch`]); removals of the compliant dialect are that many operations |
//! | the manager in the compliant dialect | a bare string as in the default one; an empty string clears in both |
//! | before an update | `GET` by the cached id, and only what differs is sent; a group's members are never read |
//! | a group that leaves the scope | `DELETE`, since groups have no `active` (D2, *Restore*) |
//! | a nested group | a member like any other once the inner group is provisioned itself; never expanded |
//! | members chosen on demand | provisioned as users first, then added in one PATCH |
//! | an entry's retries | with the next cycle, then the spacing doubles up to a day; a change of the object is tried at once |
//! | codes | 409 is `EntryConflict` for a POST and `Conflict` otherwise, 403 `InsufficientRights`, a refused search `…ServiceIncompatibleFiltering` |
//! | 401, 403, 404 for a search, no connection | end the cycle and quarantine the job; a time-out only fails its entry |
//! | 429 and 503 | repeated on the spot as `Retry-After` says ([`Settings::retries`]), then escrow |
//! | the Tenant URL's flags | kept to ourselves, unless [`Settings::flag_in_requests`] |

mod bodies;
mod calls;
mod connection;
mod cycle;
mod endpoint;
mod entry_group;
mod entry_user;
mod failure;
mod health;
mod job;
mod log;
mod mapping;
mod on_demand;
mod plan;
mod references;
mod run;
mod scoping;
mod settings;
mod status;
mod trace;

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;
use uuid::Uuid;

pub use connection::{ConnectionFailure, ConnectionTest, Probe};
pub use cycle::{Cycle, CycleKind, CycleState, NotRun};
pub use failure::{ErrorCode, Failure};
pub use health::{Escrow, Quarantine, QuarantineReason};
pub use job::Reset;
pub use log::{
    Action, Application, ErrorInformation, LogEntry, Modified, ObjectType, Status, Step, StepType,
};
pub use mapping::{Attributes, Target};
pub use on_demand::{OnDemand, OnDemandError, OnDemandOutcome};
pub use scoping::{Clause, Operator, ScopingFilter};
pub use settings::{Dialect, ExternalIdSource, Matching, Scope, Settings, TenantUrl, TenantUrlError};
pub use status::{JobState, Overview};

pub(crate) use calls::resources;
pub(crate) use endpoint::{Answer, Endpoint, EndpointError, Request};
pub(crate) use job::{GroupLink, UserLink};
pub(crate) use run::each;

use crate::clock::Clock;
use crate::rng::Rng;
use crate::tenant::{ObjectId, Tenant};
use crate::witness::Witness;
use job::Job;
use log::Log;

/// A cycle begins every 40 minutes (A7).
pub const CYCLE_INTERVAL: SignedDuration = SignedDuration::from_mins(40);

/// A provisioning job. Cheap to clone; clones share.
#[derive(Clone, Debug)]
pub struct Provisioner(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    tenant: Tenant,
    clock: Clock,
    app: Application,
    witness: Witness,
    state: Mutex<State>,
    /// Held while a cycle or an on-demand request runs.
    running: tokio::sync::Mutex<()>,
    changed: watch::Sender<u64>,
}

#[derive(Debug)]
struct State {
    settings: Settings,
    http: Option<(Duration, reqwest::Client)>,
    job: Job,
    log: Log,
    rng: Rng,
}

/// What a job believes the server to hold, for whoever checks it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Expected {
    pub(crate) users: Vec<UserLink>,
    /// Users who left the scope and are inactive at the server.
    pub(crate) left: Vec<UserLink>,
    pub(crate) groups: Vec<GroupLink>,
    /// Ids deleted at the server.
    pub(crate) deleted: HashSet<String>,
    /// Users created and deleted at the server so far.
    pub(crate) created_users: u64,
    pub(crate) deleted_users: u64,
}

impl Provisioner {
    /// A job that is not configured yet. `log_capacity` bounds the provisioning log.
    pub fn new(tenant: Tenant, clock: Clock, app: Application, log_capacity: usize) -> Self {
        let state = State {
            settings: Settings::default(),
            http: None,
            job: Job::default(),
            log: Log::new(log_capacity),
            rng: Rng::new(app.service_principal.as_u64_pair().1),
        };
        Self(Arc::new(Inner {
            tenant,
            clock,
            app,
            witness: Witness::default(),
            state: Mutex::new(state),
            running: tokio::sync::Mutex::new(()),
            changed: watch::Sender::new(0),
        }))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> Timestamp {
        self.0.clock.now()
    }

    /// The tenant the job reads from.
    pub fn tenant(&self) -> &Tenant {
        &self.0.tenant
    }

    /// The application the job belongs to.
    pub fn application(&self) -> &Application {
        &self.0.app
    }

    /// What was noticed about the server.
    pub fn witness(&self) -> &Witness {
        &self.0.witness
    }

    /// The settings as saved.
    pub fn settings(&self) -> Settings {
        self.state().settings.clone()
    }

    /// Saves settings. A new scoping filter or mapping, and a widened scope, make the next cycle an initial one;
    /// narrowing the scope needs a restart (A7).
    pub fn configure(&self, settings: Settings) {
        let mut state = self.state();
        let old = std::mem::replace(&mut state.settings, settings);
        let new = &state.settings;
        let widened = old.scope == Scope::AssignedOnly && new.scope == Scope::SyncAll;
        let remapped = old.external_id != new.external_id
            || old.matching != new.matching
            || old.flow_null_values != new.flow_null_values
            || old.groups_enabled != new.groups_enabled;
        if old.filter != new.filter || widened || remapped {
            state.job.watermark = None;
        }
        drop(state);
        self.touched();
    }

    /// Changes some of the settings.
    pub fn reconfigure(&self, change: impl FnOnce(&mut Settings)) {
        let mut settings = self.settings();
        change(&mut settings);
        self.configure(settings);
    }

    /// Start provisioning. Returns false if it was on already.
    pub fn start(&self) -> bool {
        let mut state = self.state();
        let was_on = std::mem::replace(&mut state.job.started, true) && !state.job.given_up;
        if !was_on {
            state.job.given_up = false;
            state.job.next_cycle = None;
        }
        drop(state);
        self.touched();
        !was_on
    }

    /// Stop provisioning. A running cycle finishes (A7).
    pub fn stop(&self) {
        self.state().job.started = false;
        self.touched();
    }

    /// Restart provisioning: an initial cycle follows.
    pub fn restart(&self, reset: Reset) {
        self.state().job.restart(reset);
        self.touched();
    }

    /// When the next cycle is due; `None` when the job is not running.
    pub fn next_cycle(&self) -> Option<Timestamp> {
        let state = self.state();
        if !state.job.started || state.job.given_up {
            return None;
        }
        Some(state.job.next_cycle.unwrap_or_else(|| self.now()))
    }

    /// Whether a cycle is running now.
    pub fn is_running(&self) -> bool {
        self.state().job.current.is_some()
    }

    /// The provisioning log, oldest first.
    pub fn log(&self) -> Vec<LogEntry> {
        self.state().log.entries().cloned().collect()
    }

    /// The newest `count` entries that pass, newest first.
    pub fn recent_log(&self, count: usize, passes: impl Fn(&LogEntry) -> bool) -> Vec<LogEntry> {
        self.state()
            .log
            .entries()
            .rev()
            .filter(|entry| passes(entry))
            .take(count)
            .cloned()
            .collect()
    }

    /// One entry of the log.
    pub fn log_entry(&self, id: Uuid) -> Option<LogEntry> {
        self.state().log.entries().find(|entry| entry.id == id).cloned()
    }

    /// The server's id of a user or group, if the job has linked it.
    pub fn target_id(&self, id: ObjectId) -> Option<String> {
        self.state().job.target_of(id).map(str::to_owned)
    }

    /// The escrow an object is in.
    pub fn escrow(&self, id: ObjectId) -> Option<Escrow> {
        self.state().job.escrows.get(&id).cloned()
    }

    /// The quarantine the job is in.
    pub fn quarantine(&self) -> Option<Quarantine> {
        self.state().job.quarantine.clone()
    }

    /// How many users and groups are linked.
    pub fn linked(&self) -> (usize, usize) {
        let state = self.state();
        (state.job.users.len(), state.job.groups.len())
    }

    /// Wakes whenever something about the job changed.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.0.changed.subscribe()
    }

    fn touched(&self) {
        self.0.changed.send_modify(|count| *count += 1);
    }

    pub(crate) fn expected(&self) -> Expected {
        let state = self.state();
        Expected {
            users: state.job.users.values().cloned().collect(),
            left: state.job.left.values().cloned().collect(),
            groups: state.job.groups.values().cloned().collect(),
            deleted: state.job.deleted.clone(),
            created_users: state.job.created_users,
            deleted_users: state.job.deleted_users,
        }
    }

    /// A user who left the scope, by its id at the server.
    pub(crate) fn left_link(&self, target: &str) -> Option<UserLink> {
        self.state().job.left.get(target).cloned()
    }

    /// Ids deleted at the server.
    pub(crate) fn deleted_targets(&self) -> HashSet<String> {
        self.state().job.deleted.clone()
    }

    /// The links of one object, to check it alone.
    pub(crate) fn expected_of(&self, id: ObjectId) -> (Option<UserLink>, Option<GroupLink>) {
        let state = self.state();
        (
            state.job.users.get(&id).cloned(),
            state.job.groups.get(&id).cloned(),
        )
    }

    /// An endpoint for the settings as saved, over the connections already open.
    pub(crate) fn endpoint(&self) -> Result<Endpoint, EndpointError> {
        let settings = self.settings();
        self.endpoint_for(&settings)
    }

    fn endpoint_for(&self, settings: &Settings) -> Result<Endpoint, EndpointError> {
        let http = self.http(settings.request_timeout)?;
        Endpoint::new(settings, http, self.0.clock.clone(), self.0.witness.clone())
    }

    fn http(&self, timeout: Duration) -> Result<reqwest::Client, EndpointError> {
        let mut state = self.state();
        match &state.http {
            Some((made_for, client)) if *made_for == timeout => Ok(client.clone()),
            _ => {
                let client = endpoint::http_client(timeout).map_err(|_| EndpointError::Tls)?;
                state.http = Some((timeout, client.clone()));
                Ok(client)
            }
        }
    }
}
