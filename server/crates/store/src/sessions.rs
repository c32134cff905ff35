//! Sessions of the console: kept as the SHA-256 of a cookie.

use store_sql::{Columns, FromRow, StoreError, Tx};

use crate::args;
use crate::ids::{PersonId, SetupLinkId};
use crate::queries::sessions as q;
use crate::words::words;

words! {
    /// What a person may do in the console.
    Role "role" {
        /// The app's own team.
        Owner = "owner",
        /// The app's support staff: sees, changes nothing.
        Support = "support",
        /// The customer's IT, by a setup link.
        TenantAdmin = "tenant_admin",
    }
}

/// A session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// SHA-256 of the cookie.
    pub id_hash: [u8; 32],
    /// Who.
    pub person: String,
    /// As what.
    pub role: Role,
    /// When it began.
    pub created_at: i64,
    /// When the person last proved who they are (threat T10).
    pub auth_at: i64,
    /// When it was last used.
    pub seen_at: i64,
    /// When it ends by itself.
    pub expires_at: i64,
    /// When it was ended.
    pub revoked_at: Option<i64>,
    /// Who signed in with Microsoft; `None` for a bootstrap link.
    pub person_id: Option<PersonId>,
    /// The setup link it came by.
    pub link_id: Option<SetupLinkId>,
}

impl FromRow for Session {
    fn from_row<C: Columns>(row: &C) -> Result<Self, StoreError> {
        Ok(Self {
            id_hash: row.hash(0)?,
            person: row.string(1)?,
            role: Role::read(row, 2)?,
            created_at: row.int(3)?,
            auth_at: row.int(4)?,
            seen_at: row.int(5)?,
            expires_at: row.int(6)?,
            revoked_at: row.maybe_int(7)?,
            person_id: row.maybe_text(8)?.map(Into::into),
            link_id: row.maybe_text(9)?.map(Into::into),
        })
    }
}

/// Begins a session.
pub async fn create<T: Tx>(tx: &mut T, session: &Session) -> Result<(), StoreError> {
    let Session {
        id_hash,
        person,
        role,
        created_at,
        auth_at,
        seen_at,
        expires_at,
        revoked_at: _,
        person_id,
        link_id,
    } = session;
    let row = args![
        id_hash,
        person,
        role.as_str(),
        *created_at,
        *auth_at,
        *seen_at,
        *expires_at,
        person_id.as_ref(),
        link_id.as_ref()
    ];
    tx.execute(&q::CREATE, row).await.map(drop)
}

/// The session of a cookie, the ended ones too.
pub async fn find<T: Tx>(tx: &mut T, id_hash: &[u8; 32]) -> Result<Option<Session>, StoreError> {
    tx.first(&q::FIND, args![id_hash]).await
}

/// Sessions alive at `now`, oldest first.
pub async fn list<T: Tx>(tx: &mut T, now: i64) -> Result<Vec<Session>, StoreError> {
    tx.all(&q::LIST, args![now]).await
}

/// Notes that a session was used and lives on; whether it is alive.
pub async fn touch<T: Tx>(
    tx: &mut T,
    id_hash: &[u8; 32],
    seen_at: i64,
    expires_at: i64,
) -> Result<bool, StoreError> {
    Ok(tx.execute(&q::TOUCH, args![id_hash, seen_at, expires_at]).await? > 0)
}

/// Ends a session; whether there was one to end.
pub async fn revoke<T: Tx>(tx: &mut T, id_hash: &[u8; 32], at: i64) -> Result<bool, StoreError> {
    Ok(tx.execute(&q::REVOKE, args![id_hash, at]).await? > 0)
}

/// Ends every session of a person; how many.
pub async fn revoke_of_person<T: Tx>(tx: &mut T, person: &PersonId, at: i64) -> Result<u64, StoreError> {
    tx.execute(&q::REVOKE_OF_PERSON, args![person, at]).await
}

/// Ends every session that came by a setup link; how many.
pub async fn revoke_of_link<T: Tx>(tx: &mut T, link: &SetupLinkId, at: i64) -> Result<u64, StoreError> {
    tx.execute(&q::REVOKE_OF_LINK, args![link, at]).await
}

/// Notes in a setup session who signed in with Microsoft meanwhile.
pub async fn set_person<T: Tx>(
    tx: &mut T,
    id_hash: &[u8; 32],
    person: &PersonId,
    name: &str,
    at: i64,
) -> Result<bool, StoreError> {
    Ok(tx
        .execute(&q::SET_PERSON, args![id_hash, person, name, at])
        .await?
        > 0)
}

/// Ends all sessions; how many.
pub async fn revoke_all<T: Tx>(tx: &mut T, at: i64) -> Result<u64, StoreError> {
    tx.execute(&q::REVOKE_ALL, args![at]).await
}

/// Removes sessions that ended by themselves before `before`; how many went.
pub async fn prune<T: Tx>(tx: &mut T, before: i64) -> Result<u64, StoreError> {
    tx.execute(&q::PRUNE, args![before]).await
}
