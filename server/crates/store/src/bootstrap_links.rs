//! Bootstrap links: the first way into the console, good for one entry. Kept as a SHA-256.

use store_sql::{Columns, FromRow, StoreError, Tx};

use crate::args;
use crate::queries::bootstrap_links as q;

/// A bootstrap link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BootstrapLink {
    /// When it was made.
    pub created_at: i64,
    /// When it ends by itself.
    pub expires_at: i64,
    /// When it was used.
    pub used_at: Option<i64>,
}

impl FromRow for BootstrapLink {
    fn from_row<C: Columns>(row: &C) -> Result<Self, StoreError> {
        Ok(Self {
            created_at: row.int(0)?,
            expires_at: row.int(1)?,
            used_at: row.maybe_int(2)?,
        })
    }
}

/// Makes a link.
pub async fn create<T: Tx>(
    tx: &mut T,
    hash: &[u8; 32],
    created_at: i64,
    expires_at: i64,
) -> Result<(), StoreError> {
    tx.execute(&q::CREATE, args![hash, created_at, expires_at])
        .await
        .map(drop)
}

/// Uses a link up: true exactly once, and not after its end.
pub async fn redeem<T: Tx>(tx: &mut T, hash: &[u8; 32], at: i64) -> Result<bool, StoreError> {
    Ok(tx.execute(&q::REDEEM, args![hash, at]).await? > 0)
}

/// A link, used or not: to say why it does not open.
pub async fn find<T: Tx>(tx: &mut T, hash: &[u8; 32]) -> Result<Option<BootstrapLink>, StoreError> {
    tx.first(&q::FIND, args![hash]).await
}

/// Removes links nobody used; how many.
pub async fn revoke_unused<T: Tx>(tx: &mut T) -> Result<u64, StoreError> {
    tx.execute(&q::REVOKE_UNUSED, &[]).await
}

/// Removes links that ended before `before`; how many.
pub async fn prune<T: Tx>(tx: &mut T, before: i64) -> Result<u64, StoreError> {
    tx.execute(&q::PRUNE, args![before]).await
}
