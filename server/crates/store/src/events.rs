//! Events: an app's ordered log, written in the transaction of what it tells (threat T77).

use store_sql::{Columns, FromRow, StoreError, Tx};

use crate::args;
use crate::ids::{AppId, DirectoryId, EventId, OrganizationId};
use crate::queries::events as q;

/// An event to be appended.
#[derive(Debug, Clone, Copy)]
pub struct NewEvent<'a> {
    /// Its id.
    pub id: &'a EventId,
    /// The app whose log it stands in.
    pub app_id: &'a AppId,
    /// The organization it is about.
    pub organization_id: &'a OrganizationId,
    /// The directory it is about.
    pub directory_id: Option<&'a DirectoryId>,
    /// `user.created`, `group.member_added`, ….
    pub kind: &'a str,
    /// The user, group … it is about.
    pub subject_id: Option<&'a str>,
    /// When.
    pub at: i64,
    /// What it says, as JSON.
    pub body: &'a str,
}

/// An event as it stands in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Its place in the log; the cursor of whoever reads.
    pub seq: i64,
    /// Its id.
    pub id: EventId,
    /// The app whose log it stands in.
    pub app_id: AppId,
    /// The organization it is about.
    pub organization_id: OrganizationId,
    /// The directory it is about.
    pub directory_id: Option<DirectoryId>,
    /// `user.created`, `group.member_added`, ….
    pub kind: String,
    /// The user, group … it is about.
    pub subject_id: Option<String>,
    /// When.
    pub at: i64,
    /// What it says, as JSON.
    pub body: String,
}

impl FromRow for Event {
    fn from_row<C: Columns>(row: &C) -> Result<Self, StoreError> {
        Ok(Self {
            seq: row.int(0)?,
            id: row.text(1)?.into(),
            app_id: row.text(2)?.into(),
            organization_id: row.text(3)?.into(),
            directory_id: row.maybe_text(4)?.map(DirectoryId::from),
            kind: row.string(5)?,
            subject_id: row.maybe_string(6)?,
            at: row.int(7)?,
            body: row.string(8)?,
        })
    }
}

/// Appends an event.
pub async fn append<T: Tx>(tx: &mut T, event: &NewEvent<'_>) -> Result<(), StoreError> {
    let NewEvent {
        id,
        app_id,
        organization_id,
        directory_id,
        kind,
        subject_id,
        at,
        body,
    } = *event;
    let row = args![
        id,
        app_id,
        organization_id,
        directory_id,
        kind,
        subject_id,
        at,
        body
    ];
    tx.execute(&q::APPEND, row).await.map(drop)
}

/// Appends events, in their order.
pub async fn append_all<T: Tx>(tx: &mut T, events: &[NewEvent<'_>]) -> Result<(), StoreError> {
    let rows: Vec<_> = events
        .iter()
        .map(|e| {
            [
                e.id.into(),
                e.app_id.into(),
                e.organization_id.into(),
                e.directory_id.into(),
                e.kind.into(),
                e.subject_id.into(),
                e.at.into(),
                e.body.into(),
            ]
        })
        .collect();
    let rows: Vec<&[store_sql::Value<'_>]> = rows.iter().map(|row| &row[..]).collect();
    tx.execute_each(&q::APPEND, &rows).await.map(drop)
}

/// Up to `limit` events after `seq` (0 for the first), in order. Who goes on from the last one's `seq` misses nothing:
/// an event shows only when none with a smaller `seq` is still to be committed.
///
/// Ask with [`crate::Store::read`]: on PostgreSQL it takes two statements, and the second must see more than the first.
pub async fn after<T: Tx>(tx: &mut T, seq: i64, limit: i64) -> Result<Vec<Event>, StoreError> {
    let settled = newest(tx).await?;
    if settled <= seq {
        return Ok(Vec::new());
    }
    tx.all(&q::BETWEEN, args![seq, settled, limit]).await
}

/// The `seq` up to which all events show: from here on a reader misses none that is still to come. 0 when there is none,
/// or when PostgreSQL cannot say at this moment. Ask with [`crate::Store::read`].
pub async fn newest<T: Tx>(tx: &mut T) -> Result<i64, StoreError> {
    tx.one(&q::SETTLED, &[]).await
}

/// Removes up to `limit` events older than `before`; how many went.
pub async fn prune<T: Tx>(tx: &mut T, before: i64, limit: i64) -> Result<u64, StoreError> {
    tx.execute(&q::PRUNE, args![before, limit]).await
}
