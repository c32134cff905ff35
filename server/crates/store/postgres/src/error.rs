//! PostgreSQL's codes in the store's words.

use store_sql::{StoreError, Unique};
use tokio_postgres::Error;
use tokio_postgres::error::SqlState;

/// What an error of PostgreSQL means to a caller.
pub(crate) fn translate(error: &Error) -> StoreError {
    let Some(refusal) = error.as_db_error() else {
        return if is_broken(error) {
            StoreError::Unavailable(text(error))
        } else {
            StoreError::Internal(text(error))
        };
    };
    let message = refusal.message().to_owned();
    if *refusal.code() == SqlState::UNIQUE_VIOLATION {
        let constraint = refusal.constraint().map_or(Unique::Other, Unique::of_constraint);
        return StoreError::Conflict { constraint };
    }
    of_code(refusal.code().code(), message)
}

/// Whether the operation may be done again on another connection, or now that others are through.
pub(crate) fn is_passing(error: &Error) -> bool {
    error.code().map_or_else(
        || is_broken(error),
        |code| {
            *code == SqlState::T_R_DEADLOCK_DETECTED
                || *code == SqlState::T_R_SERIALIZATION_FAILURE
                || *code == SqlState::ADMIN_SHUTDOWN
                || *code == SqlState::CRASH_SHUTDOWN
        },
    )
}

/// Whether the connection is gone.
fn is_broken(error: &Error) -> bool {
    let is_io = || std::error::Error::source(error).is_some_and(|source| source.is::<std::io::Error>());
    error.is_closed() || is_io()
}

/// With its cause, which the driver leaves out.
fn text(error: &Error) -> String {
    match std::error::Error::source(error) {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    }
}

/// By class (PostgreSQL manual, appendix A): connections, resources, operators and the system pass; a read-only server is
/// one that is being replaced.
fn of_code(code: &str, message: String) -> StoreError {
    match code.get(..2) {
        Some("08" | "53" | "57" | "58") => StoreError::Unavailable(message),
        Some("40") => StoreError::Unavailable(message),
        _ if matches!(code, "55P03" | "25006" | "25P03") => StoreError::Unavailable(message),
        _ if matches!(code, "XX001" | "XX002") => StoreError::Corrupt(message),
        _ => StoreError::Internal(message),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_passes_by_itself_is_unavailable() {
        for code in [
            "08006", "53100", "53300", "55P03", "57014", "57P01", "57P03", "58030", "40P01", "25006",
        ] {
            assert!(
                matches!(of_code(code, String::new()), StoreError::Unavailable(_)),
                "{code}"
            );
        }
        assert!(matches!(of_code("XX001", String::new()), StoreError::Corrupt(_)));
        assert!(matches!(of_code("42P01", String::new()), StoreError::Internal(_)));
    }
}
