//! Organizations: the customers of an app.

use store_sql::{Columns, FromRow, StoreError, Tx};

use crate::args;
use crate::compose::json_list;
use crate::directories;
use crate::ids::{AppId, OrganizationId};
use crate::queries::organizations as q;

/// An organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organization {
    /// Its id.
    pub id: OrganizationId,
    /// The app it is a customer of.
    pub app_id: AppId,
    /// Its name.
    pub name: String,
    /// When it was made.
    pub created_at: i64,
}

/// An organization as the list of them shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// The organization.
    pub organization: Organization,
    /// Its directories.
    pub directories: i64,
    /// Users in all of them.
    pub users: i64,
    /// Groups in all of them.
    pub groups: i64,
    /// When anything last happened in one of them.
    pub last_activity: Option<i64>,
}

impl FromRow for Organization {
    fn from_row<C: Columns>(row: &C) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.text(0)?.into(),
            app_id: row.text(1)?.into(),
            name: row.string(2)?,
            created_at: row.int(3)?,
        })
    }
}

impl FromRow for Summary {
    fn from_row<C: Columns>(row: &C) -> Result<Self, StoreError> {
        Ok(Self {
            organization: Organization::from_row(row)?,
            directories: row.int(4)?,
            users: row.int(5)?,
            groups: row.int(6)?,
            last_activity: row.maybe_int(7)?,
        })
    }
}

/// Makes an organization.
pub async fn create<T: Tx>(tx: &mut T, organization: &Organization) -> Result<(), StoreError> {
    let Organization {
        id,
        app_id,
        name,
        created_at,
    } = organization;
    tx.execute(&q::CREATE, args![id, app_id, name, *created_at])
        .await
        .map(drop)
}

/// One organization that is not deleted.
pub async fn get<T: Tx>(tx: &mut T, id: &OrganizationId) -> Result<Option<Organization>, StoreError> {
    tx.first(&q::GET, args![id]).await
}

/// Organizations of these apps, or of all, by name. Counts rows: ask with [`crate::Store::read_heavy`].
pub async fn list<T: Tx>(tx: &mut T, apps: Option<&[AppId]>) -> Result<Vec<Summary>, StoreError> {
    match apps {
        None => tx.all(&q::LIST, &[]).await,
        Some(apps) => tx.all(&q::LIST_OF_APPS, args![&json_list(apps)]).await,
    }
}

/// The Entra tenant of an organization, proven by a token of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tenant {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// When it was last proven.
    pub proven_at: i64,
}

struct MaybeTenant(Option<Tenant>);

impl FromRow for MaybeTenant {
    fn from_row<C: Columns>(row: &C) -> Result<Self, StoreError> {
        let (Some(id), Some(proven_at)) = (row.maybe_string(0)?, row.maybe_int(2)?) else {
            return Ok(Self(None));
        };
        let name = row.maybe_string(1)?.unwrap_or_default();
        Ok(Self(Some(Tenant { id, name, proven_at })))
    }
}

/// The tenant of an organization, if it is proven.
pub async fn tenant<T: Tx>(tx: &mut T, id: &OrganizationId) -> Result<Option<Tenant>, StoreError> {
    let found: Option<MaybeTenant> = tx.first(&q::TENANT, args![id]).await?;
    Ok(found.and_then(|MaybeTenant(tenant)| tenant))
}

/// Notes the proven tenant of an organization: false when the organization has another one already, or is not there.
/// A tenant that belongs to another organization of the app is [`StoreError::Conflict`].
pub async fn prove_tenant<T: Tx>(
    tx: &mut T,
    id: &OrganizationId,
    tenant: &Tenant,
) -> Result<bool, StoreError> {
    let row = args![id, &tenant.id, &tenant.name, tenant.proven_at];
    Ok(tx.execute(&q::PROVE_TENANT, row).await? > 0)
}

/// Forgets the tenant of an organization; whether it had one.
pub async fn forget_tenant<T: Tx>(tx: &mut T, id: &OrganizationId) -> Result<bool, StoreError> {
    Ok(tx.execute(&q::FORGET_TENANT, args![id]).await? > 0)
}

/// The organization of an app that a tenant belongs to.
pub async fn of_tenant<T: Tx>(
    tx: &mut T,
    app: &AppId,
    tenant_id: &str,
) -> Result<Option<Organization>, StoreError> {
    tx.first(&q::OF_TENANT, args![app, tenant_id]).await
}

struct TenantOf(String, OrganizationId, String);

impl FromRow for TenantOf {
    fn from_row<C: Columns>(row: &C) -> Result<Self, StoreError> {
        Ok(Self(row.string(0)?, row.text(1)?.into(), row.string(2)?))
    }
}

/// The proven tenants of an app: each with its organization's id and name.
pub async fn tenants<T: Tx>(
    tx: &mut T,
    app: &AppId,
) -> Result<Vec<(String, OrganizationId, String)>, StoreError> {
    let all: Vec<TenantOf> = tx.all(&q::TENANTS, args![app]).await?;
    Ok(all
        .into_iter()
        .map(|TenantOf(tenant, id, name)| (tenant, id, name))
        .collect())
}

/// Gives an organization another name; whether there is such an organization.
pub async fn rename<T: Tx>(tx: &mut T, id: &OrganizationId, name: &str) -> Result<bool, StoreError> {
    Ok(tx.execute(&q::RENAME, args![id, name]).await? > 0)
}

/// Deletes an organization with its directories: they are gone from every list and their tokens are revoked, all in this
/// transaction (threat T11). The rows go with [`crate::Store::purge`]. Whether there was such an organization.
pub async fn delete<T: Tx>(tx: &mut T, id: &OrganizationId, at: i64) -> Result<bool, StoreError> {
    if tx.execute(&q::DELETE, args![id, at]).await? == 0 {
        return Ok(false);
    }
    for directory in directories::list(tx, Some(id)).await? {
        directories::delete(tx, &directory.id, at).await?;
    }
    Ok(true)
}
