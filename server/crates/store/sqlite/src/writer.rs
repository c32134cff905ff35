//! The thread that writes. It takes all that waits, runs each job in a savepoint of its own, commits once, and only then
//! answers all. A single job waits for nobody.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rusqlite::Connection;
use store_sql::StoreError;
use tokio::sync::oneshot;

use crate::connection::{WAIT, open_writer};
use crate::error::translate;
use crate::queue::Queue;
use crate::tx::SqliteTx;

/// Jobs committed together at most.
const BATCH: usize = 256;

/// Jobs that may wait; beyond it we are too busy (threat T38).
const WAITING: usize = 4_096;

/// Handle to the thread.
#[derive(Debug)]
pub(crate) struct Writer {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    work: Condvar,
}

#[derive(Debug)]
struct State {
    queue: Queue<Box<dyn Job>>,
    closed: bool,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Writer {
    pub(crate) fn start(path: &Path, first: Connection) -> Result<Self, StoreError> {
        let state = State {
            queue: Queue::new(),
            closed: false,
        };
        let shared = Arc::new(Shared {
            state: Mutex::new(state),
            work: Condvar::new(),
        });
        let mut worker = Worker {
            path: path.to_owned(),
            connection: Some(first),
            shared: Arc::clone(&shared),
        };
        let thread = std::thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || worker.run())
            .map_err(|error| StoreError::Unavailable(format!("no thread for the writer: {error}")))?;
        Ok(Self {
            shared,
            thread: Some(thread),
        })
    }

    /// Hands a job over and waits until it is durable or refused. The job is done even if nobody waits any more.
    pub(crate) async fn submit<T, E>(
        &self,
        lane: u64,
        work: impl FnOnce(&mut SqliteTx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        self.push(
            lane,
            Box::new(Write {
                work: Some(work),
                outcome: None,
                answer,
                since: Instant::now(),
            }),
        )?;
        answered.await.unwrap_or_else(|_| Err(gone().into()))
    }

    #[cfg(feature = "testing")]
    pub(crate) async fn aside(&self, text: String) -> Result<(), StoreError> {
        let (answer, answered) = oneshot::channel();
        self.push(
            0,
            Box::new(Aside {
                text,
                answer,
                since: Instant::now(),
            }),
        )?;
        answered.await.unwrap_or_else(|_| Err(gone()))
    }

    fn push(&self, lane: u64, job: Box<dyn Job>) -> Result<(), StoreError> {
        let mut state = self.shared.lock();
        if state.closed {
            return Err(gone());
        }
        if state.queue.len() >= WAITING {
            return Err(StoreError::Unavailable(format!("{WAITING} writes are waiting")));
        }
        state.queue.push(lane, job);
        drop(state);
        self.shared.work.notify_one();
        Ok(())
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.shared.lock().closed = true;
        self.shared.work.notify_one();
        let Some(thread) = self.thread.take() else { return };
        // A job may hold the last handle; a thread cannot wait for itself.
        if thread.thread().id() != std::thread::current().id() && thread.join().is_err() {
            tracing::error!("the writer ended in a panic");
        }
    }
}

fn gone() -> StoreError {
    StoreError::Unavailable("the database is closed".to_owned())
}

/// Something for the writer to do.
trait Job: Send + std::fmt::Debug {
    /// When it began to wait.
    fn since(&self) -> Instant;
    /// Does it; whether what it wrote is to be kept.
    fn run(&mut self, tx: &mut SqliteTx<'_>) -> bool;
    /// Tells the one who asked, once the fate of the whole batch is known.
    fn answer(self: Box<Self>, fate: &Result<(), StoreError>);
    /// A statement that must run outside of transactions, in a job's stead.
    fn aside(&self) -> Option<&str> {
        None
    }
}

struct Write<F, T, E> {
    work: Option<F>,
    outcome: Option<Result<T, E>>,
    answer: oneshot::Sender<Result<T, E>>,
    since: Instant,
}

impl<F, T, E> std::fmt::Debug for Write<F, T, E> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Write")
            .field("since", &self.since)
            .finish_non_exhaustive()
    }
}

