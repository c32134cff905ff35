//! Devices: laptops and phones that somebody joined or registered. The owner is whoever did (one at most).

use std::collections::BTreeMap;
use std::ops::Bound;

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::Tenant;
use super::directory::Directory;
use super::model::{ChangeKind, ObjectId, TenantError};
use crate::rng::Rng;

/// A device of the tenant (`entra-facts` C1, device properties).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    /// Object id.
    pub id: ObjectId,
    /// The id the device gave itself when it registered.
    pub device_id: Uuid,
    /// Display name, as in `CONTOSO-00042`.
    pub display_name: String,
    /// False when the device may no longer sign in.
    pub account_enabled: bool,
    /// As in `Windows`.
    pub operating_system: &'static str,
    /// As in `10.0.22631.4037`.
    pub operating_system_version: &'static str,
    /// `AzureAd` (joined), `Workplace` (registered) or `ServerAd` (hybrid).
    pub trust_type: &'static str,
    /// Whether it keeps the company's rules.
    pub compliant: bool,
    /// Whether it is managed by the company.
    pub managed: bool,
    /// When it last signed in, about.
    pub last_sign_in: Timestamp,
    /// When it was registered.
    pub registered: Timestamp,
    /// Who registered it.
    pub owner: Option<ObjectId>,
}

/// Operating system, version, trust.
const MODELS: &[(&str, &str, &str)] = &[
    ("Windows", "10.0.22631.4037", "AzureAd"),
    ("Windows", "10.0.26100.1742", "AzureAd"),
    ("Windows", "10.0.19045.4780", "ServerAd"),
    ("MacMDM", "14.6.1", "AzureAd"),
    ("IPhone", "17.6.1", "Workplace"),
    ("Android", "14", "Workplace"),
    ("Linux", "Ubuntu 24.04", "Workplace"),
];

/// The `place`th device; one in 25 has no owner, one in 30 is disabled.
fn device(prefix: &str, place: usize, owner: Option<ObjectId>, rng: &mut Rng, now: Timestamp) -> Device {
    let (operating_system, operating_system_version, trust_type) = MODELS[rng.below(MODELS.len())];
    let age = SignedDuration::from_hours(24 * 90);
    let idle = SignedDuration::from_mins(i64::try_from(rng.below(60 * 24 * 30)).unwrap_or(0));
    Device {
        id: ObjectId(rng.uuid()),
        device_id: rng.uuid(),
        display_name: format!("{prefix}-{:05}", place + 1),
        account_enabled: place % 30 != 29,
        operating_system,
        operating_system_version,
        trust_type,
        compliant: !rng.one_in(5),
        managed: trust_type != "Workplace",
        last_sign_in: now.saturating_sub(idle).unwrap_or(now),
        registered: now.saturating_sub(age).unwrap_or(now),
        owner: owner.filter(|_| place % 25 != 24),
    }
}

impl Directory {
    /// Gives the tenant's people devices, as if they always had them: nothing is logged.
    pub(super) fn equip(&mut self, count: usize, prefix: &str, seed: u64, now: Timestamp) {
        let mut rng = Rng::new(seed ^ 0xDE71CE);
        let owners: Vec<_> = self.users().map(|user| user.id).collect();
        for place in 0..count {
            let owner = owners.get(place % owners.len().max(1)).copied();
            let made = device(prefix, place, owner, &mut rng, now);
            self.keep(made);
        }
    }

    fn keep(&mut self, device: Device) {
        if let Some(owner) = device.owner {
            self.devices_of.entry(owner).or_default().push(device.id);
        }
        self.devices.insert(device.id, device);
    }

    /// The device.
    pub fn device(&self, id: ObjectId) -> Option<&Device> {
        self.devices.get(&id)
    }

    /// Every device, by object id.
    pub fn devices(&self) -> impl Iterator<Item = &Device> {
        self.devices.values()
    }

    /// Devices whose object id comes after `last`, by object id.
    pub fn devices_after(&self, last: Option<ObjectId>) -> impl Iterator<Item = &Device> {
        after(&self.devices, last)
    }

    /// Devices that a user owns, oldest first.
    pub fn devices_of(&self, owner: ObjectId) -> impl Iterator<Item = &Device> {
        let ids = self.devices_of.get(&owner).into_iter().flatten();
        ids.filter_map(|id| self.devices.get(id))
    }

    fn existing_device(&mut self, id: ObjectId) -> Result<&mut Device, TenantError> {
        self.devices
            .get_mut(&id)
            .ok_or_else(|| TenantError::NotFound(id.to_string()))
    }

    pub(super) fn register_device(
        &mut self,
        name: &str,
        owner: Option<ObjectId>,
        now: Timestamp,
    ) -> Result<ObjectId, TenantError> {
        if name.trim().is_empty() {
            return Err(TenantError::Invalid("displayName", "it must not be empty"));
        }
        if let Some(owner) = owner {
            self.present(owner)?;
        }
        let mut rng = Rng::new(self.new_id().0.as_u64_pair().0);
        let mut made = device("", 0, owner, &mut rng, now);
        name.trim().clone_into(&mut made.display_name);
        (made.registered, made.last_sign_in) = (now, now);
        let id = made.id;
        self.keep(made);
        self.record(id, ChangeKind::DeviceAdded, now);
        Ok(id)
    }

