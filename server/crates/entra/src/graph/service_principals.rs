//! Applications as the tenant sees them: "Enterprise applications".

use serde::Deserialize;
use serde_json::json;

use crate::graph::{Graph, error::GraphError, page::Page, quoted};

/// The application id of Microsoft Graph itself (entra-facts C4).
pub const GRAPH_APP_ID: &str = "00000003-0000-0000-c000-000000000000";

const SELECT: &str =
    "id,appId,displayName,accountEnabled,appRoleAssignmentRequired,appRoles,oauth2PermissionScopes";

/// An application in a tenant.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ServicePrincipal {
    /// The object in this tenant.
    pub id: String,
    /// The client id, the same in every tenant.
    pub app_id: String,
    /// Its name.
    pub display_name: Option<String>,
    /// Whether people may sign in to it.
    pub account_enabled: Option<bool>,
    /// Whether only those who are assigned may.
    #[serde(default)]
    pub app_role_assignment_required: bool,
    /// The roles it offers: application permissions, and roles of people.
    #[serde(default)]
    pub app_roles: Vec<AppRole>,
    /// The delegated permissions it offers.
    #[serde(default)]
    pub oauth2_permission_scopes: Vec<PermissionScope>,
}

/// A role an application offers (entra-facts C5.15).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AppRole {
    /// What an assignment refers to.
    pub id: String,
    /// What stands in the `roles` claim.
    pub value: Option<String>,
    /// Its name.
    pub display_name: Option<String>,
    /// Whether it can be assigned.
    #[serde(default)]
    pub is_enabled: bool,
    /// `User`, `Application` or both.
    #[serde(default)]
    pub allowed_member_types: Vec<String>,
}

/// A delegated permission an application offers.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PermissionScope {
    /// Its id.
    pub id: String,
    /// What stands in a grant's `scope`.
    pub value: Option<String>,
    /// `User` or `Admin`: who may consent.
    #[serde(rename = "type")]
    pub kind: Option<String>,
}

impl ServicePrincipal {
    /// The enabled role of that value, if the application offers it.
    pub fn role(&self, value: &str) -> Option<&AppRole> {
        self.app_roles
            .iter()
            .find(|role| role.is_enabled && role.value.as_deref() == Some(value))
    }
}

impl Graph {
    /// `GET /servicePrincipals?$filter=appId eq …`: an application in this tenant; `None` when it is not installed, or not
    /// yet on this replica. Least permission: Application.Read.All.
    ///
    /// # Errors
    /// [`GraphError`].
    pub async fn service_principal_by_app_id(
        &self,
        app_id: &str,
    ) -> Result<Option<ServicePrincipal>, GraphError> {
        let filter = format!("appId eq {}", quoted(app_id));
        let url = self.url(
            &["servicePrincipals"],
            &[("$filter", filter.as_str()), ("$select", SELECT)],
        );
        let page: Page<ServicePrincipal> = self.get(url).await?;
        Ok(page.value.into_iter().next())
    }

    /// `GET /servicePrincipals/{id}`. Least permission: Application.Read.All.
    ///
    /// # Errors
    /// [`GraphError`].
    pub async fn service_principal(&self, id: &str) -> Result<ServicePrincipal, GraphError> {
        self.get(self.url(&["servicePrincipals", id], &[("$select", SELECT)]))
            .await
    }

    /// `POST /servicePrincipals`: installs an application in this tenant. Least permission: Application.ReadWrite.All, and
    /// the directory role Application Administrator or Cloud Application Administrator.
    ///
    /// # Errors
    /// [`GraphError`]; `AlreadyExists` when it is installed.
    pub async fn create_service_principal(&self, app_id: &str) -> Result<ServicePrincipal, GraphError> {
        self.post(self.url(&["servicePrincipals"], &[]), &json!({ "appId": app_id }))
            .await
    }
}
