//! Who holds which app role (entra-facts C5.8).

use serde::Deserialize;
use serde_json::json;

use crate::graph::{Consistency, Graph, error::GraphError};

/// Access without a role; only for applications that offer none (entra-facts B3).
pub const DEFAULT_ACCESS: &str = "00000000-0000-0000-0000-000000000000";

/// One app role held by one principal.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AppRoleAssignment {
    /// What removing refers to.
    pub id: String,
    /// The role; [`DEFAULT_ACCESS`] for none.
    pub app_role_id: String,
    /// Who holds it.
    pub principal_id: String,
    /// `User`, `Group` or `ServicePrincipal`.
    pub principal_type: Option<String>,
    /// The holder's name.
    pub principal_display_name: Option<String>,
    /// The service principal that offers the role.
    pub resource_id: String,
    /// Its name.
    pub resource_display_name: Option<String>,
    /// When it was assigned, as Graph writes it (RFC 3339).
    pub created_date_time: Option<String>,
}

impl Graph {
    /// `GET /servicePrincipals/{id}/appRoleAssignedTo`: everybody who holds a role of this application, all pages. Least
    /// permission: Application.Read.All.
    ///
    /// # Errors
    /// [`GraphError`]; a list comes whole or not at all.
    pub async fn app_roles_assigned_to(&self, sp_id: &str) -> Result<Vec<AppRoleAssignment>, GraphError> {
        let url = self.url(
            &["servicePrincipals", sp_id, "appRoleAssignedTo"],
            &[("$top", "999")],
        );
        self.list(url, Consistency::Strong).await
    }

    /// `GET /servicePrincipals/{id}/appRoleAssignments`: the application permissions granted *to* this application, all
    /// pages. Least permission: Application.Read.All.
    ///
    /// # Errors
    /// [`GraphError`]; a list comes whole or not at all.
    pub async fn app_role_assignments_of(&self, sp_id: &str) -> Result<Vec<AppRoleAssignment>, GraphError> {
        let url = self.url(
            &["servicePrincipals", sp_id, "appRoleAssignments"],
            &[("$top", "999")],
        );
        self.list(url, Consistency::Strong).await
    }

    /// `POST /servicePrincipals/{id}/appRoleAssignedTo`. Least permission: AppRoleAssignment.ReadWrite.All *and*
    /// Application.Read.All; for roles of Graph itself the directory role Privileged Role Administrator or Global
    /// Administrator.
    ///
    /// # Errors
    /// [`GraphError`]; `DuplicateAssignment` when it is assigned already; `Eventual` or `RoleNotOnApp` when what it refers
    /// to was only just made.
    pub async fn assign_app_role(
        &self,
        sp_id: &str,
        principal_id: &str,
        app_role_id: &str,
    ) -> Result<AppRoleAssignment, GraphError> {
        let body = json!({ "principalId": principal_id, "resourceId": sp_id, "appRoleId": app_role_id });
        self.post(
            self.url(&["servicePrincipals", sp_id, "appRoleAssignedTo"], &[]),
            &body,
        )
        .await
    }

    /// `DELETE /servicePrincipals/{id}/appRoleAssignedTo/{assignment}`. Least permission: AppRoleAssignment.ReadWrite.All.
    ///
    /// # Errors
    /// [`GraphError`]; `NotFound` when it is gone already.
    pub async fn remove_app_role_assignment(
        &self,
        sp_id: &str,
        assignment_id: &str,
    ) -> Result<(), GraphError> {
        self.delete(self.url(
            &["servicePrincipals", sp_id, "appRoleAssignedTo", assignment_id],
            &[],
        ))
        .await
    }
}
