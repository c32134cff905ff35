//! A whole life against any SCIM server: connect, fill, change in every way, read everything back, measure.
//!
//! [`Story::tell`] makes a tenant, provisions it into the endpoint, then lives through cycles of changes (`life`). After
//! each cycle it reads back what changed, and in the end everything (`verify`). What it saw becomes a [`Report`].

mod life;
mod report;
mod verify;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

pub use report::{CycleReport, Report, Verified};

use crate::clock::{Clock, Stopwatch};
use crate::emulator::application;
use crate::provisioner::{
    CYCLE_INTERVAL, Cycle, LogEntry, OnDemandOutcome, Operator, Provisioner, Reset, ScopingFilter, Settings,
    Status,
};
use crate::tenant::{Change, ChangeKind, Delta, ObjectId, Property, Tenant, TenantOptions};
use crate::witness::Deviation;
use life::Life;

/// Which PATCH dialect the story speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Speech {
    /// The default of Entra.
    Legacy,
    /// With the flag `aadOptscim062020`.
    Compliant,
    /// Legacy in the initial and every other cycle, compliant in between, there also with the flag in the requests.
    #[default]
    Mixed,
}

/// What to tell, and to whom.
#[derive(Clone, Debug)]
pub struct Story {
    /// SCIM base URL.
    pub endpoint: String,
    /// Bearer token.
    pub token: String,
    /// The tenant at the beginning.
    pub tenant: TenantOptions,
    /// PATCH dialect.
    pub speech: Speech,
    /// Incremental cycles after the initial one.
    pub cycles: usize,
    /// Requests in flight at once.
    pub concurrency: usize,
    /// Users changed before each cycle.
    pub changes: usize,
    /// Members in one PATCH.
    pub members_per_patch: usize,
    /// Ask before a reference is set.
    pub reference_checks: bool,
    /// Send the flag with every request.
    pub flag_in_requests: bool,
    /// Limit of one request.
    pub request_timeout: Duration,
    /// Limit of the whole story.
    pub time_limit: Duration,
}

impl Story {
    /// Tells it to the end, or until the server makes going on pointless.
    pub async fn tell(self) -> Report {
        let watch = Stopwatch::start();
        let limit = self.time_limit;
        let mut teller = Teller::new(self);
        if tokio::time::timeout(limit, teller.tell()).await.is_err() {
            teller.complain(
                "A5",
                format!("the story was not over after {} s", limit.as_secs()),
                "",
            );
        }
        teller.report(watch.elapsed())
    }

    fn settings(&self, compliant: bool, flag_in_requests: bool) -> Settings {
        let sign = if self.endpoint.contains('?') { '&' } else { '?' };
        let flag = if compliant {
            format!("{sign}aadOptscim062020")
        } else {
            String::new()
        };
        Settings {
            tenant_url: format!("{}{flag}", self.endpoint),
            secret_token: self.token.clone(),
            external_id: crate::provisioner::ExternalIdSource::ObjectId,
            // One of the four causes of a disable: a user whose department is `Departed` fails this filter.
            filter: Some(ScopingFilter {
                clauses: vec![crate::provisioner::Clause {
                    property: Property::Department,
                    operator: Operator::NotEquals,
                    value: life::DEPARTED.to_owned(),
                }],
            }),
            concurrency: self.concurrency,
            members_per_patch: self.members_per_patch,
            request_timeout: self.request_timeout,
            retries: 20,
            reference_checks: self.reference_checks,
            flag_in_requests: flag_in_requests || self.flag_in_requests,
            ..Settings::default()
        }
    }
}

/// The story while it is told.
struct Teller {
    story: Story,
    clock: Clock,
    job: Provisioner,
    life: Life,
    cycles: Vec<CycleReport>,
    verified: Verified,
    /// Users the endpoint held before, if it said so.
    before: Option<u64>,
}

impl Teller {
    fn new(story: Story) -> Self {
        let clock = Clock::scaled(1.0);
        let tenant = Tenant::generate(&story.tenant, clock.clone());
        let job = Provisioner::new(tenant.clone(), clock.clone(), application(), 2_000);
        let life = Life::new(tenant, story.tenant.seed);
        Self {
            story,
            clock,
            job,
            life,
            cycles: Vec::new(),
            verified: Verified::default(),
            before: None,
        }
    }

    fn complain(&self, fact: &'static str, what: String, request: &str) {
        let deviation = Deviation {
            fact,
            what,
            request: request.to_owned(),
            answer: String::new(),
        };
        self.job.witness().deviates(deviation);
    }

    async fn tell(&mut self) {
        self.job
            .configure(self.story.settings(self.story.speech == Speech::Compliant, false));
        if let Err(failure) = self.job.test_connection().await.result {
            return self.complain("A2", format!("test connection failed: {failure}"), "");
        }
        self.before = verify::total_users(&self.job).await;
        self.job.tenant().assign_everything();
        self.job.start();
        if !self.cycle("initial", BTreeMap::new()).await {
            return;
        }
        for number in 1..=self.story.cycles {
            if !self.turn(number).await {
                return;
            }
        }
        verify::everything(&self.job, self.story.concurrency, self.before, &mut self.verified).await;
    }

