//! Setup links: a short-lived, scoped credential for one organization. Kept as a SHA-256 (threats T62, T63).

use store_sql::{Columns, FromRow, StoreError, Tx};

use crate::args;
use crate::ids::{OrganizationId, PersonId, SetupLinkId};
use crate::queries::setup_links as q;

/// A setup link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetupLink {
    /// Its id.
    pub id: SetupLinkId,
    /// Whose.
    pub organization: OrganizationId,
    /// What it reaches: words separated by blanks (a checklist, `directory_sync`, `step:…`).
    pub scope: String,
    /// Who made it, for display.
    pub created_by: String,
    /// When.
    pub created_at: i64,
    /// When it ends by itself.
    pub expires_at: i64,
    /// When it was first looked at.
    pub opened_at: Option<i64>,
    /// When it was redeemed.
    pub redeemed_at: Option<i64>,
    /// The browser that redeemed it: SHA-256 of its cookie.
    pub browser_hash: Option<[u8; 32]>,
    /// When it was taken back.
    pub revoked_at: Option<i64>,
    /// The person of the console who made it: it ends with them (threats T59).
    pub made_by: Option<PersonId>,
}

impl SetupLink {
    /// Whether it opens at `now`.
    #[must_use]
    pub fn is_alive(&self, now: i64) -> bool {
        self.revoked_at.is_none() && self.expires_at > now
    }
}

impl FromRow for SetupLink {
    fn from_row<C: Columns>(row: &C) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.text(0)?.into(),
            organization: row.text(1)?.into(),
            scope: row.string(2)?,
            created_by: row.string(3)?,
            created_at: row.int(4)?,
            expires_at: row.int(5)?,
            opened_at: row.maybe_int(6)?,
            redeemed_at: row.maybe_int(7)?,
            browser_hash: row.maybe_hash(8)?,
            revoked_at: row.maybe_int(9)?,
            made_by: row.maybe_text(10)?.map(Into::into),
        })
    }
}

/// Makes a link.
pub async fn create<T: Tx>(tx: &mut T, hash: &[u8; 32], link: &SetupLink) -> Result<(), StoreError> {
    let SetupLink {
        id,
        organization,
        scope,
        created_by,
        created_at,
        expires_at,
        made_by,
        ..
    } = link;
    let row = args![
        id,
        hash,
        organization,
        scope,
        created_by,
        *created_at,
        *expires_at,
        made_by.as_ref()
    ];
    tx.execute(&q::CREATE, row).await.map(drop)
}

/// A link by its token, dead ones too: to say why it does not open.
pub async fn find<T: Tx>(tx: &mut T, hash: &[u8; 32]) -> Result<Option<SetupLink>, StoreError> {
    tx.first(&q::FIND, args![hash]).await
}

/// A link by its id.
pub async fn get<T: Tx>(tx: &mut T, id: &SetupLinkId) -> Result<Option<SetupLink>, StoreError> {
    tx.first(&q::GET, args![id]).await
}

/// All links of an organization, newest first.
pub async fn list<T: Tx>(tx: &mut T, organization: &OrganizationId) -> Result<Vec<SetupLink>, StoreError> {
    tx.all(&q::LIST, args![organization]).await
}

/// The links that a person made and that still open.
pub async fn made_by<T: Tx>(tx: &mut T, person: &PersonId, now: i64) -> Result<Vec<SetupLink>, StoreError> {
    tx.all(&q::MADE_BY, args![person, now]).await
}

/// Notes that a link was looked at; nothing of it is used up.
pub async fn opened<T: Tx>(tx: &mut T, hash: &[u8; 32], at: i64) -> Result<(), StoreError> {
    tx.execute(&q::OPENED, args![hash, at]).await.map(drop)
}

/// Gives a link to a browser: the first that asks, and the same one again, until its end.
pub async fn redeem<T: Tx>(
    tx: &mut T,
    hash: &[u8; 32],
    at: i64,
    browser: &[u8; 32],
) -> Result<bool, StoreError> {
    Ok(tx.execute(&q::REDEEM, args![hash, at, browser]).await? > 0)
}

/// Takes a link back; whether there was one to take.
pub async fn revoke<T: Tx>(
    tx: &mut T,
    organization: &OrganizationId,
    id: &SetupLinkId,
    at: i64,
) -> Result<bool, StoreError> {
    Ok(tx.execute(&q::REVOKE, args![organization, id, at]).await? > 0)
}
