//! PostgreSQL: a pool of connections with prepared statements. The only crate that knows `tokio-postgres`.
//!
//! - [`Database`]: a server's database; `write`, `read`, `read_heavy`, `check`
//! - `pool`: how connections are made, with which settings
//! - [`PgTx`]: the shared [`store_sql::Tx`] on a connection; sends `BEGIN` together with the first statement
//! - `error`: PostgreSQL's codes in the store's words

mod error;
mod pool;
#[cfg(feature = "testing")]
pub mod testing;
mod tx;

use std::time::Duration;

use deadpool_postgres::{Object, Pool};
use store_sql::{FromRow, Operation, StoreError, Tx};

pub use pool::{CONNECTIONS, MINIMUM_VERSION, WAIT};
pub use tx::PgTx;

use tx::Mode;

/// Times an operation is begun again after a deadlock, a serialization failure or a connection lost before the commit.
const ATTEMPTS: u32 = 5;

/// How long an operation may take in all before its connection is given up: longer than any timeout of the server's, so
/// it speaks only when the server is silent.
const SILENCE: Duration = Duration::from_secs(8);

/// As `SILENCE`, for questions that look through many rows.
const HEAVY_SILENCE: Duration = Duration::from_secs(40);

/// A database on a server. Connects when needed.
#[derive(Debug, Clone)]
pub struct Database {
    pool: Pool,
}

/// As `SILENCE`, for a step of the schema.
const PATIENCE: Duration = Duration::from_secs(3_600);

/// What `doctor` wants to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// The server's version, as `15.14`.
    pub version: String,
    /// The database's size in bytes.
    pub size: u64,
}

impl Database {
    /// Connects once, to see that the server is there and young enough.
    ///
    /// # Errors
    /// [`StoreError::Internal`] for a URL that is none and a server older than [`MINIMUM_VERSION`];
    /// [`StoreError::Unavailable`] when there is no server.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        let database = Self {
            pool: pool::build(url)?,
        };
        let number: i64 = database
            .ask("SELECT current_setting('server_version_num')::BIGINT")
            .await?;
        pool::require_version(number)?;
        Ok(database)
    }

    /// Runs an operation in a transaction; returns when it is durable. Goes on to its end even if nobody waits for it.
    ///
    /// # Errors
    /// The operation's own, or [`StoreError::Unavailable`] after at most some seconds when the server is gone or a row
    /// stays locked. A panic inside the operation undoes it and is [`StoreError::Internal`].
    pub async fn write<O: Operation>(&self, operation: O) -> Result<O::Output, O::Error> {
        let pool = self.pool.clone();
        let task = tokio::spawn(async move { repeat(&pool, &operation, Mode::Write, SILENCE).await });
        task.await.unwrap_or_else(|error| {
            Err(StoreError::Internal(format!("an operation ended early: {error}")).into())
        })
    }

    /// As [`Database::write`], for as long as it takes: a step of the schema.
    ///
    /// # Errors
    /// The operation's own, or the store's.
    pub async fn write_patiently<O: Operation>(&self, operation: &O) -> Result<O::Output, O::Error> {
        repeat(&self.pool, operation, Mode::Write, PATIENCE).await
    }

    /// Runs an operation that only reads; each statement sees what is committed when it begins.
    ///
    /// # Errors
    /// The operation's own, or the store's.
    pub async fn read<O: Operation>(&self, operation: &O) -> Result<O::Output, O::Error> {
        repeat(&self.pool, operation, Mode::Read, SILENCE).await
    }

    /// Runs an operation that only reads, on one snapshot, and may take long.
    ///
    /// # Errors
    /// The operation's own, or the store's.
    pub async fn read_heavy<O: Operation>(&self, operation: &O) -> Result<O::Output, O::Error> {
        repeat(&self.pool, operation, Mode::Snapshot, HEAVY_SILENCE).await
    }

    /// Asks the server about itself.
    ///
    /// # Errors
    /// [`StoreError`] when it does not answer.
    pub async fn check(&self) -> Result<Check, StoreError> {
        let version = self.ask("SELECT current_setting('server_version')").await?;
        let size: i64 = self.ask("SELECT pg_database_size(current_database())").await?;
        Ok(Check {
            version,
            size: size.unsigned_abs(),
        })
    }

    async fn ask<R: FromRow>(&self, sql: &'static str) -> Result<R, StoreError> {
        let mut tx = PgTx::new(pool::connection(&self.pool).await?, Mode::Read);
        let rows = tx.all_of(sql, &[]).await?;
        rows.into_iter()
            .next()
            .ok_or_else(|| StoreError::Internal("no answer".to_owned()))
    }
}

/// Runs an operation until it is done or refused, again after what is nobody's fault.
async fn repeat<O: Operation>(
    pool: &Pool,
    operation: &O,
    mode: Mode,
    silence: Duration,
) -> Result<O::Output, O::Error> {
    for attempt in 1.. {
        let connection = pool::connection(pool).await?;
        let Ok((result, again)) = tokio::time::timeout(silence, once(connection, operation, mode)).await
        else {
            break;
        };
        if !again || attempt == ATTEMPTS {
            return result;
        }
        tokio::time::sleep(Duration::from_millis(u64::from(attempt * attempt))).await;
    }
    Err(StoreError::Unavailable("the server is silent".to_owned()).into())
}

/// Runs an operation once; with whether to do it again.
async fn once<O: Operation>(
    connection: Object,
    operation: &O,
    mode: Mode,
) -> (Result<O::Output, O::Error>, bool) {
    let mut tx = PgTx::new(connection, mode);
    let result = operation.run(&mut tx).await;
    match result {
        Ok(output) => match tx.commit().await {
            Ok(()) => (Ok(output), false),
            Err(error) => (Err(error.into()), tx.again()),
        },
        Err(error) => {
            let again = tx.again();
            tx.roll_back().await;
            (Err(error), again)
        }
    }
}