    /// Changes things, lets a cycle carry them over, reads them back. False when it makes no sense to go on.
    async fn turn(&mut self, number: usize) -> bool {
        let compliant = match self.story.speech {
            Speech::Legacy => false,
            Speech::Compliant => true,
            Speech::Mixed => number % 2 == 1,
        };
        let flag_along = compliant && self.story.speech == Speech::Mixed && number % 4 == 1;
        self.job.configure(self.story.settings(compliant, flag_along));
        let since = self.job.tenant().read().last_change();
        let done = self.life.turn(self.story.changes);
        let month = if number == self.story.cycles { 31 * 24 } else { 0 };
        self.clock.advance(Duration::from_secs(month * 3600 + 40 * 60));
        if number == 3 {
            self.job.restart(Reset {
                full: true,
                force_deletes: false,
            });
        }
        let touched = touched(&self.job.tenant().read().changes_since(since));
        let before: Vec<_> = touched.iter().map(|id| (*id, self.job.target_id(*id))).collect();
        if !self
            .cycle(if compliant { "compliant" } else { "legacy" }, done)
            .await
        {
            return false;
        }
        verify::objects(&self.job, self.story.concurrency, before, &mut self.verified).await;
        self.on_demand().await;
        true
    }

    /// One cycle, and more if the server asked for patience: what is in escrow is tried again a few times.
    async fn cycle(&mut self, name: &'static str, changes: BTreeMap<&'static str, usize>) -> bool {
        let (watch, requests) = (Stopwatch::start(), self.job.witness().requests());
        let mut ran = Vec::new();
        for _ in 0..4 {
            match self.job.run_cycle().await {
                Ok(cycle) => ran.push(cycle),
                Err(not_run) => {
                    self.complain("A7", format!("no cycle ran: {not_run}"), "");
                    return false;
                }
            }
            let settled = ran
                .last()
                .is_some_and(|c| c.escrowed == 0 && c.failed_references == 0 || c.error.is_some());
            if settled {
                break;
            }
            self.clock.advance(Duration::from_secs(24 * 3600));
        }
        let requests = self.job.witness().requests() - requests;
        let last: Option<Cycle> = ran.last().cloned();
        let reasons = self.reasons(&ran);
        self.cycles.push(CycleReport::new(
            name,
            &ran,
            changes,
            watch.elapsed(),
            requests,
            reasons,
        ));
        match last {
            Some(Cycle {
                error: Some(failure), ..
            }) => {
                self.complain("A8", format!("the job was quarantined: {failure}"), "");
                false
            }
            Some(cycle) if cycle.escrowed > 0 => {
                self.complain("A8", format!("{} entries never left escrow", cycle.escrowed), "");
                true
            }
            _ => true,
        }
    }

    /// Why the first few entries of these cycles failed.
    fn reasons(&self, ran: &[Cycle]) -> Vec<String> {
        let failed = |entry: &LogEntry| {
            entry.status == Status::Failure && ran.iter().any(|cycle| cycle.id == entry.cycle)
        };
        let entries = self.job.recent_log(10, failed);
        let told = entries.iter().filter_map(|entry| {
            let error = entry.error.as_ref()?;
            Some(format!(
                "{} {}: {}: {}",
                entry.object_type.name(),
                entry.source_name,
                error.error_code,
                error.reason
            ))
        });
        told.collect()
    }

    /// One user, one user who was unassigned, and one group with five members at most.
    async fn on_demand(&mut self) {
        self.clock.advance(Duration::from_secs(10));
        let Some(life::OnDemand {
            user,
            leaver,
            group,
            members,
        }) = self.life.on_demand()
        else {
            return;
        };
        // The unassigned one left its groups as well; those wait for the next cycle.
        let touched: Vec<_> = [user, leaver].map(|id| (id, self.job.target_id(id))).into();
        let asked = [
            ("user", self.job.provision_on_demand(user).await),
            ("unassigned user", self.job.provision_on_demand(leaver).await),
            ("group", self.job.provision_group_on_demand(group, &members).await),
        ];
        for (what, result) in asked {
            match result {
                Ok(done) if done.outcome() != OnDemandOutcome::Failure => self.verified.on_demand += 1,
                Ok(done) => {
                    let reason = done.entry.error.map(|error| error.reason).unwrap_or_default();
                    self.complain(
                        "A7",
                        format!("provision on demand of a {what} failed: {reason}"),
                        "",
                    );
                }
                Err(error) => self.complain("A7", format!("provision on demand of a {what}: {error}"), ""),
            }
        }
        let with_group = [group]
            .into_iter()
            .chain(members)
            .map(|id| (id, self.job.target_id(id)));
        let touched = touched.into_iter().chain(with_group).collect();
        verify::objects(&self.job, self.story.concurrency, touched, &mut self.verified).await;
    }

    fn report(self, took: Duration) -> Report {
        Report::new(self.story, self.job.witness(), self.cycles, self.verified, took)
    }
}

/// Everything a change touched: the object, and whoever came or went with it.
fn touched(delta: &Delta) -> BTreeSet<ObjectId> {
    let Delta::Changes(changes) = delta else {
        return BTreeSet::new();
    };
    let with_members = |change: &Change| {
        let members = match &change.kind {
            ChangeKind::MembersAdded { members }
            | ChangeKind::MembersRemoved { members }
            | ChangeKind::GroupDeleted { members } => members.clone(),
            _ => Vec::new(),
        };
        std::iter::once(change.object).chain(members)
    };
    changes.iter().flat_map(with_members).collect()
}

const _: () = assert!(
    CYCLE_INTERVAL.as_mins() == 40,
    "a turn advances the clock by one interval"
);
