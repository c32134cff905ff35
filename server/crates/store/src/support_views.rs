//! Support looking at an organization's personal data for a stated reason, until a stated time (threat T71).

use store_sql::{Columns, FromRow, StoreError, Tx};

use crate::args;
use crate::ids::OrganizationId;
use crate::queries::support_views as q;

/// One look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SupportView {
    /// `sup_…`
    pub id: String,
    /// At which organization.
    pub organization: OrganizationId,
    /// Who looks: a person's id, or the session's public half of whoever has none.
    pub viewer: String,
    /// What they are called.
    pub name: String,
    /// Why, in their words.
    pub reason: String,
    /// Since when.
    pub from: i64,
    /// Until when; the moment itself is past its end.
    pub until: i64,
}

impl FromRow for SupportView {
    fn from_row<C: Columns>(row: &C) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.string(0)?,
            organization: row.text(1)?.into(),
            viewer: row.string(2)?,
            name: row.string(3)?,
            reason: row.string(4)?,
            from: row.int(5)?,
            until: row.int(6)?,
        })
    }
}

/// Notes a look.
pub async fn create<T: Tx>(tx: &mut T, view: &SupportView) -> Result<(), StoreError> {
    let SupportView {
        id,
        organization,
        viewer,
        name,
        reason,
        from,
        until,
    } = view;
    let row = args![id, organization, viewer, name, reason, *from, *until];
    tx.execute(&q::CREATE, row).await.map(drop)
}

/// The look that this viewer has at this organization now.
pub async fn open<T: Tx>(
    tx: &mut T,
    viewer: &str,
    organization: &OrganizationId,
    now: i64,
) -> Result<Option<SupportView>, StoreError> {
    tx.first(&q::OPEN, args![viewer, organization, now]).await
}

/// Ends a viewer's look at an organization; whether there was one.
pub async fn end<T: Tx>(
    tx: &mut T,
    viewer: &str,
    organization: &OrganizationId,
    at: i64,
) -> Result<bool, StoreError> {
    Ok(tx.execute(&q::END, args![viewer, organization, at]).await? > 0)
}

/// Removes looks that ended before `before`; how many.
pub async fn prune<T: Tx>(tx: &mut T, before: i64) -> Result<u64, StoreError> {
    tx.execute(&q::PRUNE, args![before]).await
}
