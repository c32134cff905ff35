//! SQLite's codes in the store's words.

use rusqlite::ErrorCode;
use rusqlite::ffi::{SQLITE_CONSTRAINT_PRIMARYKEY, SQLITE_CONSTRAINT_ROWID, SQLITE_CONSTRAINT_UNIQUE};
use store_sql::{StoreError, Unique};

/// What an error of SQLite means to a caller.
pub(crate) fn translate(error: rusqlite::Error) -> StoreError {
    match error {
        rusqlite::Error::SqliteFailure(failure, message) => {
            let message = message.unwrap_or_else(|| failure.to_string());
            match failure.extended_code {
                SQLITE_CONSTRAINT_UNIQUE | SQLITE_CONSTRAINT_PRIMARYKEY | SQLITE_CONSTRAINT_ROWID => {
                    StoreError::Conflict {
                        constraint: unique(&message),
                    }
                }
                _ => of_code(failure.code, message),
            }
        }
        other => StoreError::Internal(other.to_string()),
    }
}

fn of_code(code: ErrorCode, message: String) -> StoreError {
    match code {
        ErrorCode::DatabaseBusy
        | ErrorCode::DatabaseLocked
        | ErrorCode::DiskFull
        | ErrorCode::SystemIoFailure
        | ErrorCode::CannotOpen
        | ErrorCode::ReadOnly
        | ErrorCode::PermissionDenied
        | ErrorCode::OutOfMemory
        | ErrorCode::OperationInterrupted
        | ErrorCode::OperationAborted
        | ErrorCode::NoLargeFileSupport
        | ErrorCode::FileLockingProtocolFailed => StoreError::Unavailable(message),
        ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => StoreError::Corrupt(message),
        _ => StoreError::Internal(message),
    }
}

/// `UNIQUE constraint failed: users.directory_id, users.user_name_fold`, spelled as PostgreSQL names that constraint.
fn unique(message: &str) -> Unique {
    let columns = message.rsplit(": ").next().unwrap_or_default();
    let mut name = String::new();
    for column in columns.split(", ") {
        let (table, column) = column.split_once('.').unwrap_or(("", column));
        if name.is_empty() {
            name.push_str(table);
        }
        name.push('_');
        name.push_str(column);
    }
    Unique::of_constraint(&(name + "_key"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unique_failure_names_what_is_taken() {
        let message = "UNIQUE constraint failed: users.directory_id, users.user_name_fold";
        assert_eq!(unique(message), Unique::UserName);
        assert_eq!(unique("UNIQUE constraint failed: tokens.hash"), Unique::Secret);
        assert_eq!(unique("UNIQUE constraint failed: users.id"), Unique::Id);
        assert_eq!(unique("something else"), Unique::Other);
    }

    #[test]
    fn what_passes_by_itself_is_unavailable() {
        for code in [
            ErrorCode::DatabaseBusy,
            ErrorCode::DiskFull,
            ErrorCode::SystemIoFailure,
        ] {
            assert!(
                matches!(of_code(code, String::new()), StoreError::Unavailable(_)),
                "{code:?}"
            );
        }
        assert!(matches!(
            of_code(ErrorCode::NotADatabase, String::new()),
            StoreError::Corrupt(_)
        ));
        assert!(matches!(
            of_code(ErrorCode::TypeMismatch, String::new()),
            StoreError::Internal(_)
        ));
    }
}
