//! What an application leaves in each tenant that uses it: its service principal, role assignments and grants.

use jiff::Timestamp;
use serde::Serialize;
use uuid::Uuid;

/// Id of the default access role, for applications without roles (`entra-facts` B3).
pub const DEFAULT_ACCESS: Uuid = Uuid::nil();

/// A service principal: an application as one tenant sees it (*Enterprise applications*).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServicePrincipal {
    /// Object id in this tenant.
    pub id: Uuid,
    /// The tenant.
    pub tenant: Uuid,
    /// The application's id.
    pub app_id: Uuid,
    /// False when the tenant's admin disabled it for sign-in.
    pub account_enabled: bool,
    /// Only assigned users may sign in (50105 otherwise).
    pub app_role_assignment_required: bool,
    /// When it was made.
    pub created: Timestamp,
    /// From when token issuance and Graph see it.
    pub visible_from: Timestamp,
}

/// What kind of thing holds an app role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum PrincipalType {
    /// A user.
    User,
    /// A group; its direct members hold the role.
    Group,
    /// Another application's service principal.
    ServicePrincipal,
}

impl PrincipalType {
    /// Graph's spelling.
    pub fn name(self) -> &'static str {
        match self {
            PrincipalType::User => "User",
            PrincipalType::Group => "Group",
            PrincipalType::ServicePrincipal => "ServicePrincipal",
        }
    }
}

/// An app role assignment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppRoleAssignment {
    /// Id, 22 URL-safe characters and more, as Graph's are no GUIDs.
    pub id: String,
    /// The tenant.
    pub tenant: Uuid,
    /// The role; [`DEFAULT_ACCESS`] for default access.
    pub app_role_id: Uuid,
    /// Who holds it: object id.
    pub principal_id: Uuid,
    /// What holds it.
    pub principal_type: PrincipalType,
    /// Its display name at the time of assignment.
    pub principal_display_name: String,
    /// Object id of the resource's service principal.
    pub resource_id: Uuid,
    /// When it was made.
    pub created: Timestamp,
    /// From when token issuance and Graph see it.
    pub visible_from: Timestamp,
}

/// Whom a delegated grant covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum ConsentType {
    /// The whole tenant.
    AllPrincipals,
    /// One user.
    Principal,
}

impl ConsentType {
    /// Graph's spelling.
    pub fn name(self) -> &'static str {
        match self {
            ConsentType::AllPrincipals => "AllPrincipals",
            ConsentType::Principal => "Principal",
        }
    }
}

/// A delegated permission grant (`oauth2PermissionGrant`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PermissionGrant {
    /// Id.
    pub id: String,
    /// The tenant.
    pub tenant: Uuid,
    /// Object id of the client's service principal.
    pub client_id: Uuid,
    /// Whom it covers.
    pub consent_type: ConsentType,
    /// The user, for [`ConsentType::Principal`].
    pub principal_id: Option<Uuid>,
    /// Object id of the resource's service principal.
    pub resource_id: Uuid,
    /// Scope values, separated by one space.
    pub scope: String,
    /// From when token issuance and Graph see it.
    pub visible_from: Timestamp,
}

impl PermissionGrant {
    /// The scope values.
    pub fn scopes(&self) -> impl Iterator<Item = &str> {
        self.scope.split_whitespace()
    }

    /// Whether it holds this scope value, in any case.
    pub fn has(&self, scope: &str) -> bool {
        self.scopes().any(|held| held.eq_ignore_ascii_case(scope))
    }

    /// Whether it covers this user.
    pub fn covers(&self, user: Uuid) -> bool {
        self.consent_type == ConsentType::AllPrincipals || self.principal_id == Some(user)
    }
}
