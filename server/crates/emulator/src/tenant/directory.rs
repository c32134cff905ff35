//! The tenant's objects and the rules by which they change.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use jiff::{SignedDuration, Timestamp};

use super::RETENTION_HOURS;
use super::devices::Device;
use super::generate::{Generated, TenantOptions, generate, person};
use super::identity::Identity;
use super::model::{Change, ChangeKind, Group, ObjectId, Property, TenantError, User};
use super::names::CULTURES;
use crate::rng::Rng;

/// Changes kept for incremental cycles; who is further behind reads everything again, as after a delta token expired.
const LOG_CAPACITY: usize = 200_000;

/// Somebody to hire.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewUser {
    /// User principal name; must be free.
    pub user_principal_name: String,
    /// Display name.
    pub display_name: String,
    /// Further properties.
    pub properties: Vec<(Property, String)>,
    /// The new person's manager.
    pub manager: Option<ObjectId>,
}

/// What changed since a sequence number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delta {
    /// These, oldest first.
    Changes(Vec<Change>),
    /// The log no longer reaches back that far: read everything.
    Expired,
}

/// Users, groups, devices, assignments and the change log.
#[derive(Debug)]
pub struct Directory {
    pub(super) users: BTreeMap<ObjectId, User>,
    pub(super) groups: BTreeMap<ObjectId, Group>,
    pub(super) devices: BTreeMap<ObjectId, Device>,
    pub(super) devices_of: HashMap<ObjectId, Vec<ObjectId>>,
    /// The groups of a member, by object id.
    pub(super) member_of: HashMap<ObjectId, Vec<ObjectId>>,
    /// The groups that somebody was in who is gone for good.
    pub(super) former_groups: HashMap<ObjectId, Vec<ObjectId>>,
    pub(super) former_managers: HashMap<ObjectId, ObjectId>,
    /// When the directory was made: sequence numbers mean nothing in another one.
    pub(super) born: Timestamp,
    /// Object ids in the order of creation, for lists that keep still.
    pub(super) user_order: Vec<ObjectId>,
    pub(super) by_upn: HashMap<String, ObjectId>,
    pub(super) assignments: BTreeSet<ObjectId>,
    pub(super) log: VecDeque<Change>,
    pub(super) seq: u64,
    rng: Rng,
    addresses: HashMap<String, usize>,
    domain: String,
}

impl Directory {
    pub(super) fn generate(identity: &Identity, options: &TenantOptions, now: Timestamp) -> Self {
        let Generated { users, groups, taken } = generate(identity, options, now);
        Self {
            user_order: users.iter().map(|user| user.id).collect(),
            by_upn: users
                .iter()
                .map(|user| (user.upn().to_lowercase(), user.id))
                .collect(),
            users: users.into_iter().map(|user| (user.id, user)).collect(),
            member_of: memberships(&groups),
            groups: groups.into_iter().map(|group| (group.id, group)).collect(),
            devices: BTreeMap::new(),
            devices_of: HashMap::new(),
            former_groups: HashMap::new(),
            former_managers: HashMap::new(),
            born: now,
            assignments: BTreeSet::new(),
            log: VecDeque::new(),
            seq: 0,
            rng: Rng::new(options.seed.wrapping_add(0x5EED)),
            addresses: taken,
            domain: identity.domain.clone(),
        }
    }

    pub(super) fn new_id(&mut self) -> ObjectId {
        ObjectId(self.rng.uuid())
    }

    pub(super) fn record(&mut self, object: ObjectId, kind: ChangeKind, at: Timestamp) {
        self.seq += 1;
        self.log.push_back(Change {
            seq: self.seq,
            at,
            object,
            kind,
        });
        if self.log.len() > LOG_CAPACITY {
            self.log.pop_front();
        }
    }

    /// The user, if it exists and is not deleted.
    pub(super) fn present(&mut self, id: ObjectId) -> Result<&mut User, TenantError> {
        match self.users.get_mut(&id) {
            Some(user) if user.deleted.is_none() => Ok(user),
            Some(_) => Err(TenantError::State("The user is deleted. Restore it first.")),
            None => Err(TenantError::NotFound(id.to_string())),
        }
    }

