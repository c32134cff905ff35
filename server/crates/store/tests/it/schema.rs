//! The schema and the statements that must fit it.

use store::testing::TestStore;
use store::{Operation, StoreError, Tx, queries};

store::on_both!(
    migrating_twice_changes_nothing,
    every_statement_fits_the_schema,
    doctor_finds_nothing_wrong
);

async fn migrating_twice_changes_nothing(db: TestStore) {
    db.migrate().await.unwrap();
    let other = db.again().await;
    let (one, two) = tokio::join!(db.migrate(), other.migrate());
    one.unwrap();
    two.unwrap();
}

async fn every_statement_fits_the_schema(db: TestStore) {
    struct Prepare;
    impl Operation for Prepare {
        type Output = usize;
        type Error = StoreError;
        async fn run<T: Tx>(&self, tx: &mut T) -> Result<usize, StoreError> {
            let mut prepared = 0;
            for query in queries::all() {
                let result = tx.prepare(query).await;
                assert_eq!(result, Ok(()), "{}: {}", query.name, query.postgres);
                prepared += 1;
            }
            Ok(prepared)
        }
    }
    let prepared = db.write(Prepare).await.unwrap();
    assert!(prepared > 80, "only {prepared} statements were found");
}

async fn doctor_finds_nothing_wrong(db: TestStore) {
    let check = db.check().await.unwrap();
    assert!(
        check.damage.is_empty() && check.unwritable.is_none() && check.size > 0,
        "{check:?}"
    );
    assert!(
        check.database.starts_with("SQLite 3.5") || check.database.starts_with("PostgreSQL 1"),
        "{check:?}"
    );
}
