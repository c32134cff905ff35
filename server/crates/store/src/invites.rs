//! Invites: an owner's word that whoever signs in with this link belongs to an app's staff. Kept as a SHA-256.

use store_sql::{Columns, FromRow, StoreError, Tx};

use crate::args;
use crate::ids::{AppId, PersonId};
use crate::queries::invites as q;
use crate::sessions::Role;

/// An invite.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invite {
    /// `inv_…`
    pub id: String,
    /// To which app.
    pub app: AppId,
    /// As what.
    pub role: Role,
    /// For whom it was meant, in the owner's words.
    pub note: String,
    /// When it was made.
    pub created_at: i64,
    /// When it ends by itself.
    pub expires_at: i64,
    /// When it was used.
    pub used_at: Option<i64>,
    /// The person of the console who made it: it ends with them (threats T59).
    pub made_by: Option<PersonId>,
}

impl FromRow for Invite {
    fn from_row<C: Columns>(row: &C) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.string(0)?,
            app: row.text(1)?.into(),
            role: Role::read(row, 2)?,
            note: row.string(3)?,
            created_at: row.int(4)?,
            expires_at: row.int(5)?,
            used_at: row.maybe_int(6)?,
            made_by: row.maybe_text(7)?.map(Into::into),
        })
    }
}

/// Makes an invite.
pub async fn create<T: Tx>(tx: &mut T, hash: &[u8; 32], invite: &Invite) -> Result<(), StoreError> {
    let Invite {
        id,
        app,
        role,
        note,
        created_at,
        expires_at,
        used_at: _,
        made_by,
    } = invite;
    let row = args![
        hash,
        id,
        app,
        role.as_str(),
        note,
        *created_at,
        *expires_at,
        made_by.as_ref()
    ];
    tx.execute(&q::CREATE, row).await.map(drop)
}

/// An invite, used or not.
pub async fn find<T: Tx>(tx: &mut T, hash: &[u8; 32]) -> Result<Option<Invite>, StoreError> {
    tx.first(&q::FIND, args![hash]).await
}

/// The invites of an app that can still be used.
pub async fn list<T: Tx>(tx: &mut T, app: &AppId, now: i64) -> Result<Vec<Invite>, StoreError> {
    tx.all(&q::LIST, args![app, now]).await
}

/// Uses an invite up: true exactly once, and not after its end.
pub async fn redeem<T: Tx>(tx: &mut T, hash: &[u8; 32], at: i64, by: &PersonId) -> Result<bool, StoreError> {
    Ok(tx.execute(&q::REDEEM, args![hash, at, by]).await? > 0)
}

/// Takes an unused invite back; whether there was one.
pub async fn revoke<T: Tx>(tx: &mut T, app: &AppId, id: &str) -> Result<bool, StoreError> {
    Ok(tx.execute(&q::REVOKE, args![app, id]).await? > 0)
}

/// Takes back the unused invites that a person made.
pub async fn revoke_of_maker<T: Tx>(tx: &mut T, person: &PersonId) -> Result<u64, StoreError> {
    tx.execute(&q::REVOKE_OF_MAKER, args![person]).await
}

/// Removes invites that ended before `before`; how many.
pub async fn prune<T: Tx>(tx: &mut T, before: i64) -> Result<u64, StoreError> {
    tx.execute(&q::PRUNE, args![before]).await
}
