//! The schema, step by step. Each step is one transaction together with the note that it was taken (threat T87).

use store_sql::{Columns, FromRow, Operation, StoreError, Tx};

use crate::args;
use crate::queries::migrations as q;

/// A step of the schema.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Step {
    version: i64,
    name: &'static str,
    sql: &'static str,
}

macro_rules! steps {
    ($folder:literal: $($version:literal $name:literal),+) => {
        &[$(Step {
            version: $version,
            name: $name,
            sql: include_str!(concat!("../migrations/", $folder, "/", $name, ".sql")),
        }),+]
    };
}

static SQLITE: &[Step] = steps!("sqlite": 1 "0001_start", 2 "0002_people", 3 "0003_doors", 4 "0004_support");

static POSTGRES: &[Step] =
    steps!("postgres": 1 "0001_start", 2 "0002_people", 3 "0003_doors", 4 "0004_support");

const TABLE: &str = "CREATE TABLE IF NOT EXISTS migrations (
    version BIGINT NOT NULL PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL)";

/// Takes the first step that is not taken yet; whether there was one.
#[derive(Debug)]
pub(crate) struct Migrate {
    steps: &'static [Step],
    /// What keeps two nodes from migrating at once.
    alone: &'static str,
}

impl Migrate {
    /// SQLite's: who writes is alone.
    pub(crate) const SQLITE: Self = Self {
        steps: SQLITE,
        alone: "",
    };
    /// PostgreSQL's, under a lock of a number of ours.
    pub(crate) const POSTGRES: Self = Self {
        steps: POSTGRES,
        alone: "SET LOCAL lock_timeout = 0; SET LOCAL statement_timeout = 0; \
                SELECT pg_advisory_xact_lock(7233178205117)",
    };
}

impl Operation for Migrate {
    type Output = bool;
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<bool, StoreError> {
        tx.script(self.alone).await?;
        tx.script(TABLE).await?;
        let applied: Vec<Applied> = tx.all(&q::LIST, &[]).await?;
        for (number, applied) in applied.iter().enumerate() {
            applied.require_known(self.steps.get(number))?;
        }
        let Some(step) = self.steps.get(applied.len()) else {
            return Ok(false);
        };
        tx.script(step.sql).await?;
        tx.execute(&q::APPLIED, args![step.version, step.name, &checksum(step.sql)])
            .await?;
        tracing::info!(
            version = step.version,
            name = step.name,
            "took a step of the schema"
        );
        Ok(true)
    }
}

struct Applied {
    version: i64,
    name: String,
    checksum: String,
}

impl FromRow for Applied {
    fn from_row<C: Columns>(row: &C) -> Result<Self, StoreError> {
        Ok(Self {
            version: row.int(0)?,
            name: row.string(1)?,
            checksum: row.string(2)?,
        })
    }
}

impl Applied {
    fn require_known(&self, step: Option<&Step>) -> Result<(), StoreError> {
        let Self {
            version,
            name,
            checksum: sum,
        } = self;
        match step {
            None => Err(StoreError::Internal(format!(
                "the database is newer than this program: it has {name}"
            ))),
            Some(step) if step.version != *version || checksum(step.sql) != *sum => Err(
                StoreError::Internal(format!("the database was made by another {name}")),
            ),
            Some(_) => Ok(()),
        }
    }
}

/// FNV-1a of the text without its line ends: notices an edit, defends against nobody.
fn checksum(sql: &str) -> String {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in sql.bytes().filter(|byte| *byte != b'\r') {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    format!("{hash:016x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_count_up_from_one_on_both() {
        for steps in [SQLITE, POSTGRES] {
            for (number, step) in (1..).zip(steps) {
                assert_eq!(step.version, number);
                assert!(step.name.starts_with(&format!("{number:04}_")));
            }
        }
        assert_eq!(SQLITE.len(), POSTGRES.len());
    }

    #[test]
    fn an_edit_is_noticed() {
        assert_eq!(checksum(""), "cbf29ce484222325");
        assert_eq!(checksum("a\r\nb"), checksum("a\nb"));
        assert_ne!(checksum("a"), checksum("b"));
    }
}
