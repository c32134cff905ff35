//! Delegated permission grants, and what consent leaves behind.

use jiff::Timestamp;
use uuid::Uuid;

use super::Cloud;
use super::error::CloudError;
use super::principal::{ConsentType, PermissionGrant, PrincipalType};
use super::state::State;

/// A delegated grant to make (`POST oauth2PermissionGrants`, `entra-facts` C5.9).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewGrant {
    /// Object id of the client's service principal.
    pub client_id: Uuid,
    /// One user, or `None` for the whole tenant.
    pub principal_id: Option<Uuid>,
    /// Object id of the resource's service principal.
    pub resource_id: Uuid,
    /// Scope values, separated by spaces; each must exist on the resource.
    pub scope: String,
}

impl Cloud {
    /// Makes a grant. One for the same client, resource and principal must not exist: change that instead.
    pub fn create_grant(&self, tenant: Uuid, new: NewGrant) -> Result<PermissionGrant, CloudError> {
        if let Some(user) = new.principal_id
            && self.user(tenant, user).is_none()
        {
            return Err(CloudError::NotFound(user.to_string()));
        }
        self.act(|state, now| {
            state.resource_application(tenant, new.client_id)?;
            state.check_scopes(tenant, new.resource_id, &new.scope)?;
            if state.grant_mut(tenant, &new).is_some() {
                return Err(CloudError::AlreadyGranted);
            }
            Ok(state.grant(tenant, new, now))
        })
    }

    /// Replaces the scopes of a grant.
    pub fn change_grant(&self, tenant: Uuid, id: &str, scope: &str) -> Result<PermissionGrant, CloudError> {
        self.act(|state, _| {
            let known = |grant: &&PermissionGrant| grant.tenant == tenant && grant.id == id;
            let resource = state.grants.iter().find(known).map(|grant| grant.resource_id);
            let resource = resource.ok_or_else(|| CloudError::NotFound(id.to_owned()))?;
            state.check_scopes(tenant, resource, scope)?;
            let grant = state
                .grants
                .iter_mut()
                .find(|grant| grant.tenant == tenant && grant.id == id);
            let grant = grant.ok_or_else(|| CloudError::NotFound(id.to_owned()))?;
            grant.scope = scope.split_whitespace().collect::<Vec<_>>().join(" ");
            Ok(grant.clone())
        })
    }

    /// Takes a grant away.
    pub fn remove_grant(&self, tenant: Uuid, id: &str) -> Result<(), CloudError> {
        self.act(|state, _| {
            let before = state.grants.len();
            state
                .grants
                .retain(|grant| grant.tenant != tenant || grant.id != id);
            if state.grants.len() == before {
                Err(CloudError::NotFound(id.to_owned()))
            } else {
                Ok(())
            }
        })
    }

    /// What a consent does: makes the client's service principal if it is not there, then adds `scopes` of `resource`
    /// to the grant for one user or, with `None`, for the tenant. The resource needs a service principal (650052).
    pub fn consent(
        &self,
        tenant: Uuid,
        client_app: Uuid,
        user: Option<Uuid>,
        resource_app: Uuid,
        scopes: &[String],
    ) -> Result<(), CloudError> {
        self.known_tenant(tenant)?;
        self.act(|state, now| {
            let client_id = state.ensure_principal(tenant, client_app, now)?;
            let resource_id = state.ensure_resource(tenant, client_app, resource_app, now)?;
            let new = NewGrant {
                client_id,
                principal_id: user,
                resource_id,
                scope: scopes.join(" "),
            };
            state.check_scopes(tenant, resource_id, &new.scope)?;
            state.widen(tenant, new, now);
            Ok(())
        })
    }

