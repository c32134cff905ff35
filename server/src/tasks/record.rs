//! The recorder: writes what was read and refused, and the signals of a directory, four times a second and in one
//! transaction, so that a read does not cost a durable write (decisions/0003). Then it wakes the pages that watch.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use store::activity::{self, NewActivity, Origin, Outcome, SubjectKind};
use store::ids::{DirectoryId, OrganizationId, TokenId};
use store::signals::{self, Bump};
use store::{Operation, Store, StoreError, Tx, directories, tokens};
use tokio::sync::{broadcast, mpsc, oneshot};
use tokio::task::JoinHandle;

use super::burst::{Burst, Seen};
use crate::clock::Clock;
use crate::directory::signals as names;
use crate::lifecycle::Lifecycle;

/// How often it writes.
const PERIOD: Duration = Duration::from_millis(250);
/// What may wait to be written; beyond it the oldest news is more use than the newest.
const WAITING: usize = 65_536;
/// Reads recorded one by one in a minute and directory; beyond it equal reads are counted together.
const READS_ALONE: u32 = 20;
/// Refusals recorded one by one in a minute and directory.
const REFUSALS_ALONE: u32 = 200;
const MINUTE: i64 = 60_000_000;

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
#[derive(Debug, Clone)]
pub struct Heard {
    /// In which directory.
    pub directory: DirectoryId,
    /// Of which organization.
    pub organization: OrganizationId,
    /// With which token.
    pub token: TokenId,
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
    pub subject: Told,
    /// Whether its activity was written together with its change.
    pub written: bool,
    /// Why it was refused.
    pub reason: Option<String>,
    /// Its body, without secrets.
    pub request: Option<String>,
    /// What was kept out, as JSON.
    pub ignored: Option<String>,
    /// What support looks up.
    pub reference: Option<String>,
}

enum News {
    Heard(Box<Heard>),
    TokenRefused(DirectoryId, i64),
    Flush(oneshot::Sender<()>),
}

