//! A database, whichever it is.

use std::path::Path;
use std::sync::Arc;

use store_sql::{Operation, StoreError, Tx};

use crate::directories;
use crate::ids::DirectoryId;
use crate::migrations::Migrate;
use crate::queries::organizations;

/// Rows a purge removes in one transaction, so that others get in between.
const PURGE: i64 = 5_000;

/// A database. Cheap to clone; the last one dropped closes it.
#[derive(Debug, Clone)]
pub struct Store {
    driver: Driver,
}

#[derive(Debug, Clone)]
enum Driver {
    Sqlite(Arc<store_sqlite::Database>),
    Postgres(store_postgres::Database),
}

/// What `doctor` wants to know of the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// Which one, with its version: `SQLite 3.54.1`.
    pub database: String,
    /// What is damaged; empty when nothing is.
    pub damage: Vec<String>,
    /// Its size in bytes.
    pub size: u64,
    /// Why nothing can be written durably, if nothing can.
    pub unwritable: Option<String>,
}

impl Store {
    /// Opens `sqlite:/path/to/file` or `postgres://…`. The schema is as it was: see [`Store::migrate`].
    ///
    /// # Errors
    /// [`StoreError::Internal`] for another kind of URL and for a database that is too old; [`StoreError::Unavailable`]
    /// when it cannot be reached.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        if let Some(path) = url.strip_prefix("sqlite:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            let database = store_sqlite::Database::open(Path::new(path))?;
            return Ok(Self {
                driver: Driver::Sqlite(Arc::new(database)),
            });
        }
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return Ok(Self {
                driver: Driver::Postgres(store_postgres::Database::open(url).await?),
            });
        }
        Err(StoreError::Internal(
            "the database's URL begins with neither sqlite: nor postgres:".to_owned(),
        ))
    }

    /// Brings the schema up to this program's. Safe to call at every start, on several nodes at once.
    ///
    /// # Errors
    /// [`StoreError::Internal`] when the database was made by a newer program.
    pub async fn migrate(&self) -> Result<(), StoreError> {
        match &self.driver {
            Driver::Sqlite(database) => while database.write(Migrate::SQLITE).await? {},
            Driver::Postgres(database) => while database.write_patiently(&Migrate::POSTGRES).await? {},
        }
        Ok(())
    }

    /// Runs an operation that writes; returns when what it wrote is durable (threat T80), or nothing of it is there.
    ///
    /// # Errors
    /// The operation's own; [`StoreError`] for what happens to the database.
    pub async fn write<O: Operation>(&self, operation: O) -> Result<O::Output, O::Error> {
        match &self.driver {
            Driver::Sqlite(database) => database.write(operation).await,
            Driver::Postgres(database) => database.write(operation).await,
        }
    }

    /// Runs an operation that only reads and that indexes answer quickly.
    ///
    /// # Errors
    /// The operation's own; [`StoreError`] for what happens to the database.
    pub async fn read<O: Operation>(&self, operation: O) -> Result<O::Output, O::Error> {
        match &self.driver {
            Driver::Sqlite(database) => database.read(&operation),
            Driver::Postgres(database) => database.read(&operation).await,
        }
    }

    /// Runs an operation that only reads and that looks through many rows: it keeps no serving thread busy.
    ///
    /// # Errors
    /// The operation's own; [`StoreError`] for what happens to the database.
    pub async fn read_heavy<O: Operation>(&self, operation: O) -> Result<O::Output, O::Error> {
        match &self.driver {
            Driver::Sqlite(database) => database.read_heavy(operation).await,
            Driver::Postgres(database) => database.read_heavy(&operation).await,
        }
    }

    /// Removes the rows of deleted directories, some at a time, between other writes; how many went. To be called after
    /// [`directories::delete`] and now and then.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails; what is gone by then is gone.
    pub async fn purge(&self) -> Result<u64, StoreError> {
        let mut gone = 0;
        for directory in self.read(Deleted).await? {
            loop {
                let removed = self.write(Purge(directory.clone())).await?;
                gone += removed;
                if removed == 0 {
                    break;
                }
            }
        }
        Ok(gone + self.write(PurgeOrganizations).await?)
    }

    /// SQLite only: how many more pages of 4 KiB the file may grow by; `None` for as many as it likes. Makes a full disk in
    /// tests (threat T81).
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    #[cfg(feature = "testing")]
    pub async fn limit_growth(&self, pages: Option<u32>) -> Result<(), StoreError> {
        match &self.driver {
            Driver::Sqlite(database) => database.limit_growth(pages).await,
            Driver::Postgres(_) => Ok(()),
        }
    }

    /// Looks the database over.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be read at all.
    pub async fn check(&self) -> Result<Check, StoreError> {
        let unwritable = self.write(Probe).await.err().map(|error| error.to_string());
        match &self.driver {
            Driver::Sqlite(database) => {
                let check = database.check()?;
                let database = format!("SQLite {}", check.version);
                Ok(Check {
                    database,
                    damage: check.damage,
                    size: check.size,
                    unwritable,
                })
            }
            Driver::Postgres(database) => {
                let check = database.check().await?;
                let database = format!("PostgreSQL {}", check.version);
                Ok(Check {
                    database,
                    damage: Vec::new(),
                    size: check.size,
                    unwritable,
                })
            }
        }
    }
}

struct Deleted;

impl Operation for Deleted {
    type Output = Vec<DirectoryId>;
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<Vec<DirectoryId>, StoreError> {
        Ok(directories::deleted(tx)
            .await?
            .into_iter()
            .map(|directory| directory.id)
            .collect())
    }
}

struct Purge(DirectoryId);

impl Operation for Purge {
    type Output = u64;
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<u64, StoreError> {
        directories::purge(tx, &self.0, PURGE).await
    }

    fn lane(&self) -> u64 {
        self.0.lane()
    }
}

struct PurgeOrganizations;

impl Operation for PurgeOrganizations {
    type Output = u64;
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<u64, StoreError> {
        tx.execute(&organizations::PURGE, &[]).await
    }
}

/// Writes something and removes it.
struct Probe;

impl Operation for Probe {
    type Output = ();
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<(), StoreError> {
        crate::settings::set(tx, "probe", "written by doctor").await?;
        crate::settings::delete(tx, "probe").await.map(drop)
    }
}
