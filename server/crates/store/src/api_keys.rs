//! API keys: with one, an app asks `/api/v1`. Kept as a SHA-256.

use store_sql::{Columns, FromRow, StoreError, Tx};

use crate::args;
use crate::ids::{ApiKeyId, AppId};
use crate::queries::api_keys as q;

/// An API key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    /// Its id.
    pub id: ApiKeyId,
    /// Whose.
    pub app: AppId,
    /// What the owner calls it.
    pub name: String,
    /// Its last four characters.
    pub last4: String,
    /// When it was made.
    pub created_at: i64,
    /// When it was last used, to the minute.
    pub last_used_at: Option<i64>,
    /// When it was taken back.
    pub revoked_at: Option<i64>,
}

impl FromRow for ApiKey {
    fn from_row<C: Columns>(row: &C) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.text(0)?.into(),
            app: row.text(1)?.into(),
            name: row.string(2)?,
            last4: row.string(3)?,
            created_at: row.int(4)?,
            last_used_at: row.maybe_int(5)?,
            revoked_at: row.maybe_int(6)?,
        })
    }
}

/// Makes a key.
pub async fn create<T: Tx>(tx: &mut T, hash: &[u8; 32], key: &ApiKey) -> Result<(), StoreError> {
    let ApiKey {
        id,
        app,
        name,
        last4,
        created_at,
        ..
    } = key;
    tx.execute(&q::CREATE, args![id, app, name, hash, last4, *created_at])
        .await
        .map(drop)
}

/// A key by its hash, revoked ones too.
pub async fn find<T: Tx>(tx: &mut T, hash: &[u8; 32]) -> Result<Option<ApiKey>, StoreError> {
    tx.first(&q::FIND, args![hash]).await
}

/// All keys of an app, oldest first.
pub async fn list<T: Tx>(tx: &mut T, app: &AppId) -> Result<Vec<ApiKey>, StoreError> {
    tx.all(&q::LIST, args![app]).await
}

/// Notes that a key was used.
pub async fn touch<T: Tx>(tx: &mut T, id: &ApiKeyId, at: i64) -> Result<(), StoreError> {
    tx.execute(&q::TOUCH, args![id, at]).await.map(drop)
}

/// Takes a key back; whether there was one to take.
pub async fn revoke<T: Tx>(tx: &mut T, app: &AppId, id: &ApiKeyId, at: i64) -> Result<bool, StoreError> {
    Ok(tx.execute(&q::REVOKE, args![app, id, at]).await? > 0)
}
