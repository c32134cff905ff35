//! Bearer tokens: kept as their SHA-256, at most two alive in a directory (threats T05–T11).

use store_sql::{Columns, FromRow, StoreError, Tx, Unique};

use crate::args;
use crate::directories::{Provider, Status};
use crate::ids::{AppId, DirectoryId, OrganizationId, TokenId};
use crate::queries::{directories, tokens as q};

/// Tokens that may be alive in one directory: the one in use, and the one that takes over.
pub const LIVE: i64 = 2;

/// A token as the list of them shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Its id.
    pub id: TokenId,
    /// The directory it opens.
    pub directory_id: DirectoryId,
    /// Its name.
    pub name: String,
    /// Its last four characters.
    pub last4: String,
    /// When it was made.
    pub created_at: i64,
    /// When it ends by itself.
    pub expires_at: Option<i64>,
    /// When it last came.
    pub last_used_at: Option<i64>,
    /// When it was revoked.
    pub revoked_at: Option<i64>,
}

impl Token {
    /// Whether it opens anything at `now`.
    #[must_use]
    pub fn is_alive(&self, now: i64) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|end| end > now)
    }
}

/// A token to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewToken {
    /// Its id.
    pub id: TokenId,
    /// The directory it opens.
    pub directory_id: DirectoryId,
    /// Its name.
    pub name: String,
    /// SHA-256 of its text.
    pub hash: [u8; 32],
    /// Its last four characters.
    pub last4: String,
    /// Now.
    pub created_at: i64,
    /// When it ends by itself.
    pub expires_at: Option<i64>,
}

/// What a token found by its hash opens. Nothing is decided yet: whether it is alive and the directory enabled is for
/// the caller to check, with equal work for every refusal (threat T05).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bearer {
    /// The token.
    pub token_id: TokenId,
    /// Its hash, to be compared again in constant time.
    pub hash: [u8; 32],
    /// When it ends by itself.
    pub expires_at: Option<i64>,
    /// When it was revoked.
    pub revoked_at: Option<i64>,
    /// The directory it opens.
    pub directory_id: DirectoryId,
    /// That directory's organization.
    pub organization_id: OrganizationId,
    /// That organization's app.
    pub app_id: AppId,
    /// Who fills the directory.
    pub provider: Provider,
    /// Whether the directory takes requests.
    pub status: Status,
    /// When the directory was deleted.
    pub deleted_at: Option<i64>,
}

impl FromRow for Token {
    fn from_row<C: Columns>(row: &C) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.text(0)?.into(),
            directory_id: row.text(1)?.into(),
            name: row.string(2)?,
            last4: row.string(3)?,
            created_at: row.int(4)?,
            expires_at: row.maybe_int(5)?,
            last_used_at: row.maybe_int(6)?,
            revoked_at: row.maybe_int(7)?,
        })
    }
}

impl FromRow for Bearer {
    fn from_row<C: Columns>(row: &C) -> Result<Self, StoreError> {
        Ok(Self {
            token_id: row.text(0)?.into(),
            hash: row.hash(1)?,
            expires_at: row.maybe_int(2)?,
            revoked_at: row.maybe_int(3)?,
            directory_id: row.text(4)?.into(),
            organization_id: row.text(5)?.into(),
            app_id: row.text(6)?.into(),
            provider: Provider::read(row, 7)?,
            status: Status::read(row, 8)?,
            deleted_at: row.maybe_int(9)?,
        })
    }
}

/// Makes a token in a directory that is not deleted; whether there is such a directory.
///
/// # Errors
/// [`StoreError::Conflict`] with [`Unique::LiveTokens`] when [`LIVE`] are alive already.
pub async fn create<T: Tx>(tx: &mut T, new: &NewToken) -> Result<bool, StoreError> {
    // The lock keeps two makers from both finding one token alive.
    if tx
        .first::<String>(&directories::LOCK, args![&new.directory_id])
        .await?
        .is_none()
    {
        return Ok(false);
    }
    let alive: i64 = tx
        .one(&q::COUNT_ALIVE, args![&new.directory_id, new.created_at])
        .await?;
    if alive >= LIVE {
        return Err(StoreError::Conflict {
            constraint: Unique::LiveTokens,
        });
    }
    let NewToken {
        id,
        directory_id,
        name,
        hash,
        last4,
        created_at,
        expires_at,
    } = new;
    tx.execute(
        &q::CREATE,
        args![id, directory_id, name, hash, last4, *created_at, *expires_at],
    )
    .await?;
    Ok(true)
}

/// The token with this SHA-256, and what it opens.
pub async fn find_by_hash<T: Tx>(tx: &mut T, hash: &[u8; 32]) -> Result<Option<Bearer>, StoreError> {
    tx.first(&q::FIND_BY_HASH, args![hash]).await
}

/// A directory's tokens, oldest first, the dead too.
pub async fn list<T: Tx>(tx: &mut T, directory: &DirectoryId) -> Result<Vec<Token>, StoreError> {
    tx.all(&q::LIST, args![directory]).await
}

/// Revokes a token; whether there was one alive to revoke.
pub async fn revoke<T: Tx>(
    tx: &mut T,
    directory: &DirectoryId,
    token: &TokenId,
    at: i64,
) -> Result<bool, StoreError> {
    Ok(tx.execute(&q::REVOKE, args![directory, token, at]).await? > 0)
}

/// Notes when tokens last came: gather them and call this now and then, not for each request.
pub async fn touch<T: Tx>(tx: &mut T, uses: &[(TokenId, i64)]) -> Result<(), StoreError> {
    let mut uses: Vec<_> = uses.iter().collect();
    // In one order everywhere, so that two nodes cannot wait for each other.
    uses.sort_unstable();
    for (token, at) in uses {
        tx.execute(&q::TOUCH, args![token, *at]).await?;
    }
    Ok(())
}
