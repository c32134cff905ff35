//! What token issuance and Graph see now: everything but what is still being replicated.

use std::ops::Deref;
use std::sync::MutexGuard;

use jiff::Timestamp;
use uuid::Uuid;

use super::application::AppRegistration;
use super::principal::{AppRoleAssignment, DEFAULT_ACCESS, PermissionGrant, ServicePrincipal};
use super::state::State;

/// The cloud's state, locked, with what is visible at one moment. Dereferences to [`State`] for what replication does
/// not concern: registrations and directory roles.
#[derive(Debug)]
pub struct View<'a> {
    state: MutexGuard<'a, State>,
    now: Timestamp,
}

impl Deref for View<'_> {
    type Target = State;

    fn deref(&self) -> &State {
        &self.state
    }
}

impl<'a> View<'a> {
    pub(super) fn new(state: MutexGuard<'a, State>, now: Timestamp) -> Self {
        Self { state, now }
    }

    /// The moment.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// The visible service principals of a tenant, oldest first.
    pub fn service_principals(&self, tenant: Uuid) -> impl Iterator<Item = &ServicePrincipal> {
        self.state
            .principals
            .iter()
            .filter(move |principal| principal.tenant == tenant && principal.visible_from <= self.now)
    }

    /// A visible service principal by object id.
    pub fn service_principal(&self, tenant: Uuid, id: Uuid) -> Option<&ServicePrincipal> {
        self.service_principals(tenant)
            .find(|principal| principal.id == id)
    }

    /// An application's visible service principal.
    pub fn service_principal_of(&self, tenant: Uuid, app_id: Uuid) -> Option<&ServicePrincipal> {
        self.service_principals(tenant)
            .find(|principal| principal.app_id == app_id)
    }

    /// The visible app role assignments of a tenant, oldest first.
    pub fn app_role_assignments(&self, tenant: Uuid) -> impl Iterator<Item = &AppRoleAssignment> {
        self.state
            .assignments
            .iter()
            .filter(move |assignment| assignment.tenant == tenant && assignment.visible_from <= self.now)
    }

    /// The visible delegated grants of a tenant, oldest first.
    pub fn permission_grants(&self, tenant: Uuid) -> impl Iterator<Item = &PermissionGrant> {
        self.state
            .grants
            .iter()
            .filter(move |grant| grant.tenant == tenant && grant.visible_from <= self.now)
    }

    /// The values of the roles that any of `holders` (a user and their groups, or a service principal) has on a
    /// resource: what stands in `roles`.
    pub fn role_values(&self, tenant: Uuid, resource_app: Uuid, holders: &[Uuid]) -> Vec<String> {
        let (Some(resource), Some(app)) = (
            self.service_principal_of(tenant, resource_app),
            self.application(resource_app),
        ) else {
            return Vec::new();
        };
        let held = |id: Uuid| {
            self.app_role_assignments(tenant).any(|assignment| {
                assignment.resource_id == resource.id
                    && assignment.app_role_id == id
                    && holders.contains(&assignment.principal_id)
            })
        };
        let roles = app.app_roles.iter().filter(|role| role.enabled && held(role.id));
        roles.filter_map(|role| role.value.clone()).collect()
    }

    /// Whether any of `holders` is assigned to the resource at all, default access included.
    pub fn assigned(&self, tenant: Uuid, resource_app: Uuid, holders: &[Uuid]) -> bool {
        self.service_principal_of(tenant, resource_app)
            .is_some_and(|resource| {
                self.app_role_assignments(tenant).any(|assignment| {
                    assignment.resource_id == resource.id && holders.contains(&assignment.principal_id)
                })
            })
    }

    /// The scopes of a resource that a client may use for a user, by name.
    pub fn granted_scopes(
        &self,
        tenant: Uuid,
        client_app: Uuid,
        resource_app: Uuid,
        user: Uuid,
    ) -> Vec<String> {
        let (Some(client), Some(resource)) = (
            self.service_principal_of(tenant, client_app),
            self.service_principal_of(tenant, resource_app),
        ) else {
            return Vec::new();
        };
        let mut scopes: Vec<String> = Vec::new();
        let grants = self.permission_grants(tenant).filter(|grant| {
            grant.client_id == client.id && grant.resource_id == resource.id && grant.covers(user)
        });
        for scope in grants.flat_map(PermissionGrant::scopes) {
            if !scopes.iter().any(|held| held.eq_ignore_ascii_case(scope)) {
                scopes.push(scope.to_owned());
            }
        }
        scopes
    }

    /// Whether an assignment of `role` to the application is possible: it has that role, or it is default access and
    /// it has none.
    pub fn offers(app: &AppRegistration, role: Uuid) -> bool {
        app.role(role).is_some() || (role == DEFAULT_ACCESS && app.app_roles.is_empty())
    }
}
