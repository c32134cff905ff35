//! Signals: the facts a directory's checklist and health derive from. One row for each kind of thing that happened, with
//! its first and last time.

use store_sql::{Columns, FromRow, StoreError, Tx};

use crate::args;
use crate::ids::DirectoryId;
use crate::queries::signals as q;

/// A signal as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signal {
    /// The directory it was seen in.
    pub directory_id: DirectoryId,
    /// What was seen: a fixed word.
    pub name: String,
    /// When first.
    pub first_at: i64,
    /// When last.
    pub last_at: i64,
    /// How often.
    pub count: i64,
    /// A word about the last time.
    pub detail: Option<String>,
}

/// Something seen.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Bump {
    /// The directory it was seen in.
    pub directory_id: DirectoryId,
    /// What was seen: a fixed word.
    pub name: String,
    /// When.
    pub at: i64,
    /// How often.
    pub count: i64,
    /// A word about it; `None` keeps the one before.
    pub detail: Option<String>,
}

impl FromRow for Signal {
    fn from_row<C: Columns>(row: &C) -> Result<Self, StoreError> {
        Ok(Self {
            directory_id: row.text(0)?.into(),
            name: row.string(1)?,
            first_at: row.int(2)?,
            last_at: row.int(3)?,
            count: row.int(4)?,
            detail: row.maybe_string(5)?,
        })
    }
}

/// Notes what was seen. On PostgreSQL a signal's row is a place where writers meet: gather what each request saw and note
/// it now and then, rather than in each request's transaction.
pub async fn bump<T: Tx>(tx: &mut T, bumps: &[Bump]) -> Result<(), StoreError> {
    let mut bumps: Vec<&Bump> = bumps.iter().collect();
    // In one order everywhere, so that two nodes cannot wait for each other.
    bumps.sort_unstable();
    for Bump {
        directory_id,
        name,
        at,
        count,
        detail,
    } in bumps
    {
        tx.execute(
            &q::BUMP,
            args![directory_id, name, *at, *count, detail.as_deref()],
        )
        .await?;
    }
    Ok(())
}

/// Forgets a signal.
pub async fn reset<T: Tx>(tx: &mut T, directory: &DirectoryId, name: &str) -> Result<(), StoreError> {
    tx.execute(&q::RESET, args![directory, name]).await.map(drop)
}

/// A directory's signals, by name.
pub async fn list<T: Tx>(tx: &mut T, directory: &DirectoryId) -> Result<Vec<Signal>, StoreError> {
    tx.all(&q::LIST, args![directory]).await
}

/// All directories' signals, by directory and name.
pub async fn list_all<T: Tx>(tx: &mut T) -> Result<Vec<Signal>, StoreError> {
    tx.all(&q::LIST_ALL, &[]).await
}
