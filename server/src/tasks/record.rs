//! The recorder: writes what was read and refused, and the signals of a directory, four times a second and in one
//! transaction, so that a read does not cost a durable write (decisions/0003). Then it wakes the pages that watch.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use store::activity::{self, NewActivity, Origin, Outcome, SubjectKind};
use store::ids::{DirectoryId, OrganizationId, TokenId};
use store::signals::{self, Bump};
use store::{Operation, Store, StoreError, Tx, directories, tokens};
use tokio::sync::{broadcast, mpsc, oneshot};
use tokio::task::JoinHandle;

use super::notebook::{Batch, Entry, Notebook};
use crate::clock::Clock;
use crate::directory::signals as names;
use crate::lifecycle::Lifecycle;

/// How often it writes.
const PERIOD: Duration = Duration::from_millis(250);

/// Whom or what a request was about.
#[derive(Debug, Clone)]
pub struct Told {
    /// What kind of thing.
    pub kind: SubjectKind,
    /// Our id of it.
    pub id: Option<String>,
    /// Its name, or what was searched for.
    pub name: Option<String>,
}

/// One request, as the recorder hears of it.
#[derive(Debug, Clone, Copy)]
pub struct Heard<'a> {
    /// In which directory.
    pub directory: &'a DirectoryId,
    /// Of which organization.
    pub organization: &'a OrganizationId,
    /// With which token.
    pub token: &'a TokenId,
    /// When, in microseconds since 1970 UTC.
    pub at: i64,
    /// How long it took, in microseconds.
    pub duration_us: i64,
    /// The activity's fixed word.
    pub action: &'static str,
    /// What was answered.
    pub status: u16,
    /// How it ended.
    pub outcome: Outcome,
    /// Whom it was about.
    pub subject: &'a Told,
    /// Whether its activity was written together with its change.
    pub written: bool,
    /// Why it was refused.
    pub reason: Option<&'a str>,
    /// Its body, without secrets.
    pub request: Option<&'a str>,
    /// What was kept out, as JSON.
    pub ignored: Option<&'a str>,
    /// What support looks up.
    pub reference: Option<&'a str>,
}

/// The way to tell the recorder something. Cheap to clone; never waits.
#[derive(Clone)]
pub struct Recorder {
    notebook: Arc<Mutex<Notebook>>,
    flushes: mpsc::Sender<oneshot::Sender<()>>,
    pulses: broadcast::Sender<OrganizationId>,
}

impl std::fmt::Debug for Recorder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Recorder")
    }
}

impl Recorder {
    /// Starts the recorder; it ends after the process was told to, having written all it was told.
    pub fn start(store: Store, clock: Clock, lifecycle: &Lifecycle) -> (Self, JoinHandle<()>) {
        let (flushes, asked) = mpsc::channel(16);
        let (pulses, _) = broadcast::channel(256);
        let notebook = Arc::<Mutex<Notebook>>::default();
        let desk = Desk {
            store,
            clock,
            notebook: Arc::clone(&notebook),
            pulses: pulses.clone(),
        };
        let task = tokio::spawn(desk.run(asked, lifecycle.clone()));
        let recorder = Recorder {
            notebook,
            flushes,
            pulses,
        };
        (recorder, task)
    }

    /// Tells of a request.
    pub fn tell(&self, heard: &Heard<'_>) {
        locked(&self.notebook).hear(heard);
    }

    /// Tells of a token that was refused at a directory's endpoint; whether there is such a directory is looked up later.
    pub fn token_refused(&self, directory: DirectoryId, at: i64) {
        locked(&self.notebook).token_refused(directory, at);
    }

    /// Waits until everything told so far is in the store.
    pub async fn flush(&self) {
        let (done, wait) = oneshot::channel();
        if self.flushes.send(done).await.is_ok() {
            // An error only says that the recorder ended, and it writes before it ends.
            let _ = wait.await;
        }
    }

    /// Hears which organizations changed.
    pub fn pulses(&self) -> broadcast::Receiver<OrganizationId> {
        self.pulses.subscribe()
    }

    /// Wakes the pages that watch an organization.
    pub fn pulse(&self, organization: OrganizationId) {
        // An error only says that nobody watches.
        let _ = self.pulses.send(organization);
    }
}

/// Held for a few look-ups only, never across an await.
fn locked(notebook: &Mutex<Notebook>) -> MutexGuard<'_, Notebook> {
    notebook.lock().unwrap_or_else(PoisonError::into_inner)
}

