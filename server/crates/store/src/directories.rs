//! Directories: connections of an organization to an identity provider.

use store_sql::{Columns, FromRow, Query, StoreError, Tx};

use crate::args;
use crate::ids::{AppId, DirectoryId, OrganizationId};
use crate::queries::directories as q;
use crate::words::words;

words! {
    /// How a directory is filled.
    Kind "kind" {
        /// The provider pushes to our endpoint.
        Scim = "scim",
    }
}

words! {
    /// Who fills a directory.
    Provider "provider" {
        /// Microsoft Entra ID.
        EntraId = "entra-id",
        /// Okta.
        Okta = "okta",
        /// Google Workspace.
        GoogleWorkspace = "google-workspace",
        /// OneLogin.
        OneLogin = "onelogin",
        /// JumpCloud.
        JumpCloud = "jumpcloud",
        /// PingOne.
        PingOne = "pingone",
        /// CyberArk Identity.
        CyberArk = "cyberark",
        /// Rippling.
        Rippling = "rippling",
        /// Any SCIM 2.0.
        Scim = "scim",
    }
}

words! {
    /// Whether a directory takes requests.
    Status "status" {
        /// It does.
        Enabled = "enabled",
        /// A person switched it off.
        Disabled = "disabled",
    }
}

/// A directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Directory {
    /// Its id.
    pub id: DirectoryId,
    /// The organization it belongs to.
    pub organization_id: OrganizationId,
    /// That organization's app.
    pub app_id: AppId,
    /// How it is filled.
    pub kind: Kind,
    /// Who fills it.
    pub provider: Provider,
    /// Its name.
    pub name: String,
    /// Whether it takes requests.
    pub status: Status,
    /// When it was made.
    pub created_at: i64,
    /// When it was deleted; its rows may be there until they are purged.
    pub deleted_at: Option<i64>,
}

/// A directory to be made; it begins enabled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDirectory {
    /// Its id.
    pub id: DirectoryId,
    /// The organization it belongs to.
    pub organization_id: OrganizationId,
    /// How it is filled.
    pub kind: Kind,
    /// Who fills it.
    pub provider: Provider,
    /// Its name.
    pub name: String,
    /// Now.
    pub created_at: i64,
}

/// What a directory holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Users.
    pub users: i64,
    /// Users that are active.
    pub active_users: i64,
    /// Users whose `externalId` has the form of an Entra object id.
    pub users_with_object_id: i64,
    /// Groups.
    pub groups: i64,
}

impl FromRow for Directory {
    fn from_row<C: Columns>(row: &C) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.text(0)?.into(),
            organization_id: row.text(1)?.into(),
            app_id: row.text(2)?.into(),
            kind: Kind::read(row, 3)?,
            provider: Provider::read(row, 4)?,
            name: row.string(5)?,
            status: Status::read(row, 6)?,
            created_at: row.int(7)?,
            deleted_at: row.maybe_int(8)?,
        })
    }
}

impl FromRow for Counts {
    fn from_row<C: Columns>(row: &C) -> Result<Self, StoreError> {
        Ok(Self {
            users: row.int(0)?,
            active_users: row.int(1)?,
            users_with_object_id: row.int(2)?,
            groups: 0,
        })
    }
}

/// Makes a directory.
pub async fn create<T: Tx>(tx: &mut T, new: &NewDirectory) -> Result<(), StoreError> {
    let NewDirectory {
        id,
        organization_id,
        kind,
        provider,
        name,
        created_at,
    } = new;
    let status = Status::Enabled.as_str();
    let args = args![
        id,
        organization_id,
        kind.as_str(),
        provider.as_str(),
        name,
        status,
        *created_at
    ];
    tx.execute(&q::CREATE, args).await.map(drop)
}

/// One directory that is not deleted.
pub async fn get<T: Tx>(tx: &mut T, id: &DirectoryId) -> Result<Option<Directory>, StoreError> {
    tx.first(&q::GET, args![id]).await
}

/// Directories that are not deleted, oldest first: of one organization, or all.
pub async fn list<T: Tx>(
    tx: &mut T,
    organization: Option<&OrganizationId>,
) -> Result<Vec<Directory>, StoreError> {
    match organization {
        Some(id) => tx.all(&q::LIST_OF_ORGANIZATION, args![id]).await,
        None => tx.all(&q::LIST, &[]).await,
    }
}

/// Gives a directory another name; whether there is such a directory.
pub async fn rename<T: Tx>(tx: &mut T, id: &DirectoryId, name: &str) -> Result<bool, StoreError> {
    Ok(tx.execute(&q::RENAME, args![id, name]).await? > 0)
}

/// Switches a directory on or off; whether there is such a directory.
pub async fn set_status<T: Tx>(tx: &mut T, id: &DirectoryId, status: Status) -> Result<bool, StoreError> {
    Ok(tx.execute(&q::SET_STATUS, args![id, status.as_str()]).await? > 0)
}

/// Deletes a directory: it is gone from every list and its tokens are revoked, all in this transaction (threat T11).
/// Its rows go with [`crate::Store::purge`]. Whether there was such a directory.
pub async fn delete<T: Tx>(tx: &mut T, id: &DirectoryId, at: i64) -> Result<bool, StoreError> {
    if tx.execute(&q::DELETE, args![id, at]).await? == 0 {
        return Ok(false);
    }
    tx.execute(&q::REVOKE_TOKENS, args![id, at]).await?;
    Ok(true)
}

/// What a directory holds. Counts rows: ask with [`crate::Store::read_heavy`].
pub async fn counts<T: Tx>(tx: &mut T, id: &DirectoryId) -> Result<Counts, StoreError> {
    let users: Counts = tx.one(&q::COUNT_USERS, args![id]).await?;
    let groups = tx.one(&q::COUNT_GROUPS, args![id]).await?;
    Ok(Counts { groups, ..users })
}

/// Directories that are deleted.
pub(crate) async fn deleted<T: Tx>(tx: &mut T) -> Result<Vec<Directory>, StoreError> {
    tx.all(&q::LIST_DELETED, &[]).await
}

/// What a purge empties, in this order: members before the groups they are found by.
static PURGE: [&Query; 5] = [
    &q::PURGE_MEMBERS,
    &q::PURGE_GROUPS,
    &q::PURGE_EMAILS,
    &q::PURGE_USERS,
    &q::PURGE_ACTIVITY,
];

/// Removes up to `limit` rows of a deleted directory, its own row last; how many went. At 0 nothing is left but the
/// events, which are the app's.
pub(crate) async fn purge<T: Tx>(tx: &mut T, id: &DirectoryId, limit: i64) -> Result<u64, StoreError> {
    for query in PURGE {
        let gone = tx.execute(query, args![id, limit]).await?;
        if gone > 0 {
            return Ok(gone);
        }
    }
    tx.execute(&q::PURGE_SIGNALS, args![id]).await?;
    tx.execute(&q::PURGE_TOKENS, args![id]).await?;
    tx.execute(&q::PURGE_SELF, args![id]).await
}