    /// What consent to an application permission does: assigns the resource's app role to the client's service
    /// principal. What is assigned already stays.
    pub fn consent_to_role(
        &self,
        tenant: Uuid,
        client_app: Uuid,
        resource_app: Uuid,
        role: Uuid,
    ) -> Result<(), CloudError> {
        let (client, resource) = self.act(|state, now| {
            let client = state.ensure_principal(tenant, client_app, now)?;
            let resource = state.ensure_resource(tenant, client_app, resource_app, now)?;
            Ok::<_, CloudError>((client, resource))
        })?;
        match self.assign_app_role(tenant, client, resource, role) {
            Ok(_) | Err(CloudError::AlreadyAssigned) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Makes the client's service principal in the tenant if there is none (sign-in without any consent to ask for).
    pub fn ensure_service_principal(&self, tenant: Uuid, app_id: Uuid) -> Result<Uuid, CloudError> {
        self.known_tenant(tenant)?;
        self.act(|state, now| state.ensure_principal(tenant, app_id, now))
    }
}

impl State {
    pub(super) fn ensure_principal(
        &mut self,
        tenant: Uuid,
        app: Uuid,
        now: Timestamp,
    ) -> Result<Uuid, CloudError> {
        if let Some(principal) = self.principal_of(tenant, app) {
            return Ok(principal.id);
        }
        if !self.application_mut(app)?.serves(tenant) {
            return Err(CloudError::NotAvailable(app));
        }
        Ok(self.add_principal(tenant, app, now).id)
    }

    /// An application that exposes its own API brings it along; another one's must be there already.
    fn ensure_resource(
        &mut self,
        tenant: Uuid,
        client: Uuid,
        resource: Uuid,
        now: Timestamp,
    ) -> Result<Uuid, CloudError> {
        if client == resource {
            return self.ensure_principal(tenant, resource, now);
        }
        self.principal_of(tenant, resource)
            .map(|principal| principal.id)
            .ok_or_else(|| CloudError::NotFound(resource.to_string()))
    }

    fn check_scopes(&self, tenant: Uuid, resource_id: Uuid, scope: &str) -> Result<(), CloudError> {
        let app = self.resource_application(tenant, resource_id)?;
        for value in scope.split_whitespace() {
            if app.scope_named(value).is_none() {
                return Err(CloudError::Invalid(
                    "scope",
                    format!("{value} is not a permission of {}", app.display_name),
                ));
            }
        }
        Ok(())
    }

    fn grant_mut(&mut self, tenant: Uuid, like: &NewGrant) -> Option<&mut PermissionGrant> {
        self.grants.iter_mut().find(|grant| {
            (
                grant.tenant,
                grant.client_id,
                grant.resource_id,
                grant.principal_id,
            ) == (tenant, like.client_id, like.resource_id, like.principal_id)
        })
    }

    /// Adds scopes to the grant there is, or makes it. What is added to a visible grant is visible at once only when
    /// there is no delay: a widened grant is replicated anew.
    pub(super) fn widen(&mut self, tenant: Uuid, new: NewGrant, now: Timestamp) {
        let visible_from = self.visible_from(now);
        let Some(grant) = self.grant_mut(tenant, &new) else {
            self.grant(tenant, new, now);
            return;
        };
        let more: Vec<_> = new
            .scope
            .split_whitespace()
            .filter(|scope| !grant.has(scope))
            .collect();
        if !more.is_empty() {
            grant.scope = format!("{} {}", grant.scope, more.join(" ")).trim().to_owned();
            grant.visible_from = visible_from;
        }
    }

    pub(super) fn grant(&mut self, tenant: Uuid, new: NewGrant, now: Timestamp) -> PermissionGrant {
        let grant = PermissionGrant {
            id: self.link_id(),
            tenant,
            client_id: new.client_id,
            consent_type: match new.principal_id {
                Some(_) => ConsentType::Principal,
                None => ConsentType::AllPrincipals,
            },
            principal_id: new.principal_id,
            resource_id: new.resource_id,
            scope: new.scope.split_whitespace().collect::<Vec<_>>().join(" "),
            visible_from: self.visible_from(now),
        };
        self.grants.push(grant.clone());
        grant
    }

    /// Assigns an application permission, for what is there from the start.
    pub(super) fn grant_role(
        &mut self,
        tenant: Uuid,
        client: Uuid,
        resource: Uuid,
        role: Uuid,
        now: Timestamp,
    ) {
        let name = self
            .principal(tenant, client)
            .and_then(|found| self.application(found.app_id));
        let name = name.map(|app| app.display_name.clone()).unwrap_or_default();
        let holder = (client, PrincipalType::ServicePrincipal, name);
        self.assign(tenant, holder, resource, role, now);
    }
}
