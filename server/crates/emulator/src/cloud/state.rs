//! The cloud's objects, replicated or not, and how they are looked up.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::application::AppRegistration;
use super::principal::{AppRoleAssignment, PermissionGrant, ServicePrincipal};
use super::roles::DirectoryRole;
use crate::rng::Rng;

const ID_LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Every registration, service principal, assignment and grant. Read it through [`super::View`], which adds what is
/// visible; what is here includes what is not replicated yet.
#[derive(Debug)]
pub struct State {
    /// App registrations, oldest first.
    pub(super) applications: Vec<AppRegistration>,
    pub(super) principals: Vec<ServicePrincipal>,
    pub(super) assignments: Vec<AppRoleAssignment>,
    pub(super) grants: Vec<PermissionGrant>,
    pub(super) directory_roles: BTreeMap<(Uuid, Uuid), BTreeSet<DirectoryRole>>,
    pub(super) delay: SignedDuration,
    pub(super) portals: Vec<String>,
    pub(super) rng: Rng,
}

impl State {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            applications: Vec::new(),
            principals: Vec::new(),
            assignments: Vec::new(),
            grants: Vec::new(),
            directory_roles: BTreeMap::new(),
            delay: SignedDuration::ZERO,
            portals: Vec::new(),
            rng: Rng::new(seed),
        }
    }

    /// The portals whose callbacks are registered: where to go from here.
    pub fn portals(&self) -> &[String] {
        &self.portals
    }

    /// Every app registration, oldest first.
    pub fn applications(&self) -> &[AppRegistration] {
        &self.applications
    }

    /// An application by its application (client) id.
    pub fn application(&self, app_id: Uuid) -> Option<&AppRegistration> {
        self.applications.iter().find(|app| app.app_id == app_id)
    }

    /// An application by the object id of its registration.
    pub fn registration(&self, id: Uuid) -> Option<&AppRegistration> {
        self.applications.iter().find(|app| app.id == id)
    }

    /// An application by application id, object id or display name.
    pub fn application_named(&self, name: &str) -> Option<&AppRegistration> {
        let id: Option<Uuid> = name.parse().ok();
        self.applications.iter().find(|app| {
            Some(app.app_id) == id || Some(app.id) == id || app.display_name.eq_ignore_ascii_case(name)
        })
    }

    /// The application that answers to a resource name: an App ID URI or an application id; Graph's are several.
    pub fn resource(&self, name: &str) -> Option<&AppRegistration> {
        let name = name.trim_end_matches('/');
        let id: Option<Uuid> = name.parse().ok();
        self.applications.iter().find(|app| {
            Some(app.app_id) == id
                || app
                    .identifier_uris
                    .iter()
                    .any(|uri| uri.eq_ignore_ascii_case(name))
        })
    }

    /// A service principal by object id, replicated or not.
    pub fn principal(&self, tenant: Uuid, id: Uuid) -> Option<&ServicePrincipal> {
        self.principals
            .iter()
            .find(|principal| principal.tenant == tenant && principal.id == id)
    }

    /// An application's service principal in a tenant, replicated or not.
    pub fn principal_of(&self, tenant: Uuid, app_id: Uuid) -> Option<&ServicePrincipal> {
        self.principals
            .iter()
            .find(|principal| principal.tenant == tenant && principal.app_id == app_id)
    }

    /// The directory roles of a user.
    pub fn directory_roles(&self, tenant: Uuid, user: Uuid) -> BTreeSet<DirectoryRole> {
        self.directory_roles
            .get(&(tenant, user))
            .cloned()
            .unwrap_or_default()
    }

    /// Everybody with a directory role in a tenant.
    pub fn administrators(&self, tenant: Uuid) -> impl Iterator<Item = (Uuid, &BTreeSet<DirectoryRole>)> {
        self.directory_roles
            .iter()
            .filter(move |((of, _), roles)| *of == tenant && !roles.is_empty())
            .map(|((_, user), roles)| (*user, roles))
    }

    /// The replication delay.
    pub fn delay(&self) -> SignedDuration {
        self.delay
    }

    /// When something made at `now` becomes visible.
    pub(super) fn visible_from(&self, now: Timestamp) -> Timestamp {
        now.saturating_add(self.delay).unwrap_or(now)
    }

    /// An id such as Graph gives assignments and grants: URL-safe letters, no GUID.
    pub(super) fn link_id(&mut self) -> String {
        (0..43)
            .map(|_| char::from(ID_LETTERS[self.rng.below(ID_LETTERS.len())]))
            .collect()
    }
}
