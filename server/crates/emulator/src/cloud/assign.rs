//! App role assignments.

use jiff::Timestamp;
use uuid::Uuid;

use super::application::MemberType;
use super::error::CloudError;
use super::principal::{AppRoleAssignment, DEFAULT_ACCESS, PrincipalType};
use super::state::State;
use super::{AppRegistration, Cloud};

impl Cloud {
    /// Assigns an app role of the resource (a service principal's object id) to a user, group or service principal
    /// (`POST appRoleAssignedTo`, `entra-facts` C5.8). [`DEFAULT_ACCESS`] only if the application has no roles.
    pub fn assign_app_role(
        &self,
        tenant: Uuid,
        principal_id: Uuid,
        resource_id: Uuid,
        app_role_id: Uuid,
    ) -> Result<AppRoleAssignment, CloudError> {
        let (kind, name) = self
            .principal(tenant, principal_id)
            .ok_or_else(|| CloudError::NotFound(principal_id.to_string()))?;
        self.act(|state, now| {
            let app = state.resource_application(tenant, resource_id)?;
            check_role(app, app_role_id, kind)?;
            let exists = state.assignments.iter().any(|held| {
                (held.tenant, held.principal_id, held.resource_id, held.app_role_id)
                    == (tenant, principal_id, resource_id, app_role_id)
            });
            if exists {
                return Err(CloudError::AlreadyAssigned);
            }
            Ok(state.assign(tenant, (principal_id, kind, name), resource_id, app_role_id, now))
        })
    }

    /// Takes an assignment away.
    pub fn remove_app_role_assignment(&self, tenant: Uuid, id: &str) -> Result<(), CloudError> {
        self.act(|state, _| {
            let before = state.assignments.len();
            state
                .assignments
                .retain(|held| held.tenant != tenant || held.id != id);
            if state.assignments.len() == before {
                Err(CloudError::NotFound(id.to_owned()))
            } else {
                Ok(())
            }
        })
    }
}

impl State {
    /// The application behind a service principal's object id.
    pub(super) fn resource_application(
        &self,
        tenant: Uuid,
        resource_id: Uuid,
    ) -> Result<&AppRegistration, CloudError> {
        self.principal(tenant, resource_id)
            .and_then(|resource| self.application(resource.app_id))
            .ok_or_else(|| CloudError::NotFound(resource_id.to_string()))
    }

    pub(super) fn assign(
        &mut self,
        tenant: Uuid,
        (principal_id, principal_type, principal_display_name): (Uuid, PrincipalType, String),
        resource_id: Uuid,
        app_role_id: Uuid,
        now: Timestamp,
    ) -> AppRoleAssignment {
        let assignment = AppRoleAssignment {
            id: self.link_id(),
            tenant,
            app_role_id,
            principal_id,
            principal_type,
            principal_display_name,
            resource_id,
            created: now,
            visible_from: self.visible_from(now),
        };
        self.assignments.push(assignment.clone());
        assignment
    }
}

fn check_role(app: &AppRegistration, id: Uuid, kind: PrincipalType) -> Result<(), CloudError> {
    let member = match kind {
        PrincipalType::User | PrincipalType::Group => MemberType::User,
        PrincipalType::ServicePrincipal => MemberType::Application,
    };
    if id == DEFAULT_ACCESS {
        let defined = app
            .app_roles
            .iter()
            .any(|role| role.enabled && role.allowed_member_types.contains(&member));
        return if defined {
            Err(CloudError::NoSuchRole(app.app_id))
        } else {
            Ok(())
        };
    }
    let role = app.role(id).ok_or(CloudError::NoSuchRole(app.app_id))?;
    let refuse = |why| CloudError::NotAssignable {
        role: role.value.clone().unwrap_or_else(|| id.to_string()),
        why,
    };
    if !role.enabled {
        return Err(refuse("it is disabled"));
    }
    if !role.allowed_member_types.contains(&member) {
        return Err(refuse("it is not for this type of member"));
    }
    Ok(())
}
