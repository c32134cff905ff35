//! How a file is opened.

use std::fs::OpenOptions;
use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use store_sql::StoreError;

use crate::error::translate;

/// The oldest SQLite whose write-ahead log is sound: 3.51.3 (threats, trap 3).
pub const MINIMUM_VERSION: i32 = 3_051_003;

/// How long a write waits for a locked file before it is refused (threat T82).
pub const WAIT: Duration = Duration::from_secs(5);

/// Readers wait on the threads that serve, so not long; in WAL mode nobody locks them out but a recovery.
const READER_WAIT: Duration = Duration::from_secs(1);

/// Page cache of the writer, KiB.
const WRITER_CACHE: usize = 16 * 1024;

/// The log is folded into the file after so many pages: 16 MiB, few enough that a reader's look into it stays quick.
const CHECKPOINT_PAGES: u32 = 4_000;

/// Statements kept prepared on a connection: all of ours, and the commonest filters.
const STATEMENTS: usize = 256;

/// Refuses a library older than [`MINIMUM_VERSION`].
pub(crate) fn require_version(version: i32) -> Result<(), StoreError> {
    if version >= MINIMUM_VERSION {
        return Ok(());
    }
    Err(StoreError::Internal(format!(
        "SQLite {version} is older than {MINIMUM_VERSION} and may damage its log"
    )))
}

/// Makes the file, when there is none, for its owner's eyes only; SQLite gives its log the same mode.
pub(crate) fn create(path: &Path) -> Result<(), StoreError> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_) => Ok(()),
        Err(error) => Err(StoreError::Unavailable(format!("{}: {error}", path.display()))),
    }
}

/// A connection that writes: log ahead, every commit on the disk before it is answered (threats, trap 4; T80).
pub(crate) fn open_writer(path: &Path) -> Result<Connection, StoreError> {
    let connection = open(path, WAIT, WRITER_CACHE)?;
    let mode: String = connection
        .pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0))
        .map_err(translate)?;
    if !mode.eq_ignore_ascii_case("wal") {
        return Err(StoreError::Internal(format!(
            "the file system allows no write-ahead log (journal is {mode})"
        )));
    }
    let settings = format!(
        "PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}; \
         PRAGMA journal_size_limit = 67108864;"
    );
    connection.execute_batch(&settings).map_err(translate)?;
    Ok(connection)
}

/// A connection that reads, with `cache` KiB of page cache.
pub(crate) fn open_reader(path: &Path, cache: usize) -> Result<Connection, StoreError> {
    let connection = open(path, READER_WAIT, cache)?;
    connection
        .execute_batch("PRAGMA query_only = ON")
        .map_err(translate)?;
    Ok(connection)
}

fn open(path: &Path, wait: Duration, cache: usize) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(translate)?;
    connection.busy_timeout(wait).map_err(translate)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    // One plan for each statement: else it is parsed and planned anew for each value that is bound to it.
    connection
        .set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)
        .map_err(translate)?;
    // LIKE must tell cases apart as PostgreSQL's does: case is folded beforehand, where it should be.
    let settings = format!(
        "PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; PRAGMA mmap_size = 0; \
         PRAGMA case_sensitive_like = ON; PRAGMA cache_size = -{cache};"
    );
    connection.execute_batch(&settings).map_err(translate)?;
    Ok(connection)
}

/// The first column of every row of a statement.
pub(crate) fn lines(connection: &Connection, sql: &str) -> Result<Vec<String>, StoreError> {
    let mut statement = connection.prepare(sql).map_err(translate)?;
    let rows = statement.query_map([], |row| row.get(0)).map_err(translate)?;
    rows.collect::<Result<_, _>>().map_err(translate)
}

/// The database's size in bytes.
pub(crate) fn size(connection: &Connection) -> Result<u64, StoreError> {
    let sql = "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()";
    let bytes: i64 = connection
        .query_row(sql, [], |row| row.get(0))
        .map_err(translate)?;
    Ok(bytes.unsigned_abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_old_library_is_refused() {
        assert!(require_version(3_051_002).is_err());
        assert!(require_version(MINIMUM_VERSION).is_ok());
        assert!(require_version(rusqlite::version_number()).is_ok());
    }

    #[test]
    fn a_writer_is_durable() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        create(&path).unwrap();
        let connection = open_writer(&path).unwrap();
        assert_eq!(lines_of_int(&connection, "PRAGMA synchronous"), 2);
        assert_eq!(lines_of_int(&connection, "PRAGMA foreign_keys"), 1);
        assert_eq!(lines(&connection, "PRAGMA journal_mode").unwrap(), ["wal"]);
        assert_eq!(lines_of_int(&connection, "SELECT 'a' LIKE 'A'"), 0);
    }

    #[test]
    #[cfg(unix)]
    fn only_the_owner_may_read_the_file() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        create(&path).unwrap();
        open_writer(&path)
            .unwrap()
            .execute_batch("CREATE TABLE t(a)")
            .unwrap();
        assert_eq!(
            std::fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
    }

    fn lines_of_int(connection: &Connection, sql: &str) -> i64 {
        connection.query_row(sql, [], |row| row.get(0)).unwrap()
    }
}