    pub(super) fn enable_device(
        &mut self,
        id: ObjectId,
        enabled: bool,
        now: Timestamp,
    ) -> Result<(), TenantError> {
        let device = self.existing_device(id)?;
        if device.account_enabled != enabled {
            device.account_enabled = enabled;
            self.record(id, ChangeKind::DeviceUpdated, now);
        }
        Ok(())
    }

    pub(super) fn rename_device(
        &mut self,
        id: ObjectId,
        name: &str,
        now: Timestamp,
    ) -> Result<(), TenantError> {
        let device = self.existing_device(id)?;
        if device.display_name != name {
            name.clone_into(&mut device.display_name);
            self.record(id, ChangeKind::DeviceUpdated, now);
        }
        Ok(())
    }

    pub(super) fn delete_device(&mut self, id: ObjectId, now: Timestamp) -> Result<(), TenantError> {
        let device = self
            .devices
            .remove(&id)
            .ok_or_else(|| TenantError::NotFound(id.to_string()))?;
        if let Some(owned) = device.owner.and_then(|owner| self.devices_of.get_mut(&owner)) {
            owned.retain(|other| *other != id);
        }
        self.record(id, ChangeKind::DeviceDeleted, now);
        Ok(())
    }
}

/// The values whose key comes after `last`.
pub(super) fn after<V>(all: &BTreeMap<ObjectId, V>, last: Option<ObjectId>) -> impl Iterator<Item = &V> {
    let from = last.map_or(Bound::Unbounded, Bound::Excluded);
    all.range((from, Bound::Unbounded)).map(|(_, value)| value)
}

impl Tenant {
    /// Gives the people this many devices, one after the other, as if they always had them.
    pub fn equip(&self, devices: usize) {
        let (prefix, seed) = (
            self.name().to_uppercase().replace(' ', ""),
            self.id().as_u64_pair().0,
        );
        self.act(|directory, now| directory.equip(devices, &prefix, seed, now));
    }

    /// The device.
    pub fn device(&self, id: ObjectId) -> Option<Device> {
        self.read().device(id).cloned()
    }

    /// Somebody registers a device; without an owner it is nobody's.
    pub fn register_device(&self, name: &str, owner: Option<ObjectId>) -> Result<ObjectId, TenantError> {
        self.act(|directory, now| directory.register_device(name, owner, now))
    }

    /// Lets the device sign in no longer.
    pub fn disable_device(&self, id: ObjectId) -> Result<(), TenantError> {
        self.act(|directory, now| directory.enable_device(id, false, now))
    }

    /// Lets the device sign in again.
    pub fn enable_device(&self, id: ObjectId) -> Result<(), TenantError> {
        self.act(|directory, now| directory.enable_device(id, true, now))
    }

    /// Changes the device's display name.
    pub fn rename_device(&self, id: ObjectId, name: &str) -> Result<(), TenantError> {
        self.act(|directory, now| directory.rename_device(id, name, now))
    }

    /// Deletes the device. It is gone at once.
    pub fn delete_device(&self, id: ObjectId) -> Result<(), TenantError> {
        self.act(|directory, now| directory.delete_device(id, now))
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Clock, Delta, TenantOptions};
    use super::*;

    #[test]
    fn devices_have_owners_and_leave_a_log() {
        let tenant = Tenant::generate(&TenantOptions::default(), Clock::manual(Timestamp::UNIX_EPOCH));
        tenant.equip(200);
        let boss = tenant.read().users().next().unwrap().id;
        assert_eq!(tenant.read().devices().count(), 200);
        assert_eq!(
            tenant
                .read()
                .devices()
                .filter(|device| device.owner.is_none())
                .count(),
            8
        );
        assert_eq!(tenant.read().devices_of(boss).count(), 1);
        assert_eq!(tenant.read().last_change(), 0);
        let phone = tenant.register_device("Phone", Some(boss)).unwrap();
        tenant.disable_device(phone).unwrap();
        tenant.disable_device(phone).unwrap();
        assert_eq!(tenant.read().devices_of(boss).count(), 2);
        tenant.delete_device(phone).unwrap();
        assert!(tenant.delete_device(phone).is_err());
        assert_eq!(tenant.read().devices_of(boss).count(), 1);
        let Delta::Changes(log) = tenant.read().changes_since(0) else {
            panic!("the log is short")
        };
        let kinds: Vec<_> = log.into_iter().map(|change| change.kind).collect();
        use ChangeKind as K;
        assert_eq!(kinds, [K::DeviceAdded, K::DeviceUpdated, K::DeviceDeleted]);
    }
}
