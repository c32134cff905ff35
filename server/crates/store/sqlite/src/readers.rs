//! Connections for reading: in effect one for each thread, yet owned by the database and bounded in number.

use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};

use rusqlite::Connection;
use store_sql::StoreError;
use tokio::sync::Semaphore;

use crate::connection::open_reader;
use crate::error::translate;
use crate::tx::SqliteTx;

/// Page cache of the quick readers together, KiB: the inner pages of a million users' indexes. More would not help, as
/// SQLite empties a reader's cache whenever somebody else has written.
const CACHE: usize = 32 * 1024;

/// Page cache of one reader of long questions, KiB: it looks at each page once.
const HEAVY_CACHE: usize = 8 * 1024;

/// Long questions at one time.
const HEAVY: usize = 2;

type Slot = Mutex<Option<Connection>>;

/// A connection for each thread that serves, and a few for long questions.
#[derive(Debug)]
pub(crate) struct Readers {
    path: PathBuf,
    quick: Box<[Slot]>,
    heavy: Box<[Slot]>,
    permits: Arc<Semaphore>,
    cache: usize,
}

impl Readers {
    pub(crate) fn new(path: &Path) -> Self {
        let threads = std::thread::available_parallelism()
            .map_or(2, usize::from)
            .clamp(2, 32);
        let slots = |count| std::iter::repeat_with(Slot::default).take(count).collect();
        Self {
            path: path.to_owned(),
            quick: slots(threads),
            heavy: slots(HEAVY),
            permits: Arc::new(Semaphore::new(HEAVY)),
            cache: CACHE / threads,
        }
    }

    /// Reads here and now.
    pub(crate) fn quick<T, E: From<StoreError>>(
        &self,
        work: impl FnOnce(&mut SqliteTx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.read(&self.quick, self.cache, work)
    }

    /// Reads on a thread for blocking work.
    pub(crate) async fn heavy<T: Send + 'static, E: From<StoreError> + Send + 'static>(
        readers: &Arc<Self>,
        work: impl FnOnce(&mut SqliteTx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E> {
        let permit = Arc::clone(&readers.permits).acquire_owned().await;
        let readers = Arc::clone(readers);
        let task = tokio::task::spawn_blocking(move || {
            let result = readers.read(&readers.heavy, HEAVY_CACHE, work);
            drop(permit);
            result
        });
        task.await.unwrap_or_else(|error| {
            Err(StoreError::Internal(format!("a question ended early: {error}")).into())
        })
    }

    fn read<T, E: From<StoreError>>(
        &self,
        slots: &[Slot],
        cache: usize,
        work: impl FnOnce(&mut SqliteTx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut slot = free(slots);
        let connection = match &mut *slot {
            Some(connection) => connection,
            empty => empty.insert(open_reader(&self.path, cache)?),
        };
        match on_snapshot(connection, work) {
            Ok(result) => result,
            Err(error) => {
                // Whatever is wrong with this connection, the next question gets a new one.
                *slot = None;
                Err(error.into())
            }
        }
    }
}

/// Runs `work` inside a transaction, so that all it reads is of one moment.
fn on_snapshot<T, E>(
    connection: &mut Connection,
    work: impl FnOnce(&mut SqliteTx<'_>) -> Result<T, E>,
) -> Result<Result<T, E>, StoreError> {
    if !connection.is_autocommit() {
        // A panic left it open.
        run(connection, "ROLLBACK")?;
    }
    run(connection, "BEGIN")?;
    let result = work(&mut SqliteTx::new(connection));
    run(connection, "COMMIT")?;
    Ok(result)
}

fn run(connection: &Connection, sql: &str) -> Result<(), StoreError> {
    connection
        .prepare_cached(sql)
        .and_then(|mut statement| statement.raw_execute())
        .map(drop)
        .map_err(translate)
}

/// This thread's slot, or the first that nobody uses.
fn free(slots: &[Slot]) -> MutexGuard<'_, Option<Connection>> {
    let mine = hint() % slots.len();
    for step in 0..slots.len() {
        match slots[(mine + step) % slots.len()].try_lock() {
            Ok(slot) => return slot,
            Err(TryLockError::Poisoned(slot)) => return slot.into_inner(),
            Err(TryLockError::WouldBlock) => {}
        }
    }
    slots[mine].lock().unwrap_or_else(PoisonError::into_inner)
}

fn hint() -> usize {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    thread_local!(static MINE: Cell<usize> = Cell::new(NEXT.fetch_add(1, Ordering::Relaxed)));
    MINE.with(Cell::get)
}
