//! A pretended Microsoft Entra tenant: *Contoso*.
//!
//! [`Tenant`] is a handle; clones share the same directory. Every change goes through a method here and leaves an
//! entry in the change log, from which the provisioning service reads what happened since its watermark, as the
//! real one reads a Graph delta. The tenant also keeps who is assigned to its one enterprise application, because in
//! Entra an assignment is an object of the directory.

mod devices;
mod directory;
mod generate;
mod groups;
mod identity;
mod model;
mod names;
mod read;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use uuid::Uuid;

pub use devices::Device;
pub use directory::{Delta, Directory, NewUser};
pub use generate::{HOSTILE_NAME, TenantOptions};
pub use identity::{DOMAIN, Identity, TENANT_ID};
pub use model::{Change, ChangeKind, Group, ObjectId, Property, TenantError, User};

use crate::clock::Clock;

/// How long a deleted user can be restored (`entra-facts` A7): 30 days.
pub const RETENTION_HOURS: i64 = 30 * 24;

/// A handle to the tenant. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Tenant {
    directory: Arc<Mutex<Directory>>,
    identity: Arc<Identity>,
    clock: Clock,
}

impl Tenant {
    /// Makes Contoso, as its options describe it.
    pub fn generate(options: &TenantOptions, clock: Clock) -> Self {
        Self::generate_as(Identity::default(), options, clock)
    }

    /// Makes a tenant of this name.
    pub fn generate_as(identity: Identity, options: &TenantOptions, clock: Clock) -> Self {
        let directory = Directory::generate(&identity, options, clock.now());
        Self {
            directory: Arc::new(Mutex::new(directory)),
            identity: Arc::new(identity),
            clock,
        }
    }

    /// The tenant's clock.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Tenant id.
    pub fn id(&self) -> Uuid {
        self.identity.id
    }

    /// The primary verified domain.
    pub fn domain(&self) -> &str {
        &self.identity.domain
    }

    /// Every verified domain: the primary one, the initial one, and another.
    pub fn domains(&self) -> [String; 3] {
        [
            self.identity.domain.clone(),
            self.identity.initial_domain(),
            self.identity.other_domain(),
        ]
    }

    /// Whether a domain is verified here, in any case.
    pub fn owns(&self, domain: &str) -> bool {
        let domains = self.domains();
        domains.iter().any(|own| own.eq_ignore_ascii_case(domain))
    }

    /// Display name.
    pub fn name(&self) -> &str {
        &self.identity.name
    }

    /// The directory itself, locked: hold it for reading, not across an await.
    pub fn read(&self) -> MutexGuard<'_, Directory> {
        self.directory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn act<T>(&self, change: impl FnOnce(&mut Directory, Timestamp) -> T) -> T {
        let now = self.clock.now();
        change(&mut self.read(), now)
    }

    /// The user, deleted ones included until they are purged.
    pub fn user(&self, id: ObjectId) -> Option<User> {
        self.read().user(id).cloned()
    }

    /// The user with this user principal name, in any case.
    pub fn find_user(&self, upn: &str) -> Option<User> {
        self.read().user_by_upn(upn).cloned()
    }

    /// The group.
    pub fn group(&self, id: ObjectId) -> Option<Group> {
        self.read().group(id).cloned()
    }

    /// The group with this display name.
    pub fn find_group(&self, display_name: &str) -> Option<Group> {
        self.read()
            .groups()
            .find(|group| group.display_name == display_name)
            .cloned()
    }

    /// Hires somebody.
    pub fn hire(&self, person: NewUser) -> Result<ObjectId, TenantError> {
        self.act(|directory, now| directory.hire(person, now))
    }

    /// Hires a person with an invented name.
    pub fn hire_somebody(&self) -> ObjectId {
        self.act(Directory::hire_somebody)
    }

    /// Sets or clears properties. Returns those that really changed.
    pub fn update(
        &self,
        user: ObjectId,
        to: &[(Property, Option<&str>)],
    ) -> Result<Vec<Property>, TenantError> {
        self.act(|directory, now| directory.update(user, to, now))
    }

