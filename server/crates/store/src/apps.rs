//! Apps: the software being onboarded.

use store_sql::{Columns, FromRow, StoreError, Tx};

use crate::args;
use crate::ids::AppId;
use crate::queries::apps as q;

/// An app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct App {
    /// Its id.
    pub id: AppId,
    /// Its name.
    pub name: String,
    /// When it was made.
    pub created_at: i64,
}

impl FromRow for App {
    fn from_row<C: Columns>(row: &C) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.text(0)?.into(),
            name: row.string(1)?,
            created_at: row.int(2)?,
        })
    }
}

/// Makes an app.
pub async fn create<T: Tx>(tx: &mut T, app: &App) -> Result<(), StoreError> {
    tx.execute(&q::CREATE, args![&app.id, &app.name, app.created_at])
        .await
        .map(drop)
}

/// All apps, oldest first.
pub async fn list<T: Tx>(tx: &mut T) -> Result<Vec<App>, StoreError> {
    tx.all(&q::LIST, &[]).await
}

/// One app.
pub async fn get<T: Tx>(tx: &mut T, id: &AppId) -> Result<Option<App>, StoreError> {
    tx.first(&q::GET, args![id]).await
}

/// Gives an app another name; whether there is such an app.
pub async fn rename<T: Tx>(tx: &mut T, id: &AppId, name: &str) -> Result<bool, StoreError> {
    Ok(tx.execute(&q::RENAME, args![id, name]).await? > 0)
}

/// Deletes an app without organizations; one that has some is [`StoreError::Internal`].
pub async fn delete<T: Tx>(tx: &mut T, id: &AppId) -> Result<bool, StoreError> {
    Ok(tx.execute(&q::DELETE, args![id]).await? > 0)
}
