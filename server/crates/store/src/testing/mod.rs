//! Databases for tests: each test gets its own. Behind the feature `testing`; for nobody's production.
//!
//! PostgreSQL comes from one private server that all test processes of a run share ([`postgres`]), or from
//! `ROLLCALL_TEST_POSTGRES`, the URL of a server whose user may create databases.

pub mod ceiling;
pub mod postgres;

use std::ops::Deref;
use std::sync::atomic::{AtomicU32, Ordering};

use store_sql::{Operation, StoreError, Tx};
use tempfile::TempDir;

use crate::Store;

pub use store_sqlite::testing::Intruder;

/// A migrated store with a database of its own, and what keeps that database.
#[derive(Debug)]
pub struct TestStore {
    store: Store,
    url: String,
    folder: Option<TempDir>,
}

impl Deref for TestStore {
    type Target = Store;

    fn deref(&self) -> &Store {
        &self.store
    }
}

impl TestStore {
    /// On SQLite, in a folder that goes with it.
    ///
    /// # Panics
    /// When there is no room for it.
    pub async fn sqlite() -> Self {
        let folder = must(tempfile::tempdir());
        let url = format!("sqlite:{}", folder.path().join("rollcall.db").display());
        Self {
            store: migrated(&url).await,
            url,
            folder: Some(folder),
        }
    }

    /// On PostgreSQL.
    ///
    /// # Panics
    /// When there is no PostgreSQL on this machine.
    pub async fn postgres() -> Self {
        let url = new_database(&postgres::server()).await;
        Self {
            store: migrated(&url).await,
            url,
            folder: None,
        }
    }

    /// Where the database is: for `ROLLCALL_DATABASE_URL`.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Another store on the same database, as another process has it.
    ///
    /// # Panics
    /// When it cannot be opened.
    pub async fn again(&self) -> Store {
        must(Store::open(&self.url).await)
    }

    /// SQLite only: lets another process hold the file's write lock until the answer is dropped (threat T82).
    ///
    /// # Panics
    /// On PostgreSQL.
    #[must_use]
    pub fn intrude(&self) -> Intruder {
        let Some(folder) = &self.folder else {
            panic!("no file to lock")
        };
        must(Intruder::lock(&folder.path().join("rollcall.db")))
    }
}

async fn migrated(url: &str) -> Store {
    let store = must(Store::open(url).await);
    must(store.migrate().await);
    store
}

/// Makes a database on a server; its URL.
///
/// # Panics
/// When the server refuses.
pub async fn new_database(server: &str) -> String {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    let name = format!(
        "rollcall_test_{}_{}",
        std::process::id(),
        NEXT.fetch_add(1, Ordering::Relaxed)
    );
    let admin = must(Store::open(server).await);
    must(
        admin
            .read(Script(format!(
                "CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'"
            )))
            .await,
    );
    let Some((server, _)) = server.rsplit_once('/') else {
        panic!("{server} names no database")
    };
    format!("{server}/{name}")
}

/// Runs statements outside of a transaction on PostgreSQL.
#[derive(Debug)]
pub struct Script(pub String);

impl Operation for Script {
    type Output = ();
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<(), StoreError> {
        tx.script(&self.0).await
    }
}

fn must<T, E: std::fmt::Display>(result: Result<T, E>) -> T {
    result.unwrap_or_else(|error| panic!("{error}"))
}

/// Declares each named `async fn(TestStore)` as two tests: `sqlite::…` and `postgres::…`.
#[macro_export]
macro_rules! on_both {
    ($($name:ident),+ $(,)?) => {
        mod sqlite {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
                async fn $name() {
                    super::$name($crate::testing::TestStore::sqlite().await).await;
                }
            )+
        }
        mod postgres {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
                async fn $name() {
                    super::$name($crate::testing::TestStore::postgres().await).await;
                }
            )+
        }
    };
}