    /// Changes a person's name, and the display name with it.
    pub fn rename(&self, user: ObjectId, given: &str, surname: &str) -> Result<(), TenantError> {
        let display = format!("{given} {surname}");
        let to = [
            (Property::GivenName, Some(given)),
            (Property::Surname, Some(surname)),
            (Property::DisplayName, Some(display.as_str())),
        ];
        self.update(user, &to).map(drop)
    }

    /// Changes the address: user principal name and mail (if the person has mail) become `local@contoso.com`.
    pub fn change_address(&self, user: ObjectId, local: &str) -> Result<(), TenantError> {
        let address = format!("{local}@{}", self.domain());
        let has_mail = self
            .user(user)
            .is_some_and(|user| user.get(Property::Mail).is_some());
        let mut to = vec![(Property::UserPrincipalName, Some(address.as_str()))];
        if has_mail {
            to.push((Property::Mail, Some(address.as_str())));
        }
        self.update(user, &to).map(drop)
    }

    /// Sets or clears the manager.
    pub fn set_manager(&self, user: ObjectId, manager: Option<ObjectId>) -> Result<(), TenantError> {
        self.act(|directory, now| directory.set_manager(user, manager, now))
    }

    /// Blocks sign-in.
    pub fn disable(&self, user: ObjectId) -> Result<(), TenantError> {
        self.act(|directory, now| directory.set_enabled(user, false, now))
    }

    /// Allows sign-in again.
    pub fn enable(&self, user: ObjectId) -> Result<(), TenantError> {
        self.act(|directory, now| directory.set_enabled(user, true, now))
    }

    /// Moves the user to *Deleted users*, from where it can be restored for 30 days.
    pub fn delete(&self, user: ObjectId) -> Result<(), TenantError> {
        self.act(|directory, now| directory.delete(user, now))
    }

    /// Brings a deleted user back, with groups and manager as they were.
    pub fn restore(&self, user: ObjectId) -> Result<(), TenantError> {
        self.act(|directory, now| directory.restore(user, now))
    }

    /// Deletes a deleted user permanently.
    pub fn purge(&self, user: ObjectId) -> Result<(), TenantError> {
        self.act(|directory, now| directory.purge(user, now))
    }

    /// Purges whoever was deleted more than 30 days ago. Returns how many.
    pub fn purge_expired(&self) -> usize {
        self.act(Directory::purge_expired)
    }

    /// Creates a group without members.
    pub fn create_group(&self, name: &str, security_enabled: bool) -> Result<ObjectId, TenantError> {
        self.act(|directory, now| directory.create_group(name, security_enabled, now))
    }

    /// Changes a group's display name.
    pub fn rename_group(&self, group: ObjectId, name: &str) -> Result<(), TenantError> {
        self.act(|directory, now| directory.rename_group(group, name, now))
    }

    /// Deletes a group. Security groups have no *Deleted groups*: it is gone at once.
    pub fn delete_group(&self, group: ObjectId) -> Result<(), TenantError> {
        self.act(|directory, now| directory.delete_group(group, now))
    }

    /// Adds members. Returns how many were not members before.
    pub fn add_members(&self, group: ObjectId, members: &[ObjectId]) -> Result<usize, TenantError> {
        self.act(|directory, now| directory.add_members(group, members, now))
    }

    /// Removes members. Returns how many were members before.
    pub fn remove_members(&self, group: ObjectId, members: &[ObjectId]) -> Result<usize, TenantError> {
        self.act(|directory, now| directory.remove_members(group, members, now))
    }

    /// Assigns a user or group to the enterprise application. Returns false if it was assigned already.
    pub fn assign(&self, principal: ObjectId) -> Result<bool, TenantError> {
        self.act(|directory, now| directory.assign(principal, now))
    }

    /// Assigns every user and group directly.
    pub fn assign_everything(&self) {
        self.act(Directory::assign_everything);
    }

    /// Takes an assignment away. Returns false if there was none.
    pub fn unassign(&self, principal: ObjectId) -> Result<bool, TenantError> {
        self.act(|directory, now| directory.unassign(principal, now))
    }
}

#[cfg(test)]
mod tests;
