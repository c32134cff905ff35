//! Many at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::future::join_all;
use store::ids::{DirectoryId, GroupId, UserId};
use store::testing::TestStore;
use store::{Operation, Store, StoreError, Tx, Unique, groups, members, settings, users};
use tokio::sync::Barrier;

use crate::records::{events_after, settled, some_events};
use crate::support::{directory, group, plain, read, user, write};

store::on_both!(
    of_thirty_two_creates_of_one_name_one_succeeds,
    sixty_four_members_added_at_once_are_sixty_four,
    one_that_fails_undoes_itself_only,
    one_that_panics_undoes_itself_only,
    what_went_on_after_a_failure_is_refused,
    what_nobody_waits_for_is_done_all_the_same,
    a_reader_sees_one_moment,
    a_reader_of_events_skips_none,
    two_that_wait_for_each_other_both_get_through,
);

const ROUNDS: usize = 200;
const THREADS: usize = 32;

async fn of_thirty_two_creates_of_one_name_one_succeeds(db: TestStore) {
    let home = directory(&db, "a").await;
    let barrier = Arc::new(Barrier::new(THREADS));
    let tasks = (0..THREADS).map(|thread| {
        let (store, home, barrier) = (db.clone(), home.clone(), Arc::clone(&barrier));
        tokio::spawn(async move {
            let mut results = Vec::with_capacity(ROUNDS);
            for round in 0..ROUNDS {
                let id = UserId::new(format!("{round}-{thread}"));
                // Each in a case of its own.
                let name = format!("{}{round}", if thread % 2 == 0 { "jane" } else { "JANE" });
                let home = home.clone();
                barrier.wait().await;
                results.push(
                    write!(store, (home: DirectoryId, id: UserId, name: String) -> (), |tx| {
                        users::insert(tx, home, id, &plain(name, &["a@x"], "{}"), 1).await
                    }),
                );
            }
            results
        })
    });
    let results: Vec<_> = join_all(tasks).await.into_iter().map(Result::unwrap).collect();
    for round in 0..ROUNDS {
        let won = results.iter().filter(|thread| thread[round] == Ok(())).count();
        let taken = Err(StoreError::Conflict {
            constraint: Unique::UserName,
        });
        let lost = results.iter().filter(|thread| thread[round] == taken).count();
        assert_eq!((won, lost), (1, THREADS - 1), "round {round}");
    }
    let count = read!(db, (home: DirectoryId) -> (i64, usize), |tx| {
        Ok((users::count(tx, home).await?, users::find_by_email(tx, home, "a@x", 1_000).await?.len()))
    });
    assert_eq!(count, Ok((200, ROUNDS)));
}

async fn sixty_four_members_added_at_once_are_sixty_four(db: TestStore) {
    let home = directory(&db, "a").await;
    let team = group(&db, &home, "team").await;
    for number in 0..64 {
        user(&db, &home, &format!("u{number}")).await;
    }
    let adds = (0..64).map(|number| {
        let (store, home, team, id) = (db.clone(), home.clone(), team.clone(), format!("u{number}"));
        tokio::spawn(async move {
            write!(store, (home: DirectoryId, team: GroupId, id: String) -> bool, |tx| {
                let before = groups::lock(tx, home, team).await?.unwrap();
                members::add(tx, home, team, &[id], 1).await?;
                groups::touch(tx, &before, 2).await
            })
        })
    });
    for added in join_all(adds).await {
        assert_eq!(added.unwrap(), Ok(true));
    }
    let after = read!(db, (home: DirectoryId, team: GroupId) -> (i64, i64), |tx| {
        Ok((members::count(tx, home, team).await?, groups::get(tx, home, team).await?.unwrap().version))
    });
    assert_eq!(after, Ok((64, 65)));
}

/// Sets a key, then succeeds, fails or panics.
struct Set {
    key: String,
    end: fn() -> Result<(), StoreError>,
}

impl Operation for Set {
    type Output = ();
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<(), StoreError> {
        settings::set(tx, &self.key, "1").await?;
        (self.end)()
    }
}

async fn kept(db: &TestStore, key: &str) -> bool {
    let key = key.to_owned();
    read!(db, (key: String) -> bool, |tx| Ok(settings::get(tx, key).await?.is_some())).unwrap()
}

/// Runs 300 at once, so that SQLite commits many together; every third one ends as given.
async fn among_others(db: &TestStore, end: fn() -> Result<(), StoreError>) {
    let all = (0..300).map(|number| {
        let (store, bad) = (Store::clone(db), number % 3 == 0);
        let set = Set {
            key: format!("k{number}"),
            end: if bad { end } else { || Ok(()) },
        };
        tokio::spawn(async move { store.write(set).await })
    });
    for (number, result) in join_all(all).await.into_iter().enumerate() {
        let good = number % 3 != 0;
        assert_eq!(result.unwrap().is_ok(), good, "{number}");
        assert_eq!(kept(db, &format!("k{number}")).await, good, "{number}");
    }
}