    pub(super) fn hire(&mut self, new: NewUser, now: Timestamp) -> Result<ObjectId, TenantError> {
        self.check_upn(&new.user_principal_name, None)?;
        if new.display_name.trim().is_empty() {
            return Err(TenantError::Invalid("displayName", "it must not be empty"));
        }
        if new
            .manager
            .is_some_and(|manager| !self.users.contains_key(&manager))
        {
            return Err(TenantError::NotFound("manager".to_owned()));
        }
        let nick = new
            .user_principal_name
            .split('@')
            .next()
            .unwrap_or_default()
            .to_owned();
        let mut user = User::new(self.new_id(), now)
            .with(Property::UserPrincipalName, &new.user_principal_name)
            .with(Property::DisplayName, &new.display_name)
            .with(Property::MailNickname, &nick);
        for (property, value) in &new.properties {
            user.set(*property, Some(value));
        }
        user.manager = new.manager;
        Ok(self.add(user, now))
    }

    pub(super) fn hire_somebody(&mut self, now: Timestamp) -> ObjectId {
        let place = self.user_order.len();
        loop {
            let culture = &CULTURES[self.rng.below(CULTURES.len())];
            let mut user = person(
                &self.domain,
                place,
                culture,
                &mut self.rng,
                &mut self.addresses,
                now,
            );
            if self.by_upn.contains_key(&user.upn().to_lowercase()) {
                continue;
            }
            user.account_enabled = true;
            user.manager = self
                .user_order
                .first()
                .copied()
                .filter(|id| self.users.contains_key(id));
            return self.add(user, now);
        }
    }

    fn add(&mut self, user: User, now: Timestamp) -> ObjectId {
        let id = user.id;
        self.by_upn.insert(user.upn().to_lowercase(), id);
        self.users.insert(id, user);
        self.user_order.push(id);
        self.record(id, ChangeKind::UserAdded, now);
        id
    }

    /// Gives a generated person another name and address, as if made so: nothing is logged.
    pub(crate) fn recast(&mut self, id: ObjectId, upn: &str, mail: &str, names: (&str, &str)) {
        let Some(user) = self.users.get_mut(&id) else {
            return;
        };
        self.by_upn.remove(&user.upn().to_lowercase());
        let (given, surname) = names;
        let display = format!("{given} {surname}");
        let nick = upn.split('@').next().unwrap_or_default();
        for (property, value) in [
            (Property::UserPrincipalName, upn),
            (Property::MailNickname, nick),
            (Property::Mail, mail),
            (Property::DisplayName, display.trim()),
            (Property::GivenName, given),
            (Property::Surname, surname),
        ] {
            user.set(property, Some(value));
        }
        self.by_upn.insert(upn.to_lowercase(), id);
    }

    fn check_upn(&self, upn: &str, own: Option<ObjectId>) -> Result<(), TenantError> {
        let well_formed = upn
            .split_once('@')
            .is_some_and(|(local, domain)| !local.is_empty() && domain.contains('.'));
        if !well_formed || upn.chars().any(|c| c.is_control() || c.is_whitespace()) {
            return Err(TenantError::Invalid(
                "userPrincipalName",
                "it must look like name@contoso.com",
            ));
        }
        match self.by_upn.get(&upn.to_lowercase()) {
            Some(holder) if Some(*holder) != own => Err(TenantError::Taken("userPrincipalName")),
            _ => Ok(()),
        }
    }

    pub(super) fn update(
        &mut self,
        id: ObjectId,
        to: &[(Property, Option<&str>)],
        now: Timestamp,
    ) -> Result<Vec<Property>, TenantError> {
        self.present(id)?;
        for (property, value) in to {
            match (property, value.filter(|value| !value.is_empty())) {
                (Property::UserPrincipalName, Some(upn)) => self.check_upn(upn, Some(id))?,
                (property, None) if property.required() => {
                    return Err(TenantError::Invalid(property.name(), "it must not be empty"));
                }
                _ => {}
            }
        }
        let user = self.present(id)?;
        let before = user.clone();
        to.iter()
            .for_each(|(property, value)| user.set(*property, *value));
        let after = user.upn().to_lowercase();
        let changed: Vec<_> = Property::ALL
            .into_iter()
            .filter(|property| user.get(*property) != before.get(*property))
            .collect();
        if changed.is_empty() {
            return Ok(changed);
        }
        self.by_upn.remove(&before.upn().to_lowercase());
        self.by_upn.insert(after, id);
        self.record(
            id,
            ChangeKind::UserUpdated {
                properties: changed.clone(),
            },
            now,
        );
        Ok(changed)
    }

