//! Troubles for tests.

use std::path::Path;

use rusqlite::Connection;
use store_sql::StoreError;

use crate::error::translate;

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
