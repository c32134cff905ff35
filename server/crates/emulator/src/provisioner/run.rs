//! What the entries of one cycle share, and how an entry ends: escrow, counters, log.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use uuid::Uuid;

use super::endpoint::Endpoint;
use super::failure::Failure;
use super::health::Escrow;
use super::job::Job;
use super::scoping::Reach;
use super::settings::{Dialect, Settings};
use super::trace::Trace;
use super::{CYCLE_INTERVAL, LogEntry, Provisioner, State};
use crate::tenant::{ObjectId, Tenant};

/// One cycle or one on-demand request under way.
#[derive(Debug)]
pub(super) struct Run {
    pub(super) owner: Provisioner,
    pub(super) id: Uuid,
    pub(super) endpoint: Endpoint,
    pub(super) dialect: Dialect,
    pub(super) settings: Settings,
    pub(super) reach: Reach,
    pub(super) on_demand: bool,
    pub(super) counts: Counts,
    /// The failure that ended the cycle early.
    fatal: Mutex<Option<Failure>>,
    stopped: AtomicBool,
}

#[derive(Debug, Default)]
pub(super) struct Counts {
    pub(super) exported: AtomicUsize,
    pub(super) skipped: AtomicUsize,
    pub(super) failed: AtomicUsize,
    pub(super) failed_references: AtomicUsize,
}

impl Run {
    pub(super) fn new(owner: Provisioner, endpoint: Endpoint, settings: Settings, on_demand: bool) -> Self {
        let reach = Reach::of(&owner.tenant().read(), &settings);
        // On demand the flag does not count: the legacy dialect is sent always (A4).
        let dialect = if on_demand {
            Dialect::Legacy
        } else {
            endpoint.dialect()
        };
        let id = owner.random();
        let (fatal, stopped) = (Mutex::new(None), AtomicBool::new(false));
        Self {
            owner,
            id,
            endpoint,
            dialect,
            settings,
            reach,
            on_demand,
            counts: Counts::default(),
            fatal,
            stopped,
        }
    }

    pub(super) fn tenant(&self) -> &Tenant {
        self.owner.tenant()
    }

    /// Looks at or changes what the job remembers.
    pub(super) fn job<T>(&self, act: impl FnOnce(&mut Job) -> T) -> T {
        act(&mut self.owner.state().job)
    }

    /// Whether a fatal failure ended the cycle.
    pub(super) fn stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }

    pub(super) fn fatal(&self) -> Option<Failure> {
        self.fatal.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Ends an entry: the log gets it, a failure goes to escrow, a fatal one ends the cycle.
    pub(super) fn close(&self, id: ObjectId, trace: Trace, result: Result<(), Failure>) -> LogEntry {
        let counter = match &result {
            Err(_) => &self.counts.failed,
            Ok(()) if trace.is_skipped() => &self.counts.skipped,
            Ok(()) => &self.counts.exported,
        };
        counter.fetch_add(1, Ordering::Relaxed);
        let mut state = self.owner.state();
        let next = match &result {
            Err(_) if !self.on_demand => Some(self.put_in_escrow(&mut state, id)),
            Err(_) => None,
            Ok(()) => {
                state.job.escrows.remove(&id);
                None
            }
        };
        self.write(&mut state, trace, result, next)
    }

    fn put_in_escrow(&self, state: &mut State, id: ObjectId) -> jiff::Timestamp {
        let escrow = Escrow::after_failure(state.job.escrows.get(&id), self.owner.now(), CYCLE_INTERVAL);
        let next = escrow.next;
        state.job.escrows.insert(id, escrow);
        next
    }

    /// Ends the resolution of a reference; what to try again is for the caller to remember.
    pub(super) fn close_reference(&self, trace: Trace, result: Result<(), Failure>) {
        let counter = if result.is_err() {
            &self.counts.failed_references
        } else {
            &self.counts.exported
        };
        counter.fetch_add(1, Ordering::Relaxed);
        let next = result.is_err().then(|| self.owner.now() + CYCLE_INTERVAL);
        self.write(&mut self.owner.state(), trace, result, next);
    }

    fn write(
        &self,
        state: &mut State,
        trace: Trace,
        result: Result<(), Failure>,
        next: Option<jiff::Timestamp>,
    ) -> LogEntry {
        let change = state.rng.uuid();
        let failure = result.as_ref().err().map(|failure| (failure, next));
        let entry = trace.finish((change, self.id, self.on_demand), self.owner.now(), failure);
        state.log.push(entry.clone());
        if let Err(failure) = result
            && failure.fatal
        {
            self.stopped.store(true, Ordering::Relaxed);
            self.fatal
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .get_or_insert(failure);
        }
        entry
    }
}

/// Runs `work` over `items`, `limit` at a time, on as many tasks.
pub(crate) async fn each<T, F, W>(limit: usize, items: Vec<T>, work: F)
where
    T: Send + 'static,
    F: Fn(T) -> W + Clone + Send + 'static,
    W: Future<Output = ()> + Send + 'static,
{
    let workers = limit.clamp(1, items.len().max(1));
    let queue = Arc::new(Mutex::new(items.into_iter()));
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..workers {
        let (queue, work) = (queue.clone(), work.clone());
        tasks.spawn(async move {
            loop {
                let next = queue.lock().unwrap_or_else(PoisonError::into_inner).next();
                let Some(item) = next else { return };
                work(item).await;
            }
        });
    }
    tasks.join_all().await;
}