struct Desk {
    store: Store,
    clock: Clock,
    notebook: Arc<Mutex<Notebook>>,
    pulses: broadcast::Sender<OrganizationId>,
}

impl Desk {
    async fn run(self, mut flushes: mpsc::Receiver<oneshot::Sender<()>>, lifecycle: Lifecycle) {
        let mut ticks = tokio::time::interval(PERIOD);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut drained = std::pin::pin!(lifecycle.drained());
        let mut ending = false;
        loop {
            tokio::select! {
                asked = flushes.recv() => {
                    self.write().await;
                    let Some(done) = asked else { return };
                    // An error only says that nobody waits any more.
                    let _ = done.send(());
                }
                _ = ticks.tick() => {
                    self.write().await;
                    if ending && lifecycle.requests() == 0 {
                        break;
                    }
                }
                () = &mut drained, if !ending => ending = true,
            }
        }
        self.write().await;
    }

    async fn write(&self) {
        let Some(batch) = locked(&self.notebook).take(self.clock.now()) else {
            return;
        };
        let batch = Arc::new(batch);
        match self.store.write(Write(Arc::clone(&batch))).await {
            Ok(refused) => self.wake(&batch, refused),
            // Changes carry their own activity; what is lost here is the record of reads and refusals.
            Err(error) => tracing::warn!(%error, "what was read and refused of late could not be recorded"),
        }
    }

    fn wake(&self, batch: &Batch, refused: Vec<OrganizationId>) {
        let mut organizations: Vec<&OrganizationId> = batch.organizations.iter().chain(&refused).collect();
        organizations.sort_unstable();
        organizations.dedup();
        for organization in organizations {
            // An error only says that nobody watches.
            let _ = self.pulses.send(organization.clone());
        }
    }
}

/// Writes a batch; answers the organizations at whose endpoints a token was refused.
struct Write(Arc<Batch>);

impl Operation for Write {
    type Output = Vec<OrganizationId>;
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<Vec<OrganizationId>, StoreError> {
        let batch = &*self.0;
        let entries: Vec<NewActivity<'_>> = batch.entries.iter().map(entry).collect();
        activity::append_all(tx, &entries).await?;
        for directory in &batch.reset {
            signals::reset(tx, directory, names::TOKEN_REFUSED).await?;
        }
        signals::bump(tx, &batch.bumps).await?;
        tokens::touch(tx, &batch.uses).await?;
        self.refusals(tx).await
    }
}

impl Write {
    /// Anybody may knock at any address: only directories that exist are written of.
    async fn refusals<T: Tx>(&self, tx: &mut T) -> Result<Vec<OrganizationId>, StoreError> {
        let mut organizations = Vec::new();
        for (directory, (at, count)) in &self.0.refused {
            let Some(found) = directories::get(tx, directory).await? else {
                continue;
            };
            let bump = |name: &str| Bump {
                directory_id: directory.clone(),
                name: name.to_owned(),
                at: *at,
                count: *count,
                detail: None,
            };
            signals::bump(tx, &[bump(names::TOKEN_REFUSED)]).await?;
            activity::append(tx, &refused_entry(directory, *at, *count)).await?;
            organizations.push(found.organization_id);
        }
        Ok(organizations)
    }
}

fn entry(entry: &Entry) -> NewActivity<'_> {
    NewActivity {
        directory_id: &entry.directory,
        at: entry.at,
        origin: Origin::Scim,
        action: entry.action,
        status: entry.status,
        outcome: entry.outcome,
        subject_kind: entry.subject.kind,
        subject_id: entry.subject.id.as_deref(),
        subject_name: entry.subject.name.as_deref(),
        count: entry.count,
        duration_us: entry.duration_us,
        request: entry.request.as_deref(),
        changes: None,
        ignored: entry.ignored.as_deref(),
        reason: entry.reason.as_deref(),
        reference: entry.reference.as_deref(),
    }
}

fn refused_entry(directory: &DirectoryId, at: i64, count: i64) -> NewActivity<'_> {
    NewActivity {
        directory_id: directory,
        at,
        origin: Origin::Scim,
        action: "token_refused",
        status: 401,
        outcome: Outcome::Refused,
        subject_kind: SubjectKind::None,
        subject_id: None,
        subject_name: None,
        count,
        duration_us: 0,
        request: None,
        changes: None,
        ignored: None,
        reason: Some(
            "The bearer token is missing, wrong, revoked, expired or belongs to another endpoint URL.",
        ),
        reference: None,
    }
}
