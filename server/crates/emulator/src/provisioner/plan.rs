//! What a cycle has to look at: everything, or what changed since the watermark (`entra-facts` A7).

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::cycle::CycleKind;
use super::job::Job;
use super::scoping::Reach;
use super::settings::{Scope, Settings};
use crate::tenant::{Change, ChangeKind, Delta, Directory, ObjectId};

/// Which members of a group are looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Members {
    /// All of them: the group is new to the server, or this is an initial cycle.
    All,
    /// These, which came or went.
    Some(BTreeSet<ObjectId>),
}

/// The work of one cycle.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) kind: CycleKind,
    pub(super) users: BTreeSet<ObjectId>,
    pub(super) groups: BTreeSet<ObjectId>,
    /// Users whose manager is looked at. Users new to the server join them during the cycle.
    pub(super) managers: BTreeSet<ObjectId>,
    pub(super) members: BTreeMap<ObjectId, Members>,
    /// Objects read from the tenant.
    pub(super) imported: usize,
    /// Users and groups in scope.
    pub(super) entitled: usize,
    /// Disables and deletes this would cause; the accidental-deletion guard looks at it.
    pub(super) removals: usize,
}

impl Plan {
    pub(super) fn make(
        directory: &Directory,
        job: &Job,
        settings: &Settings,
        reach: &Reach,
        now: Timestamp,
    ) -> Self {
        let changes = match job.watermark.map(|watermark| directory.changes_since(watermark)) {
            Some(Delta::Changes(changes)) => Some(changes),
            Some(Delta::Expired) | None => None,
        };
        let mut plan = Plan {
            kind: if changes.is_some() {
                CycleKind::Incremental
            } else {
                CycleKind::Initial
            },
            users: BTreeSet::new(),
            groups: BTreeSet::new(),
            managers: BTreeSet::new(),
            members: BTreeMap::new(),
            imported: 0,
            entitled: entitled(directory, reach, settings),
            removals: 0,
        };
        match changes {
            None => plan.everything(directory, job, reach),
            Some(changes) => plan.changed(directory, job, settings, reach, &changes, now),
        }
        if !settings.groups_enabled {
            plan.groups.clear();
            plan.members.clear();
        }
        plan.removals = plan
            .users
            .iter()
            .filter(|id| leaves(directory, job, reach, **id))
            .count();
        plan
    }

    fn everything(&mut self, directory: &Directory, job: &Job, reach: &Reach) {
        let in_scope = directory
            .users()
            .filter(|user| reach.user(user).in_scope())
            .map(|user| user.id);
        self.users.extend(in_scope.chain(job.users.keys().copied()));
        let groups = directory
            .groups()
            .filter(|group| reach.group(group).in_scope())
            .map(|group| group.id);
        self.groups.extend(groups.chain(job.groups.keys().copied()));
        self.managers.clone_from(&self.users);
        self.members = self.groups.iter().map(|id| (*id, Members::All)).collect();
        self.imported = directory.users().count() + directory.groups().count();
    }

    fn changed(
        &mut self,
        directory: &Directory,
        job: &Job,
        settings: &Settings,
        reach: &Reach,
        changes: &[Change],
        now: Timestamp,
    ) {
        let mut rescoped = BTreeSet::new();
        for change in changes {
            self.take(directory, settings, change, &mut rescoped);
        }
        self.imported = self.users.len() + self.groups.len();
        self.users.extend(
            rescoped
                .into_iter()
                .filter(|id| crosses(directory, job, reach, *id)),
        );
        for (id, _) in job.escrows.iter().filter(|(_, escrow)| escrow.next <= now) {
            let is_group = directory.group(*id).is_some() || job.groups.contains_key(id);
            if is_group {
                self.groups.insert(*id)
            } else {
                self.users.insert(*id)
            };
        }
        self.managers.extend(job.pending_managers.iter().copied());
        for (group, members) in &job.pending_members {
            self.look_at(*group, members.iter().copied());
        }
    }

    fn take(
        &mut self,
        directory: &Directory,
        settings: &Settings,
        change: &Change,
        rescoped: &mut BTreeSet<ObjectId>,
    ) {
        let object = change.object;
        let by_assignment = settings.scope == Scope::AssignedOnly;
        match &change.kind {
            ChangeKind::ManagerChanged => drop(self.managers.insert(object)),
            ChangeKind::UserAdded
            | ChangeKind::UserUpdated { .. }
            | ChangeKind::UserDisabled
            | ChangeKind::UserEnabled
            | ChangeKind::UserDeleted
            | ChangeKind::UserRestored
            | ChangeKind::UserPurged => drop(self.users.insert(object)),
            ChangeKind::GroupAdded | ChangeKind::GroupUpdated => drop(self.groups.insert(object)),
            ChangeKind::GroupDeleted { members } => {
                self.groups.insert(object);
                rescoped.extend(members);
            }
            ChangeKind::MembersAdded { members } | ChangeKind::MembersRemoved { members } => {
                self.look_at(object, members.iter().copied());
                rescoped.extend(members);
            }
            ChangeKind::Assigned | ChangeKind::Unassigned if by_assignment => {
                match directory.group(object) {
                    Some(group) => {
                        self.groups.insert(object);
                        rescoped.extend(&group.members);
                    }
                    None => drop(rescoped.insert(object)),
                };
            }
            // Devices are not provisioned.
            ChangeKind::Assigned
            | ChangeKind::Unassigned
            | ChangeKind::DeviceAdded
            | ChangeKind::DeviceUpdated
            | ChangeKind::DeviceDeleted => {}
        }
    }

    fn look_at(&mut self, group: ObjectId, members: impl Iterator<Item = ObjectId>) {
        if let Members::Some(some) = self
            .members
            .entry(group)
            .or_insert_with(|| Members::Some(BTreeSet::new()))
        {
            some.extend(members);
        }
    }
}

fn entitled(directory: &Directory, reach: &Reach, settings: &Settings) -> usize {
    let users = directory
        .users()
        .filter(|user| reach.user(user).in_scope())
        .count();
    let groups = directory
        .groups()
        .filter(|group| settings.groups_enabled && reach.group(group).in_scope());
    users + groups.count()
}

/// Whether a user's being in scope disagrees with its being linked.
fn crosses(directory: &Directory, job: &Job, reach: &Reach, id: ObjectId) -> bool {
    let in_scope = directory.user(id).is_some_and(|user| reach.user(user).in_scope());
    in_scope != job.users.contains_key(&id) && (in_scope || directory.user(id).is_some())
}

/// Whether handling this user disables or deletes somebody who is active at the server.
fn leaves(directory: &Directory, job: &Job, reach: &Reach, id: ObjectId) -> bool {
    let Some(link) = job.users.get(&id) else {
        return false;
    };
    match directory.user(id) {
        None => true,
        Some(user) => link.held.active && (user.deleted.is_some() || !reach.user(user).in_scope()),
    }
}
