//! Troubles for tests, and the driver alone for `make bench`.

use std::path::Path;

use rusqlite::Connection;
use store_sql::testing::READ_VERSION;
use store_sql::{Query, StoreError, Value};

use crate::connection::{create, open_writer};
use crate::error::translate;
use crate::tx::bind;

/// Another program that holds the file's write lock until it is dropped.
#[derive(Debug)]
pub struct Intruder(Connection);

impl Intruder {
    /// Takes the lock.
    ///
    /// # Errors
    /// [`StoreError`] when somebody else has it.
    pub fn lock(path: &Path) -> Result<Self, StoreError> {
        let connection = Connection::open(path).map_err(translate)?;
        connection.execute_batch("BEGIN EXCLUSIVE").map_err(translate)?;
        Ok(Self(connection))
    }
}

impl Drop for Intruder {
    fn drop(&mut self) {
        let _ = self.0.execute_batch("ROLLBACK");
    }
}

/// The driver alone, as durable as the store: what the store's speed is held against.
#[derive(Debug)]
pub struct Raw(Connection);

impl Raw {
    /// Opens a file as the writer does.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be opened.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        create(path)?;
        open_writer(path).map(Self)
    }

    /// Runs acts in one transaction, each some statements; returns when it is durable. [`READ_VERSION`] stands for the
    /// `version` that the statements before it in its act last read.
    ///
    /// # Errors
    /// [`StoreError`] for the first statement that fails.
    pub fn commit(&mut self, acts: &[Vec<(&'static Query, Vec<Value<'_>>)>]) -> Result<(), StoreError> {
        self.run("BEGIN IMMEDIATE", &[], &mut 0)?;
        for act in acts {
            let mut version = 0;
            for (query, args) in act {
                self.run(query.sqlite, args, &mut version)?;
            }
        }
        self.run("COMMIT", &[], &mut 0)
    }

    fn run(&self, sql: &str, args: &[Value<'_>], version: &mut i64) -> Result<(), StoreError> {
        let mut statement = self.0.prepare_cached(sql).map_err(translate)?;
        bind(&mut statement, args)?;
        if let Some(place) = args.iter().position(|arg| *arg == READ_VERSION) {
            statement
                .raw_bind_parameter(place + 1, *version)
                .map_err(translate)?;
        }
        let column = statement.column_index("version");
        let mut rows = statement.raw_query();
        while let Some(row) = rows.next().map_err(translate)? {
            if let Ok(column) = column {
                *version = row.get(column).map_err(translate)?;
            }
        }
        Ok(())
    }
}