impl<F, T, E> Job for Write<F, T, E>
where
    F: FnOnce(&mut SqliteTx<'_>) -> Result<T, E> + Send,
    T: Send,
    E: From<StoreError> + Send,
{
    fn since(&self) -> Instant {
        self.since
    }

    fn run(&mut self, tx: &mut SqliteTx<'_>) -> bool {
        let Some(work) = self.work.take() else {
            return false;
        };
        let outcome = catch_unwind(AssertUnwindSafe(|| work(tx)))
            .unwrap_or_else(|_| Err(StoreError::Internal("an operation panicked".to_owned()).into()));
        self.outcome.insert(outcome).is_ok()
    }

    fn answer(self: Box<Self>, fate: &Result<(), StoreError>) {
        let answer = match (fate, self.outcome) {
            (Ok(()), Some(outcome)) => outcome,
            (Ok(()), None) => Err(gone().into()),
            // Even a refusal may rest on something another job of the batch wrote, and which is gone now.
            (Err(error), _) => Err(error.clone().into()),
        };
        // Nobody may be waiting any more.
        let _ = self.answer.send(answer);
    }
}

/// A statement that must run outside of transactions.
#[cfg(feature = "testing")]
#[derive(Debug)]
struct Aside {
    text: String,
    answer: oneshot::Sender<Result<(), StoreError>>,
    since: Instant,
}

#[cfg(feature = "testing")]
impl Job for Aside {
    fn since(&self) -> Instant {
        self.since
    }

    fn run(&mut self, _: &mut SqliteTx<'_>) -> bool {
        false
    }

    fn answer(self: Box<Self>, fate: &Result<(), StoreError>) {
        let _ = self.answer.send(fate.clone());
    }

    fn aside(&self) -> Option<&str> {
        Some(&self.text)
    }
}

struct Worker {
    path: PathBuf,
    connection: Option<Connection>,
    shared: Arc<Shared>,
}

impl Worker {
    fn run(&mut self) {
        while let Some(batch) = self.next() {
            let (asides, mut batch): (Vec<_>, Vec<_>) =
                batch.into_iter().partition(|job| job.aside().is_some());
            if !batch.is_empty() {
                let fate = self.commit(&mut batch);
                batch.into_iter().for_each(|job| job.answer(&fate));
            }
            for job in asides {
                let fate = self.aside(job.aside().unwrap_or_default());
                job.answer(&fate);
            }
        }
    }

    /// All that waits, as soon as anything does; `None` when the database is closed and nothing waits.
    fn next(&self) -> Option<Vec<Box<dyn Job>>> {
        let mut state = self.shared.lock();
        loop {
            if state.queue.len() > 0 {
                return Some(state.queue.take(BATCH));
            }
            if state.closed {
                return None;
            }
            state = self
                .shared
                .work
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Runs a batch and makes it durable. On an error nothing of it is.
    fn commit(&mut self, batch: &mut [Box<dyn Job>]) -> Result<(), StoreError> {
        let longest = batch
            .iter()
            .map(|job| job.since().elapsed())
            .max()
            .unwrap_or_default();
        let connection = self.connected()?;
        let result = transact(connection, batch, WAIT.saturating_sub(longest));
        if let Err(error) = &result {
            tracing::warn!(%error, jobs = batch.len(), "a batch of writes was not committed");
            self.recover();
        }
        result
    }

    fn connected(&mut self) -> Result<&mut Connection, StoreError> {
        match &mut self.connection {
            Some(connection) => Ok(connection),
            none => Ok(none.insert(open_writer(&self.path)?)),
        }
    }

    /// After a failure: ends the transaction, or the connection if that cannot be done either.
    fn recover(&mut self) {
        let sound = match &self.connection {
            Some(connection) => connection.is_autocommit() || connection.execute_batch("ROLLBACK").is_ok(),
            None => true,
        };
        if !sound {
            self.connection = None;
        }
    }

    fn aside(&mut self, text: &str) -> Result<(), StoreError> {
        self.connected()?.execute_batch(text).map_err(translate)
    }
}

fn transact(
    connection: &mut Connection,
    batch: &mut [Box<dyn Job>],
    wait: Duration,
) -> Result<(), StoreError> {
    begin(connection, wait)?;
    if let [job] = batch {
        let keep = job.run(&mut SqliteTx::new(connection));
        require_open(connection)?;
        return run(connection, if keep { "COMMIT" } else { "ROLLBACK" });
    }
    for job in &mut *batch {
        run(connection, "SAVEPOINT job")?;
        let keep = job.run(&mut SqliteTx::new(connection));
        require_open(connection)?;
        if !keep {
            run(connection, "ROLLBACK TO job")?;
        }
        run(connection, "RELEASE job")?;
    }
    run(connection, "COMMIT")
}

/// Takes the write lock; waits for another process that holds it no longer than the oldest job still may.
fn begin(connection: &Connection, wait: Duration) -> Result<(), StoreError> {
    connection.busy_timeout(wait).map_err(translate)?;
    run(connection, "BEGIN IMMEDIATE")
}

/// A full disk or a failed read makes SQLite give up the whole transaction, not only the statement.
fn require_open(connection: &Connection) -> Result<(), StoreError> {
    if connection.is_autocommit() {
        return Err(StoreError::Unavailable(
            "SQLite gave up the transaction".to_owned(),
        ));
    }
    Ok(())
}

fn run(connection: &Connection, sql: &str) -> Result<(), StoreError> {
    connection
        .prepare_cached(sql)
        .and_then(|mut statement| statement.raw_execute())
        .map(drop)
        .map_err(translate)
}