/// The way to tell the recorder something. Cheap to clone; never waits.
#[derive(Clone)]
pub struct Recorder {
    news: mpsc::Sender<News>,
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
        let (news, inbox) = mpsc::channel(WAITING);
        let (pulses, _) = broadcast::channel(256);
        let desk = Desk {
            store,
            clock,
            pulses: pulses.clone(),
            open: Batch::default(),
            directories: HashMap::new(),
        };
        let task = tokio::spawn(desk.run(inbox, lifecycle.clone()));
        (Recorder { news, pulses }, task)
    }

    /// Tells of a request. When far too much waits already it is left out: the change itself never is.
    pub fn tell(&self, heard: Heard) {
        self.send(News::Heard(Box::new(heard)));
    }

    /// Tells of a token that was refused at a directory's endpoint; whether there is such a directory is looked up later.
    pub fn token_refused(&self, directory: DirectoryId, at: i64) {
        self.send(News::TokenRefused(directory, at));
    }

    /// Waits until everything told so far is in the store.
    pub async fn flush(&self) {
        let (done, wait) = oneshot::channel();
        if self.news.send(News::Flush(done)).await.is_ok() {
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

    fn send(&self, news: News) {
        if self.news.try_send(news).is_err() {
            metrics::counter!("rollcall_activity_left_out_total").increment(1);
        }
    }
}

/// What will be written next.
#[derive(Debug, Default)]
struct Batch {
    entries: Vec<Heard>,
    counted: BTreeMap<(DirectoryId, &'static str, u16), (Heard, i64)>,
    bumps: BTreeMap<(DirectoryId, String), (i64, i64, Option<String>)>,
    refused: BTreeMap<DirectoryId, (i64, i64)>,
    reset: Vec<DirectoryId>,
    uses: BTreeMap<TokenId, i64>,
    organizations: Vec<OrganizationId>,
}

/// What is remembered of a directory between two batches.
#[derive(Debug, Default)]
struct Memory {
    burst: Burst,
    organization: Option<OrganizationId>,
    minute: i64,
    reads: u32,
    refusals: u32,
    refused_since: bool,
}

struct Desk {
    store: Store,
    clock: Clock,
    pulses: broadcast::Sender<OrganizationId>,
    open: Batch,
    directories: HashMap<DirectoryId, Memory>,
}

impl Desk {
    async fn run(mut self, mut inbox: mpsc::Receiver<News>, lifecycle: Lifecycle) {
        let mut ticks = tokio::time::interval(PERIOD);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut drained = std::pin::pin!(lifecycle.drained());
        let mut ending = false;
        loop {
            tokio::select! {
                news = inbox.recv() => match news {
                    Some(news) => self.hear(news).await,
                    None => break,
                },
                _ = ticks.tick() => {
                    self.write().await;
                    if ending && lifecycle.requests() == 0 {
                        break;
                    }
                }
                () = &mut drained, if !ending => ending = true,
            }
        }
        while let Ok(news) = inbox.try_recv() {
            self.hear(news).await;
        }
        self.write().await;
    }

    async fn hear(&mut self, news: News) {
        match news {
            News::Heard(heard) => self.note(*heard),
            News::TokenRefused(directory, at) => {
                self.directories
                    .entry(directory.clone())
                    .or_default()
                    .refused_since = true;
                let (last, count) = self.open.refused.entry(directory).or_insert((at, 0));
                *last = at.max(*last);
                *count += 1;
            }
            News::Flush(done) => {
                self.write().await;
                let _ = done.send(());
            }
        }
    }

    fn note(&mut self, heard: Heard) {
        let memory = self.directories.entry(heard.directory.clone()).or_default();
        memory
            .organization
            .get_or_insert_with(|| heard.organization.clone());
        if std::mem::take(&mut memory.refused_since) {
            self.open.reset.push(heard.directory.clone());
        }
        let seen = memory.seen(&heard);
        let alone = heard.written || memory.has_room(&heard);
        self.open.signal(&heard, seen);
        if !heard.written {
            self.open.enter(heard, alone);
        }
    }

    async fn write(&mut self) {
        self.end_bursts();
        if self.open.is_empty() {
            return;
        }
        let batch = Arc::new(std::mem::take(&mut self.open));
        match self.store.write(Write(Arc::clone(&batch))).await {
            Ok(refused) => self.wake(&batch, refused),
            // Changes carry their own activity; what is lost here is the record of reads and refusals.
            Err(error) => tracing::warn!(%error, "what was read and refused of late could not be recorded"),
        }
    }

    /// A lone user is known for one only after a silence.
    fn end_bursts(&mut self) {
        let now = self.clock.now();
        for (directory, memory) in &mut self.directories {
            if let Some(seen) = memory.burst.end(now) {
                self.open.saw(directory, seen, now);
                self.open.organizations.extend(memory.organization.clone());
            }
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

impl Memory {
    fn seen(&mut self, heard: &Heard) -> Option<Seen> {
        let (Some(id), Some(name)) = (&heard.subject.id, &heard.subject.name) else {
            return None;
        };
        let wrote = heard.written && heard.subject.kind == SubjectKind::User;
        self.burst.touch(heard.at, id, name, wrote)
    }

    /// May this one be an entry of its own?
    fn has_room(&mut self, heard: &Heard) -> bool {
        let minute = heard.at.div_euclid(MINUTE);
        if minute != self.minute {
            (self.minute, self.reads, self.refusals) = (minute, 0, 0);
        }
        let (used, most) = match heard.outcome {
            Outcome::Ok => (&mut self.reads, READS_ALONE),
            Outcome::Refused | Outcome::Failed => (&mut self.refusals, REFUSALS_ALONE),
        };
        *used += 1;
        *used <= most
    }
}

impl Batch {
    fn is_empty(&self) -> bool {
        self.entries.is_empty() && self.counted.is_empty() && self.bumps.is_empty() && self.refused.is_empty()
    }

    fn enter(&mut self, heard: Heard, alone: bool) {
        if alone {
            self.entries.push(heard);
            return;
        }
        let key = (heard.directory.clone(), heard.action, heard.status);
        let (kept, count) = self.counted.entry(key).or_insert_with(|| (heard.clone(), 0));
        *count += 1;
        if *count > 1 {
            kept.subject = Told {
                kind: heard.subject.kind,
                id: None,
                name: None,
            };
            kept.at = heard.at;
        }
    }

    fn signal(&mut self, heard: &Heard, seen: Option<Seen>) {
        let (directory, at) = (&heard.directory, heard.at);
        self.bump(directory, names::REQUEST, at, None);
        self.bump(directory, &names::in_hour(names::REQUEST, at), at, None);
        let ended = match heard.outcome {
            Outcome::Ok => Some(names::OK),
            // A read that finds nothing and a stale tag are ordinary answers, no sign of trouble.
            Outcome::Refused if matches!(heard.status, 404 | 412) => None,
            Outcome::Refused => Some(names::REFUSED),
            Outcome::Failed => Some(names::FAILED),
        };
        if let Some(ended) = ended {
            self.bump(directory, ended, at, None);
        }
        if let Some(sort @ (names::REFUSED | names::FAILED)) = ended {
            self.bump(directory, &names::in_hour(sort, at), at, None);
        }
        let first = match heard.action {
            "connection_test" => Some(names::CONNECTION_TEST),
            "create_user" if heard.outcome == Outcome::Ok => Some(names::USER_ARRIVED),
            "create_group" if heard.outcome == Outcome::Ok => Some(names::GROUP_ARRIVED),
            _ => None,
        };
        if let Some(name) = first {
            self.bump(directory, name, at, None);
        }
        if let Some(seen) = seen {
            self.saw(directory, seen, at);
        }
        self.uses.insert(heard.token.clone(), at);
        self.organizations.push(heard.organization.clone());
    }

    fn saw(&mut self, directory: &DirectoryId, seen: Seen, at: i64) {
        match seen {
            Seen::Cycle => self.bump(directory, names::CYCLE, at, None),
            Seen::OnDemand { name, at } => self.bump(directory, names::ON_DEMAND, at, Some(name)),
        }
    }

    fn bump(&mut self, directory: &DirectoryId, name: &str, at: i64, detail: Option<String>) {
        let bump = self
            .bumps
            .entry((directory.clone(), name.to_owned()))
            .or_insert((at, 0, None));
        *bump = (at.max(bump.0), bump.1 + 1, detail.or(bump.2.take()));
    }
}

/// Writes a batch; answers the organizations at whose endpoints a token was refused.
struct Write(Arc<Batch>);

impl Operation for Write {
    type Output = Vec<OrganizationId>;
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<Vec<OrganizationId>, StoreError> {
        let batch = &*self.0;
        let alone = batch.entries.iter().map(|heard| entry(heard, 1));
        let counted = batch.counted.values().map(|(heard, count)| entry(heard, *count));
        let entries: Vec<NewActivity<'_>> = alone.chain(counted).collect();
        activity::append_all(tx, &entries).await?;
        for directory in &batch.reset {
            signals::reset(tx, directory, names::TOKEN_REFUSED).await?;
        }
        let bumps: Vec<Bump> = batch
            .bumps
            .iter()
            .map(|((directory_id, name), (at, count, detail))| Bump {
                directory_id: directory_id.clone(),
                name: name.clone(),
                at: *at,
                count: *count,
                detail: detail.clone(),
            })
            .collect();
        signals::bump(tx, &bumps).await?;
        let uses: Vec<(TokenId, i64)> = batch
            .uses
            .iter()
            .map(|(token, at)| (token.clone(), *at))
            .collect();
        tokens::touch(tx, &uses).await?;
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

fn entry(heard: &Heard, count: i64) -> NewActivity<'_> {
    NewActivity {
        directory_id: &heard.directory,
        at: heard.at,
        origin: Origin::Scim,
        action: heard.action,
        status: heard.status,
        outcome: heard.outcome,
        subject_kind: heard.subject.kind,
        subject_id: heard.subject.id.as_deref(),
        subject_name: heard.subject.name.as_deref(),
        count,
        duration_us: heard.duration_us,
        request: heard.request.as_deref(),
        changes: None,
        ignored: heard.ignored.as_deref(),
        reason: heard.reason.as_deref(),
        reference: heard.reference.as_deref(),
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
