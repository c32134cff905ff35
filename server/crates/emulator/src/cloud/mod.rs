//! Microsoft's cloud as far as identity goes: several tenants, the applications registered in them, and what each
//! tenant granted to whom.
//!
//! [`Cloud`] is a handle; clones share one state. What people and programs read goes through [`Cloud::view`], which
//! hides what is not replicated yet; every change is a method here that checks what Entra checks and says why not with
//! a [`CloudError`].
//!
//! | file | what it holds |
//! |---|---|
//! | `application` | app registrations: redirect URIs, credentials, roles, scopes, required permissions |
//! | `principal` | service principals, app role assignments, delegated grants |
//! | `register` `assign` `grant` | how they change |
//! | `roles` | directory roles and what they may consent to |
//! | `graph_permissions` | Microsoft Graph's permissions with their ids |
//! | `view` | what is visible now |
//! | `demo` `demo_apps` | Contoso, Fabrikam, Hero Industries, their people, Rollcall, Truvio and TruU |

mod application;
mod assign;
mod demo;
mod demo_apps;
mod error;
mod grant;
mod graph_permissions;
mod principal;
mod register;
mod roles;
mod state;
#[cfg(test)]
mod tests;
mod view;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

pub use application::{
    AppRegistration, AppRole, Audience, Certificate, MemberType, RequiredAccess, Scope, ScopeType, Secret,
};
pub use demo::{
    CLOUD_SEED, FABRIKAM, HERO_INDUSTRIES, HERO_SAAS_PRINCIPAL, Person, ROLLCALL, TRUU, TRUU_SYNC, TRUVIO,
};
pub use error::CloudError;
pub use grant::NewGrant;
pub use graph_permissions::{GRAPH_APP_ID, GRAPH_PERMISSIONS, GraphPermission, graph_permission};
pub use principal::{
    AppRoleAssignment, ConsentType, DEFAULT_ACCESS, PermissionGrant, PrincipalType, ServicePrincipal,
};
pub use roles::{ConsentPower, DEFAULT_USER, DirectoryRole};
pub use state::State;
pub use view::View;

use crate::clock::Clock;
use crate::tenant::{ObjectId, Tenant, User};

/// A handle to the cloud. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Cloud {
    state: Arc<Mutex<State>>,
    tenants: Arc<[Tenant]>,
    people: Arc<[Person]>,
    clock: Clock,
}

impl Cloud {
    /// The demo around `contoso`: the other tenants, the applications and the people with roles. `clock` decides how
    /// long tokens, secrets and replication last; it need not be the tenants' own.
    pub fn demo(contoso: Tenant, clock: Clock) -> Self {
        demo::make(contoso, clock)
    }

    /// The cloud's clock.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Every tenant, Contoso first.
    pub fn tenants(&self) -> &[Tenant] {
        &self.tenants
    }

    /// The demo's people.
    pub fn people(&self) -> &[Person] {
        &self.people
    }

    /// The tenant with this id.
    pub fn tenant(&self, id: Uuid) -> Option<&Tenant> {
        self.tenants.iter().find(|tenant| tenant.id() == id)
    }

    /// A tenant by id or verified domain.
    pub fn tenant_named(&self, name: &str) -> Option<&Tenant> {
        let id: Option<Uuid> = name.parse().ok();
        self.tenants
            .iter()
            .find(|tenant| Some(tenant.id()) == id || tenant.owns(name))
    }

    /// The tenant where an account with this user principal name lives, by its domain.
    pub fn home_of(&self, upn: &str) -> Option<&Tenant> {
        let (_, domain) = upn.rsplit_once('@')?;
        self.tenants.iter().find(|tenant| tenant.owns(domain))
    }

    /// A user of a tenant by user principal name, or a guest by the mail of their home account. Deleted ones are not.
    pub fn account(&self, tenant: Uuid, name: &str) -> Option<User> {
        let directory = self.tenant(tenant)?.read();
        let guest = |user: &&User| {
            let mail = user.get(crate::tenant::Property::Mail).unwrap_or_default();
            user.guest && mail.eq_ignore_ascii_case(name)
        };
        directory
            .user_by_upn(name)
            .filter(|user| user.deleted.is_none())
            .or_else(|| directory.users().find(guest))
            .cloned()
    }

    /// A user of a tenant by object id, unless deleted.
    pub fn user(&self, tenant: Uuid, id: Uuid) -> Option<User> {
        let user = self.tenant(tenant)?.user(ObjectId(id))?;
        user.deleted.is_none().then_some(user)
    }

    /// What is visible now. Holds the lock: not across an await, and no change while it lives.
    pub fn view(&self) -> View<'_> {
        let now = self.clock.now();
        View::new(self.lock(), now)
    }

    /// How long an object takes from its creation to token issuance and Graph. At first nothing.
    pub fn set_replication_delay(&self, delay: SignedDuration) {
        self.lock().delay = delay;
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn act<T>(&self, change: impl FnOnce(&mut State, Timestamp) -> T) -> T {
        let now = self.clock.now();
        change(&mut self.lock(), now)
    }

    fn known_tenant(&self, id: Uuid) -> Result<&Tenant, CloudError> {
        self.tenant(id)
            .ok_or_else(|| CloudError::NotFound(id.to_string()))
    }

    /// What an object is and what it is called: a user, a group or a service principal of the tenant.
    pub fn principal(&self, tenant: Uuid, id: Uuid) -> Option<(PrincipalType, String)> {
        if let Some(user) = self.user(tenant, id) {
            return Some((PrincipalType::User, user.display_name().to_owned()));
        }
        if let Some(group) = self.tenant(tenant)?.group(ObjectId(id)) {
            return Some((PrincipalType::Group, group.display_name));
        }
        let state = self.lock();
        let service = state.principal(tenant, id)?;
        let name = state.application(service.app_id)?.display_name.clone();
        Some((PrincipalType::ServicePrincipal, name))
    }

    /// Gives a user directory roles, instead of those they had.
    pub fn set_directory_roles(
        &self,
        tenant: Uuid,
        user: Uuid,
        roles: &[DirectoryRole],
    ) -> Result<(), CloudError> {
        if self.user(tenant, user).is_none() {
            return Err(CloudError::NotFound(user.to_string()));
        }
        let roles = roles.iter().copied().collect();
        self.lock().directory_roles.insert((tenant, user), roles);
        Ok(())
    }
}
