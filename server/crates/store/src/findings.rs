//! Findings: what was found out about an organization's tenant, the newest of each kind. Values are JSON of the writer's.

use store_sql::{Columns, FromRow, StoreError, Tx};

use crate::args;
use crate::ids::OrganizationId;
use crate::queries::findings as q;

/// A finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Its kind.
    pub name: String,
    /// When it was found.
    pub at: i64,
    /// What: JSON.
    pub value: String,
}

impl FromRow for Finding {
    fn from_row<C: Columns>(row: &C) -> Result<Self, StoreError> {
        Ok(Self {
            name: row.string(0)?,
            at: row.int(1)?,
            value: row.string(2)?,
        })
    }
}

/// Writes a finding over the one before.
pub async fn set<T: Tx>(
    tx: &mut T,
    organization: &OrganizationId,
    name: &str,
    at: i64,
    value: &str,
) -> Result<(), StoreError> {
    tx.execute(&q::SET, args![organization, name, at, value])
        .await
        .map(drop)
}

/// Forgets a finding; whether there was one.
pub async fn remove<T: Tx>(
    tx: &mut T,
    organization: &OrganizationId,
    name: &str,
) -> Result<bool, StoreError> {
    Ok(tx.execute(&q::REMOVE, args![organization, name]).await? > 0)
}

/// All that was found of an organization.
pub async fn list<T: Tx>(tx: &mut T, organization: &OrganizationId) -> Result<Vec<Finding>, StoreError> {
    tx.all(&q::LIST, args![organization]).await
}

struct Due(OrganizationId);

impl FromRow for Due {
    fn from_row<C: Columns>(row: &C) -> Result<Self, StoreError> {
        Ok(Self(row.text(0)?.into()))
    }
}

/// Organizations whose finding of this kind is older than `before`, a few.
pub async fn due<T: Tx>(
    tx: &mut T,
    name: &str,
    before: i64,
    most: i64,
) -> Result<Vec<OrganizationId>, StoreError> {
    let due: Vec<Due> = tx.all(&q::DUE, args![name, before, most]).await?;
    Ok(due.into_iter().map(|Due(organization)| organization).collect())
}
