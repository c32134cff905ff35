//! SQLite: one writer with group commit, readers apart. The only crate that knows `rusqlite`.
//!
//! - [`Database`]: a file, opened; `write`, `read`, `read_heavy`, `check`
//! - `writer`: the thread that writes; takes all that waits, commits once, then answers all
//! - `queue`: what waits for it, in turn by lane
//! - `readers`: connections for reading, in effect one for each thread
//! - `connection`: how a file is opened; [`SqliteTx`]: the shared [`store_sql::Tx`] on a connection
//! - `error`: SQLite's codes in the store's words

mod connection;
mod error;
mod queue;
mod readers;
#[cfg(feature = "testing")]
pub mod testing;
mod tx;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use store_sql::{Operation, StoreError, ready};

pub use connection::{MINIMUM_VERSION, WAIT};
pub use tx::SqliteTx;

use readers::Readers;
use writer::Writer;

/// A database file, opened. Dropping it ends the writer after what waits is written.
#[derive(Debug)]
pub struct Database {
    path: PathBuf,
    writer: Writer,
    readers: Arc<Readers>,
}

/// What `doctor` wants to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// SQLite's version, as `3.54.1`.
    pub version: String,
    /// What `PRAGMA quick_check` found wrong; empty when nothing is.
    pub damage: Vec<String>,
    /// The database's size in bytes, without its log.
    pub size: u64,
}

impl Database {
    /// Opens the file at `path`, and makes it (readable by its owner only) when there is none.
    ///
    /// # Errors
    /// [`StoreError::Internal`] when the library is older than [`MINIMUM_VERSION`]; [`StoreError::Unavailable`] when the
    /// file cannot be opened; [`StoreError::Corrupt`] when it is no database.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        connection::require_version(rusqlite::version_number())?;
        connection::create(path)?;
        let first = connection::open_writer(path)?;
        Ok(Self {
            path: path.to_owned(),
            readers: Arc::new(Readers::new(path)),
            writer: Writer::start(path, first)?,
        })
    }

    /// Where the file lies.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Runs an operation on the writer; returns when it is durable.
    ///
    /// # Errors
    /// The operation's own, or [`StoreError::Unavailable`] after at most [`WAIT`] when the file is locked or full. A
    /// panic inside the operation undoes it alone and is [`StoreError::Internal`].
    pub async fn write<O: Operation>(&self, operation: O) -> Result<O::Output, O::Error> {
        let lane = operation.lane();
        self.writer
            .submit(lane, move |tx: &mut SqliteTx<'_>| run(&operation, tx))
            .await
    }

    /// Runs an operation that only reads, here and now, on one snapshot. For questions that an index answers.
    ///
    /// # Errors
    /// The operation's own, or the store's.
    pub fn read<O: Operation>(&self, operation: &O) -> Result<O::Output, O::Error> {
        self.readers.quick(|tx| run(operation, tx))
    }

    /// As [`Database::read`], on a thread where waiting hurts nobody, a few at a time. For questions that look through
    /// many rows.
    ///
    /// # Errors
    /// The operation's own, or the store's.
    pub async fn read_heavy<O: Operation>(&self, operation: O) -> Result<O::Output, O::Error> {
        Readers::heavy(&self.readers, move |tx| run(&operation, tx)).await
    }

    /// Looks the file over.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be read at all.
    pub fn check(&self) -> Result<Check, StoreError> {
        let connection = connection::open_reader(&self.path, 1)?;
        let rows = connection::lines(&connection, "PRAGMA quick_check")?;
        Ok(Check {
            version: rusqlite::version().to_owned(),
            damage: rows.into_iter().filter(|line| line != "ok").collect(),
            size: connection::size(&connection)?,
        })
    }

    /// Lets the file grow by so many more pages, or without end: a full disk for tests.
    ///
    /// # Errors
    /// [`StoreError`] when SQLite refuses it.
    #[cfg(feature = "testing")]
    pub async fn limit_growth(&self, pages: Option<u32>) -> Result<(), StoreError> {
        let size = connection::open_reader(&self.path, 1)?
            .query_row("PRAGMA page_count", [], |row| row.get::<_, u32>(0));
        let most = pages.map_or(u32::MAX - 1, |more| size.unwrap_or_default() + more);
        self.writer.aside(format!("PRAGMA max_page_count = {most}")).await
    }
}

fn run<O: Operation>(operation: &O, tx: &mut SqliteTx<'_>) -> Result<O::Output, O::Error> {
    let output = ready(operation.run(tx))?;
    tx.sound()?;
    Ok(output)
}
