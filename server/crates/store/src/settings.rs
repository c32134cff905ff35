//! Settings that live in the database.

use store_sql::{StoreError, Tx};

use crate::args;
use crate::queries::settings as q;

/// A setting's value.
pub async fn get<T: Tx>(tx: &mut T, key: &str) -> Result<Option<String>, StoreError> {
    tx.first(&q::GET, args![key]).await
}

/// Sets it.
pub async fn set<T: Tx>(tx: &mut T, key: &str, value: &str) -> Result<(), StoreError> {
    tx.execute(&q::SET, args![key, value]).await.map(drop)
}

/// Sets it unless it is set; whether it was not.
pub async fn set_once<T: Tx>(tx: &mut T, key: &str, value: &str) -> Result<bool, StoreError> {
    Ok(tx.execute(&q::SET_ONCE, args![key, value]).await? > 0)
}

/// Removes it; whether it was set.
pub async fn delete<T: Tx>(tx: &mut T, key: &str) -> Result<bool, StoreError> {
    Ok(tx.execute(&q::DELETE, args![key]).await? > 0)
}
