//! Delegated permissions that were consented to (entra-facts C5.9).

use serde::Deserialize;
use serde_json::json;

use crate::graph::{Consistency, Graph, error::GraphError, quoted};

/// The delegated permissions of one client at one resource.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PermissionGrant {
    /// What changing and deleting refer to.
    pub id: String,
    /// The service principal that may ask.
    pub client_id: String,
    /// `AllPrincipals` for the whole tenant, `Principal` for one person.
    pub consent_type: String,
    /// The one person.
    pub principal_id: Option<String>,
    /// The service principal of the API.
    pub resource_id: String,
    /// The permissions, parted by spaces.
    #[serde(default)]
    pub scope: String,
}

/// Delegated permissions to be granted.
#[derive(Debug, Clone, Copy)]
pub struct NewGrant<'a> {
    /// The service principal that may ask.
    pub client_sp_id: &'a str,
    /// The service principal of the API.
    pub resource_sp_id: &'a str,
    /// The one person; `None` for the whole tenant.
    pub principal_id: Option<&'a str>,
    /// The permissions, parted by spaces.
    pub scope: &'a str,
}

impl PermissionGrant {
    /// The permissions, one by one.
    pub fn scopes(&self) -> impl Iterator<Item = &str> {
        self.scope.split_whitespace()
    }

    /// Whether it is for everybody in the tenant.
    pub fn is_tenant_wide(&self) -> bool {
        self.consent_type == "AllPrincipals"
    }
}

impl Graph {
    /// `GET /oauth2PermissionGrants?$filter=clientId eq …`: what was consented to for a client, all pages. Least
    /// permission: DelegatedPermissionGrant.Read.All.
    ///
    /// # Errors
    /// [`GraphError`]; a list comes whole or not at all.
    pub async fn permission_grants(&self, client_sp_id: &str) -> Result<Vec<PermissionGrant>, GraphError> {
        let filter = format!("clientId eq {}", quoted(client_sp_id));
        let url = self.url(&["oauth2PermissionGrants"], &[("$filter", filter.as_str())]);
        self.list(url, Consistency::Strong).await
    }

    /// `POST /oauth2PermissionGrants`. Least permission: DelegatedPermissionGrant.ReadWrite.All; for the whole tenant the
    /// directory role Privileged Role Administrator or Global Administrator.
    ///
    /// # Errors
    /// [`GraphError`]; `AlreadyExists` when there is one for the same client, resource and person: change that one.
    pub async fn create_permission_grant(&self, grant: &NewGrant<'_>) -> Result<PermissionGrant, GraphError> {
        let body = json!({
            "clientId": grant.client_sp_id,
            "consentType": if grant.principal_id.is_some() { "Principal" } else { "AllPrincipals" },
            "principalId": grant.principal_id,
            "resourceId": grant.resource_sp_id,
            "scope": grant.scope,
        });
        self.post(self.url(&["oauth2PermissionGrants"], &[]), &body).await
    }

    /// `PATCH /oauth2PermissionGrants/{id}`: replaces the permissions of a grant. Least permission:
    /// DelegatedPermissionGrant.ReadWrite.All.
    ///
    /// # Errors
    /// [`GraphError`].
    pub async fn update_permission_grant(&self, id: &str, scope: &str) -> Result<(), GraphError> {
        self.patch(
            self.url(&["oauth2PermissionGrants", id], &[]),
            &json!({ "scope": scope }),
        )
        .await
    }

    /// `DELETE /oauth2PermissionGrants/{id}`. Least permission: DelegatedPermissionGrant.ReadWrite.All.
    ///
    /// # Errors
    /// [`GraphError`]; `NotFound` when it is gone already.
    pub async fn delete_permission_grant(&self, id: &str) -> Result<(), GraphError> {
        self.delete(self.url(&["oauth2PermissionGrants", id], &[])).await
    }
}