async fn one_that_fails_undoes_itself_only(db: TestStore) {
    among_others(&db, || Err(StoreError::TooMany)).await;
}

async fn one_that_panics_undoes_itself_only(db: TestStore) {
    among_others(&db, || panic!("on purpose")).await;
    let alone = db
        .write(Set {
            key: "alone".to_owned(),
            end: || panic!("on purpose"),
        })
        .await;
    assert!(matches!(alone, Err(StoreError::Internal(_))), "{alone:?}");
    assert!(!kept(&db, "alone").await);
    assert_eq!(
        db.write(Set {
            key: "after".to_owned(),
            end: || Ok(())
        })
        .await,
        Ok(())
    );
}

async fn what_went_on_after_a_failure_is_refused(db: TestStore) {
    let home = directory(&db, "a").await;
    user(&db, &home, "jane").await;
    let result = write!(db, (home: DirectoryId) -> (), |tx| {
        let taken = users::insert(tx, home, &UserId::new("u2"), &plain("jane", &[], "{}"), 1).await;
        assert!(taken.is_err());
        // PostgreSQL would keep nothing of this and say so to nobody.
        let _ = settings::set(tx, "key", "1").await;
        Ok(())
    });
    assert!(matches!(result, Err(StoreError::Internal(_))), "{result:?}");
    assert!(!kept(&db, "key").await);
}

async fn what_nobody_waits_for_is_done_all_the_same(db: TestStore) {
    for number in 0..20 {
        let set = Set {
            key: format!("k{number}"),
            end: || Ok(()),
        };
        let store = db.clone();
        let mut write = Box::pin(async move { store.write(set).await });
        // Begun, and given up.
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        let _ = write.as_mut().poll(&mut context);
        drop(write);
    }
    // On SQLite these come behind the others; on PostgreSQL they run beside them.
    for number in 0..20 {
        while !kept(&db, &format!("k{number}")).await {
            tokio::task::yield_now().await;
        }
    }
}

async fn a_reader_sees_one_moment(db: TestStore) {
    struct Twice;
    impl Operation for Twice {
        type Output = (Option<String>, Option<String>);
        type Error = StoreError;
        async fn run<T: Tx>(&self, tx: &mut T) -> Result<Self::Output, StoreError> {
            let first = settings::get(tx, "count").await?;
            for _ in 0..50 {
                settings::get(tx, "count").await?;
            }
            Ok((first, settings::get(tx, "count").await?))
        }
    }
    let done = Arc::new(AtomicUsize::new(0));
    let (store, finished) = (db.clone(), Arc::clone(&done));
    let writer = tokio::spawn(async move {
        for number in 0..200 {
            let text = format!("{number}");
            write!(store, (text: String) -> (), |tx| settings::set(tx, "count", text).await).unwrap();
        }
        finished.store(1, Ordering::SeqCst);
    });
    while done.load(Ordering::SeqCst) == 0 {
        let (first, last) = db.read_heavy(Twice).await.unwrap();
        assert_eq!(first, last);
    }
    writer.await.unwrap();
}

async fn a_reader_of_events_skips_none(db: TestStore) {
    const WRITERS: i64 = 8;
    const EACH: i64 = 40;
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let store = db.clone();
            tokio::spawn(async move {
                for number in 0..EACH {
                    some_events(&store, writer * 10_000 + number * 10, 3)
                        .await
                        .unwrap();
                }
            })
        })
        .collect();
    let (mut seen, mut after) = (Vec::new(), 0);
    let all = usize::try_from(WRITERS * EACH * 3).unwrap();
    while seen.len() < all {
        for event in events_after(&db, after, 7).await {
            assert!(event.seq > after);
            after = event.seq;
            seen.push(event.at);
        }
    }
    for writer in writers {
        writer.await.unwrap();
    }
    settled(&db, after).await;
    assert!(events_after(&db, after, 10).await.is_empty());
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen.len(), all, "each came once");
}

/// Two operations that touch two rows in opposite order: PostgreSQL ends one of them, and it is done again.
async fn two_that_wait_for_each_other_both_get_through(db: TestStore) {
    struct Cross {
        keys: [&'static str; 2],
        runs: Arc<AtomicUsize>,
    }
    impl Operation for Cross {
        type Output = ();
        type Error = StoreError;
        async fn run<T: Tx>(&self, tx: &mut T) -> Result<(), StoreError> {
            self.runs.fetch_add(1, Ordering::SeqCst);
            for key in self.keys {
                settings::set(tx, key, "2").await?;
            }
            Ok(())
        }
    }
    let runs = Arc::new(AtomicUsize::new(0));
    for _ in 0..30 {
        let pair = [["a", "b"], ["b", "a"]].map(|keys| {
            db.write(Cross {
                keys,
                runs: Arc::clone(&runs),
            })
        });
        for result in join_all(pair).await {
            assert_eq!(result, Ok(()));
        }
    }
    assert!(runs.load(Ordering::SeqCst) >= 60);
}
