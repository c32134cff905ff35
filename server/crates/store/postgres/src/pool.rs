//! How connections are made.

use std::time::Duration;

use deadpool_postgres::{Manager, ManagerConfig, Object, Pool, RecyclingMethod, Runtime, Timeouts};
use store_sql::StoreError;
use tokio_postgres::{Config, NoTls};

/// The oldest server: 15.
pub const MINIMUM_VERSION: i64 = 150_000;

/// Connections of one process. A commit waits for the disk, so more of them than processors are of use.
pub const CONNECTIONS: usize = 16;

/// How long a connection, a lock or a statement is waited for before an operation is refused (threat T82).
pub const WAIT: Duration = Duration::from_secs(5);

/// Every commit on the disk before it is answered (threat T80). A lock is given up before the statement is, to be told
/// apart; a transaction that its process forgot must not hold locks for long. Every question has its index, and until the
/// first ANALYZE the planner takes a new table for a few pages, which it would rather read as a whole.
const SETTINGS: &str = "-c synchronous_commit=on -c lock_timeout=4500 -c statement_timeout=5000 \
                        -c idle_in_transaction_session_timeout=10000 -c default_transaction_isolation=read\\ committed \
                        -c standard_conforming_strings=on -c jit=off -c enable_seqscan=off";

/// How connections for a `postgres://` URL are made.
pub(crate) fn config(url: &str) -> Result<Config, StoreError> {
    let mut config: Config = url
        .parse()
        .map_err(|error| StoreError::Internal(format!("the PostgreSQL URL is not understood: {error}")))?;
    let options = config
        .get_options()
        .map_or(SETTINGS.to_owned(), |theirs| format!("{theirs} {SETTINGS}"));
    config
        .options(options)
        .application_name("rollcall")
        .connect_timeout(WAIT);
    Ok(config)
}

/// A pool for a `postgres://` URL. Connects to nothing yet.
pub(crate) fn build(url: &str) -> Result<Pool, StoreError> {
    let manager = Manager::from_config(
        config(url)?,
        NoTls,
        ManagerConfig {
            recycling_method: RecyclingMethod::Fast,
        },
    );
    Pool::builder(manager)
        .max_size(CONNECTIONS)
        .runtime(Runtime::Tokio1)
        .timeouts(Timeouts {
            wait: Some(WAIT),
            create: Some(WAIT),
            recycle: Some(WAIT),
        })
        .build()
        .map_err(|error| StoreError::Internal(error.to_string()))
}

/// A connection, new or used.
pub(crate) async fn connection(pool: &Pool) -> Result<Object, StoreError> {
    pool.get()
        .await
        .map_err(|error| StoreError::Unavailable(error.to_string()))
}

/// Refuses a server older than [`MINIMUM_VERSION`].
pub(crate) fn require_version(number: i64) -> Result<(), StoreError> {
    if number >= MINIMUM_VERSION {
        return Ok(());
    }
    Err(StoreError::Internal(format!(
        "PostgreSQL {} is older than {}",
        number / 10_000,
        MINIMUM_VERSION / 10_000
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_old_server_is_refused() {
        assert!(require_version(140_019).is_err());
        assert!(require_version(150_000).is_ok());
    }

    #[test]
    fn a_url_that_is_none_is_refused_without_showing_it() {
        let error = build("postgres://user:secret@host:port/name").unwrap_err();
        assert!(
            matches!(&error, StoreError::Internal(text) if !text.contains("secret")),
            "{error}"
        );
    }
}
