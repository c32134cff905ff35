//! What the world does to a database: locked, full, gone, stopped. Writes are refused and say so, reads go on where they
//! can, and all of it passes by itself (threats T81, T82).

use std::time::{Duration, Instant};

use store::ids::{DirectoryId, UserId};
use store::testing::{TestStore, new_database, postgres::Private};
use store::{Store, StoreError, settings, users};

use crate::support::{directory, plain, read, user, write};

async fn set(store: &Store, key: &str) -> Result<(), StoreError> {
    let key = key.to_owned();
    write!(store, (key: String) -> (), |tx| settings::set(tx, key, "1").await)
}

async fn get(store: &Store, key: &str) -> Result<bool, StoreError> {
    let key = key.to_owned();
    read!(store, (key: String) -> bool, |tx| Ok(settings::get(tx, key).await?.is_some()))
}

fn unavailable<T>(result: &Result<T, StoreError>) -> bool {
    matches!(result, Err(StoreError::Unavailable(_)))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_locked_file_refuses_writes_in_time_and_lets_reads_go_on() {
    let db = TestStore::sqlite().await;
    set(&db, "before").await.unwrap();
    let intruder = db.intrude();
    let began = Instant::now();
    // Those that come while others wait do not wait their time on top.
    let late = async {
        tokio::time::sleep(Duration::from_secs(3)).await;
        let began = Instant::now();
        (set(&db, "late").await, began.elapsed())
    };
    let reads = async {
        let mut reads = 0;
        while began.elapsed() < Duration::from_secs(4) {
            assert_eq!(get(&db, "before").await, Ok(true));
            reads += 1;
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        reads
    };
    let (one, two, (late, waited), reads) = tokio::join!(set(&db, "one"), set(&db, "two"), late, reads);
    assert!(
        unavailable(&one) && unavailable(&two) && unavailable(&late),
        "{one:?} {two:?} {late:?}"
    );
    assert!(
        began.elapsed() < Duration::from_secs(9) && waited < Duration::from_secs(6),
        "{waited:?}"
    );
    assert!(reads > 20, "{reads} reads");
    drop(intruder);
    assert_eq!(set(&db, "after").await, Ok(()));
    assert_eq!(
        (get(&db, "one").await, get(&db, "after").await),
        (Ok(false), Ok(true))
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_lock_that_is_let_go_in_time_hurts_nobody() {
    let db = TestStore::sqlite().await;
    let intruder = db.intrude();
    let let_go = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        drop(intruder);
    };
    let (one, ()) = tokio::join!(set(&db, "one"), let_go);
    assert_eq!(one, Ok(()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_full_disk_refuses_writes_and_lets_reads_go_on() {
    let db = TestStore::sqlite().await;
    let home = directory(&db, "a").await;
    user(&db, &home, "jane").await;
    db.limit_growth(Some(3)).await.unwrap();
    let big = |number: usize| {
        let (db, home, id) = (&db, home.clone(), UserId::new(format!("u{number}")));
        async move {
            write!(db, (home: DirectoryId, id: UserId) -> (), |tx| {
                users::insert(tx, home, id, &plain(id.as_str(), &[], &"x".repeat(9_000)), 1).await
            })
        }
    };
    let results = futures_util::future::join_all((0..40).map(big)).await;
    let kept = results.iter().filter(|result| result.is_ok()).count();
    assert!(
        results.iter().all(|result| result.is_ok() || unavailable(result)),
        "{results:?}"
    );
    assert!(kept < 5, "{kept} were kept in 3 pages");
    let count = |db: &TestStore| {
        let (store, home) = ((**db).clone(), home.clone());
        async move { read!(store, (home: DirectoryId) -> i64, |tx| users::count(tx, home).await) }
    };
    assert_eq!(
        count(&db).await,
        Ok(1 + i64::try_from(kept).unwrap()),
        "what was refused is not there"
    );
    let check = db.check().await.unwrap();
    assert!(check.damage.is_empty(), "{check:?}");
    db.limit_growth(None).await.unwrap();
    assert_eq!(big(100).await, Ok(()));
    assert_eq!(count(&db).await, Ok(2 + i64::try_from(kept).unwrap()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_server_that_is_stopped_refuses_and_one_that_is_back_serves() {
    let server = Private::start();
    let store = Store::open(&new_database(&server.url()).await).await.unwrap();
    store.migrate().await.unwrap();
    // Several connections, so that stale ones are left behind.
    let many = futures_util::future::join_all((0..12).map(|number| {
        let store = store.clone();
        async move { set(&store, &format!("k{number}")).await }
    }));
    assert!(many.await.iter().all(Result::is_ok));
    for _ in 0..2 {
        server.halt();
        let began = Instant::now();
        let (write, read) = (set(&store, "while").await, get(&store, "k0").await);
        assert!(unavailable(&write) && unavailable(&read), "{write:?} {read:?}");
        assert!(began.elapsed() < Duration::from_secs(6), "{:?}", began.elapsed());
        server.resume();
        assert_eq!(set(&store, "again").await, Ok(()));
        assert_eq!(
            (get(&store, "k0").await, get(&store, "while").await),
            (Ok(true), Ok(false))
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_row_that_stays_locked_refuses_in_time() {
    let db = TestStore::postgres().await;
    set(&db, "key").await.unwrap();
    let holder = db.again().await;
    let (locked, is_locked) = tokio::sync::oneshot::channel();
    let (release, released) = tokio::sync::oneshot::channel::<()>();
    let hold = tokio::spawn(async move { holder.write(Hold::new(locked, released)).await });
    is_locked.await.unwrap();
    let began = Instant::now();
    let refused = set(&db, "key").await;
    assert!(unavailable(&refused), "{refused:?}");
    assert!(began.elapsed() < Duration::from_secs(6), "{:?}", began.elapsed());
    assert_eq!(get(&db, "key").await, Ok(true), "reads go on");
    release.send(()).unwrap();
    assert_eq!(hold.await.unwrap(), Ok(()));
    assert_eq!(set(&db, "key").await, Ok(()));
}

/// Holds a row until it is told to let go: what no operation of ours may do, and another program might.
struct Hold {
    locked: std::sync::Mutex<Option<tokio::sync::oneshot::Sender<()>>>,
    released: tokio::sync::Mutex<tokio::sync::oneshot::Receiver<()>>,
}

impl Hold {
    fn new(locked: tokio::sync::oneshot::Sender<()>, released: tokio::sync::oneshot::Receiver<()>) -> Self {
        Self {
            locked: std::sync::Mutex::new(Some(locked)),
            released: tokio::sync::Mutex::new(released),
        }
    }
}

impl store::Operation for Hold {
    type Output = ();
    type Error = StoreError;

    async fn run<T: store::Tx>(&self, tx: &mut T) -> Result<(), StoreError> {
        settings::set(tx, "key", "2").await?;
        if let Some(locked) = self.locked.lock().unwrap().take() {
            locked.send(()).unwrap();
        }
        let _ = (&mut *self.released.lock().await).await;
        Ok(())
    }
}

#[tokio::test]
async fn an_operation_that_waits_for_something_else_is_refused_on_sqlite() {
    let db = TestStore::sqlite().await;
    let (locked, _is_locked) = tokio::sync::oneshot::channel();
    let (_release, released) = tokio::sync::oneshot::channel();
    let refused = db.write(Hold::new(locked, released)).await;
    assert!(matches!(refused, Err(StoreError::Internal(_))), "{refused:?}");
    assert_eq!(get(&db, "key").await, Ok(false));
}

#[tokio::test]
async fn what_is_no_database_is_said_to_be_none() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.db");
    std::fs::write(
        &path,
        "this is a letter, not a database, and long enough to be mistaken for one".repeat(20),
    )
    .unwrap();
    let opened = Store::open(&format!("sqlite:{}", path.display())).await;
    assert!(matches!(opened, Err(StoreError::Corrupt(_))), "{opened:?}");
    let opened = Store::open("sqlite:/nowhere/at/all.db").await;
    assert!(unavailable(&opened), "{opened:?}");
    let opened = Store::open("mysql://localhost/x").await;
    assert!(matches!(opened, Err(StoreError::Internal(_))), "{opened:?}");
    let opened = Store::open("postgres://postgres@127.0.0.1:1/x").await;
    assert!(unavailable(&opened), "{opened:?}");
}