    pub(super) fn set_manager(
        &mut self,
        id: ObjectId,
        manager: Option<ObjectId>,
        now: Timestamp,
    ) -> Result<(), TenantError> {
        if manager == Some(id) {
            return Err(TenantError::Invalid("manager", "nobody is their own manager"));
        }
        if let Some(manager) = manager {
            self.present(manager)?;
        }
        let user = self.present(id)?;
        let before = user.manager;
        if before != manager {
            user.manager = manager;
            self.former_managers.extend(before.map(|before| (id, before)));
            self.record(id, ChangeKind::ManagerChanged, now);
        }
        Ok(())
    }

    pub(super) fn set_enabled(
        &mut self,
        id: ObjectId,
        enabled: bool,
        now: Timestamp,
    ) -> Result<(), TenantError> {
        let user = self.present(id)?;
        if user.account_enabled != enabled {
            user.account_enabled = enabled;
            let kind = if enabled {
                ChangeKind::UserEnabled
            } else {
                ChangeKind::UserDisabled
            };
            self.record(id, kind, now);
        }
        Ok(())
    }

    pub(super) fn delete(&mut self, id: ObjectId, now: Timestamp) -> Result<(), TenantError> {
        self.present(id)?.deleted = Some(now);
        self.record(id, ChangeKind::UserDeleted, now);
        Ok(())
    }

    pub(super) fn restore(&mut self, id: ObjectId, now: Timestamp) -> Result<(), TenantError> {
        self.in_bin(id)?.deleted = None;
        self.record(id, ChangeKind::UserRestored, now);
        Ok(())
    }

    /// The user, if it is in *Deleted users*.
    fn in_bin(&mut self, id: ObjectId) -> Result<&mut User, TenantError> {
        match self.users.get_mut(&id) {
            Some(user) if user.deleted.is_some() => Ok(user),
            Some(_) => Err(TenantError::State("The user is not deleted. Delete it first.")),
            None => Err(TenantError::NotFound(id.to_string())),
        }
    }

    pub(super) fn purge(&mut self, id: ObjectId, now: Timestamp) -> Result<(), TenantError> {
        let upn = self.in_bin(id)?.upn().to_lowercase();
        self.users.remove(&id);
        self.by_upn.remove(&upn);
        self.user_order.retain(|other| *other != id);
        self.assignments.remove(&id);
        self.leave_all_groups(id);
        self.record(id, ChangeKind::UserPurged, now);
        let reports: Vec<_> = self
            .users
            .values()
            .filter(|user| user.manager == Some(id))
            .map(|user| user.id)
            .collect();
        for report in reports {
            if let Some(user) = self.users.get_mut(&report) {
                user.manager = None;
                self.former_managers.insert(report, id);
            }
            self.record(report, ChangeKind::ManagerChanged, now);
        }
        Ok(())
    }

    pub(super) fn leave_all_groups(&mut self, id: ObjectId) {
        let Some(left) = self.member_of.remove(&id) else {
            return;
        };
        for group in &left {
            if let Some(group) = self.groups.get_mut(group) {
                group.members.remove(&id);
            }
        }
        self.former_groups.insert(id, left);
    }

    pub(super) fn purge_expired(&mut self, now: Timestamp) -> usize {
        let limit = SignedDuration::from_hours(RETENTION_HOURS);
        let expired: Vec<_> = self
            .users
            .values()
            .filter(|user| user.deleted.is_some_and(|at| now.duration_since(at) >= limit))
            .map(|user| user.id)
            .collect();
        expired.iter().filter(|id| self.purge(**id, now).is_ok()).count()
    }
}

/// The groups of every member, by object id.
fn memberships(groups: &[Group]) -> HashMap<ObjectId, Vec<ObjectId>> {
    let mut found: HashMap<ObjectId, Vec<ObjectId>> = HashMap::new();
    for group in groups {
        for member in &group.members {
            found.entry(*member).or_default().push(group.id);
        }
    }
    found.values_mut().for_each(|groups| groups.sort_unstable());
    found
}
